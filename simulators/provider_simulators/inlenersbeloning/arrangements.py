"""The blocks of arrangements in a remuneration document: allowances, payments, leave and the rest."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

Document = dict[str, Any]
Ids = Callable[..., str]

NO_VALUE: Document = {"value": None}
PAYMENT_LISTS = (
    "additionalSecurityArrangements",
    "anniversaryPayments",
    "fixedPayments",
    "oneTimePayments",
    "variablePayments",
)
PAYMENT_FLAGS = ("AdditionalSocialSecurityArrangements", "AnniversaryPayments", "FixedPayments", "OneTimePayments")
LEAVE_LISTS = (
    "workingHoursReductions",
    "vacationDays",
    "specialLeave",
    "additionalParentalLeave",
    "mandatoryLeave",
    "holidays",
)


def legacy_blocks(ids: Ids) -> Document:
    """What documents up to 2024 have: the seven blocks that are always there, all of them empty."""
    return {
        "allowances": {"id": None, "hasAllowances": False, "allowances": []},
        "reimbursementsData": {"id": None, "hasReimbursements": False, "reimbursements": []},
        "travelExpensesData": {
            "id": None,
            "hasTravelExpenses": False,
            "reimbursementAsWorkingHours": NO_VALUE,
            "travelExpenses": [],
        },
        "paymentsData": _payments(ids("payments", 90)),
        "leave": _leave(None),
        "employmentConditions": {"hasEmploymentConditions": False, "items": []},
    }


def blocks(ids: Ids, *, functions: Sequence[str], text: str) -> Document:
    """What newer documents have. ``holidayAllowances`` is there only when not empty (seen).

    Args:
        ids: Gives ids by kind and number.
        functions: Ids of functions that arrangements may depend on.
        text: Free text, as people type it.
    """
    document = {
        "paidBreaks": {"id": ids("paid breaks"), "hasPaidBreaks": False, "items": []},
        "allowances": {
            "id": ids("allowances"),
            "hasAllowances": True,
            "allowances": [_evening_allowance(ids, functions, text)],
        },
        "reimbursementsData": {
            "id": ids("reimbursements"),
            "hasReimbursements": True,
            "reimbursements": [_travel_allowance(ids)],
        },
        "travelExpensesData": {
            "id": ids("travel expenses"),
            "hasTravelExpenses": False,
            "reimbursementAsWorkingHours": NO_VALUE,
            "travelExpenses": [],
        },
        "individualChoiceBudget": {
            "id": ids("budget"),
            "hasIndividualChoiceBudget": False,
            **_amount(0, None, basedOn=None, interval=None),
            "items": [],
        },
        # The flag says yes and the list is empty: flags do not match their lists (seen in 16 of 345 pairs).
        "paymentsData": _payments(ids("payments")) | {"hasVariablePayments": True},
        "sickPay": _sick_pay(ids),
        "leave": _leave(ids("leave"))
        | {"hasVacationDays": True, "vacationDays": [_vacation_days(ids)], "holidays": [_holiday(ids)]},
        "pensionData": {
            "id": ids("pension"),
            "hasPension": False,
            "hasAdditionalPensionArrangements": False,
            "items": [],
            "arrangementItems": [],
        },
        "sustainableEmployability": {
            "id": ids("employability"),
            "hasArrangements": False,
            "hasMandatoryEducation": False,
            "sustainableEmployabilityArrangements": [],
            "mandatoryEducation": [],
        },
        "employmentConditions": {"hasEmploymentConditions": False, "items": []},
    }
    return document | ({"holidayAllowances": [_holiday_allowance(ids)]} if functions else {})


def _amount(amount: int | Decimal, unit: str | None, **based_on: str | None) -> Document:
    base = based_on.get("basedOn", "GrossSalary")
    return {
        "amount": amount,
        "amountType": {"value": unit, "otherValue": None},
        "basedOn": base,
        "basedOnOther": None,
        "intervalAmount": 1,
        "interval": based_on.get("interval", "Yearly"),
    }


def _evening_allowance(ids: Ids, functions: Sequence[str], text: str) -> Document:
    """A quarter more after eight in the evening, in a range that passes midnight."""
    component = {
        "id": ids("allowance component"),
        "isDescribedAsAmount": True,
        **_amount(25, "Percentage", interval="Hourly"),
        "hasTimelyConditions": True,
        "shiftWorkAmount": {"value": None, "otherValue": None},
        "timeAndDaysUsage": {"value": "DailyTimeRange"},
        "applicableTimeFrom": "20:00:00",
        "applicableTimeTo": "06:00:00",
        "applicableAfterHoursAmount": 0,
        "applicableAfterHoursIntervalAmount": 0,
        "applicableAfterHoursIntervalValue": None,
        "description": None,
        "conditions": text,
        "appliesToAllFunctions": not functions,
        "weekdays": [{"title": "Maandag", "value": "Monday"}, {"title": "Feestdagen", "value": "Holiday"}],
        "cumulatesWith": [],
        "dependencyFunctions": list(functions[:1]),
    }
    return {
        "id": ids("allowance"),
        "typeTitle": "Onregelmatigheidstoeslag",
        "typeCode": "Irregular",
        "typeOther": None,
        "name": "Avonddienst",
        "conditions": None,
        "phaseOutSchema": None,
        "allowanceComponents": [component],
    }


def _travel_allowance(ids: Ids) -> Document:
    return {
        "id": ids("reimbursement"),
        "name": "Reiskostenvergoeding",
        "typeCode": "TravelAllowance",
        "isDescribedAsAmount": True,
        **_amount(Decimal("0.23"), "Amount", basedOn="Fixed", interval="Kilometer"),
        "description": None,
        "conditions": None,
        "dependencyFunctions": [],
    }


def _holiday_allowance(ids: Ids) -> Document:
    allowance = _amount(8, "Percentage")
    del allowance["basedOnOther"]  # this block has no such member
    return {
        "id": ids("holiday allowance"),
        **allowance,
        "isPartOfIndividualChoiceBudget": False,
        "description": None,
        "appliesToAllFunctions": True,
        "dependencyFunctions": [],
    }


def _sick_pay(ids: Ids) -> Document:
    return {
        "id": ids("sick pay"),
        "sickPayCondition": None,
        "hasWaitingDays": False,
        "amount": 0,
        "waitingDaysCondition": None,
        "hasWaitingDaysCompensation": False,
        "compensationAmount": 0,
        "waitingDaysCompensationDescription": None,
        "sickPayAmounts": [
            {
                "id": ids("sick pay amount"),
                **_amount(100, "Percentage", basedOn="UsualWage", interval="Hourly"),
                "sickPayYear": {"value": "firstYear"},
            }
        ],
    }


def _payments(identifier: str) -> Document:
    return {
        "id": identifier,
        **{f"has{flag}": False for flag in (*PAYMENT_FLAGS, "VariablePayments")},
        **{name: [] for name in PAYMENT_LISTS},
    }


def _leave(identifier: str | None) -> Document:
    return {
        "id": identifier,
        "hasWorkingHoursReduction": False,
        "isWorkingHoursReductionDistinct": False,
        "hasVacationDays": False,
        "isVacationDayDistinct": False,
        "hasSpecialLeave": False,
        "hasAdditionalWAZO": False,
        "hasMandatoryLeave": False,
        "hasHoliday": False,
        "holidayCount": None,
        "holidayCountExplanation": None,
        **{name: [] for name in LEAVE_LISTS},
    }


def _vacation_days(ids: Ids) -> Document:
    days = _amount(Decimal("201.6"), "Hours")
    return {
        "id": ids("vacation days"),
        "targetGroup": {"value": None, "otherValue": None},
        "age": {"from": 0, "to": 0},
        "employmentDuration": {"from": 0, "to": 0},
        **{name: days[name] for name in ("amount", "amountType", "intervalAmount", "interval")},
        "description": None,
        "hasValueCalculation": False,
        "valueCalculation": None,
        "isPartOfIndividualChoiceBudget": False,
        "appliesToAllFunctions": True,
        "dependencyFunctions": [],
    }


def _holiday(ids: Ids) -> Document:
    """In the list although ``hasHoliday`` is false: the flag does not match (seen)."""
    return {
        "id": ids("holiday"),
        "name": "Koningsdag",
        "type": "KingsDay",
        "frequency": {"value": "Yearly", "otherValue": None},
        "description": None,
        "hasValueCalculation": False,
        "valueCalculation": None,
        "appliesToAllFunctions": True,
        "dependencyFunctions": [],
    }
