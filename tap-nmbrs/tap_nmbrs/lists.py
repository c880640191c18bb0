"""What other streams need of a list: asked once per company and sync, whoever needs it, and kept small."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from connector_kit.extract import snake_case
from singer_sdk.exceptions import FatalAPIError, SkippableAPIError

from tap_nmbrs.periods import Kind, Period
from tap_nmbrs.source import Row

if TYPE_CHECKING:
    from tap_nmbrs.company_lists import CompanyList

__all__ = ["Item", "SharedList", "current_period", "item_of"]

T = TypeVar("T")
_EMPLOYEE_TYPE: Final = "employeeType"


@dataclass(frozen=True, slots=True)
class Item:
    """A record that other lists are asked for.

    Attributes:
        value: What their requests name.
        employee_type: Of an employee.
    """

    value: str
    employee_type: str | None


class SharedList(Generic[T]):
    """A list that others need.

    Args:
        stream: Reads it, unless it has been read for its own sake.
        keep: What is kept of a row.
    """

    def __init__(self, stream: "CompanyList", keep: Callable[[Row], T]) -> None:
        self._stream = stream
        self.keep = keep
        self._kept: dict[str, tuple[T, ...] | SkippableAPIError] = {}

    def of(self, company_id: str) -> tuple[T, ...]:
        """Give what is kept of a company's rows, each once. To be asked in the order of the companies.

        Raises:
            SkippableAPIError: The list is not available; and the other errors of `Source.rows`.
        """
        if company_id not in self._kept:
            try:
                for _ in self._stream.company_records(company_id):
                    pass
            except SkippableAPIError as error:
                self._kept[company_id] = error
        kept = self._kept[company_id]
        if isinstance(kept, SkippableAPIError):
            raise kept
        return kept

    def put(self, company_id: str, kept: Iterable[T], unavailable: SkippableAPIError | None = None) -> None:
        """Take what is kept of a company's rows, or why they are not all there."""
        self._kept[company_id] = unavailable or tuple(dict.fromkeys(kept))


def item_of(key: str) -> Callable[[Row], Item]:
    """Give a function that keeps a field of a row, by our name."""
    return partial(_item, key=key)


def current_period(row: Row) -> Period:
    """Read the current period of a company.

    Raises:
        FatalAPIError: There is none in the row.
        SkippableAPIError: It is of a kind that is not known.
    """
    what = f"company_periods of company {row['company_id']}"
    period, kind = row.get("period"), row.get("periodType")
    if kind not in list(Kind):
        raise SkippableAPIError(f"{what}: periods of this kind are not known to this tap")
    match period:
        case {"year": int(year), "period": int(number)} if 1 <= number <= Kind(kind).periods_in(year):
            return Period(year, number, Kind(kind))
        case _:
            raise FatalAPIError(f"{what}: the answer has no year and period; Nmbrs has changed its answer")


def _item(row: Row, *, key: str) -> Item:
    for name, value in row.items():
        if snake_case(name) == key and value is not None:
            return Item(str(value), row.get(_EMPLOYEE_TYPE))
    raise FatalAPIError(f"company {row['company_id']}: a row has no {key}; Nmbrs has changed its answer")
