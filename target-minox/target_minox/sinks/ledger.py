"""The chart of accounts and what belongs to it: journals, costs, budgets, accruals."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from connector_kit.books.masterdata import CostCenter

from target_minox import operations as op
from target_minox.marked import MarkedKind
from target_minox.records import MinoxRecord
from target_minox.resources import Named, Naming
from target_minox.sinks.names import NUMBER, budget, code, division, number
from target_minox.sinks.records import Records, extended, named
from target_minox.sinks.row import Row

__all__ = ["ROWS"]

_COST_CENTER_MAX: Final = 999_999_999_999_999


class CostCenters(Records):
    """Cost centers of the books contract."""

    def read(self, record: Mapping[str, Any]) -> MinoxRecord:
        """Read a cost center.

        Raises:
            EntryError: It is none.
        """
        fact = CostCenter.from_record(record)
        return extended(fact, {"id": fact.code, "description": fact.name}, self.row.stream)


ROWS: Final = (
    named(
        "cost_centers",
        "cost center",
        op.WRITE_COST_CENTER,
        op.COST_CENTERS,
        "number",
        name_of=number(_COST_CENTER_MAX),
        way=CostCenters,
    ),
    named("cost_types", "cost type", op.WRITE_COST_TYPE, op.COST_TYPES, "number", name_of=NUMBER),
    replace(
        named(
            "ledger_accounts",
            "ledger account",
            op.WRITE_LEDGER_ACCOUNT,
            op.READ_LEDGER_ACCOUNT,
            "number",
            name_of=NUMBER,
        ),
        operations=(op.WRITE_LEDGER_ACCOUNT, op.READ_LEDGER_ACCOUNT, op.CUSTOMERS, op.SUPPLIERS),
    ),
    named("journals", "journal", op.WRITE_JOURNAL, op.JOURNALS, "journal_id", name_of=code(4), is_off=True),
    named(
        "profit_loss_balances",
        "balance code",
        op.WRITE_BALANCE_CODE,
        op.BALANCE_CODES,
        "number",
        name_of=NUMBER,
    ),
    Row(
        stream="budgets",
        noun="budget",
        way=Records,
        how=Named(
            stream="budgets",
            naming=Naming(path_ids=(), of_row=division),
            write=op.WRITE_BUDGET,
            look=op.BUDGETS,
        ),
        operations=(op.WRITE_BUDGET, op.BUDGETS),
        name_of=budget,
        named_by=(),
    ),
    Row(
        stream="accruals",
        noun="accrual",
        way=Records,
        how=MarkedKind(
            stream="accruals",
            mark_in="explanation",
            path_id="accrual_id",
            create=op.CREATE_ACCRUAL,
            listing=op.ACCRUALS,
            look=op.READ_ACCRUAL,
            change=op.CHANGE_ACCRUAL,
        ),
        operations=(op.CREATE_ACCRUAL, op.CHANGE_ACCRUAL, op.ACCRUALS, op.READ_ACCRUAL),
    ),
)
