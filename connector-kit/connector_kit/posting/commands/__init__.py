"""Commands of a target's console script: look before a run, look after it, and put right what is not."""

import click

from connector_kit.posting.commands.adopt import adopt
from connector_kit.posting.commands.apply import apply
from connector_kit.posting.commands.plan import plan
from connector_kit.posting.commands.rebuild import rebuild
from connector_kit.posting.commands.reconcile import reconcile
from connector_kit.posting.commands.replay import replay
from connector_kit.posting.commands.resolve import resolve

__all__ = ["books_commands"]


def books_commands() -> tuple[click.Command, ...]:
    """All of them, for `console.program`."""
    return (plan, apply, replay, resolve, reconcile, rebuild, adopt)
