"""Which streams a sub-command is about: named ones, those of a catalog, or those selected by default."""

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click
from connector_kit.console import plugin_of
from singer_sdk.singerlib import Catalog

if TYPE_CHECKING:
    from tap_nmbrs.tap import TapNmbrs

__all__ = ["STREAM_OPTIONS", "chosen_streams", "tap_of"]

STREAM_OPTIONS: Final = (
    click.Option(
        ["--streams"],
        multiple=True,
        metavar="NAME,...",
        help="These streams; may be repeated. Default: those selected by default.",
    ),
    click.Option(
        ["--catalog"],
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The streams that this catalog selects.",
    ),
    click.Option(["--all", "everything"], is_flag=True, help="All streams."),
)


def tap_of(settings: Mapping[str, Any], *, catalog: Path | None = None) -> "TapNmbrs":
    """Build the tap of the program that runs; sends nothing.

    Raises:
        UsageError: The catalog is none.
    """
    plugin = plugin_of(click.get_current_context())
    return cast("TapNmbrs", plugin(config=dict(settings), catalog=_catalog(catalog)))  # type: ignore[call-arg]  # a tap


def _catalog(path: Path | None) -> Catalog | None:
    try:
        return Catalog.from_dict(json.loads(path.read_text(encoding="utf-8"))) if path else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.UsageError(f"--catalog {path}: not a catalog as --discover writes it") from None


def chosen_streams(tap: "TapNmbrs", *, named: Sequence[str], everything: bool) -> list[str]:
    """Give the names of the streams that the options mean, in the order of the tap.

    Args:
        tap: Its catalog counts if no stream is named.
        named: Names, several perhaps in one text with commas.
        everything: Every stream of the tap.

    Raises:
        UsageError: There is no such stream.
    """
    there = tap.streams
    names = [name.strip() for group in named for name in group.split(",") if name.strip()]
    for name in names:
        if name not in there:
            raise click.UsageError(f"--streams: {_unknown(name, list(there))}")
    if everything or names:
        return [name for name in there if everything or name in names]
    return [name for name, stream in there.items() if stream.selected]


def _unknown(name: str, there: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(name, there, n=1, cutoff=0.6)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"there is no stream {name} (some exist only if the setting include_personal_data says so){hint}"
