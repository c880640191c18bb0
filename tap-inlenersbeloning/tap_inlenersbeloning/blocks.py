"""What a remuneration document consists of, and which stream holds what: the table of document streams.

A document is a header, blocks (objects at top level), and lists inside them. Every list of objects is a stream; what
stands in a block beside its lists is in the header's stream, `remunerations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

__all__ = [
    "COMPONENTS",
    "DOCUMENT_BLOCKS",
    "DOCUMENT_STREAMS",
    "EXTENDED_BLOCKS",
    "REMUNERATIONS",
    "ROW_STREAMS",
    "DocumentStream",
    "Identity",
    "Source",
    "document_generation",
    "has_extended_blocks",
    "not_recorded_blocks",
]

EXTENDED_BLOCKS: Final = (
    "paidBreaks",
    "individualChoiceBudget",
    "holidayAllowances",
    "sickPay",
    "pensionData",
    "sustainableEmployability",
)
"""Blocks that remunerations published before 2025 do not have (seen in recorded answers)."""
_ARRANGEMENT_BLOCKS: Final = (
    "allowances",
    "reimbursementsData",
    "travelExpensesData",
    "paymentsData",
    "leave",
    "employmentConditions",
)
"""Blocks that older remunerations have, but empty even where the collective agreement has something to fill them."""
DOCUMENT_BLOCKS: Final = frozenset({
    *("company", "publisher", "baseOrganisationData", "workingHours", "functionGroups", "wageIncrements"),
    *_ARRANGEMENT_BLOCKS,
    *EXTENDED_BLOCKS,
})  # fmt: skip
"""The nested blocks of a remuneration (seen in recorded answers)."""


class Identity(StrEnum):
    """What tells the rows of a list apart.

    Attributes:
        ID: The provider's id; the place in the list (`#3`) where it has none.
        INDEX: The provider's number; the place in the list where it has none.
        POSITION: The place in the list, from 1.
        WHOLE: Nothing: there is one row per document.
    """

    ID = "id"
    INDEX = "index"
    POSITION = "position"
    WHOLE = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the rows of a stream come from.

    Attributes:
        path: Members from the document's root to the rows; `[]` behind a list.
        kind: What the stream's column of kinds says of them.
        component: What `remuneration_components` calls them, if not what the stream says.
        prefix: What the names of all members begin with here, and in the stream's other lists do not.
    """

    path: str
    kind: str | bool | None = None
    component: str = ""
    prefix: str = ""

    @property
    def block(self) -> str:
        """The member of the document that it is in."""
        return self.path.partition(".")[0].removesuffix("[]")


@dataclass(frozen=True, kw_only=True)
class DocumentStream:
    """A stream whose rows come out of remuneration documents.

    Attributes:
        name: Of the stream, and of its schema file.
        sources: The lists that its rows come from.
        identity: What tells the rows of one list apart.
        kind: The column that tells the lists apart.
        parent: The stream in whose rows the lists are.
        as_parent: The column in the rows of other streams that holds the id of a row of this one.
        component: What `remuneration_components` calls the rows; "": the kind; None: they are none.
        primary_keys: Of the records.
        selected: By default.
    """

    name: str
    sources: tuple[Source, ...]
    identity: Identity = Identity.ID
    kind: str = ""
    parent: "DocumentStream | None" = None
    as_parent: str = ""
    component: str | None = None
    selected: bool = True

    @property
    def block(self) -> str:
        """The member of the document that its rows are in; empty for the document itself."""
        return self.sources[0].block if self.sources else ""

    @property
    def parent_keys(self) -> tuple[str, ...]:
        """Columns with the ids of the rows that a row is in, outermost first."""
        return (*self.parent.parent_keys, self.parent.as_parent) if self.parent else ()

    def component_of(self, source: Source) -> str | None:
        """Give what `remuneration_components` calls the rows of a list; null if they are none."""
        if self.component is None:
            return None
        return source.component or self.component or str(source.kind)

    @property
    def primary_keys(self) -> tuple[str, ...]:
        """Columns that tell a row from all others."""
        if self.name == "remunerations":
            return ("company_id", "partner_id", "id", "lender_version")
        own = ("block", "kind", "component_key") if not self.sources else (self.kind, str(self.identity))
        return (*_REMUNERATION, *self.parent_keys, *filter(None, own))


_REMUNERATION: Final = ("company_id", "partner_id", "remuneration_id", "lender_version")
REMUNERATIONS: Final = DocumentStream(name="remunerations", sources=(Source(path=""),), identity=Identity.WHOLE)
COMPONENTS: Final = DocumentStream(name="remuneration_components", sources=())

_FUNCTION_GROUPS: Final = DocumentStream(
    name="function_groups", sources=(Source(path="functionGroups[]"),), as_parent="function_group_id"
)
_ALLOWANCES: Final = DocumentStream(
    name="allowances",
    sources=(Source(path="allowances.allowances[]"),),
    as_parent="allowance_id",
    component="allowance",
)
_ALLOWANCE_COMPONENTS: Final = DocumentStream(
    name="allowance_components",
    sources=(Source(path="allowances.allowances[].allowanceComponents[]"),),
    parent=_ALLOWANCES,
    as_parent="allowance_component_id",
    component="allowance_component",
)
_TRAVEL_EXPENSES: Final = DocumentStream(
    name="travel_expenses",
    sources=(Source(path="travelExpensesData.travelExpenses[]"),),
    as_parent="travel_expense_id",
    component="travel_expense",
)
_PENSIONS: Final = DocumentStream(
    name="pensions",
    sources=(Source(path="pensionData.items[]"),),
    as_parent="pension_id",
    component="pension",
)

ROW_STREAMS: Final = (
    DocumentStream(
        name="hirer_addresses", sources=(Source(path="company.addresses[]"),), identity=Identity.POSITION
    ),
    _FUNCTION_GROUPS,
    DocumentStream(
        name="salary_steps",
        sources=(Source(path="functionGroups[].steps[]"),),
        identity=Identity.INDEX,
        parent=_FUNCTION_GROUPS,
    ),
    DocumentStream(
        name="functions", sources=(Source(path="functionGroups[].functions[]"),), parent=_FUNCTION_GROUPS
    ),
    DocumentStream(
        name="hour_wage_calculations",
        sources=(Source(path="functionGroups[].hourWageCalculations[]"),),
        identity=Identity.POSITION,
        parent=_FUNCTION_GROUPS,
    ),
    DocumentStream(
        name="unclassifiable_functions",
        sources=(Source(path="baseOrganisationData.unclassifiableFunctions[]"),),
        identity=Identity.POSITION,
    ),
    DocumentStream(
        name="wage_increments",
        sources=(
            Source(path="wageIncrements.incrementData[]", kind=False),
            Source(
                path="wageIncrements.retroactiveIncrementData[]",
                kind=True,
                component="retroactive_wage_increment",
                prefix="retroactive",
            ),
        ),
        identity=Identity.POSITION,
        kind="is_retroactive",
        component="wage_increment",
    ),
    DocumentStream(
        name="periodicals",
        sources=(Source(path="wageIncrements.periodicalData[]"),),
        identity=Identity.POSITION,
        component="periodical",
    ),
    _ALLOWANCES,
    _ALLOWANCE_COMPONENTS,
    DocumentStream(
        name="allowance_weekdays",
        sources=(Source(path="allowances.allowances[].allowanceComponents[].weekdays[]"),),
        identity=Identity.POSITION,
        parent=_ALLOWANCE_COMPONENTS,
    ),
    DocumentStream(
        name="reimbursements",
        sources=(Source(path="reimbursementsData.reimbursements[]"),),
        component="reimbursement",
    ),
    _TRAVEL_EXPENSES,
    DocumentStream(
        name="travel_expense_components",
        sources=(Source(path="travelExpensesData.travelExpenses[].components[]"),),
        parent=_TRAVEL_EXPENSES,
        component="travel_expense_component",
    ),
    DocumentStream(
        name="paid_breaks", sources=(Source(path="paidBreaks.items[]"),), component="paid_break"
    ),
    DocumentStream(
        name="individual_choice_budgets",
        sources=(Source(path="individualChoiceBudget"),),
        identity=Identity.WHOLE,
        component="budget",
    ),
    DocumentStream(
        name="icb_items", sources=(Source(path="individualChoiceBudget.items[]"),), component="budget_item"
    ),
    DocumentStream(
        name="payments",
        sources=(
            Source(path="paymentsData.fixedPayments[]", kind="fixed"),
            Source(path="paymentsData.oneTimePayments[]", kind="one_time"),
            Source(path="paymentsData.variablePayments[]", kind="variable"),
            Source(path="paymentsData.anniversaryPayments[]", kind="anniversary"),
            Source(path="paymentsData.additionalSecurityArrangements[]", kind="additional_security"),
        ),
        kind="payment_kind",
        component="",
    ),
    DocumentStream(
        name="holiday_allowances", sources=(Source(path="holidayAllowances[]"),), component="holiday_allowance"
    ),
    DocumentStream(name="sick_pay", sources=(Source(path="sickPay"),), identity=Identity.WHOLE),
    DocumentStream(
        name="sick_pay_amounts", sources=(Source(path="sickPay.sickPayAmounts[]"),), component="sick_pay_amount"
    ),
    DocumentStream(
        name="leave_arrangements",
        sources=(
            Source(path="leave.workingHoursReductions[]", kind="working_hours_reduction"),
            Source(path="leave.vacationDays[]", kind="vacation_days"),
            Source(path="leave.specialLeave[]", kind="special_leave"),
            Source(path="leave.additionalParentalLeave[]", kind="additional_parental_leave"),
            Source(path="leave.mandatoryLeave[]", kind="mandatory_leave"),
        ),
        kind="leave_kind",
        component="",
    ),
    DocumentStream(
        name="public_holidays", sources=(Source(path="leave.holidays[]"),), component="public_holiday"
    ),
    _PENSIONS,
    DocumentStream(
        name="pensionable_earnings",
        sources=(Source(path="pensionData.items[].pensionableEarnings[]"),),
        identity=Identity.POSITION,
        parent=_PENSIONS,
    ),
    DocumentStream(
        name="pension_arrangements",
        sources=(Source(path="pensionData.arrangementItems[]"),),
        component="pension_arrangement",
    ),
    DocumentStream(
        name="sustainable_employability",
        sources=(Source(path="sustainableEmployability.sustainableEmployabilityArrangements[]"),),
        component="sustainable_employability",
    ),
    DocumentStream(
        name="mandatory_education",
        sources=(Source(path="sustainableEmployability.mandatoryEducation[]"),),
        component="mandatory_education",
    ),
    DocumentStream(
        name="employment_conditions",
        sources=(Source(path="employmentConditions.items[]"),),
        identity=Identity.POSITION,
        component="employment_condition",
    ),
)  # fmt: skip
"""The blocks and lists inside a document."""
DOCUMENT_STREAMS: Final = (REMUNERATIONS, *ROW_STREAMS, COMPONENTS)
"""All streams that come out of one document: the header, the lists, and all arrangements in one table."""


def has_extended_blocks(document: Mapping[str, Any]) -> bool:
    """Tell whether a remuneration is of the newer generation: in an older one "no rows" means "not recorded"."""
    return any(document.get(name) for name in EXTENDED_BLOCKS)


def document_generation(document: Mapping[str, Any]) -> str:
    """Give `gen2` for a document that has the blocks of the equal-pay rules of 2026, `gen1` for an older one."""
    return "gen2" if has_extended_blocks(document) else "gen1"


def not_recorded_blocks(document: Mapping[str, Any]) -> list[str]:
    """Name the blocks that say nothing: no rows of theirs means "not recorded" instead of "none".

    In an older document these are the blocks that it has not, and the empty ones that it could not record in full. In a
    newer one only missing blocks, except for holidayAllowances, which is left out when there is none (seen).
    """
    if has_extended_blocks(document):
        blocks = (*_ARRANGEMENT_BLOCKS, *EXTENDED_BLOCKS)
        return [name for name in blocks if document.get(name) is None and name != "holidayAllowances"]
    return [*(name for name in _ARRANGEMENT_BLOCKS if not _has_rows(document.get(name))), *EXTENDED_BLOCKS]


def _has_rows(block: Any) -> bool:
    """Tell whether there is anything in any list of a block."""
    members = block.values() if isinstance(block, Mapping) else [block]
    return any(isinstance(member, (list, Mapping)) and _holds(member) for member in members)


def _holds(value: Any) -> bool:
    """Tell whether a list or an object has anything but null in it."""
    items = value.values() if isinstance(value, Mapping) else value
    return any(item is not None for item in items)
