"""The sub-command: see what would be booked, and what is in the way."""

from typing import Any

import click
from connector_kit.console import settings_option

from tap_care_books.models import build
from tap_care_books.settings import Settings

__all__ = ["COMMANDS"]


@click.command(short_help="Show totals, what is left out, and what is not mapped; sends nothing.")
@settings_option
def check(settings: dict[str, Any]) -> None:
    """Apply the models and show per month what was counted, what was left out and why, and what is in the way.

    Ends with 16 if something has no account, cost center or rate, and with 10 if records cannot be booked.
    """
    outcome = build(Settings.from_config(settings), keep=False)
    click.echo(f"{'kind':<9} {'month':<8} {'records':>8} {'euros':>14}  status")
    for kind, month, status, records, _, amount in outcome.stations:
        shown = f"{month:%Y-%m}" if month else "?"
        click.echo(f"{kind:<9} {shown:<8} {records:>8} {'' if amount is None else f'{amount:,.2f}':>14}  {status}")
    if outcome.problem:
        raise outcome.problem
    click.echo("everything is mapped")


COMMANDS = (check,)
