"""Documents of the SOAP API: journals, which a call answers, and reports, which are made in the background."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Final, Self

from connector_kit.errors import ConnectorError
from connector_kit.extract import ordered_prefetch, problem_of, wait
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SingerSDKError

from tap_nmbrs.journals import Split
from tap_nmbrs.soap.connection import Connection
from tap_nmbrs.soap.envelope import Call, Service
from tap_nmbrs.soap.faults import TASK_BROKEN, TASK_MISSING
from tap_nmbrs.soap.texts import DocumentText
from tap_nmbrs.source import DocumentRequest

__all__ = ["DOCUMENTS", "SoapDocument", "fetch_documents"]

_AT_ONCE_MAX: Final = 8
_FIRST_WAIT_SECONDS: Final = 0.25
_LONGEST_WAIT_SECONDS: Final = 30.0
_STARTS_MAX: Final = 2
_MISSING_MAX: Final = 3
_CONTENT: Final = "Content"
_WAITING: Final = frozenset({"Enqueued", "Executing"})
_SUCCESS: Final = "Success"
_UNKNOWN: Final = "Unknown"


@dataclass(frozen=True, kw_only=True)
class SoapDocument:
    """How a document is asked for; the year of a run is always told, or last year's runs would be lost in January."""

    service: Service = Service.COMPANY
    method: str
    arguments: Mapping[str, str]
    in_background: bool = False


_RUN: Final = {"CompanyId": "company_id", "RunId": "payroll_run_id", "intYear": "year"}
_RUN_LOWER_CASE: Final = {"companyId": "company_id", "runId": "payroll_run_id", "year": "year"}
DOCUMENTS: Final = {
    f"journals/{Split.COMPANY}": SoapDocument(method="Journals_GetByRunCompany_v2", arguments=_RUN),
    f"journals/{Split.COST_CENTER}": SoapDocument(method="Journals_GetByRunCostCenter_v2", arguments=_RUN),
    f"journals/{Split.COST_CENTER_UNIT}": SoapDocument(
        method="Journals_GetByRunCostCenterCostUnitPerYear", arguments=_RUN_LOWER_CASE
    ),
    f"journals/{Split.DEPARTMENT}": SoapDocument(method="Journals_GetByRunDepartment_v2", arguments=_RUN),
    f"journals/{Split.EMPLOYEE}": SoapDocument(method="Journals_GetByRunEmployee_v2", arguments=_RUN),
    "wage_codes": SoapDocument(
        service=Service.REPORT,
        method="Reports_GetWageCodesByRunCompany_v2_Background",
        arguments=_RUN_LOWER_CASE,
        in_background=True,
    ),
}


def fetch_documents(
    connection: Connection, requests: Sequence[DocumentRequest], *, timeout_seconds: float
) -> list[IO[bytes] | Exception]:
    """Fetch documents, several at a time; calls: one for a journal, one and its questions for a report."""
    deadline = time.monotonic() + timeout_seconds
    jobs = [partial(_outcome, connection, request, deadline) for request in requests]
    return list(ordered_prefetch(jobs, workers=min(len(jobs), _AT_ONCE_MAX)))


def _outcome(connection: Connection, request: DocumentRequest, deadline: float) -> IO[bytes] | Exception:
    document = DOCUMENTS[request.document]
    values: Mapping[str, Any] = {**request.keys, **request.parameters}
    call = Call(
        service=document.service,
        method=document.method,
        parameters={name: values[value] for name, value in document.arguments.items()},
    )
    try:
        if document.in_background:
            return _Report(connection, call, request.what, deadline).fetch()
        with _Latest() as text:
            connection.text(call, text.begin, what=request.what)
            return text.finished()
    except (SingerSDKError, ConnectorError) as error:
        return error


class _Latest:
    """The text of the answer that counts: one that broke off is asked for again, one that says nothing forgotten."""

    def __init__(self) -> None:
        self._text: DocumentText | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._text is not None:
            self._text.close()

    def begin(self) -> DocumentText:
        """Begin anew."""
        self.__exit__()
        self._text = DocumentText()
        return self._text

    def finished(self) -> IO[bytes]:
        """Give the document, which is the caller's from now on."""
        text, self._text = self._text or DocumentText(), None
        return text.finished()


class _Report:
    """A report on its way; one that fails, or that Nmbrs has forgotten, is started once more."""

    def __init__(self, connection: Connection, call: Call, what: str, deadline: float) -> None:
        self._connection = connection
        self._call = call
        self._what = what
        self._deadline = deadline

    def fetch(self) -> IO[bytes]:
        """Have it made, and wait for it."""
        for _ in range(_STARTS_MAX):
            document = self._made(self._start())
            if document is not None:
                return document
        raise RetriableAPIError(f"{self._what}: Nmbrs could not make it, or has lost it, {_STARTS_MAX} times")

    def _start(self) -> str:
        task_id = self._connection.short_text(self._call, what=self._what)
        if not task_id.replace("-", "").isalnum():
            raise FatalAPIError(f"{self._what}: Nmbrs gives no id of a task")
        return task_id

    def _made(self, task_id: str) -> IO[bytes] | None:
        """Ask until it is there; None if it must be started anew."""
        call = Call(service=self._call.service, method="Reports_BackgroundTask_Result", parameters={"TaskId": task_id})
        pause_seconds, missing = _FIRST_WAIT_SECONDS, 0
        while True:
            with _Latest() as text:
                status = self._status(call, text)
                if status == _SUCCESS:
                    return text.finished()
            missing += status == _UNKNOWN
            if status not in {*_WAITING, _UNKNOWN} or missing == _MISSING_MAX:
                return None
            if time.monotonic() + pause_seconds > self._deadline:
                raise RetriableAPIError(f"{self._what}: it is not ready in time (setting document_timeout_seconds)")
            wait(pause_seconds)
            pause_seconds = min(2 * pause_seconds, _LONGEST_WAIT_SECONDS)

    def _status(self, call: Call, text: _Latest) -> str:
        try:
            members = self._connection.text(call, text.begin, what=f"document of {self._what}", member=_CONTENT)
        except FatalAPIError as error:
            problem = problem_of(error)
            code = problem.code if problem else None
            if code in TASK_MISSING:
                return _UNKNOWN
            if code == TASK_BROKEN:
                return ""
            raise
        return members.get("Status", "")
