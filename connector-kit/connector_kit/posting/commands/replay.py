"""`replay`: rejected records once more, each under the identity that it had."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from connector_kit.errors import ExitCode, SettingError
from connector_kit.posting.commands.counted import counts_report, run_whole
from connector_kit.posting.commands.output import output_options, show
from connector_kit.posting.commands.report import Tone
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.dead_letters import read_dead_letters, singer_record
from connector_kit.settings import settings_option

__all__ = ["replay"]

Letter = Mapping[str, Any]


@click.command(
    "replay",
    help="Deliver rejected records again, as they stand in the dead letters. All of them, or those that are named; a "
    "record that is booked meanwhile costs nothing, so replaying twice books once. Ends as a run does: with 10 while "
    "records are rejected.",
)
@settings_option
@click.option("--all", "everything", is_flag=True, help="All records.")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="The record with this key; may be repeated.")
@click.option(
    "--code", "codes", multiple=True, metavar="CODE", help="Records rejected for this reason; may be repeated."
)
@click.option("--stream", "streams", multiple=True, metavar="STREAM", help="Records of this stream; may be repeated.")
@output_options
@click.pass_context
def replay(
    context: click.Context,
    *,
    settings: dict[str, Any],
    everything: bool,
    keys: tuple[str, ...],
    codes: tuple[str, ...],
    streams: tuple[str, ...],
    as_json: bool,
    html: Path | None,
) -> int:
    """Select, deliver, count."""
    if not (everything or keys or codes or streams):
        raise click.UsageError("say which records: --key, --code, --stream, or --all")
    target = target_of(context)(config=settings)
    file = target.dead_letters_file
    chosen = [
        letter
        for letter in _newest(_letters(file))
        if _is_in(letter, "key", keys) and _is_in(letter, "code", codes) and _is_in(letter, "stream", streams)
    ]
    if missing := set(keys) - {str(letter["key"]) for letter in chosen}:
        raise SettingError(f"--key: {file} has no such record: {', '.join(sorted(missing))}")
    end = run_whole(target, io.StringIO("".join(_messages(chosen))))
    settled = f"{len(chosen)} records, all settled." if chosen else f"Nothing to replay: {file} has no such records."
    verdict = str(end) if end else settled
    title = f"Replay of {len(chosen)} records"
    show(counts_report(target, title, verdict, Tone.BAD if end else Tone.GOOD), as_json=as_json, html=html)
    return end.exit_code if end else ExitCode.OK


def _letters(file: Path) -> Iterator[Letter]:
    try:
        yield from read_dead_letters(file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingError(f"dead_letters: {file} cannot be read ({error.strerror})") from error


def _newest(letters: Iterable[Letter]) -> list[Letter]:
    """The last letter of each record; what has no key stands for itself."""
    newest: dict[tuple[Any, ...], Letter] = {}
    for number, letter in enumerate(letters):
        identity = (letter["stream"], letter["key"]) if letter.get("key") else (number,)
        newest.pop(identity, None)
        newest[identity] = letter
    return list(newest.values())


def _is_in(letter: Letter, member: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or str(letter.get(member)) in wanted


def _messages(letters: Iterable[Letter]) -> Iterator[str]:
    streams = set()
    for letter in letters:
        if (stream := letter["stream"]) not in streams:
            streams.add(stream)
            schema = {"type": "SCHEMA", "stream": stream, "schema": {"properties": {}}, "key_properties": []}
            yield f"{json.dumps(schema)}\n"
        yield f"{singer_record(letter)}\n"
