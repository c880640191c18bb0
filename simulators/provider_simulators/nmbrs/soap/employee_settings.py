"""EmployeeService: what has no bulk form: bank accounts, leave, wage tax, labour agreement, days. Vendor WSDL v2.1."""

from decimal import Decimal
from typing import Any

from provider_simulators.nmbrs.soap.backend import Member, SoapBackend
from provider_simulators.nmbrs.soap.company_records import holds_in
from provider_simulators.nmbrs.soap.employee_rows import day
from provider_simulators.nmbrs.soap.envelope import TOO_BAD
from provider_simulators.nmbrs.soap.faults import SoapFaultError
from provider_simulators.nmbrs.soap.operation import Operation, of_employee
from provider_simulators.nmbrs.soap.values import Items, Row
from provider_simulators.nmbrs.store import Entry

ACCOUNT_TYPES = {
    "standard": "Standaard",
    "salarySavings": "Spaarloon",
    "lifecycleSavingSchemes": "Levensloop",
    **{f"bankAccount{number}": f"Bankrekening{number}" for number in range(1, 6)},
}
USAGE_TYPES = {"takeUp": "Withdrawal", "buildUp": "Store", "expired": "Expired"}
LEAVE_TYPES = ("Undefined", "Type1", "Type2", "Type3", "Type4")
RULINGS = ("None", "Gross deduction", "Reduced salary")
COLORS = ("White", "Green")
PERIOD_TABLES = ("Day", "Week", "4Week", "Month")
"""KleurTabel, TijdvakTabel and CodeCalc30PercRule are numbers: the places in these lists (inferred)."""


def _bank_accounts(backend: SoapBackend, member: Member) -> Items:
    entries = backend.entries(member.company, "bank_accounts", employee=member.employee)
    return Items.of("BankAccount", (_bank_account(backend, each) for each in entries))


def _bank_accounts_in(backend: SoapBackend, member: Member, period: int, year: int) -> Items:
    backend.check_period(member.company, period, year)
    return _bank_accounts(backend, member)


def _bank_account(backend: SoapBackend, entry: Entry) -> Row:
    values = entry.values
    return {
        "Id": backend.ids.number("bank_account", entry.id),
        "Number": values.get("number"),
        "Description": values.get("description"),
        "IBAN": values.get("IBAN"),
        "BIC": None,
        "City": values.get("city"),
        "Name": values.get("name"),
        "Type": ACCOUNT_TYPES[values.get("bankAccountType", "standard")],
    }


def _leave(backend: SoapBackend, member: Member, kind: str, usage: str, year: int) -> Items:
    """Leave that begins in a year; a type that is nil or empty stands for all.

    Raises:
        SoapFaultError: A type that there is not.
    """
    if kind not in ("", *LEAVE_TYPES) or usage not in ("", *USAGE_TYPES.values()):
        raise SoapFaultError(f"{TOO_BAD} ---> Instance validation error: not a valid value.", is_clients=True)
    backend.check_year(year)
    groups: dict[Any, str] = dict(
        zip((each.id for each in backend.entries(member.company, "leave_groups")), LEAVE_TYPES[1:], strict=False)
    )
    rows = (
        (each.values, _leave_row(backend, each, groups.get(each.values.get("leaveGroupId"), LEAVE_TYPES[0])))
        for each in backend.entries(member.company, "leave_requests", employee=member.employee)
    )
    return Items.of(
        "LeaveV2",
        (
            row
            for values, row in rows
            if values["startDate"].year == year and kind in ("", row["Type"]) and usage in ("", row["UsageType"])
        ),
    )


def _leave_row(backend: SoapBackend, entry: Entry, kind: str) -> Row:
    values = entry.values
    return {
        "Description": None,
        "Hours": values["hours"],
        "UsageType": USAGE_TYPES[values["type"]],
        "Start": day(values["startDate"]),
        "End": day(values["endDate"]),
        "StartHours": 0,
        "EndHours": 0,
        "Type": kind,
        "Status": values["status"].capitalize(),
        "Id": backend.ids.number("leave_request", entry.id),
    }


def _leave_balance(backend: SoapBackend, member: Member) -> Row | None:
    """All groups together; the balance at the start is invented."""
    balances = backend.entries(member.company, "leave_balances", employee=member.employee)
    if not balances:
        return None
    total = sum((each.values["leaveBalance"] for each in balances), Decimal(0))
    return {"DecMedewerkerVerlofStartSaldo": total + 40, "DecMedewerkerVerlofCurrSaldo": total}


def _wage_tax(backend: SoapBackend, member: Member) -> Items:
    entries = backend.entries(member.company, "wage_tax_settings", employee=member.employee)
    return Items.of("WageTaxSettings", (_wage_tax_row(backend, each) for each in entries))


def _wage_tax_row(backend: SoapBackend, entry: Entry) -> Row:
    values: dict[str, Any] = entry.values
    return {
        "Id": backend.ids.number("wage_tax_setting", entry.id),
        "JaarloonBT": values.get("specialAnnualSalaryRate") or 0,
        "AfwBijzTariefLH": values.get("differentSpecialRate") or 0,
        "AutoKleineBanenRegeling": False,
        "Loonheffingkorting": values["wageTaxRebate"],
        "Voordeelreg": False,
        "Loonheffing": values["wageTax"],
        "CodeAfdrachtvermindering": 0,
        "KleurTabel": COLORS.index(values["colorTable"]),
        "SoortInkomen": int(values["incomeType"]),
        "SpecialeTabel": int(values.get("specialTable") or 0),
        "TijdvakTabel": PERIOD_TABLES.index(values["periodTable"]),
        "VakantieBonnen": 0,
        "CodeCalc30PercRule": RULINGS.index(values["Calc30PercentRuling"]["Calc30PercentRuling"]),
    }


def _labour_agreement(backend: SoapBackend, member: Member, period: int, year: int) -> Row | None:
    asked = backend.check_period(member.company, period, year)
    entries = backend.entries(member.company, "labour_agreements", employee=member.employee)
    begun = [each for each in entries if (each.values["period"]["year"], each.values["period"]["period"]) <= asked]
    if not begun:
        return None
    values = begun[-1].values
    return {
        "Id": int(values["number"]),
        "Guid": values["labourAgreementId"],
        "Number": int(values["number"]),
        "Description": values.get("description"),
    }


def _days(kind: str) -> Any:
    def answer(backend: SoapBackend, member: Member, period: int, year: int) -> int:
        """Days of a period; 0 where nothing is noted, as of an int that cannot be nil."""
        asked = backend.check_period(member.company, period, year)
        entries = backend.entries(member.company, kind, employee=member.employee)
        return sum(each.values["days"] for each in entries if holds_in(each, asked, is_fixed="fixed" in kind))

    return of_employee(answer)


EMPLOYEE = ("EmployeeId",)
PERIOD = ("EmployeeId", "Period", "Year")

OPERATIONS = (
    Operation(name="BankAccount_GetList", parameters=PERIOD, answer=of_employee(_bank_accounts_in)),
    Operation(name="BankAccount_GetListCurrent", parameters=EMPLOYEE, answer=of_employee(_bank_accounts)),
    Operation(name="Leave_GetList_V2", parameters=("EmployeeId", "Type", "Soort", "Year"), answer=of_employee(_leave)),
    Operation(name="LeaveBalance_Get", parameters=EMPLOYEE, answer=of_employee(_leave_balance)),
    Operation(name="WageTax_GetList", parameters=EMPLOYEE, answer=of_employee(_wage_tax)),
    Operation(name="LabourAgreements_Get", parameters=PERIOD, answer=of_employee(_labour_agreement)),
    Operation(name="DaysFixed_Get", parameters=PERIOD, answer=_days("fixed_days")),
    Operation(name="DaysVarWorked_Get", parameters=PERIOD, answer=_days("variable_days")),
)
