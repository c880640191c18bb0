"""Applies the models, and says what stands in the way of booking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connector_kit.errors import ConnectorError, ExitCode, SettingError

from tap_care_books.sources import NEEDED, SOURCES
from tap_care_books.tables import accounts, cost_centers, rates
from tap_care_books.warehouses import opened

if TYPE_CHECKING:
    from tap_care_books.settings import Settings
    from tap_care_books.warehouses import Row, Warehouse

__all__ = ["Outcome", "build"]

_FACTS: Final = ("functions", "products", "hours", "mileage", "invoices", "facts", "groups")
_BOOKINGS: Final = ("mapped", "other", "bookings", "problems")
_CLIENTS: Final = {"hours": ("presence_logs", "client_object_id"), "invoices": ("invoice_rows", "client_id")}
_NAMED: Final = 5
"""How many of many things a message names."""


class UnmappedError(SettingError):
    """The tables of accounts, cost centers or rates do not name everything that occurs."""


class UnbookableError(ConnectorError):
    """Something in the data cannot be booked as it is."""

    exit_code = ExitCode.REJECTED


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a build has found.

    Attributes:
        lines: Records of `journal_entry_lines`; empty if something is in the way.
        totals: Rows of `care_books.totals`.
        stations: Rows of `care_books.stations`.
        problem: What is in the way.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)
    stations: list[Row] = field(default_factory=list)
    problem: ConnectorError | None = None


def build(settings: Settings, *, keep: bool) -> Outcome:
    """Apply the models to the warehouse, in one transaction.

    Args:
        settings: Where the warehouse is, and how its data is booked.
        keep: Note the content of the entries as given to the books.

    Raises:
        SettingError: A table of the warehouse, or a file, is not there or cannot be read.
    """
    with opened(settings.database) as warehouse:
        warehouse.apply("schema")
        _fill(warehouse, settings)
        _stage(warehouse, settings)
        for name in (*_FACTS, *_BOOKINGS):
            warehouse.apply(name)
        problem = _problem(warehouse, settings)
        if problem is None:
            _check_totals(warehouse)
            if keep:
                warehouse.run(
                    "DELETE FROM care_books_kept.bookings; "
                    "INSERT INTO care_books_kept.bookings SELECT * FROM care_books.bookings"
                )
        warehouse.apply("entries")
        outcome = Outcome(
            lines=[] if problem else list(warehouse.records("journal_entry_lines")),
            totals=warehouse.rows("SELECT * FROM care_books.totals ORDER BY kind, month"),
            stations=warehouse.rows("SELECT * FROM care_books.stations ORDER BY kind, month, status"),
            problem=problem,
        )
        warehouse.commit()
    return outcome


def _stage(warehouse: Warehouse, settings: Settings) -> None:
    there = {name for name, columns in SOURCES.items() if warehouse.stage(settings.source_schema, name, columns)}
    for kind in settings.kinds:
        if missing := [name for name in NEEDED[kind] if name not in there]:
            raise SettingError(
                f"there is no table {settings.source_schema}.{missing[0]} in the warehouse, which {kind} need: load "
                f"that stream of tap-ons, correct the setting source_schema, or leave {kind} out of the setting kinds"
            )
        if settings.smallest_group > 1 and kind in _CLIENTS:
            table, column = _CLIENTS[kind]
            if column not in warehouse.columns(settings.source_schema, table):
                raise SettingError(
                    f"setting smallest_group: {settings.source_schema}.{table} has no column {column}, so clients "
                    "cannot be counted: give tap-ons pseudonymise [health] and a pseudonym_key, or set it to 0"
                )


def _fill(warehouse: Warehouse, settings: Settings) -> None:
    """Hand the settings and the tables of people to the models."""
    row = (
        settings.first_month,
        settings.last_month,
        settings.first_open_month,
        settings.smallest_group,
        settings.only_verified,
        settings.work_time_seconds,
        settings.journal,
        settings.key_prefix,
    )
    kinds = [*settings.kinds, *(["vat"] if "invoices" in settings.kinds else [])]
    warehouse.insert("care_books.settings", [row])
    warehouse.insert("care_books.kinds", [(kind,) for kind in kinds])
    warehouse.insert("care_books.accounts", accounts(settings.accounts_file))
    warehouse.insert("care_books.cost_centers", cost_centers(settings.cost_centers_file))
    warehouse.insert("care_books.rates", rates(settings.rates_file) if settings.rates_file else [])


def _problem(warehouse: Warehouse, settings: Settings) -> ConnectorError | None:
    """What is in the way of booking; the tables first, for most is mended there."""
    unmapped = warehouse.rows(
        "SELECT DISTINCT problem, kind, product, financing_law, location FROM care_books.unmapped WHERE stops "
        "ORDER BY 1, 2, 3, 4, 5"
    )
    if unmapped:
        named = [f"{problem} for {_words(*codes)}" for problem, *codes in unmapped]
        return UnmappedError(f"nothing was sent: {_some(named)}; add rows to the tables (all: care_books.unmapped)")
    faulty = warehouse.rows("SELECT kind, status, count(*) FROM care_books.faulty GROUP BY 1, 2 ORDER BY 1, 2")
    if faulty and not settings.leave_out_faulty:
        named = [f"{number} of {kind} with {status.removeprefix('faulty: ')}" for kind, status, number in faulty]
        return UnbookableError(
            f"nothing was sent: records are faulty: {_some(named)}; correct them in Ons, or set leave_out_faulty (all: "
            "care_books.faulty)"
        )
    emptied = warehouse.rows("SELECT kind, posted_month FROM care_books.emptied ORDER BY 1, 2")
    if emptied:
        named = [f"{kind} of {month:%Y-%m}" for kind, month in emptied]
        return UnbookableError(
            f"nothing was sent: {_some(named)} had an entry and has nothing to book any more; if that is right, "
            "reverse the entry in the books and delete its rows from care_books_kept.bookings"
        )
    return None


def _words(*codes: str | None) -> str:
    """Codes as a message names them; what is empty in Ons says so."""
    return " ".join(code or "(empty)" for code in codes if code is not None)


def _some(named: list[str]) -> str:
    more = f", and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more


def _check_totals(warehouse: Warehouse) -> None:
    """Hold the stations against each other: nothing may be lost on the way.

    Raises:
        RuntimeError: A bug.
    """
    query = (
        "SELECT kind, sum(cents) FROM {} WHERE month >= (SELECT first_month FROM care_books.settings) {} "
        "GROUP BY kind HAVING sum(cents) <> 0 ORDER BY kind"
    )
    facts = warehouse.rows(query.format("care_books.facts", "AND status = 'counted'"))
    for station in ("groups", "bookings"):
        if warehouse.rows(query.format(f"care_books.{station}", "")) != facts:
            raise RuntimeError(
                f"the totals of care_books.{station} are not those of care_books.facts; nothing was sent"
            )
