"""The tables that people keep: accounts, cost centers, rates."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from connector_kit.errors import SettingError
from connector_kit.mapping.tables import csv_rows

from tap_care_books.sources import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["accounts", "cost_centers", "rates"]

_ACCOUNT_COLUMNS: Final = ("kind", "product", "financing_law", "account", "counter_account")
_COST_CENTER_COLUMNS: Final = ("source_cost_center", "cost_center")
_RATE_COLUMNS: Final = ("kind", "code", "valid_from", "rate")
_RATE: Final = re.compile(r"(\d{1,6})(?:[.,](\d{1,4}))?")
_ACCOUNT_KINDS: Final = (*KINDS, "vat")
_RATED: Final = ("hours", "mileage")


def accounts(file: str) -> Iterator[tuple[str, ...]]:
    """Rows of `accounts_file`: kind, product, financing law, account, counter account, cost unit."""
    seen: set[tuple[str, ...]] = set()
    for where, row in csv_rows(
        "accounts_file", file, _ACCOUNT_COLUMNS, ("cost_unit",), may_be_empty=("financing_law",)
    ):
        key = tuple(row[name] for name in _ACCOUNT_COLUMNS[:3])
        _check_kind(where, row["kind"], _ACCOUNT_KINDS)
        _check_once(where, key, seen)
        yield (*key, row["account"], row["counter_account"], row["cost_unit"])


def cost_centers(file: str) -> Iterator[tuple[str, str]]:
    """Rows of `cost_centers_file`: cost center in Ons, cost center in the books."""
    seen: set[tuple[str, ...]] = set()
    columns = _COST_CENTER_COLUMNS
    for where, row in csv_rows("cost_centers_file", file, columns, (), may_be_empty=columns):
        _check_once(where, (row["source_cost_center"],), seen)
        yield row["source_cost_center"], row["cost_center"]


def rates(file: str) -> Iterator[tuple[str, str, date, int]]:
    """Rows of `rates_file`: kind, code, first day, hundredths of a cent."""
    seen: set[tuple[str, ...]] = set()
    for where, row in csv_rows("rates_file", file, _RATE_COLUMNS, ()):
        _check_kind(where, row["kind"], _RATED)
        _check_once(where, (row["kind"], row["code"], row["valid_from"]), seen)
        try:
            first = date.fromisoformat(row["valid_from"])
        except ValueError:
            raise SettingError(f"{where}, column valid_from: expected a day such as 2026-01-01") from None
        found = _RATE.fullmatch(row["rate"])
        if not found:
            raise SettingError(f"{where}, column rate: expected euros with at most four decimals, such as 38.50")
        yield row["kind"], row["code"], first, int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))


def _check_kind(where: str, kind: str, known: Sequence[str]) -> None:
    if kind not in known:
        raise SettingError(f"{where}, column kind: expected one of {', '.join(known)}")


def _check_once(where: str, key: tuple[str, ...], seen: set[tuple[str, ...]]) -> None:
    if key in seen:
        raise SettingError(f"{where}: there is a row for {' '.join(key)!r} before it")
    seen.add(key)
