"""An operation of a service as a row of a table, and how its parameters are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.envelope import TOO_BAD
from provider_simulators.nmbrs.soap.faults import SoapFaultError
from provider_simulators.world import Company

TEXT_PARAMETERS = frozenset({"Domain", "Entity", "Scale.Scale", "Soort", "TaskId", "Token", "Type", "Username"})
"""The others are whole numbers."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        name: To the letter.
        parameters: Their names to the letter: they differ per operation, also in case.
        answer: Called with the backend and the parameters in their order; its answer is the result element's content.
    """

    name: str
    parameters: tuple[str, ...] = ()
    answer: Callable[..., Any]

    def unknown(self, texts: Mapping[str, str]) -> list[str]:
        """Names that the operation does not have; what is in its objects may have any."""
        known = {name.partition(".")[0] for name in self.parameters}
        return sorted(name for name in texts if name.partition(".")[0] not in known)

    def arguments(self, texts: Mapping[str, str]) -> list[int | str]:
        """The parameters as .NET takes them: one that is not there, or is called otherwise, is 0 or empty.

        Raises:
            SoapFaultError: Something else where a whole number is wanted.
        """
        return [
            texts.get(name, "") if name in TEXT_PARAMETERS else _integer(texts.get(name, "0"))
            for name in self.parameters
        ]


def _integer(text: str) -> int:
    try:
        return int(text.strip())
    except ValueError as error:
        raise SoapFaultError(f"{TOO_BAD} ---> Input string was not in a correct format.", is_clients=True) from error


def of_company(answer: Callable[..., Any]) -> Callable[..., Any]:
    """An answer about a company, whose id is the first parameter."""
    return lambda backend, number, *rest: answer(backend, backend.company(number), *rest)


def of_employee(answer: Callable[..., Any]) -> Callable[..., Any]:
    """An answer about an employee, whose id is the first parameter."""
    return lambda backend, number, *rest: answer(backend, backend.employee(number), *rest)


def of_debtor(answer: Callable[..., Any]) -> Callable[..., Any]:
    """An answer about a debtor, whose id is the first parameter."""
    return lambda backend, number, *rest: answer(backend, backend.debtor(number), *rest)


def current(answer: Callable[[SoapBackend, Company, int, int], Any]) -> Callable[..., Any]:
    """An answer about a company's period, asked for the current one."""

    def about_now(backend: SoapBackend, company: Company) -> Any:
        period = backend.office.period(company)
        return answer(backend, company, period.number, period.year)

    return of_company(about_now)


@cache
def inventory() -> frozenset[tuple[str, str]]:
    """Service and name of all operations that are known of (vendor WSDL v2.1, and working clients of v3)."""
    lines = resources.files(__package__).joinpath("inventory.txt").read_text(encoding="utf-8").splitlines()
    return frozenset((service, name) for service, _, name in (line.partition(" ") for line in lines))
