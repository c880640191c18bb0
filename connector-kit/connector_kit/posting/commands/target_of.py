"""The target on whose behalf a command runs."""

import click

from connector_kit.posting.target import BooksTarget
from connector_kit.settings import plugin_of

__all__ = ["target_of"]


def target_of(context: click.Context) -> type[BooksTarget]:
    """Name the target.

    Raises:
        click.UsageError: The program is none that books.
    """
    plugin = plugin_of(context)
    if not issubclass(plugin, BooksTarget):
        raise click.UsageError("this command runs only as part of a target that books")
    return plugin
