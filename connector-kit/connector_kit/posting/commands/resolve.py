"""`resolve`: what is in doubt, looked up now."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from connector_kit.errors import ExitCode
from connector_kit.posting.commands.counted import counts_report, run_whole
from connector_kit.posting.commands.looking import resolving
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.report import Tone
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.transport import writing_forbidden
from connector_kit.settings import settings_option

__all__ = ["resolve"]


@click.command(
    "resolve",
    help="Look up the entries of which nobody knows whether they are booked. What is found is stored, and nothing is "
    "written to the books. Some are found only by their record: then give the Singer messages that hold it. Ends with "
    "11 while doubts remain, with 16 where there is no ledger.",
)
@settings_option
@input_option
@output_options
@click.pass_context
def resolve(
    context: click.Context, *, settings: dict[str, Any], file: Path | None, as_json: bool, html: Path | None
) -> int:
    """Look, store, count."""
    target = resolving(target_of(context), settings)
    with Source(file, required=False) as source, watched(source.lines(), "Looking up") as lines, writing_forbidden():
        run_whole(target, lines)
    verdict = f"{target.before} entries were in doubt, {target.after} still are."
    report = counts_report(target, "Records that were looked up", verdict, Tone.BAD if target.after else Tone.GOOD)
    data = {**report.data, "in_doubt_before": target.before, "in_doubt": target.after}
    show(replace(report, data=data), as_json=as_json, html=html)
    return ExitCode.IN_DOUBT if target.after else ExitCode.OK
