"""What a run costs in which nothing has changed: a whole target, from the first line of its input to its summary.

    python -m tests.benchmarks.unchanged [--records 100000]

The ledger is filled beforehand; the provider counts its requests, which must be those of the preflight alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import sqlalchemy as sa
from connector_kit.books import identity
from connector_kit.posting.ledger import Entry, State
from connector_kit.posting.ledger import schema as tables

from tests.connector_kit.posting_provider import serving
from tests.connector_kit.posting_runs import PROGRAM, SCHEMA, entry, lines_of
from tests.connector_kit.posting_target import TargetTiny

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 5_000


def rows(target: TargetTiny, keys: range) -> Iterator[dict[str, Any]]:
    """The ledger's rows of booked entries."""
    sink = target.accepted_streams["journal_entries"](target, "journal_entries", {"properties": {}}, ["key"])
    for number in keys:
        record = json.loads(lines_of([entry(f"k{number}")]), parse_float=Decimal)["record"]
        posting = sink._posting(record)  # type: ignore[union-attr]  # one that books records
        operation = identity.operation_id(posting.entity_key, version=1, operation="create")
        now = target.ledger.now()
        yield Entry(
            entity_key=posting.entity_key,
            stream=posting.stream,
            state=State.CONFIRMED,
            booked_hash=posting.content_hash,
            operation_id=operation,
            client_id=identity.client_id(operation),
            marker=identity.marker(operation),
            created_at=now,
            updated_at=now,
            run="benchmark",
            **posting.content(),
        ).row()


def fill(settings: dict[str, Any], records: int) -> None:
    """Write a ledger in which all entries are booked."""
    usual = {"on_reject": "hold", "settle_minutes": 15, "state_after": "confirmed", "timeout_seconds": 5}
    target = TargetTiny(config=settings | usual)
    target._start()
    for start in range(0, records, CHUNK):
        with target.ledger.store.writing() as connection:
            connection.execute(sa.insert(tables.entry), list(rows(target, range(start, min(start + CHUNK, records)))))
    target._close()


def run(folder: Path, settings: dict[str, Any], records: int) -> tuple[float, float, dict[str, int]]:
    """Seconds, megabytes and counts of a run over so many records."""
    config, source = folder / "config.json", folder / "messages.singer"
    config.write_text(json.dumps(settings))
    with source.open("w") as file:
        file.write(lines_of([SCHEMA]))
        file.writelines(lines_of([entry(f"k{number}")]) for number in range(records))
    with source.open() as stdin:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(PROGRAM), "--config", str(config)],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr
        log = process.stderr.read()
        _, _, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    text = next(line for line in log.splitlines() if "Summary {" in line)
    return seconds, usage.ru_maxrss / 1024, json.loads(text[text.index("{") :])


@click.command()
@click.option("--records", default=100_000, show_default=True)
def main(records: int) -> None:
    """Print a row for a tenth of the records and one for all of them: the memory must not grow with them."""
    click.echo(f"{'records':>8} {'seconds':>8} {'ms each':>8} {'MB':>6} {'requests':>8}")
    with serving() as provider, tempfile.TemporaryDirectory() as folder:
        settings = {"api_url": provider.url, "ledger": str(Path(folder) / "ledgers" / "tiny.sqlite3")}
        fill(settings, records)
        for number in (records // 10, records):
            provider.requests.clear()
            seconds, megabytes, counts = run(Path(folder), settings, number)
            assert counts["existing"] == number, counts
            each = seconds / number * 1000
            click.echo(f"{number:>8} {seconds:>8.1f} {each:>8.2f} {megabytes:>6.0f} {len(provider.requests):>8}")


if __name__ == "__main__":
    main()
