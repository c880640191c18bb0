"""What a user has to mend before anything can run."""

from orchestration.ending import FAILED, LOCKED, SETTINGS

__all__ = ["BusyError", "OrchestrationError", "SettingError"]


class OrchestrationError(Exception):
    """One line for the user, and the exit code that goes with it."""

    exit_code = FAILED


class SettingError(OrchestrationError):
    """A file, a setting or an environment variable is missing or wrong; the message names it."""

    exit_code = SETTINGS


class BusyError(OrchestrationError):
    """Another run works on the same tenant."""

    exit_code = LOCKED
