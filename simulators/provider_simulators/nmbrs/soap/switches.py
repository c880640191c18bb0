"""How the simulated SOAP API behaves where nothing is written about it, and what can go wrong with it."""

from dataclasses import dataclass
from enum import StrEnum


class EmptyResult(StrEnum):
    """How a list without anything comes (all three seen, or met by working clients)."""

    MISSING = "missing"
    """The response has no result element."""
    NIL = "nil"
    """The result element is there and says `xsi:nil`."""
    ELEMENT = "element"
    """The result element is there and empty."""


class TaskStatus(StrEnum):
    """Where a background task stands (seen in working clients)."""

    ENQUEUED = "Enqueued"
    EXECUTING = "Executing"
    SUCCESS = "Success"
    ERROR = "Error"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, kw_only=True)
class SoapSwitches:
    """Switches of the SOAP services.

    Attributes:
        soap_forbidden_operations: Operations that the user's template does not allow (1002).
        soap_foreign_operations: Operations that are not for this country (3001).
        soap_login_failures: So many calls with the right credentials fail with 1006 before one passes.
        soap_unknown_errors: So many calls fail with 9999 before one passes.
        soap_empty_result: How a list without anything comes.
        soap_period_padded: Whether a company's current period is `2026-03-M` or `2026-3-M` (both seen).
        soap_employee_type_shift: Added to the ids of the employee types, which nobody may know by heart.
        soap_missing_personal_infos: So many employees of a company are missing from the bulk lists of personal
            information (seen in a working client).
        soap_task_polls: How many times a background task is not ready; at first Enqueued, then Executing.
        soap_task_outcome: How it ends.
        soap_task_faults: Codes with which the first questions for a task's result are refused: 2019, 2020, 2021.
        soap_lost_tasks: So many tasks are forgotten at once, and Unknown, from the first started.
        soap_report_escapes: How often a report's content is escaped: once as all text, or twice (seen in a working
            client).
        soap_report_utf16: Whether a report declares utf-16, which it never is (seen in a working client).
        soap_calls_per_second: Above it each call takes half a second longer; 150 in life (vendor), None is never.
        soap_padding_bytes: So many blanks are in each result: they stand for data.
    """

    soap_forbidden_operations: tuple[str, ...] = ()
    soap_foreign_operations: tuple[str, ...] = ()
    soap_login_failures: int = 0
    soap_unknown_errors: int = 0
    soap_empty_result: EmptyResult = EmptyResult.MISSING
    soap_period_padded: bool = True
    soap_employee_type_shift: int = 0
    soap_missing_personal_infos: int = 0
    soap_task_polls: int = 2
    soap_task_outcome: TaskStatus = TaskStatus.SUCCESS
    soap_task_faults: tuple[int, ...] = ()
    soap_lost_tasks: int = 0
    soap_report_escapes: int = 1
    soap_report_utf16: bool = True
    soap_calls_per_second: int | None = None
    soap_padding_bytes: int = 0
