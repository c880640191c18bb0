"""What a tap's command `check` has found about a login: one answer per question, for people and for machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector_kit.errors import ConnectorError, ExitCode
from connector_kit.extract.errors import problem_of

__all__ = ["Finding", "Verdict", "exit_code_of"]


class Verdict(StrEnum):
    """How a question was answered."""

    OK = "ok"
    WARN = "warn"
    """Not there, and a sync goes on without it."""
    FAIL = "fail"
    UNKNOWN = "-"
    """Not asked."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found about an account, a company, a stream or an operation.

    Attributes:
        subject: What the question was about.
        verdict: How it was answered.
        finding: What was found, if it needs words; for a failure what to do.
        place: What is known of the subject.
        error: What a sync would end with, or go on after.
    """

    subject: str
    verdict: Verdict = Verdict.OK
    finding: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def exit_code(self) -> ExitCode:
        """How a sync would end."""
        return exit_code_of(self.error) if self.verdict is Verdict.FAIL else ExitCode.OK

    def as_json(self, **facts: Any) -> dict[str, Any]:
        """Give it as an object: the facts, the verdict, and what the provider answered if it refused."""
        problem = problem_of(self.error) if self.error else None
        answer = {"status": problem.status, "code": problem.code} if problem else {}
        message = {"message": self.finding} if self.finding else {}
        verdict = "unknown" if self.verdict is Verdict.UNKNOWN else str(self.verdict)
        return {**facts, "verdict": verdict, **answer, **message}

    def __str__(self) -> str:
        return f"  {self.verdict:<5} {self.subject:<36} {self.finding}".rstrip()


def exit_code_of(error: Exception | None) -> ExitCode:
    """Give the exit code of a sync that ends with this error."""
    return error.exit_code if isinstance(error, ConnectorError) else ExitCode.FAILED
