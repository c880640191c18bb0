"""`rebuild`: the ledger made anew from what the books hold under our identifiers and marks."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from connector_kit.errors import ExitCode
from connector_kit.posting.commands.counted import counts_report, run_whole
from connector_kit.posting.commands.looking import RebuildingTarget, rebuilding
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.report import Tone
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.posting import Result
from connector_kit.posting.transport import writing_forbidden
from connector_kit.settings import settings_option

__all__ = ["rebuild"]


@click.command(
    "rebuild",
    help="Make the ledger anew from what the books hold. Each record of these Singer messages is looked up under the "
    "identifier or mark that we give it, and what is there is stored; nothing is written to the books. Ends with 11 if "
    "the provider did not say of all of them, with 14 if something else stands under our names.",
)
@settings_option
@input_option
@click.option(
    "--complete",
    is_flag=True,
    help="The messages hold everything that was ever booked. Then the ledger knows the books afterwards, and a run "
    "looks up no new entry before it writes it.",
)
@output_options
@click.pass_context
def rebuild(
    context: click.Context,
    *,
    settings: dict[str, Any],
    file: Path | None,
    complete: bool,
    as_json: bool,
    html: Path | None,
) -> int:
    """Look, store, count."""
    with Source(file) as source, watched(source.lines(), "Looking up") as lines, writing_forbidden():
        target = rebuilding(target_of(context), settings, complete=complete)
        run_whole(target, lines)
    tone = Tone.BAD if target.unsure or target.different else Tone.GOOD
    report = counts_report(target, "Records that were looked up", _verdict(target), tone)
    data = {**report.data, "warm": target.warm, "unsure": target.unsure, "different": target.different}
    show(replace(report, data=data), as_json=as_json, html=html)
    if target.unsure:
        return ExitCode.IN_DOUBT
    return ExitCode.DIFFERENCE if target.different else ExitCode.OK


def _verdict(target: RebuildingTarget) -> str:
    found = target.tally[Result.EXISTING] + target.tally[Result.SUCCESS]
    said = [f"{found} of {target.tally.received} records are in the books."]
    if target.different:
        said.append(f"Under the names of {target.different} the books hold something else: a person must look.")
    if target.unsure:
        said.append(f"Of {target.unsure} it is not certain what the books hold: run again later.")
    warm = "The ledger knows the books."
    cold = "The ledger stays cold: new entries are looked up before they are written."
    return " ".join([*said, warm if target.warm else cold])
