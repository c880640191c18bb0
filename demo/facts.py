"""What stands where after a run: asked of the warehouse and of the simulated books themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from demo.report import AccountBalance, TrialBalance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from demo.stage import Stage

PACKAGES = ("minox", "minimax")


def warehouse_rows(database: Path) -> dict[str, int]:
    """Rows per table of the warehouse."""
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.table(f'"{schema}"."{table}"').count("*").fetchall()[0][0]
            for schema, table in tables
        }


def bookings(stage: Stage) -> dict[str, int]:
    """How often each of the simulated books accepted an entry since they were opened: replaced ones count as well."""
    return {name: sum(map(_is_booking, stage.ask(name, "log"))) for name in PACKAGES}


def _is_booking(record: Mapping[str, Any]) -> bool:
    kind = record.get("kind")
    return kind == "batch_saved" or (kind == "record_written" and record.get("record_kind") == "Journal")


def books(stage: Stage) -> tuple[TrialBalance, ...]:
    """The trial balances of the books that were booked, over all their years."""
    return _minox(stage), _minimax(stage)


def _minox(stage: Stage) -> TrialBalance:
    answer = stage.ask("minox", "books")
    number = stage.environment["TARGET_MINOX_ADMINISTRATION_ID"]
    administration = next(row for row in answer["administrations"] if str(row["administration"]) == number)
    return TrialBalance(
        package="Minox",
        administration=f"{number} {administration['name']}",
        entries=administration["batches"],
        rows=_balances(
            (str(row["account"]), row["description"], row)
            for row in answer["trial_balance"]
            if str(row["administration"]) == number
        ),
    )


def _minimax(stage: Stage) -> TrialBalance:
    answer = stage.ask("minimax", "books")
    number = stage.environment["TARGET_MINIMAX_ORGANISATION_ID"]
    organisation = next(row for row in answer["organisations"] if str(row["id"]) == number)
    return TrialBalance(
        package="Minimax",
        administration=f"{number} {organisation['name']}",
        entries=organisation["journals"],
        rows=_balances(
            (row["account"], row["name"], row) for row in answer["trial_balance"] if str(row["organisation"]) == number
        ),
    )


def _balances(rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> tuple[AccountBalance, ...]:
    """Rows per account, of which there may be one for each year."""
    sums: dict[str, AccountBalance] = {}
    for account, description, row in rows:
        before = sums.get(account)
        sums[account] = AccountBalance(
            account=account,
            description=description,
            debit=Decimal(row["debit"]) + (before.debit if before else 0),
            credit=Decimal(row["credit"]) + (before.credit if before else 0),
        )
    return tuple(sums[account] for account in sorted(sums) if sums[account].debit or sums[account].credit)
