"""Shows reports: tables on a terminal, JSON for machines, a page to keep; and progress meanwhile."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from connector_kit.errors import SettingError
from connector_kit.posting.commands.page import page_lines
from connector_kit.posting.commands.report import Report, Section, Tone, shown

__all__ = ["output_options", "show", "watched"]

_STYLES: Final = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.WARN: "yellow",
    Tone.BAD: "red",
    Tone.QUIET: "dim",
}
_WIDTH_OF_FILES: Final = 160
_ROWS_MAX: Final = 200


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options `--json` and `--html FILE`, as arguments `as_json` and `html`."""
    html = click.option(
        "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to this file as well."
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
    return as_json(html(command))


def show(report: Report, *, as_json: bool = False, html: Path | None = None) -> None:
    """Print a report, and write its page if one is wanted.

    Raises:
        SettingError: The page cannot be written.
    """
    if html is not None:
        try:
            with html.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in page_lines(report))
        except OSError as error:
            raise SettingError(f"--html: {html} cannot be written ({error.strerror})") from error
    if as_json:
        for text in _json(report):
            click.echo(text, nl=False)
        return
    console = _console(sys.stdout)
    for section in report.shown_sections():
        if not section.folded:
            _print(console, section)
    for name, value in report.facts.items():
        console.print(Text(f"{name}: {shown(value)}"))
    console.print(Text(shown(report.verdict), style=f"bold {_STYLES[report.tone]}".strip()))


def _json(report: Report) -> Iterator[str]:
    whole = json.dumps(report.data, indent=2, default=str, ensure_ascii=False)
    if report.entries is None:
        yield f"{whole}\n"
        return
    yield f'{whole.removesuffix("}").rstrip()},\n  "entries": ['
    before = "\n    "
    for entry in report.entries:
        yield before + json.dumps(entry, default=str, ensure_ascii=False)
        before = ",\n    "
    yield "\n  ]\n}\n"


def _print(console: Console, section: Section) -> None:
    if not section.rows:
        console.print(Text(section.empty))
        return
    console.print(Text(section.title, style="bold underline"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in section.columns:
        table.add_column(Text(column.title), justify="right" if column.numeric else "left", no_wrap=column.numeric)
    for row in islice(section.rows, _ROWS_MAX):
        table.add_row(*(Text(shown(cell)) for cell in row.cells), style=_STYLES[row.tone])
    console.print(table)
    if len(section.rows) > _ROWS_MAX:
        console.print(Text(f"... and {len(section.rows) - _ROWS_MAX:,} more; --json and --html have all of them"))
    console.print()


def _console(file: TextIO) -> Console:
    width = None if file.isatty() else _WIDTH_OF_FILES
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


@contextmanager
def watched(lines: TextIO, doing: str) -> Iterator[TextIO]:
    """Show on a terminal how many lines have been read; elsewhere do nothing."""
    if not sys.stderr.isatty():
        yield lines
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f} lines"))
    console = Console(file=sys.stderr)
    # Left to itself it would lead what is printed meanwhile, such as STATE, to the terminal.
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task(doing, total=None)
        yield _Watched(lines, lambda: progress.advance(task))  # type: ignore[misc]  # a TextIO as far as it is read


class _Watched:
    """Lines that are counted as they are read."""

    def __init__(self, lines: TextIO, count: Callable[[], None]) -> None:
        self._lines = lines
        self._count = count

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._count()
            yield line
