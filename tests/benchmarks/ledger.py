"""What the ledger adds to a record: three commits of a new one, one look at an unchanged one; and opening it again."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from connector_kit.books.identity import Administration
from connector_kit.posting.ledger import Binding, Ledger, State

from tests.benchmarks.page import Benchmark, Goal, Row, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_MS_MAX: Final = 3
UNCHANGED_MS_MAX: Final = 0.3
SYNCS: Final = 3
DISK_RATIO_MAX: Final = 3
BINDING: Final = Binding(
    administration=Administration(provider="tiny", tenant="100", number="7"), base_url="https://books.example/api"
)


def synced(folder: Path, records: int) -> float:
    """Seconds per record that the disk needs for three appended pages, each synced."""
    with (folder / "plain").open("wb", buffering=0) as file:
        started = time.perf_counter()
        for _ in range(records * SYNCS):
            file.write(bytes(4096))
            os.fdatasync(file)
        return (time.perf_counter() - started) / records


def booked(target: Path | str, records: int) -> tuple[float, float, float]:
    """Seconds per new record, per unchanged record, and to open the ledger again."""
    with Ledger.open(target, binding=BINDING, run="new") as ledger:
        started = time.perf_counter()
        for number in range(records):
            entry = ledger.intend(f"{number:064}", stream="journal_entries", content_hash="h" * 64, mapping_version="1")
            entry = ledger.advance(entry, State.SENT)
            ledger.advance(entry, State.CONFIRMED, outcome="applied", status=200, provider_id=f"{number}")
        new = (time.perf_counter() - started) / records
        started = time.perf_counter()
        for number in range(records):
            assert ledger.entry(f"{number:064}") is not None
        unchanged = (time.perf_counter() - started) / records
    started = time.perf_counter()
    Ledger.open(target, binding=BINDING, run="again").close()
    return new, unchanged, time.perf_counter() - started


def measure(size: Size) -> Iterator[Row]:
    records = 300 if size is Size.SMALL else 3000
    with TemporaryDirectory() as name:
        disk = synced(Path(name), records // 2)
        new, unchanged, opened = booked(Path(name) / "ledger.sqlite3", records)
        disk = (disk + synced(Path(name), records // 2)) / 2
    new_most = max(NEW_MS_MAX, DISK_RATIO_MAX * disk * 1000)
    beside = f"{new / disk:.1f} x three synced pages ({disk * 1000:.2f} ms)"
    yield Row(
        cells=("new record, three commits", beside), goals=(Goal(figure=new * 1000, unit="ms", at_most=new_most),)
    )
    goal = Goal(figure=unchanged * 1000, unit="ms", at_most=UNCHANGED_MS_MAX)
    yield Row(cells=("look at an unchanged one", ""), goals=(goal,))
    yield Row(cells=("opened again", f"{opened * 1000:.0f} ms for {records * 3:,} lines of its log"))


BENCHMARK: Final = Benchmark(
    name="ledger",
    title="Ledger",
    text="What the ledger (SQLite) adds to a record. The least that three durable commits can take is what the disk "
    "needs to sync three times; that is measured beside them, before and after. A new record may take 3 ms, or, where "
    "the disk alone takes longer than 1 ms, three times what the disk takes.",
    columns=("what", "beside"),
    measure=measure,
    libraries=("sqlalchemy",),
)
