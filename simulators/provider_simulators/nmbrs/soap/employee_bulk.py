"""EmployeeService: one kind of record of all employees of a company at once. Names: vendor WSDL v2.1, adapted to v3."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from provider_simulators.nmbrs.soap import employee_rows, personal_rows
from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.operation import Operation, of_company
from provider_simulators.nmbrs.soap.values import EMPTY_DATE, Items, Row
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company, EmployeeType


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """Records by employee.

    Attributes:
        item: Element per employee.
        group: Element in it around the employee's records.
        record: Element of a record.
    """

    item: str
    group: str
    record: str

    def of(self, backend: SoapBackend, company: Company, rows: Iterable[tuple[UUID | None, Row]]) -> Items:
        """Rows by employee. Whoever has none comes without the group (a working client had to learn that)."""
        by_employee: dict[UUID | None, list[Row]] = defaultdict(list)
        for employee, row in rows:
            by_employee[employee].append(row)
        return Items.of(
            self.item,
            (
                {
                    "EmployeeId": backend.ids.number("employee", each.id),
                    self.group: Items.of(self.record, by_employee[each.id]) if each.id in by_employee else None,
                }
                for each in backend.members(company)
            ),
        )


def _all(
    name: str, kind: str, grouping: Grouping, row: Callable[[SoapBackend, Entry], Row], parameter: str = "CompanyID"
) -> Operation:
    """All records of a kind that all employees of a company ever had."""

    def answer(backend: SoapBackend, company: Company) -> Items:
        rows = ((each.employee, row(backend, each)) for each in backend.entries(company, kind))
        return grouping.of(backend, company, rows)

    return Operation(name=name, parameters=(parameter,), answer=of_company(answer))


def _in_period(name: str, kind: str, grouping: Grouping, row: Callable[[SoapBackend, Entry], Row]) -> Operation:
    """Records of all employees that hold in a period."""

    def answer(backend: SoapBackend, company: Company, period: int, year: int) -> Items:
        asked = backend.check_period(company, period, year)
        entries = (each for each in backend.entries(company, kind) if _holds(backend, company, each, asked))
        return grouping.of(backend, company, ((each.employee, row(backend, each)) for each in entries))

    return Operation(name=name, parameters=("CompanyId", "Period", "Year"), answer=of_company(answer))


def _holds(backend: SoapBackend, company: Company, entry: Entry, asked: tuple[int, int]) -> bool:
    """Whether a record has begun by a period, or lies in it with one of its days."""
    start = entry.values.get("period")
    if start:
        return (start["year"], start["period"]) <= asked
    first, last = backend.days_of(company, asked)
    begins, ends = (employee_rows.day(entry.values.get(name)) for name in ("startDate", "endDate"))
    return (begins is None or begins <= last) and (ends is None or ends >= first)


def _absences(backend: SoapBackend, company: Company) -> Items:
    """A flat list: the employee stands last in each row."""
    return Items.of(
        "EmployeeAbsence",
        (
            {**row, "EmployeeId": backend.ids.number("employee", entry.employee)}
            for entry in backend.entries(company, "absences")
            if entry.employee
            for row in employee_rows.absences(backend, entry)
        ),
    )


def _functions(backend: SoapBackend, company: Company) -> Items:
    """Who works here without a function has function 0 (seen in a working client)."""
    rows: list[tuple[UUID | None, Row]] = [
        (each.employee, employee_rows.function(backend, each)) for each in backend.entries(company, "functions")
    ]
    placed = {employee for employee, _ in rows}
    rows += [
        (
            each.employee,
            {
                "RecordId": 0,
                "Function": {"Id": 0, "Code": 0},
                "CreationDate": each.created_at,
                **employee_rows.started(each),
            },
        )
        for each in backend.entries(company, "departments")
        if each.employee not in placed
    ]
    return FUNCTIONS.of(backend, company, rows)


def _personal_infos(*, with_bsn: bool) -> Callable[..., Any]:
    def answer(backend: SoapBackend, company: Company) -> Items:
        """Some employees may be missing (seen in a working client)."""
        people = {each.id: each for each in backend.members(company)}
        rows = [
            (
                person.id,
                personal_rows.past(
                    backend, each, person, personal_rows.bsn_of(backend, company, person) if with_bsn else None
                ),
            )
            for each in backend.entries(company, "personal_info")
            if each.employee and (person := people.get(each.employee))
        ]
        items = PERSONAL_INFOS.of(backend, company, rows)
        return Items(name=items.name, rows=items.rows[backend.switches.soap_missing_personal_infos :])

    return of_company(answer)


def _snapshots(backend: SoapBackend, company: Company) -> Items:
    rows = (personal_rows.snapshot(backend, company, each) for each in backend.members(company))
    return Items.of("PersonalInfoContractSalaryAddress", rows)


def _partners(backend: SoapBackend, company: Company) -> Items:
    """Partners of who has named one; only their name is known, the rest is empty."""
    partners = {
        each.employee: name
        for each in backend.entries(company, "personal_info")
        if (name := employee_rows.inner(each.values, "partnerInfo").get("partnerName"))
    }
    return Items.of(
        "EmployeePartner",
        (
            {
                "EmployeeId": backend.ids.number("employee", employee),
                "Partner": {
                    "Id": backend.ids.number("partner", employee),
                    "PartnerName": name,
                    "Gender": "undefined",
                    "Birthday": EMPTY_DATE,
                    "StartDate": EMPTY_DATE,
                },
            }
            for employee, name in partners.items()
            if employee
        ),
    )


def _reviews(backend: SoapBackend, company: Company) -> Items:
    """A review of every third employee who works here, a year after they began (invented)."""
    rows = (
        (
            each.id,
            {
                "ID": backend.ids.number("review", each.id),
                "ManagerID": 1,
                "Manager": "Anouk van der Bakkerij",
                "ReviewDate": each.started_on + A_YEAR,
                "TypeID": 1,
                "AppraisalID": 2,
                "Appraisal": 7,
                "Note": "",
                "NextReviewDate": EMPTY_DATE,
                "Type": "Beoordelingsgesprek",
                "AppraisalName": "Goed",
            },
        )
        for each in backend.members(company)
        if each.type is EmployeeType.PAYROLL and each.number % 3 == 0
    )
    return REVIEWS.of(backend, company, rows)


A_YEAR = timedelta(days=365)
REVIEWS = Grouping(item="EmployeePerformanceReview", group="PerformanceReviews", record="PerformanceReview")
FUNCTIONS = Grouping(item="EmployeeFunctionItem_V2", group="EmployeeFunctions", record="EmployeeFunction")
PERSONAL_INFOS = Grouping(item="PersonalInfoItem", group="EmployeePersonalInfos", record="PersonalInfo_V2")

OPERATIONS = (
    _all(
        "Address_GetAll_AllEmployeesByCompany",
        "addresses",
        Grouping(item="EmployeeAddressItem", group="EmployeeAddresses", record="EmployeeAddress_V2"),
        employee_rows.address,
    ),
    _all(
        "Children_GetAll_Employeesbycompany",
        "children",
        Grouping(item="EmployeeChildrenItem", group="EmployeeChildren", record="Child"),
        employee_rows.child,
        parameter="CompanyId",
    ),
    _all(
        "Contract_GetAll_AllEmployeesByCompany",
        "contracts",
        Grouping(item="EmployeeContractItemGlobal", group="EmployeeContracts", record="EmployeeContract"),
        employee_rows.contract,
    ),
    _all(
        "Department_GetAll_AllEmployeesByCompany",
        "departments",
        Grouping(item="EmployeeDepartmentItem", group="EmployeeDepartments", record="Department_V2"),
        employee_rows.department,
    ),
    _all(
        "Employment_GetAll_AllEmployeesByCompany",
        "employments",
        Grouping(item="EmployeeEmploymentItem", group="EmployeeEmployments", record="Employment"),
        employee_rows.employment,
    ),
    _all(
        "SVW_GetAll_AllEmployeesByCompany",
        "svw_settings",
        Grouping(item="EmployeeSVWItem", group="EmployeeSVWSettings", record="EmployeeSVWSettings"),
        employee_rows.svw_setting,
    ),
    _all(
        "Salary_GetAll_AllEmployeesByCompany",
        "salaries",
        Grouping(item="EmployeeSalaryItem", group="EmployeeSalaries", record="Salary_V2"),
        employee_rows.salary,
    ),
    _all(
        "Schedule_GetAll_AllEmployeesByCompany",
        "schedules",
        Grouping(item="EmployeeScheduleItem", group="EmployeeSchedules", record="Schedule_V2"),
        employee_rows.schedule,
    ),
    _in_period(
        "CostCenter_GetAllEmployeesByCompany",
        "cost_centers",
        Grouping(item="EmployeeCostCenters", group="CostCenters", record="EmployeeCostCenter"),
        employee_rows.cost_center,
    ),
    _in_period(
        "LeaseCar2_GetAll_EmployeesByCompany",
        "lease_cars",
        Grouping(item="EmployeeLeaseCars", group="LeaseCars", record="EmployeeLeaseCar"),
        employee_rows.lease_car,
    ),
    Operation(name="Absence_GetAll_AllEmployeesByCompany", parameters=("CompanyId",), answer=of_company(_absences)),
    Operation(
        name="Function_GetAll_AllEmployeesByCompany_V2", parameters=("CompanyID",), answer=of_company(_functions)
    ),
    Operation(
        name="PersonalInfo_GetAll_AllEmployeesByCompany",
        parameters=("CompanyID",),
        answer=_personal_infos(with_bsn=True),
    ),
    Operation(
        name="PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany",
        parameters=("CompanyID",),
        answer=_personal_infos(with_bsn=False),
    ),
    Operation(
        name="PersonalInfoContractSalaryAddress_GetAll_AllEmployeesByCompany",
        parameters=("CompanyID",),
        answer=of_company(_snapshots),
    ),
    Operation(name="Partner_GetAll_AllEmployeesByCompany", parameters=("CompanyId",), answer=of_company(_partners)),
    Operation(
        name="PerformanceReview_GetAll_AllEmployeesByCompany", parameters=("CompanyID",), answer=of_company(_reviews)
    ),
)
