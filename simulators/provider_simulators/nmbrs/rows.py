"""Companies and people in Nmbrs' JSON: names, types and case of the vendor's OpenAPI."""

from datetime import datetime
from uuid import UUID

from provider_simulators.log import plain
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.records.organisation import managers_of, placed
from provider_simulators.nmbrs.records.personal import basic_info
from provider_simulators.nmbrs.shapes import Parameters, Shape
from provider_simulators.world import Company, CostCenter, CostUnit, Employee, PeriodType, Run

PERIOD_LETTERS = {PeriodType.MONTH: "M", PeriodType.FOUR_WEEKS: "4W", PeriodType.WEEK: "W"}
"""`displayPeriod` ends in a letter; M is the vendor's example, 4W and W are inferred."""


def company(each: Company) -> Row:
    """Schema Company; the number is text."""
    return {"companyId": each.id, "number": each.number, "name": each.name, "debtorId": each.debtor_id}


def company_period(backend: NmbrsBackend, each: Company) -> Row:
    """Schema CompanyPeriod."""
    period = backend.period(each)
    return {
        "period": {"year": period.year, "period": period.number},
        "periodType": str(each.period_type),
        "displayPeriod": f"{period.year}-{period.number}-{PERIOD_LETTERS[each.period_type]}",
    }


def employee(each: Employee) -> Row:
    """Schema EmployeeList."""
    return {
        "employeeId": each.id,
        "employeeBasicInfo": basic_info(each),
    }


PARTS_OF_EMPLOYEE = {
    "personalInfo": Shape(kind="personal_info", id_name="personalInfoId"),
    "department": Shape(kind="departments", created=None, hidden=("period",)),
    "function": Shape(kind="functions", created=None, hidden=("period",)),
    "address": Shape(kind="addresses", id_name="addressId"),
}


def whole_employee(backend: NmbrsBackend, given: Parameters) -> list[Row]:
    """Schema Employee: the newest of everything; what somebody does not have is missing."""
    company, person = backend.employee(given["employeeId"])
    row: Row = {"employeeId": person.id}
    for name, shape in PARTS_OF_EMPLOYEE.items():
        theirs = [entry for entry in backend.store.of(company.id, shape.kind) if entry.employee == person.id]
        if theirs:
            row[name] = shape.row(theirs[-1])
    debtor = backend.debtor(company.debtor_id)
    named = {entry.employee: entry.values["managerId"] for entry in backend.store.of(company.id, "managers")}
    for manager in managers_of(debtor.id):
        if manager["managerId"] == named.get(person.id):
            row["manager"] = placed(manager, debtor)
    return [row]


def salary_table_versions(backend: NmbrsBackend, given: Parameters) -> list[Row]:
    """Schema SalaryTableVersion."""
    versions = backend.salary_table(given["salaryTableId"]).get("versions", ())
    return [{name: value for name, value in version.items() if name != "scales"} for version in versions]


def salary_table_heading(backend: NmbrsBackend, given: Parameters) -> Row:
    """What stands beside the scales of a version."""
    table, version = backend.salary_table_version(given["companyId"], given["salaryTableVersionId"])
    return {"salaryTableName": table["tableName"], "year": version["year"], "period": version["month"]}


def cost_center(each: CostCenter) -> Row:
    """Schema CostCenter."""
    return {"costCenterId": each.id, "code": each.code, "description": each.description}


def cost_unit(each: CostUnit) -> Row:
    """Schema CostUnit."""
    return {"costUnitId": each.id, "code": each.code, "description": each.description}


def payroll_run(each: Run) -> Row:
    """Schema PayrollRun; the periods are numbers, whatever the schema's format says."""
    return {
        "payrollRunId": each.id,
        "number": each.number,
        "description": each.description,
        "year": each.year,
        "periodStart": each.period_start,
        "periodEnd": each.period_end,
        "createdAt": moment(each.created_at),
        "type": str(each.type),
        "locked": each.locked,
    }


def value_text(value: object) -> str:
    """What JSON has no form for: a moment as below, days, ids and enums as their text."""
    if isinstance(value, datetime):
        return moment(value)
    # Most of a document is ids: sooner done than by `plain`.
    return str(value) if isinstance(value, UUID) else plain(value)


def moment(value: datetime) -> str:
    """A date-time with Z; milliseconds only where there are some (vendor OpenAPI has both)."""
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
