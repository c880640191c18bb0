"""What a provider's error answer means for the sync: a table that a connector declares, read in one place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from http import HTTPStatus
from typing import ClassVar, Final

from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError

from connector_kit.errors import ConnectorError, ExitCode, LoginRequiredError, SettingError

__all__ = [
    "Action",
    "ErrorRule",
    "ErrorTable",
    "Problem",
    "QuotaExhaustedError",
    "UnreadableAnswerError",
    "problem_of",
]

_TITLE = re.compile(r"[\w .:()/-]{1,80}", re.ASCII)


class QuotaExhaustedError(ConnectorError):
    """The provider's call volume is used up: stop with the state written, go on in a later run."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUDGET


class UnreadableAnswerError(ValueError):
    """A 2xx answer is damaged or no answer of the API; the message says what it looks like, without its content."""


class Action(StrEnum):
    """What should happen next."""

    RETRY = auto()
    """The same request may succeed later."""
    RENEW = auto()
    """The credentials are no longer good: renew them and send the request again, once for each code."""
    SKIP = auto()
    """This item is not available, others are."""
    LOGIN = auto()
    """A person must log in or give consent."""
    SETTING = auto()
    """A setting is wrong."""
    QUOTA = auto()
    """The call volume is used up."""
    FATAL = auto()
    """Stop; a person must act (permission, contract, settings), or it is a bug."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An error answer, reduced to what may be shown.

    Attributes:
        status: HTTP status.
        code: The provider's own code.
        title: The provider's name of the problem; never its details, they may repeat data.
        parameters: Names of request parameters that the provider refuses.
    """

    status: int
    code: str | None = None
    title: str | None = None
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [f"HTTP {self.status}"]
        if self.code:
            parts.append(f"code {self.code}")
        if self.title and _TITLE.fullmatch(self.title):
            parts.append(f"({self.title})")
        if self.parameters:
            parts.append(f"parameters {', '.join(self.parameters)}")
        return " ".join(parts)


@dataclass(frozen=True, kw_only=True)
class ErrorRule:
    """One row of the table: which answer, what next, and what the user is told.

    Attributes:
        status: HTTP status.
        code: The provider's own code; None matches every code that has no row of its own.
        action: What should happen next.
        advice: What it means and what to do, without a full stop; `{needs}` is what the call needs.
        final: For `Action.RENEW`: what it means when the renewed credentials are refused, too.
    """

    status: int
    code: str | None = None
    action: Action
    advice: str
    final: Action = Action.LOGIN


class ErrorTable:
    """Looks up error answers: by status and code, then by status, then by kind of status."""

    def __init__(self, rules: Sequence[ErrorRule]) -> None:
        self._rules = {(rule.status, rule.code): rule for rule in rules}
        if len(self._rules) != len(rules):
            raise ValueError("two rules for one status and code")

    def rule(self, problem: Problem) -> ErrorRule:
        """Find the rule for an error answer; there always is one."""
        declared = self._rules.get((problem.status, problem.code)) or self._rules.get((problem.status, None))
        if declared is not None:
            return declared
        if problem.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}:
            return ErrorRule(status=problem.status, action=Action.RETRY, advice="the provider asks to slow down")
        if problem.status == HTTPStatus.NOT_IMPLEMENTED:
            return ErrorRule(status=problem.status, action=Action.FATAL, advice="the provider does not have this call")
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ErrorRule(status=problem.status, action=Action.RETRY, advice="the provider has a failure")
        return ErrorRule(status=problem.status, action=Action.FATAL, advice="the provider refuses the request")

    @staticmethod
    def error(rule: ErrorRule, problem: Problem, *, what: str, needs: str = "") -> Exception:
        """Build the exception for a rule: one line, naming what was asked for, the answer and the advice."""
        action = rule.final if rule.action is Action.RENEW else rule.action
        error = _EXCEPTIONS[action](f"{what}: {problem}: {rule.advice.replace('{needs}', needs)}")
        error.__cause__ = _RefusedError(problem)
        return error


class _RefusedError(Exception):
    """Keeps the error answer with the exception that it became."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


_EXCEPTIONS: Final[Mapping[Action, type[Exception]]] = {
    Action.RETRY: RetriableAPIError,
    Action.SKIP: SkippableAPIError,
    Action.LOGIN: LoginRequiredError,
    Action.SETTING: SettingError,
    Action.QUOTA: QuotaExhaustedError,
    Action.FATAL: FatalAPIError,
}


def problem_of(error: BaseException) -> Problem | None:
    """Give the error answer that an exception of `ErrorTable.error` stands for; None if there was none."""
    return error.__cause__.problem if isinstance(error.__cause__, _RefusedError) else None
