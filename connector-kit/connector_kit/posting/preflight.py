"""What must be right before the first write: asked at every start, and by the command `preflight`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from logging import Logger
from typing import Any

import click

from connector_kit.console import settings_option
from connector_kit.errors import ConnectorError, ExitCode

__all__ = ["Check", "Verdict", "preflight_command", "require"]


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        subject: What was looked at.
        verdict: How it ended.
        finding: What was found; for a failure, what to do.
        error: What a run ends with (failures only).
    """

    subject: str
    verdict: Verdict
    finding: str
    error: ConnectorError | None = None

    def __str__(self) -> str:
        return f"{self.verdict:<5} {self.subject:<16} {self.finding}"


def require(checks: Iterable[Check], logger: Logger) -> None:
    """Make the checks at the start of a run.

    Raises:
        ConnectorError: The first one that failed; nothing has been written.
    """
    for check in checks:
        if check.error is not None:
            raise check.error
        report = logger.warning if check.verdict is Verdict.WARN else logger.debug
        report("Preflight, %s: %s", check.subject, check.finding)


def preflight_command(checks: Callable[[dict[str, Any]], Iterable[Check]], *, summary: str) -> click.Command:
    """Build the command that makes the checks and shows them as a table; it writes nothing.

    Args:
        checks: Makes them, from the settings.
        summary: What is looked at, for `--help`.

    Returns:
        A sub-command for `console.program`; its exit code is that of the first failure.
    """

    @click.command("preflight", help=summary)
    @settings_option
    def preflight(settings: dict[str, Any]) -> int:
        exit_code = int(ExitCode.OK)
        for check in checks(settings):
            click.echo(check)
            if check.error is not None:
                exit_code = exit_code or int(check.error.exit_code)
        return exit_code

    return preflight
