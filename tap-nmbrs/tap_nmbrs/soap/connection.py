"""The connection to the Nmbrs SOAP API: one session for all streams and threads."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import requests
from connector_kit.errors import ConnectorError, SettingError
from connector_kit.extract import ApiSession, Limits, UnreadableAnswerError, problem_of, wait
from connector_kit.redaction import protect
from connector_kit.service_url import service_url
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SingerSDKError, SkippableAPIError

from tap_nmbrs.soap.answers import Element, FaultError, TextSink, read_answer
from tap_nmbrs.soap.envelope import Call, Credentials, Service, envelope
from tap_nmbrs.soap.faults import (
    FORBIDDEN,
    HIDDEN,
    INVALID_PERIOD,
    RETIRED,
    RETIRED_ON,
    UNKNOWN,
    FaultTable,
    problem_of_fault,
    read_problem,
)
from tap_nmbrs.source import HiddenError, RefusedError

__all__ = ["Connection"]

T = TypeVar("T")
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_CALLS_PER_SECOND_MAX: Final = 150
"""Above it every call is delayed by half a second (vendor documentation)."""
_READ_TIMEOUT_SECONDS: Final = 900
"""Nmbrs makes an answer as a whole; working clients wait for minutes."""
_READINGS_MAX: Final = 3
_CHUNK_BYTES: Final = 1 << 16
_ENVIRONMENT: Final = Call(service=Service.DEBTOR, method="Environment_Get", header="AuthHeader")


def _today() -> date:
    return datetime.now(_AMSTERDAM).date()


class Connection:
    """Makes calls; their answers are read while they come.

    Args:
        soap_url: Address below which the services are.
        credentials: Who asks; without a domain it is asked for, once.
        session: Sends the requests.
        faults: What faults mean.
        today: Which day it is.
    """

    def __init__(
        self,
        *,
        soap_url: str,
        credentials: Credentials,
        session: ApiSession,
        faults: FaultTable,
        today: Callable[[], date],
    ) -> None:
        self._soap_url = soap_url
        self._credentials = credentials
        self._session = session
        self._faults = faults
        self._today = today
        self._domain_is_known = credentials.domain is not None
        self._lock = threading.Lock()

    @classmethod
    def from_settings(
        cls, settings: Mapping[str, Any], *, version: str, today: Callable[[], date] = _today
    ) -> "Connection":
        """Build it; sends nothing yet.

        Raises:
            SettingError: A setting is missing or wrong.
        """
        missing = [name for name in ("username", "token") if not settings.get(name)]
        if missing:
            raise SettingError(f"setting {', '.join(missing)} is missing: api soap asks with user name and API token")
        protect(settings["token"])
        faults = FaultTable(skip_forbidden=settings["skip_forbidden"])
        session = ApiSession(
            user_agent=settings.get("user_agent") or f"tap-nmbrs/{version}",
            limits=Limits(
                requests_per_second=min(settings["requests_per_second"], _CALLS_PER_SECOND_MAX),
                concurrent_requests=settings["concurrent_requests"],
                read_timeout_seconds=_READ_TIMEOUT_SECONDS,
            ),
            errors=faults,
            read_problem=read_problem,
        )
        return cls(
            soap_url=service_url(settings["soap_url"], setting="soap_url"),
            credentials=Credentials(
                username=settings["username"], token=settings["token"], domain=_sub_domain(settings.get("domain"))
            ),
            session=session,
            faults=faults,
            today=today,
        )

    def items(self, call: Call, *, what: str, read: Callable[[Element], T]) -> list[T]:
        """Make a call and give what `read` makes of each element of its result; no result is an empty one."""
        items: list[T] = []

        def attempt(response: requests.Response) -> None:
            items.clear()
            read_answer(_chunks(response), method=call.method, on_item=lambda element: items.append(read(element)))

        self._answered(call, what=what, read=attempt)
        return items

    def text(self, call: Call, sink: Callable[[], TextSink], *, what: str, member: str = "") -> Mapping[str, str]:
        """Make a call whose result is a text, or holds one as a member.

        Args:
            call: The call.
            sink: Makes what takes the text, anew when the answer has to be asked for again.
            what: For messages.
            member: Name of the member that is the text.

        Returns:
            The other members of the result.
        """
        members: dict[str, str] = {}

        def attempt(response: requests.Response) -> None:
            members.clear()
            read_answer(
                _chunks(response),
                method=call.method,
                on_item=lambda element: members.update({element.name: element.text() or ""}),
                sink=sink(),
                streamed=member,
            )

        self._answered(call, what=what, read=attempt)
        return members

    def short_text(self, call: Call, *, what: str) -> str:
        """Make a call whose result is a short text; none is an empty one."""
        text = StringIO()

        def begin() -> TextSink:
            text.seek(0)
            text.truncate()
            return text

        self.text(call, begin, what=what)
        return text.getvalue().strip()

    def _answered(self, call: Call, *, what: str, read: Callable[[requests.Response], None]) -> None:
        """Make a call; errors by the table of faults, and after the end of the API all of them say so."""
        try:
            self._discover_domain()
            self._ask(call, what=what, read=read)
        except (SingerSDKError, ConnectorError) as error:
            if self._today() < RETIRED_ON:
                raise
            raise type(error)(f"{error}; {RETIRED}") from error.__cause__

    def _ask(self, call: Call, *, what: str, read: Callable[[requests.Response], None]) -> None:
        failure: Exception
        for reading in range(_READINGS_MAX):
            if reading:
                wait(2.0 ** (reading - 1))
            try:
                self._send(call, what=what, read=read)
            except (FatalAPIError, SkippableAPIError) as error:
                problem = problem_of(error)
                if problem is None or problem.code != UNKNOWN or reading:
                    raise _told_apart(error) from error.__cause__
                failure = error
            except UnreadableAnswerError as error:
                failure = RetriableAPIError(f"{what}: {error}")
            except requests.RequestException:
                failure = RetriableAPIError(f"{what}: the connection broke while the answer was read")
            else:
                return
        raise failure

    def _send(self, call: Call, *, what: str, read: Callable[[requests.Response], None]) -> None:
        request = requests.Request(
            "POST",
            f"{self._soap_url}/{call.service}.asmx",
            data=envelope(call, self._credentials),
            headers=dict(call.headers),
        )
        prepared = self._session.http.prepare_request(request)
        with self._session.stream(prepared, what=what, needs=call.name) as response:
            try:
                read(response)
            except FaultError as fault:  # with a status that says that all is well
                problem = problem_of_fault(fault, response.status_code)
                raise self._faults.error(self._faults.rule(problem), problem, what=what, needs=call.name) from None

    def _discover_domain(self) -> None:
        """Ask once for the domain of the user: calls are faster with it, and it shows that the credentials are good."""
        with self._lock:
            if self._domain_is_known:
                return
            members: dict[str, str | None] = {}

            def attempt(response: requests.Response) -> None:
                read_answer(
                    _chunks(response),
                    method=_ENVIRONMENT.method,
                    on_item=lambda element: members.update({each.name: each.text() for each in element.iter()}),
                )

            try:
                self._ask(_ENVIRONMENT, what="environment of the user", read=attempt)
            except FatalAPIError as error:
                problem = problem_of(error)
                if problem is None or problem.code != FORBIDDEN:
                    raise
            self._credentials = replace(self._credentials, domain=_sub_domain(members.get("SubDomain")))
            self._domain_is_known = True


def _chunks(response: requests.Response) -> Iterable[bytes]:
    chunks: Iterable[bytes] = response.iter_content(_CHUNK_BYTES)
    return chunks


def _sub_domain(domain: str | None) -> str | None:
    """Give the first part of an environment's address: Nmbrs wants `acme`, people write `acme.nmbrs.nl`."""
    return domain.strip().rpartition("//")[2].partition(".")[0] or None if domain else None


def _told_apart(error: FatalAPIError | SkippableAPIError) -> FatalAPIError | SkippableAPIError:
    """Give the errors that streams must tell from others a class of their own."""
    problem = problem_of(error)
    code = problem.code if problem else None
    if code in HIDDEN and isinstance(error, SkippableAPIError):
        return HiddenError(str(error))
    if code == INVALID_PERIOD:
        return RefusedError(str(error))
    return error
