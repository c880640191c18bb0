"""What the simulators hold, by table of the warehouse: read from their state, not through their APIs or our taps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from provider_simulators.nmbrs.records import organisation
from provider_simulators.nmbrs.records.catalogues import END_CONTRACT_REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
    from provider_simulators.nmbrs import NmbrsSimulator
    from provider_simulators.ons import OnsSimulator
    from provider_simulators.server import Simulator
    from provider_simulators.world import Company

Record = dict[str, Any]
Tables = dict[str, list[Record]]

START = date(2026, 1, 1)
"""From when on tap-nmbrs reads what it reads by year and by period."""
ONS_START = date(2026, 10, 15)
"""From when on tap-ons reads windows of time."""


class Source(Protocol):
    """A simulator as a source of tables.

    Attributes:
        NOT_COMPARED: Tables that repeat what others hold, or are the tap's own.
        AS_GIVEN: Texts that look like a day and are none to the provider.
        CHANGED: Tables that change when the source moves on.
        MAY_CHANGE: Tables that change although nothing in them has changed for the source.
        COLUMNS_AT_LEAST: More columns of amounts and days than this are compared.
    """

    NOT_COMPARED: ClassVar[frozenset[str]]
    AS_GIVEN: ClassVar[frozenset[str]]
    CHANGED: ClassVar[frozenset[str]]
    MAY_CHANGE: ClassVar[frozenset[str]]
    COLUMNS_AT_LEAST: ClassVar[int]

    @property
    def simulator(self) -> Simulator:
        """The simulator."""

    def tables(self) -> Tables:
        """Rows by table, as they are now."""

    def living(self, table: str, rows: list[Record], expected: Tables) -> list[Record]:
        """The rows of a table of the warehouse that the source still has."""


def not_deleted(rows: list[Record]) -> list[Record]:
    """Rows that are not marked as deleted."""
    return [row for row in rows if not row.get("_sdc_deleted_at")]


def snake(name: str) -> str:
    """A provider's name as a column."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def flat(record: Mapping[str, Any], prefix: str = "") -> Record:
    """A record in columns; lists are tables of their own, or documents, and are left out."""
    columns: Record = {}
    for name, value in record.items():
        column = prefix + snake(name)
        if isinstance(value, dict):
            columns |= flat(value, f"{column}_")
        elif not isinstance(value, list | tuple):
            columns[column] = value.value if isinstance(value, Enum) else value
    return columns


# Nmbrs


@dataclass(frozen=True, kw_only=True)
class NmbrsSource:
    """A payroll office."""

    simulator: NmbrsSimulator

    NOT_COMPARED: ClassVar[frozenset[str]] = frozenset()
    AS_GIVEN: ClassVar[frozenset[str]] = frozenset({"employee_extra_fields.value"})
    CHANGED: ClassVar[frozenset[str]] = frozenset(
        {"payroll_runs", "payroll_run_journals", "company_variable_wage_components"}
    )
    MAY_CHANGE: ClassVar[frozenset[str]] = frozenset()
    COLUMNS_AT_LEAST: ClassVar[int] = 120
    READ_TYPES: ClassVar = frozenset({"payroll", "formerPayroll", "external", "formerExternal"})
    OF_EMPLOYEES: ClassVar = (
        *("addresses", "departments", "functions", "managers", "labour_agreements", "cost_centers", "extra_fields"),
        *("personal_info", "user_accounts"),
    )
    """Kinds whose tables are called `employee_...`."""
    PLAIN: ClassVar = (
        *("employments", "contracts", "schedules", "lease_cars", "leave_balances", "company_addresses", "hour_codes"),
        *("company_contact_persons", "company_schedules", "extra_field_settings", "leave_groups", "salary_tables"),
    )
    BY_YEAR: ClassVar = (
        *("company_variable_wage_components", "work_costs", "wage_taxes", "pension_exports"),
        *("leave_requests", "parental_leaves"),
    )

    @property
    def companies(self) -> Iterable[Company]:
        return self.simulator.world.companies

    def entries(self, kind: str) -> Iterator[tuple[Company, Any]]:
        """What the companies and the employees that are read have of a kind."""
        for company in self.companies:
            read = {person.id for person in self.people(company)}
            for entry in self.simulator.backend.store.of(company.id, kind):
                if entry.employee is None or entry.employee in read:
                    yield company, entry

    def people(self, company: Company) -> list[Any]:
        return [each for each in self.simulator.backend.everybody(company) if each.type.value in self.READ_TYPES]

    def values(self, kind: str) -> list[Record]:
        return [flat(entry.values) for _, entry in self.entries(kind)]

    def in_years(self, kind: str) -> list[Record]:
        """Entries of a year from the start on, or with days in one."""
        return [
            flat(entry.values)
            for _, entry in self.entries(kind)
            if (entry.period[0] if entry.period else (entry.values["endDate"] or date.max).year) >= START.year
        ]

    def running(self) -> list[Record]:
        """Fixed wage components of the companies, once for every period in which they run."""
        rows = []
        for company, entry in self.entries("company_fixed_wage_components"):
            now = self.simulator.backend.period(company)
            end = entry.values.get("endPeriod")
            last = min((end["year"], end["period"]) if end else (now.year, now.number), (now.year, now.number))
            for number in range(1, last[1] + 1 if last[0] == START.year else 1):
                if entry.period <= (START.year, number):
                    rows.append(flat(entry.values) | {"year": START.year, "period": number})  # noqa: PERF401 (three loops)
        return rows

    def runs(self) -> list[Any]:
        return [
            run
            for company in self.companies
            for run in self.simulator.backend.all_runs(company)
            if run.year >= START.year
        ]

    def journal_lines(self) -> list[Record]:
        return [
            {"debit": max(line.amount, Decimal()), "credit": max(-line.amount, Decimal())}
            for run in self.runs()
            if run.locked
            for line in run.journal_lines("cost_center")
        ]

    def salary_table_versions(self) -> list[Record]:
        return [version for table in self.entries("salary_tables") for version in table[1].values.get("versions", ())]

    def of_debtors(self) -> Tables:
        """What belongs to the payroll office and its clients."""
        debtors = self.simulator.world.debtors
        each = range(len(debtors))
        managers = [manager for debtor in debtors for manager in organisation.managers_of(debtor.id)]
        return {
            "debtors": [{"number": debtor.number} for debtor in debtors],
            "departments": [{"code": part.code} for debtor in debtors for part in debtor.departments],
            "functions": [flat(row) for debtor in debtors for row in organisation.functions_of(debtor.id)],
            "managers": [flat(manager) for manager in managers],
            "manager_user_accounts": [{} for debtor in debtors for _ in organisation.managers_of(debtor.id)[:-1]],
            "absence_case_managers": [
                flat(row) for debtor in debtors for row in organisation.case_managers_of(debtor.id)
            ],
            "debtor_tags": [flat(row) for debtor in debtors for row in organisation.tags(debtor)],
            "debtor_info": [{} for _ in each],
            "accountant_contacts": [{} for _ in each],
            "user_info": [{}],
            "end_contract_reasons": [flat(row) for row in END_CONTRACT_REASONS],
        }

    def tables(self) -> Tables:
        """Rows by table."""
        versions = self.salary_table_versions()
        steps = [step for version in versions for scale in version["scales"] for step in scale["steps"]]
        codes = [code for model in self.values_with_lists("wage_models") for code in model["wageCodes"]]
        latest = {company.id: flat(entry.values) for company, entry in self.entries("company_svw_settings")}
        return {
            **{f"employee_{kind}": self.values(kind) for kind in self.OF_EMPLOYEES},
            **{kind: self.values(kind) for kind in self.PLAIN},
            **{kind: self.in_years(kind) for kind in self.BY_YEAR},
            "company_fixed_wage_components": self.running(),
            "company_svw_settings": list(latest.values()),
            "salary_table_versions": [flat(version) for version in versions],
            "salary_table_steps": [flat(step) for step in steps],
            "wage_codes": [flat(code) for code in codes],
            **self.of_debtors(),
            "companies": [{"number": each.number} for each in self.companies],
            "company_periods": [{} for _ in self.companies],
            "cost_centers": [{"code": part.code} for each in self.companies for part in each.cost_centers],
            "cost_units": [{"code": part.code} for each in self.companies for part in each.cost_units],
            "employees": [{"employee_number": who.number} for each in self.companies for who in self.people(each)],
            "payroll_runs": [
                {
                    "payroll_run_id": str(run.id),
                    "number": run.number,
                    "period_start": run.period_start,
                    "period_end": run.period_end,
                }
                for run in self.runs()
            ],
            "payroll_run_employees": [
                {"employee_number": each.number} for run in self.runs() for each in run.employees
            ],
            "payroll_run_journals": self.journal_lines(),
        }

    def values_with_lists(self, kind: str) -> list[Record]:
        return [entry.values for _, entry in self.entries(kind)]

    def living(self, table: str, rows: list[Record], expected: Tables) -> list[Record]:
        """Who was in a run that is gone stays; the run itself is marked."""
        runs = {run["payroll_run_id"] for run in expected["payroll_runs"]}
        if table == "payroll_run_employees":
            return [row for row in rows if row["payroll_run_id"] in runs]
        return not_deleted(rows)


# Ons


@dataclass(frozen=True, kw_only=True)
class OnsSource:
    """A care organisation."""

    simulator: OnsSimulator

    NOT_COMPARED: ClassVar[frozenset[str]] = frozenset()
    AS_GIVEN: ClassVar[frozenset[str]] = frozenset()
    CHANGED: ClassVar[frozenset[str]] = frozenset({"invoice_rows", "products", "team_assignments", "presence_logs"})
    MAY_CHANGE: ClassVar[frozenset[str]] = frozenset()
    COLUMNS_AT_LEAST: ClassVar[int] = 230
    RENAMED: ClassVar = {
        "users": "responsibilities",
        "expertise_profiles": "educations",
        "planning_expertise_profiles": "expertise_profiles",
    }
    DIARIES: ClassVar = ("presence_logs", "expenses", "account_entries")

    def tables(self) -> Tables:
        """Rows by table."""
        records, today = self.simulator.backend.records, self.simulator.world.today
        norms = [norm for norm in records["workday_norms"] if norm["endDate"] is None or norm["endDate"] >= today]
        months = (today.year - ONS_START.year) * 12 + today.month - ONS_START.month + 1
        found = {name: [flat(record) for record in records[self.RENAMED.get(name, name)]] for name in records}
        return found | {
            **{new: [flat(record) for record in records[name]] for new, name in self.RENAMED.items()},
            **{name: self.diary(name) for name in self.DIARIES},
            "planning_units": [{"unit_id": unit["id"]} for unit in records["units"]],
            "workday_hour_types": [{} for row in records["hour_types"] if row["payrolling"]],
            "workday_norms": [flat(norm) for norm in norms],
            "workday_norm_periods": [{} for norm in norms if norm["startDate"] <= today],
            "workdays": [{} for _ in records["employees"] for _ in range(months)],
            "work_hours_balances": [{} for _ in records["employees"] for _ in records["account_types"]],
        }

    def diary(self, name: str) -> list[Record]:
        """What employees have written from the start until today."""
        diary = self.simulator.backend.customer().diaries[name]
        until = self.simulator.world.today + timedelta(days=1)
        employees = self.simulator.backend.records["employees"]
        return [flat(row) for each in employees for row in diary.between(each["id"], ONS_START, until)]

    def living(self, table: str, rows: list[Record], expected: Tables) -> list[Record]:  # noqa: ARG002 (as others do)
        """Rows that are not marked as deleted."""
        return not_deleted(rows)


# Inlenersbeloning.com


@dataclass(frozen=True, kw_only=True)
class HirersSource:
    """An agency with its hirers."""

    simulator: InlenersbeloningSimulator

    NOT_COMPARED: ClassVar[frozenset[str]] = frozenset({"code_lists", "remuneration_components"})
    AS_GIVEN: ClassVar[frozenset[str]] = frozenset({"remunerations.publish_date_given", "remuneration_components.date"})
    CHANGED: ClassVar[frozenset[str]] = frozenset({"salary_steps", "remunerations", "remuneration_index"})
    COLUMNS_AT_LEAST: ClassVar[int] = 35
    PATHS: ClassVar = {
        "hirer_addresses": ("company.addresses",),
        "function_groups": ("functionGroups",),
        "salary_steps": ("functionGroups.steps",),
        "functions": ("functionGroups.functions",),
        "hour_wage_calculations": ("functionGroups.hourWageCalculations",),
        "unclassifiable_functions": ("baseOrganisationData.unclassifiableFunctions",),
        "wage_increments": ("wageIncrements.incrementData", "wageIncrements.retroactiveIncrementData"),
        "periodicals": ("wageIncrements.periodicalData",),
        "paid_breaks": ("paidBreaks.items",),
        "allowances": ("allowances.allowances",),
        "allowance_weekdays": ("allowances.allowances.allowanceComponents.weekdays",),
        "allowance_components": ("allowances.allowances.allowanceComponents",),
        "reimbursements": ("reimbursementsData.reimbursements",),
        "travel_expenses": ("travelExpensesData.travelExpenses",),
        "travel_expense_components": ("travelExpensesData.travelExpenses.components",),
        "individual_choice_budgets": ("individualChoiceBudget",),
        "icb_items": ("individualChoiceBudget.items",),
        "payments": (
            *("paymentsData.fixedPayments", "paymentsData.oneTimePayments", "paymentsData.variablePayments"),
            *("paymentsData.anniversaryPayments", "paymentsData.additionalSecurityArrangements"),
        ),
        "holiday_allowances": ("holidayAllowances",),
        "sick_pay": ("sickPay",),
        "sick_pay_amounts": ("sickPay.sickPayAmounts",),
        "leave_arrangements": (
            *("leave.workingHoursReductions", "leave.vacationDays", "leave.specialLeave"),
            *("leave.additionalParentalLeave", "leave.mandatoryLeave"),
        ),
        "public_holidays": ("leave.holidays",),
        "pensions": ("pensionData.items",),
        "pensionable_earnings": ("pensionData.items.pensionableEarnings",),
        "pension_arrangements": ("pensionData.arrangementItems",),
        "sustainable_employability": ("sustainableEmployability.sustainableEmployabilityArrangements",),
        "mandatory_education": ("sustainableEmployability.mandatoryEducation",),
        "employment_conditions": ("employmentConditions.items",),
    }

    MAY_CHANGE: ClassVar[frozenset[str]] = NOT_COMPARED | PATHS.keys()  # a new version has all of its rows anew

    def documents(self) -> list[Record]:
        """What is shared now."""
        shares = self.simulator.backend.shares.values()
        return [
            remuneration.document() or {}
            for partners in shares
            for share in partners.values()
            for remuneration in share.remunerations.values()
        ]

    def tables(self) -> Tables:
        """Rows by table; those of documents are of the versions that are shared now."""
        documents = self.documents()
        shares = [share for partners in self.simulator.backend.shares.values() for share in partners.values()]
        found = {
            name: [flat(row) for document in documents for path in paths for row in at(document, path.split("."))]
            for name, paths in self.PATHS.items()
        }
        return found | {
            "partners": [{} for _ in shares],
            "remuneration_index": [row for share in shares for row in shared(share)],
            "remunerations": [flat(document) for document in documents],
        }

    def living(self, table: str, rows: list[Record], expected: Tables) -> list[Record]:
        """What is inside documents is not marked: it belongs to a version that is shared, or it does not."""
        current = {(each["id"], each["lender_version"]) for each in expected["remunerations"]}
        identifier = "id" if table == "remunerations" else "remuneration_id"
        if table in {"partners", "remuneration_index"}:
            return not_deleted(rows)
        return [row for row in not_deleted(rows) if (row[identifier], row["lender_version"]) in current]


def shared(share: Any) -> list[Record]:
    """What a partner shares: a row even if that is nothing."""
    found = [{"remuneration_id": id_, "lender_version": each.version} for id_, each in share.remunerations.items()]
    return found or [{"remuneration_id": None, "lender_version": None}]


def at(value: Any, path: list[str]) -> Iterator[Record]:
    """The objects at a path of member names; lists on the way are gone through."""
    if isinstance(value, list):
        for item in value:
            yield from at(item, path)
    elif isinstance(value, dict):
        if not path:
            yield value
        elif path[0] in value:
            yield from at(value[path[0]], path[1:])
