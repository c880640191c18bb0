"""What companies and employees start with: one maker per kind of record, by area of payroll."""

from collections.abc import Callable, Iterator, Mapping

from provider_simulators.nmbrs.records import catalogues, company, employment, leave, pay, personal, settings
from provider_simulators.nmbrs.records.drafting import Draft, Office, Person, midnight, period_value, record_id

EMPLOYEE_MAKERS: Mapping[str, Callable[[Person], Iterator[Draft]]] = {
    **personal.MAKERS,
    **employment.MAKERS,
    **settings.MAKERS,
    **pay.MAKERS,
    **leave.MAKERS,
}
"""Kind to what makes an employee's records of it, oldest first."""

COMPANY_MAKERS: Mapping[str, Callable[[Office], Iterator[Draft]]] = {**company.MAKERS, **catalogues.MAKERS}
"""Kind to what makes a company's own records of it, oldest first."""

__all__ = [
    "COMPANY_MAKERS",
    "EMPLOYEE_MAKERS",
    "Draft",
    "Office",
    "Person",
    "midnight",
    "period_value",
    "record_id",
]
