"""Why a record was not booked, in words that may be logged, and the provider's own words, which may not."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from connector_kit.books.journal import EntryError

__all__ = ["DeferredError", "RejectedError", "Rejection", "entry_name", "one_line"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rejection:
    """One reason.

    Attributes:
        code: Reason in snake_case, for machines.
        message: One line that names the record and the field, without values.
        field: Path of the field, `lines[3].account`.
        provider_code: The provider's message code.
        provider_text: The provider's words: for the dead letter only.
        differences: Fields, each with what is held and what we would write: for the dead letter only.
    """

    code: str
    message: str
    field: str | None = None
    provider_code: str | None = None
    provider_text: str | None = dataclasses.field(default=None, repr=False)
    differences: Mapping[str, tuple[Any, Any]] | None = dataclasses.field(default=None, repr=False)

    @classmethod
    def of(cls, error: "EntryError | RejectedError", *, key: object, noun: str = "entry") -> Self:
        """Take the reason from an error that the record with this key caused."""
        message = str(error) if isinstance(error, RejectedError) else error.message
        where = ", ".join(filter(None, (entry_name(key, noun), error.field and one_line(error.field))))
        return cls(code=error.code, message=f"{where}: {message}", field=error.field)


class RejectedError(Exception):
    """Raised while a record is prepared: this record cannot be booked, others can.

    Args:
        code: Reason in snake_case, such as `unknown_account`.
        message: One line for the log, without amounts or names: what is wrong and what to do. The entry and
            the field are named before it.
        field: Path of the field in the record.
    """

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        self.code = code
        self.field = field
        super().__init__(message)


class DeferredError(RejectedError):
    """Raised while a record is prepared: not now, but later it can be booked, such as when its period is open."""


def entry_name(key: object, noun: str = "entry") -> str:
    """Name an entry in a message: one line, whatever the key holds."""
    return f"{noun} {one_line(key)}" if key else f"{noun} without key"


def one_line(text: object, *, length_max: int = 100) -> str:
    """Make foreign text fit for a log line."""
    escaped = (letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in str(text))
    return "".join(escaped)[:length_max]
