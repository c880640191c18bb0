"""What stands where after a run: asked of the warehouse and of the simulated books themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb

from demo.report import AccountBalance, TrialBalance

if TYPE_CHECKING:
    from pathlib import Path

    from demo.stage import Stage


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


def bookings(stage: Stage) -> int:
    """How often the simulated books accepted a batch since they were opened: replaced ones count as well."""
    return sum(record.get("kind") == "batch_saved" for record in stage.ask("minox", "log"))


def books(stage: Stage) -> TrialBalance:
    """The trial balance of the administration that was booked, over all its years."""
    answer = stage.ask("minox", "books")
    number = stage.environment["TARGET_MINOX_ADMINISTRATION_ID"]
    administration = next(row for row in answer["administrations"] if str(row["administration"]) == number)
    sums: dict[str, AccountBalance] = {}
    for row in answer["trial_balance"]:
        if str(row["administration"]) == number:
            account = str(row["account"])
            before = sums.get(account)
            sums[account] = AccountBalance(
                account=account,
                description=row["description"],
                debit=Decimal(row["debit"]) + (before.debit if before else 0),
                credit=Decimal(row["credit"]) + (before.credit if before else 0),
            )
    rows = tuple(sums[account] for account in sorted(sums) if sums[account].debit or sums[account].credit)
    return TrialBalance(
        administration=f"{number} {administration['name']}", entries=administration["batches"], rows=rows
    )
