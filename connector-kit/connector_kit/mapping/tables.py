"""The tables of a mapping: ledger accounts and cost centers of the source, and what they are in the books.

A table comes from the settings (inline) or from a CSV file as spreadsheets write it: comma, semicolon or tab, with or
without byte order mark. Codes are text: leading zeros count, surrounding blanks do not.
"""

import csv
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector_kit.errors import SettingError

__all__ = ["AccountRow", "account_table", "cost_center_table", "csv_rows"]

logger = logging.getLogger(__name__)

_DELIMITERS: Final = ",;\t"
_ACCOUNT_MEMBERS: Final = ("account", "cost_center", "description")


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountRow:
    """What a ledger account of the source is in the books.

    Attributes:
        account: Ledger account of the books.
        cost_center: Cost center for lines that have none.
        description: Text for lines that have none.
    """

    account: str
    cost_center: str | None = None
    description: str | None = None


def account_table(inline: Mapping[str, Any], file: str | None) -> dict[str, AccountRow]:
    """Read `accounts_file`, then `accounts`, whose rows go first where both name an account.

    Raises:
        SettingError: Names the file, line and column, or the inline row.
    """
    table: dict[str, AccountRow] = {}
    if file:
        rows = _read_csv("accounts_file", file, ("source_account", "account"), ("cost_center", "description"))
        for source, row in rows:
            table[source] = AccountRow(
                account=row["account"], cost_center=row["cost_center"] or None, description=row["description"] or None
            )
    return table | {source: _inline_account(source, value) for source, value in _inline_rows("accounts", inline)}


def _inline_account(source: str, value: object) -> AccountRow:
    where = f"accounts[{source!r}]"
    members = value if isinstance(value, Mapping) else {"account": value}
    unknown = sorted(members.keys() - _ACCOUNT_MEMBERS)
    if unknown:
        raise SettingError(f"{where}: unknown {unknown[0]!r}; it has {', '.join(_ACCOUNT_MEMBERS)}")
    row = {name: _code(members.get(name), f"{where}.{name}") for name in _ACCOUNT_MEMBERS}
    if row["account"] is None:
        raise SettingError(f"{where}: no account")
    return AccountRow(account=row["account"], cost_center=row["cost_center"], description=row["description"])


def cost_center_table(inline: Mapping[str, Any], file: str | None) -> dict[str, str]:
    """Read `cost_centers_file`, then `cost_centers`, whose rows go first where both name a cost center.

    Raises:
        SettingError: Names the file, line and column, or the inline row.
    """
    table: dict[str, str] = {}
    if file:
        rows = _read_csv("cost_centers_file", file, ("source_cost_center", "cost_center"), ())
        table = {source: row["cost_center"] for source, row in rows}
    for source, value in _inline_rows("cost_centers", inline):
        cost_center = _code(value, f"cost_centers[{source!r}]")
        if cost_center is None:
            raise SettingError(f"cost_centers[{source!r}]: no cost center")
        table[source] = cost_center
    return table


def _inline_rows(setting: str, inline: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for name, value in inline.items():
        source = name.strip()
        if not source or source in seen:
            raise SettingError(f"{setting}[{name!r}]: the code is {'there twice' if source else 'empty'}")
        seen.add(source)
        yield source, value


def _code(value: object, where: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SettingError(f"{where}: must be text, quote it")
    return str(value).strip() or None


def _read_csv(
    setting: str, file: str, required: Sequence[str], optional: Sequence[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the rows of a table by their source code, which is the first required column."""
    places: dict[str, str] = {}
    for where, row in csv_rows(setting, file, required, optional):
        source = row[required[0]]
        if source in places:
            raise SettingError(f"{where}, column {required[0]}: {source!r} is there since {places[source]}")
        places[source] = where.rpartition(", ")[2]
        yield source, row


def csv_rows(
    setting: str, file: str, required: Sequence[str], optional: Sequence[str], may_be_empty: Sequence[str] = ()
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the rows of a table, each with its place for messages.

    Args:
        setting: Names the file, for messages.
        file: The table.
        required: Columns that must be there, and filled.
        optional: Columns that may be there; empty where they are not.
        may_be_empty: Which of the required ones need not be filled.

    Raises:
        SettingError: Names the file, line and column.
    """
    rows = _cells(setting, file)
    header_line, header = next(rows, (1, [""]))
    names = [name.lower() for name in header]
    for column in required:
        if column not in names:
            raise SettingError(
                f"{setting}: {file}, line {header_line}: no column {column!r} in the header "
                f"(columns {', '.join((*required, *optional))}; separated by comma, semicolon or tab)"
            )
    for column in sorted({*names} - {*required, *optional, ""}):
        logger.warning("%s: %s: column %r is ignored", setting, file, column)
    for number, cells in rows:
        where = f"{setting}: {file}, line {number}"
        if any(cells[len(names) :]):
            raise SettingError(f"{where}: more cells than columns; quote text that holds the separator")
        row = dict.fromkeys((*required, *optional), "") | dict(zip(names, cells, strict=False))
        for column in required:
            if not row[column] and column not in may_be_empty:
                raise SettingError(f"{where}, column {column}: empty")
        yield where, row


def _cells(setting: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Give line number and stripped cells of every row that is not empty."""
    text = _text(setting, file)
    first_line = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(_DELIMITERS, key=first_line.count), strict=True)
    start = 1
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise SettingError(f"{setting}: {file}, line {reader.line_num}: {error}") from error
        if any(cells):
            yield start, cells
        start = reader.line_num + 1


def _text(setting: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingError(f"{setting}: cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingError(f"{setting}: {file}, line {line}: not UTF-8; save it as 'CSV UTF-8'") from error
