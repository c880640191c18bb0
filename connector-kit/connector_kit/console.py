"""The console script of a connector: Singer plugin and sub-commands, one clear line for every error of the user.

Exit codes are those of `ExitCode`; a bug keeps its traceback, without secrets.
"""

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

import click
import requests
from singer_sdk import Target
from singer_sdk.exceptions import ConfigValidationError, InvalidInputLine, SingerSDKError
from singer_sdk.plugin_base import PluginBase, _ConfigInput

from connector_kit.calls import REQUESTS, log_requests
from connector_kit.errors import ConnectorError, ExitCode, SettingError
from connector_kit.live_line import keep_log_clean
from connector_kit.redaction import install_redaction, print_error, protect, redact, redacted_traceback
from connector_kit.settings import (
    ENVIRONMENT,
    Plugin,
    check_settings,
    plugin_of,
    read_config_files,
    read_environment,
    settings_option,
    warn_unknown_settings,
)
from connector_kit.upstream import let_it_finish

__all__ = ["plugin_of", "program", "protect", "redact", "settings_option"]

INTERRUPTED_BY_KEYBOARD: Final = 130
MELTANO_OPTIONS: Final = ("--config", "--catalog", "--state")
TRACEBACK_VARIABLE: Final = "CONNECTOR_TRACEBACK"


def program(plugin: Plugin, *commands: click.Command, frozen: bool = True) -> Callable[[], None]:
    """Build the console script of a tap, target or mapper.

    Args:
        plugin: The Singer plugin class, which handles everything that is not a sub-command.
        *commands: Sub-commands by name, such as `login`; `settings_option` gives them the plugin's settings.
            A sub-command may return an exit code.
        frozen: What is imported stays until the end, uncollected: collecting it in vain is a quarter of a short run.
            Not for extensions that look at the end whether all of theirs is gone, as DuckDB's does.

    Returns:
        A function without arguments for `[project.scripts]`; it always ends with SystemExit.
    """

    def main() -> None:
        if frozen:
            gc.freeze()
        code = run(plugin, commands, sys.argv[1:])
        if code and issubclass(plugin, Target) and _sub_command(commands, sys.argv[1:]) is None:
            let_it_finish()
        sys.exit(code)

    return main


def run(plugin: Plugin, commands: Sequence[click.Command], arguments: Sequence[str]) -> int:
    """Run the program with these arguments and return its exit code."""
    name = plugin.name
    try:
        return _run(_with_clear_settings(plugin), commands, list(arguments))
    except (click.Abort, KeyboardInterrupt):
        print_error(name, "interrupted")
        return INTERRUPTED_BY_KEYBOARD
    except BrokenPipeError:
        # The reader has gone; the interpreter must not complain about it again when it flushes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except click.ClickException as error:
        print_error(name, error.format_message())
        return error.exit_code
    except Exception as error:  # noqa: BLE001  # the last place: everything becomes a message and an exit code
        return _report(name, error)


def _run(plugin: Plugin, commands: Sequence[click.Command], arguments: list[str]) -> int:
    command = _singer_command(plugin, commands)
    install_redaction()  # after the command was built: by now the SDK has installed its log handlers
    keep_log_clean()
    logging.captureWarnings(capture=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_expected)
    prog_name = plugin.name
    if sub_command := _sub_command(commands, arguments):
        options, rest = _leading_files(arguments)
        command = sub_command
        prog_name = f"{prog_name} {rest[0]}"
        arguments = [*options, *rest[1:]]
    try:
        result = command.main(arguments, prog_name=prog_name, standalone_mode=False, obj=plugin)
    finally:
        if sub_command is None and REQUESTS.number:
            log_requests(REQUESTS.number)
    return int(result) if isinstance(result, int) else ExitCode.OK


def _sub_command(commands: Sequence[click.Command], arguments: Sequence[str]) -> click.Command | None:
    """Find the sub-command that is asked for; None for the Singer plugin itself."""
    _, rest = _leading_files(arguments)
    return next((command for command in commands if rest and command.name == rest[0]), None)


def _leading_files(arguments: Sequence[str]) -> tuple[list[str], Sequence[str]]:
    """Part the options that Meltano puts in front of a sub-command from the rest; of them only `--config` counts."""
    options: list[str] = []
    place = 0
    while place + 1 < len(arguments) and arguments[place] in MELTANO_OPTIONS:
        pair = arguments[place : place + 2]
        options += pair if pair[0] == "--config" else []
        place += 2
    return options, arguments[place:]


def _singer_command(plugin: Plugin, commands: Sequence[click.Command]) -> click.Command:
    """Take the SDK's command apart and put it together without its own error handling."""
    singer: click.Command = plugin.cli
    for option in singer.params:
        if option.name == "config":
            option.callback = _read_config
    width = max((len(str(command.name)) for command in commands), default=0)
    listing = "\n".join(f"  {command.name:<{width}}  {command.get_short_help_str(90)}" for command in commands)
    return click.Command(
        name=plugin.name,
        callback=singer.callback,
        params=singer.params,
        help=singer.help,
        context_settings=singer.context_settings,
        epilog=f"\b\nCommands (each has its own --help):\n{listing}" if commands else None,
    )


def _read_config(context: click.Context, _: click.Parameter, sources: tuple[str, ...]) -> _ConfigInput:
    from_environment = ENVIRONMENT in sources
    if from_environment:
        read_environment(plugin_of(context))  # the SDK reads it again; here a wrong value gets its message
    return _ConfigInput(config=read_config_files(sources), parse_env=from_environment)


def _with_clear_settings(plugin: Plugin) -> Plugin:
    """Derive the plugin with our checks of the settings, and with an exit code other than 0 after a signal."""

    def validate(self: PluginBase, *, raise_errors: bool = True) -> list[str]:
        try:
            self._config = check_settings(plugin, self._config)
        except SettingError as error:
            if raise_errors:
                raise
            return [str(error)]
        warn_unknown_settings(plugin, self._config)
        return []

    def handle_termination(self: PluginBase, signum: int, frame: FrameType | None) -> None:
        try:
            plugin._handle_termination(self, signum, frame)  # noqa: SLF001  # the SDK's own hook
        except SystemExit as end:
            code = INTERRUPTED_BY_KEYBOARD if signum == signal.SIGINT else ExitCode.INTERRUPTED
            raise SystemExit(end.code or code) from None

    hooks = {"_validate_config": validate, "_handle_termination": handle_termination, "__doc__": plugin.__doc__}
    return type(plugin.__name__, (plugin,), {**hooks, "__module__": plugin.__module__})


def _report(name: str, error: Exception) -> int:
    described = describe(error)
    if described is None:
        sys.stderr.write(redacted_traceback(error) + "\n")
        print_error(name, f"unexpected {type(error).__name__}: this is a bug, the traceback stands above")
        return ExitCode.FAILED
    message, code = described
    if os.environ.get(TRACEBACK_VARIABLE):
        sys.stderr.write(redacted_traceback(error) + "\n")
    print_error(name, message)
    return code


def describe(error: BaseException) -> tuple[str, ExitCode] | None:
    """Say in one line what happened, and with which exit code to end; None for a bug."""
    match error:
        case ConnectorError():
            return str(error), error.exit_code
        case ConfigValidationError():
            return "; ".join(error.errors) or str(error), ExitCode.SETTINGS
        case InvalidInputLine():  # its own message repeats the whole line, with the record in it
            return "the input holds a line that is not a Singer message", ExitCode.FAILED
        case SingerSDKError():
            return str(error), ExitCode.FAILED
        case requests.RequestException():
            return _describe_request(error), ExitCode.FAILED
    return None


def _describe_request(error: requests.RequestException) -> str:
    request = error.request or getattr(error.response, "request", None)
    host = urlsplit(request.url or "").netloc.rpartition("@")[2] if request is not None else "the provider"
    match error:
        case requests.exceptions.SSLError():
            return f"cannot reach {host}: its TLS certificate or connection is not acceptable"
        case requests.exceptions.ProxyError():
            return f"cannot reach {host}: the proxy refuses or is not there"
        case requests.Timeout():
            return f"no answer from {host} in time"
        case requests.ConnectionError():
            return f"cannot reach {host}: name unknown, connection refused or cut"
        case requests.HTTPError() if error.response is not None:
            return f"{host} answered {error.response.status_code} {_phrase(error.response.status_code)}"
    return f"the request to {host} failed: {type(error).__name__}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _expected(record: logging.LogRecord) -> bool:
    """Drop the SDK's "unhandled error" line for errors that end in our own line."""
    if not str(record.msg).startswith("An unhandled error occurred while syncing"):
        return True
    error = sys.exc_info()[1]
    return error is None or describe(error) is None
