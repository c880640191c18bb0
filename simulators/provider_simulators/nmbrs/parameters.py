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
PERIODS = range(1, 54)
WAGE_CODES = range(1, 1_000_000)


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


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return read


def _types(text: str) -> tuple[EmployeeType, ...]:
    return tuple(EmployeeType(part) for part in text.split(","))


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """How a parameter is read, and what it needs to be.

    Attributes:
        repeated: It may come several times, with different values (`explode`); its value is a tuple.
    """

    read: Callable[[str], Any]
    needs: str
    repeated: bool = False

    def values(self, texts: list[str]) -> Any:
        """Its value, or all of its values.

        Raises:
            ValueError: One is wrong, comes twice, or there are several where one is allowed.
        """
        if not self.repeated:
            (text,) = texts
            return self.read(text)
        values = tuple(map(self.read, texts))
        if len(set(values)) < len(values):
            raise ValueError(texts)
        return values


UUID_NEEDED = "a valid uuid"
MOMENT_NEEDED = "a valid date-time"
EXTRA_FIELD_TYPES = ("text", "decimal", "number", "date", "yesNo", "textDate")


PARAMETERS: Mapping[str, Parameter] = {
    "pageNumber": Parameter(read=lambda text: _integer(text, range(1, 1_000_000)), needs="a number from 1"),
    "pageSize": Parameter(read=lambda text: _integer(text, range(1, PAGE_SIZE_MAX + 1)), needs="between 1 and 100"),
    "year": Parameter(read=lambda text: _integer(text, YEARS), needs="a valid year"),
    "Year": Parameter(read=lambda text: _integer(text, YEARS), needs="a valid year"),
    "period": Parameter(read=lambda text: _integer(text, PERIODS), needs="a valid period"),
    "employeeType": Parameter(read=_types, needs="a list of employee types"),
    "extraFieldType": Parameter(read=_one_of(*EXTRA_FIELD_TYPES), needs=f"one of {', '.join(EXTRA_FIELD_TYPES)}"),
    "status": Parameter(read=_one_of("Approved", "Pending", "Rejected"), needs="one of Approved, Pending, Rejected"),
    "type": Parameter(read=_one_of("Withdrawal", "Store", "Expired"), needs="one of Withdrawal, Store, Expired"),
    "subscriptionName": Parameter(read=_one_of("hire", "perform"), needs="one of hire, perform"),
    "wageCodes": Parameter(read=lambda text: _integer(text, WAGE_CODES), needs="different numbers", repeated=True),
    **{name: Parameter(read=_moment, needs=MOMENT_NEEDED) for name in ("createdFrom", "changedFrom", "paymentDate")},
    **{
        name: Parameter(read=_uuid, needs=UUID_NEEDED)
        for name in (
            "companyId", "debtorId", "employeeId", "leaveGroupId", "payrollRunId", "salaryTableId",
            "salaryTableVersionId", "taskId", "wageTaxId",
        )
    },
}  # fmt: skip
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
            values[name] = parameter.values(texts)
        except ValueError:
            reason = f"The parameter is invalid. It needs to be {parameter.needs}."
            wrong.append(InvalidParameter(name=name, reason=reason))
    if wrong:
        raise ProblemError(40033, invalid=tuple(wrong))
    return values
