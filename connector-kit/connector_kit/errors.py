"""What the user sees when a connector stops: one clear line and an exit code that a scheduler can act on."""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How a connector ended; documented in the kit's README and stable between versions."""

    OK = 0
    FAILED = 1
    """Something outside failed (unreachable, provider error); the same run may succeed later."""
    REJECTED = 10
    """Some records could not be booked and stand in the dead-letter file."""
    IN_DOUBT = 11
    """The outcome of some writes is not known yet; the next run looks them up."""
    BUDGET = 12
    """The provider's call budget is used up; the next run goes on from here."""
    LOGIN = 13
    """Credentials or consent are gone; a person must log in."""
    DIFFERENCE = 14
    """Ledger and provider disagree."""
    LOCKED = 15
    """Another process is working on the same administration or token."""
    SETTINGS = 16
    """A setting is missing or wrong; nothing was done."""
    INTERRUPTED = 143
    """Stopped by a signal."""


class ConnectorError(Exception):
    """Ends the run; the message is one line that tells the user what to do, without bodies, records or secrets."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class SettingError(ConnectorError):
    """A setting is missing or wrong; the message names it."""

    exit_code = ExitCode.SETTINGS


class LoginRequiredError(ConnectorError):
    """Credentials or consent are gone and a person must act; the message names the command."""

    exit_code = ExitCode.LOGIN


class UnreachableError(ConnectorError):
    """A host cannot be reached (name, connection, TLS, time-out); the message names the host, never the whole URL."""


class AlreadyRunningError(ConnectorError):
    """Another process holds the lock of the same administration or token."""

    exit_code = ExitCode.LOCKED
