"""`apply`: the run that a plan has described, or none."""

from pathlib import Path
from typing import Any

import click

from connector_kit.errors import SettingError
from connector_kit.posting.commands.output import watched
from connector_kit.posting.commands.plan import Plan
from connector_kit.posting.commands.planning import Planning
from connector_kit.posting.commands.rehearsal import rehearsal
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.target_of import target_of
from connector_kit.settings import settings_option

__all__ = ["apply"]


@click.command(
    "apply",
    help="Book what a plan has said, if it still holds. Refused when source, mapping or books have changed since. "
    "STATE goes to stdout, as in any run, and it ends as a run does; with 16 if it is refused.",
)
@settings_option
@input_option
@click.option("--plan", "digest", required=True, metavar="DIGEST", help="What `plan` has printed as digest.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Book at most so many entries: a canary.")
@click.pass_context
def apply(
    context: click.Context, *, settings: dict[str, Any], file: Path | None, digest: str, limit: int | None
) -> None:
    """Plan again, compare, and run."""
    plugin = target_of(context)
    with Source(file) as source:
        with (
            watched(source.lines(), "Comparing with the plan") as lines,
            Planning() as planning,
            rehearsal(plugin, settings, lines, taking=planning.take) as rehearsed,
        ):
            now = Plan.of(rehearsed, planning).digest
        if now != digest.strip().lower():
            raise SettingError(
                f"--plan: source, mapping or books have changed since plan {digest} (it would be {now} now); nothing "
                "was booked; look at a new plan"
            )
        bounded = settings if limit is None else settings | {"limit": limit}
        with watched(source.lines(), "Booking") as lines:
            plugin(config=bounded).run(lines)
