"""Documents that Nmbrs makes in the background: all are started, then asked for in turn until they are ready."""

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import IO, Final

import requests
from connector_kit.errors import ConnectorError
from connector_kit.extract import decoded_json, wait
from singer_sdk.exceptions import RetriableAPIError, SingerSDKError, SkippableAPIError

from tap_nmbrs.journals import Split
from tap_nmbrs.rest.connection import Connection
from tap_nmbrs.source import DocumentRequest

__all__ = ["DOCUMENTS", "RestDocument", "fetch_documents"]

_FIRST_WAIT_SECONDS: Final = 0.25
_LONGEST_WAIT_SECONDS: Final = 30.0
_STARTS_MAX: Final = 2
_MEMORY_BYTES_MAX: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 16


@dataclass(frozen=True, kw_only=True)
class RestDocument:
    """How a document is started: the operation answers the id of the task that makes it."""

    operation_id: str
    path: str
    scope: str = "company.document.read"


_RUN: Final = "/api/companies/{company_id}/runs/{payroll_run_id}"
_TASK_SCOPE: Final = "document.read"
DOCUMENTS: Final = {
    f"journals/{Split.COMPANY}": RestDocument(operation_id="getPayrollRunJournals", path=f"{_RUN}/journals"),
    f"journals/{Split.COST_CENTER}": RestDocument(
        operation_id="getPayrollRunJournalsByCostCenter", path=f"{_RUN}/journalscostcenter"
    ),
    f"journals/{Split.COST_CENTER_UNIT}": RestDocument(
        operation_id="getPayrollRunJournalsByCostCenterCostUnit", path=f"{_RUN}/journalscostcenterunit"
    ),
    f"journals/{Split.DEPARTMENT}": RestDocument(
        operation_id="getPayrollRunJournalsByDepartment", path=f"{_RUN}/journalsdepartment"
    ),
    f"journals/{Split.EMPLOYEE}": RestDocument(
        operation_id="getPayrollRunJournalsByEmployee", path=f"{_RUN}/journalsemployee"
    ),
    "wage_codes": RestDocument(operation_id="getPayrollRunWageCodes", path=f"{_RUN}/wagecodes/xml"),
    "payslips": RestDocument(
        operation_id="getEmployeePayslipPerPeriod",
        path="/api/employees/{employee_id}/payslipperperiod",
        scope="employee.document.read",
    ),
    "annual_statements": RestDocument(
        operation_id="getEmployeeAnnualStatement",
        path="/api/employees/{employee_id}/annualstatement",
        scope="employee.document.read",
    ),
    "wage_tax_returns": RestDocument(
        operation_id="getWageTaxXML", path="/api/companies/{company_id}/wagetaxes/{wage_tax_id}/xml"
    ),
}


class _Task:
    """A document on its way; its life is not documented, so one that Nmbrs has forgotten is started once more."""

    def __init__(self, connection: Connection, request: DocumentRequest) -> None:
        self._connection = connection
        self._request = request
        self._starts = 0
        self._pause_seconds = _FIRST_WAIT_SECONDS
        self._path = ""
        self.ask_at = 0.0
        self.outcome: IO[bytes] | Exception | None = None

    def start(self) -> None:
        """Have the document made."""
        document = DOCUMENTS[self._request.document]
        self._starts += 1
        task_id = self._connection.get(
            document.path.format_map(self._request.keys),
            self._request.parameters,
            what=self._request.what,
            scope=document.scope,
            read=_task_id,
        )
        self._path = f"/api/documents/{task_id}"
        self.ask_at = time.monotonic()

    def ask(self, *, deadline: float) -> None:
        """Ask for the document once."""
        what = f"document of {self._request.what}"
        try:
            with self._connection.stream(self._path, what=what, scope=_TASK_SCOPE) as response:
                self.outcome = None if response.status_code == HTTPStatus.ACCEPTED else _kept(response, what)
        except SkippableAPIError:  # forgotten
            if self._starts == _STARTS_MAX:
                raise RetriableAPIError(f"{what}: Nmbrs has lost it, {_STARTS_MAX} times") from None
            self.start()
            return
        if self.outcome is None and time.monotonic() + self._pause_seconds > deadline:
            raise RetriableAPIError(f"{what}: it is not ready in time (setting document_timeout_seconds)")
        self.ask_at = time.monotonic() + self._pause_seconds
        self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_WAIT_SECONDS)

    def attempt(self, step: Callable[[], None]) -> None:
        """Take a step; what goes wrong with this document leaves the others alone."""
        try:
            step()
        except (SingerSDKError, ConnectorError) as error:
            self.outcome = error


def fetch_documents(
    connection: Connection, requests: Sequence[DocumentRequest], *, timeout_seconds: float
) -> list[IO[bytes] | Exception]:
    """Have documents made and fetch them; calls: one each to start, one or more each to ask."""
    deadline = time.monotonic() + timeout_seconds
    tasks = [_Task(connection, request) for request in requests]
    with ExitStack() as stopped:
        stopped.callback(_close, tasks)
        for task in tasks:
            task.attempt(task.start)
        while waiting := [task for task in tasks if task.outcome is None]:
            task = min(waiting, key=lambda each: each.ask_at)
            wait(max(0.0, task.ask_at - time.monotonic()))
            task.attempt(partial(task.ask, deadline=deadline))
        stopped.pop_all()
    return [task.outcome for task in tasks if task.outcome is not None]


def _close(tasks: Iterable[_Task]) -> None:
    for task in tasks:
        if task.outcome is not None and not isinstance(task.outcome, Exception):
            task.outcome.close()


def _task_id(response: requests.Response) -> str:
    body = decoded_json(response)
    task_id = body.get("taskId") if isinstance(body, dict) else None
    if not isinstance(task_id, str) or not task_id.replace("-", "").isalnum():
        raise ValueError("no taskId in the answer")
    return task_id


def _kept(response: requests.Response, what: str) -> IO[bytes]:
    """Keep a document, in a file without a name if it is large.

    Raises:
        RetriableAPIError: It is empty, or the connection broke.
    """
    document: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES_MAX)  # noqa: SIM115  # the caller's
    try:
        for chunk in response.iter_content(_CHUNK_BYTES):
            document.write(chunk)
    except requests.RequestException:
        raise RetriableAPIError(f"{what}: the connection broke while it was read") from None
    if not document.tell():
        raise RetriableAPIError(f"{what}: it is empty")
    document.seek(0)
    return document
