"""What the streams need of Nmbrs, whichever API answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Protocol

from singer_sdk.exceptions import FatalAPIError, SkippableAPIError

from tap_nmbrs.operation import Operation

__all__ = ["Consent", "DocumentRequest", "HiddenError", "RefusedError", "Row", "Source"]

Row = dict[str, Any]
"""An object in the spelling of the REST API, with exact numbers."""


class HiddenError(SkippableAPIError):
    """The login may not see this company or debtor, and the settings say to go on without it."""


class RefusedError(FatalAPIError):
    """Nmbrs refuses a parameter of the request; of a period: the company's year does not have it."""


@dataclass(frozen=True, kw_only=True)
class DocumentRequest:
    """A document that Nmbrs makes in the background.

    Attributes:
        document: Which one: `journals/<split>`, `wage_codes`, or the name of a stream of documents.
        keys: Whose: `company_id`, `payroll_run_id`, `employee_id` ... as far as the document needs them.
        parameters: Query parameters in the REST spelling: `year`, `period`.
        what: What is asked for, in messages.
    """

    document: str
    keys: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    what: str


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What a person has allowed us, as far as the API tells.

    Attributes:
        scopes: What we may do; None: not told.
        ends_at: When it ends if it is not renewed before; None: not told.
    """

    scopes: frozenset[str] | None = None
    ends_at: datetime | None = None


class Source(Protocol):
    """One of Nmbrs' APIs, logged in. Thread-safe; errors name what was asked for."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every list that this API gives, by stream."""

    def rows(self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list[Row]:
        """Read a whole list, each row once.

        Args:
            operation: One of `operations`.
            keys: Whose list: `debtor_id`, `company_id`, `employee_id` ... as far as it needs them.
            parameters: Query parameters in the REST spelling: `year`, `period`, `createdFrom`, `employeeType` ...

        Raises:
            HiddenError: The login may not see the company or debtor, and `skip_forbidden` is set.
            SkippableAPIError: There is no such list for these keys.
            RefusedError: Nmbrs refuses a parameter.
            FatalAPIError: Nmbrs refuses, or gives an answer that nobody understands.
            RetriableAPIError: Nmbrs fails, or the list is not complete.
            LoginRequiredError: A person must log in.
            QuotaExhaustedError: The call volume is used up.
            UnreachableError: No connection.
        """

    def first_rows(self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list[Row]:
        """Read the beginning of a list, one row or more, in one call; arguments and errors as of `rows`."""

    def consent(self) -> Consent:
        """What the login may do; asks nobody, so it is known after the first answer.

        Raises:
            SettingError: The file that knows it cannot be read.
        """

    def documents(self, requests: Sequence[DocumentRequest], *, timeout_seconds: float) -> list[IO[bytes] | Exception]:
        """Have documents made and fetch them; all of them are in flight together, none is held in memory.

        Returns:
            For every request, in order: the document, to be closed by the caller, or what `rows` would raise.
        """
