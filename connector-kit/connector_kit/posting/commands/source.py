"""Where a command takes its Singer messages from: a file, or what is piped in; readable as often as need be."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TextIO

import click

from connector_kit.errors import SettingError

__all__ = ["Source", "input_option"]


def input_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--input FILE`, as argument `file`."""
    return click.option(
        "--input",
        "file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Singer messages to read, as a tap writes them; by default what is piped in.",
    )(command)


class Source:
    """Singer messages; what is piped in is kept in a nameless file that is gone with the process.

    Args:
        file: File; None for stdin.
        required: Complain when there is neither; else it is empty.

    Raises:
        SettingError: The file cannot be read.
        click.UsageError: Nothing is piped in.
    """

    def __init__(self, file: Path | None, *, required: bool = True) -> None:
        self._close = ExitStack()
        self._lines: IO[str]
        if file is not None:
            try:
                self._lines = self._close.enter_context(file.open(encoding="utf-8"))
            except OSError as error:
                raise SettingError(f"--input: {file} cannot be read ({error.strerror})") from error
            return
        if sys.stdin.isatty() and required:
            raise click.UsageError(
                "there are no records to read: pipe in what a tap writes (TAP ... | TARGET COMMAND ...), or name a "
                "file of it with --input"
            )
        self._lines = self._close.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))  # noqa: SIM115  # closed with the rest
        if not sys.stdin.isatty():
            shutil.copyfileobj(sys.stdin, self._lines)

    def lines(self) -> TextIO:
        """All messages, from the first."""
        self._lines.seek(0)
        return self._lines  # type: ignore[return-value]  # what opens for text is one

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close.close()
