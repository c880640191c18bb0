"""What a run costs in which nothing has changed: a whole target, from the first line of its input to its summary."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from connector_kit.books import identity
from connector_kit.posting.ledger import Entry, State
from connector_kit.posting.ledger import schema as tables

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import Cost, run
from tests.connector_kit.posting_provider import serving
from tests.connector_kit.posting_runs import PROGRAM, SCHEMA, entry, lines_of
from tests.connector_kit.posting_target import TargetTiny

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK: Final = 5_000
MILLION: Final = 1_000_000
MILLION_SECONDS_MAX: Final = 300
MEMORY_RATIO_MAX: Final = 1.1
RECORDS: Final = {Size.SMALL: 5_000, Size.USUAL: 100_000, Size.LARGE: MILLION}


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


def measured(folder: Path, settings: dict[str, Any], records: int) -> Cost:
    """A run over so many records, all of which are known."""
    config, source, log = (folder / name for name in ("config.json", "messages.singer", "log.txt"))
    config.write_text(json.dumps(settings))
    with source.open("w") as file:
        file.write(lines_of([SCHEMA]))
        file.writelines(lines_of([entry(f"k{number}")]) for number in range(records))
    log.unlink(missing_ok=True)
    cost = run([sys.executable, "-W", "ignore", PROGRAM, "--config", config], stdin=source, log=log)
    text = next(line for line in log.read_text().splitlines() if "Summary {" in line)
    counts = json.loads(text[text.index("{") :])
    assert counts["existing"] == records, counts
    return cost


def measure(size: Size) -> Iterator[Row]:
    most = RECORDS[size]
    first: Cost | None = None
    with serving() as provider, TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"api_url": provider.url, "ledger": str(folder / "ledgers" / "tiny.sqlite3")}
        fill(settings, most)
        for records in (most // 10, most):
            provider.requests.clear()
            cost = measured(folder, settings, records)
            first = first or cost
            goals = (
                Goal(figure=cost.wall_seconds / records * MILLION, unit="s per million", at_most=MILLION_SECONDS_MAX),
                Goal(figure=cost.memory_mb / first.memory_mb, unit="x the memory", at_most=MEMORY_RATIO_MAX),
                Goal(figure=len(provider.requests), unit="calls", at_most=1),
            )
            cells = (f"{cost.wall_seconds:.1f} s", f"{cost.processor_seconds:.1f} s", f"{cost.memory_mb:.0f} MB")
            yield Row(cells=(f"{records:,}", *cells), goals=goals if records == most else goals[2:])


BENCHMARK: Final = Benchmark(
    name="unchanged",
    title="Nothing has changed",
    text="A whole target, from the first line of its input to its summary, over records that are all in the ledger: "
    "they may cost the one request of the preflight, and memory must not grow with them.",
    columns=("records", "wall", "processor", "memory"),
    measure=measure,
    libraries=("singer-sdk", "msgspec", "sqlalchemy"),
)
