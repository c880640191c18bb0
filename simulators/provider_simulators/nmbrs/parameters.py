"""Query and path parameters: every operation names its own, everything else is an error."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from provider_simulators.nmbrs.problems import InvalidParameter, ProblemError
from provider_simulators.world import EmployeeType

PAGE_SIZE_DEFAULT = 20
PAGE_SIZE_MAX = 100
YEARS = range(1990, 2100)


def _integer(text: str, allowed: range) -> int:
    if not text.isascii() or not text.isdigit() or int(text) not in allowed:
        raise ValueError(text)
    return int(text)


def _uuid(text: str) -> UUID:
    value = UUID(text)
    if str(value) != text.lower():
        raise ValueError(text)
    return value


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _types(text: str) -> tuple[EmployeeType, ...]:
    return tuple(EmployeeType(part) for part in text.split(","))


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """How a parameter is read, and what it needs to be."""

    read: Callable[[str], Any]
    needs: str


PARAMETERS: Mapping[str, Parameter] = {
    "pageNumber": Parameter(read=lambda text: _integer(text, range(1, 1_000_000)), needs="a number from 1"),
    "pageSize": Parameter(read=lambda text: _integer(text, range(1, PAGE_SIZE_MAX + 1)), needs="between 1 and 100"),
    "year": Parameter(read=lambda text: _integer(text, YEARS), needs="a valid year"),
    "employeeType": Parameter(read=_types, needs="a list of employee types"),
    "employeeId": Parameter(read=_uuid, needs="a valid uuid"),
    "createdFrom": Parameter(read=_moment, needs="a valid date-time"),
    "companyId": Parameter(read=_uuid, needs="a valid uuid"),
    "debtorId": Parameter(read=_uuid, needs="a valid uuid"),
    "payrollRunId": Parameter(read=_uuid, needs="a valid uuid"),
    "taskId": Parameter(read=_uuid, needs="a valid uuid"),
}
PAGING = ("pageNumber", "pageSize")


def unknown_parameters(query: MultiDict[str, str], known: Iterable[str]) -> list[str]:
    """Names that the operation does not have. What the real API does with them is not documented; we are strict."""
    return [name for name in query if name not in set(known)]


def read_parameters(
    query: MultiDict[str, str], path: Mapping[str, str], *, known: Iterable[str], required: Iterable[str]
) -> dict[str, Any]:
    """All parameters of a call, converted.

    Raises:
        ProblemError: 40033 that names each unknown, missing, repeated or invalid one.
    """
    wrong = [InvalidParameter(name=name, reason="unknown parameter") for name in unknown_parameters(query, known)]
    wrong += [InvalidParameter(name=name, reason="required") for name in required if name not in query]
    values: dict[str, Any] = {}
    for name, texts in [*((name, [text]) for name, text in path.items()), *query.lists()]:
        if name not in PARAMETERS:
            continue
        parameter = PARAMETERS[name]
        try:
            (text,) = texts
            values[name] = parameter.read(text)
        except ValueError:
            reason = f"The parameter is invalid. It needs to be {parameter.needs}."
            wrong.append(InvalidParameter(name=name, reason=reason))
    if wrong:
        raise ProblemError(40033, invalid=tuple(wrong))
    return values
