"""The world in Nmbrs' JSON: names, types and case of the vendor's OpenAPI."""

from datetime import datetime

from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.paging import Row
from provider_simulators.world import Company, CostCenter, CostUnit, Debtor, Department, Employee, PeriodType, Run

PERIOD_LETTERS = {PeriodType.MONTH: "M", PeriodType.FOUR_WEEKS: "4W"}
"""`displayPeriod` ends in a letter; M is the vendor's example, 4W is inferred."""


def debtor(each: Debtor) -> Row:
    """Schema Debtor."""
    return {"debtorId": str(each.id), "number": each.number, "name": each.name}


def department(each: Department) -> Row:
    """Schema DepartmentWithManagers."""
    return {
        "departmentId": str(each.id),
        "code": each.code,
        "description": each.description,
        "createdAt": moment(each.created_at),
        "managers": [],
    }


def company(each: Company) -> Row:
    """Schema Company; the number is text."""
    return {"companyId": str(each.id), "number": each.number, "name": each.name, "debtorId": str(each.debtor_id)}


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
        "employeeId": str(each.id),
        "employeeBasicInfo": {
            "employeeNumber": each.number,
            "firstName": each.first_name,
            "firstNameInFull": None,
            "prefix": each.prefix,
            "initials": each.initials,
            "lastName": each.last_name,
            "employeeType": str(each.type),
        },
    }


def cost_center(each: CostCenter) -> Row:
    """Schema CostCenter."""
    return {"costCenterId": str(each.id), "code": each.code, "description": each.description}


def cost_unit(each: CostUnit) -> Row:
    """Schema CostUnit."""
    return {"costUnitId": str(each.id), "code": each.code, "description": each.description}


def payroll_run(each: Run) -> Row:
    """Schema PayrollRun; the periods are numbers, whatever the schema's format says."""
    return {
        "payrollRunId": str(each.id),
        "number": each.number,
        "description": each.description,
        "year": each.year,
        "periodStart": each.period_start,
        "periodEnd": each.period_end,
        "createdAt": moment(each.created_at),
        "type": str(each.type),
        "locked": each.locked,
    }


def moment(value: datetime) -> str:
    """A date-time with Z; milliseconds only where there are some (vendor OpenAPI has both)."""
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
