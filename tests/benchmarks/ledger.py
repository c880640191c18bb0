"""What the ledger adds to a record: three commits of a new one, one look at an unchanged one; and opening it again.

`python -m tests.benchmarks.ledger`. The least that three durable commits can take is what the disk needs to sync three
times; that is measured beside them, before and after, because on a disk that others use it is most of the time. A new
record may take 3 ms, or, where the disk alone takes longer than 1 ms, three times what the disk takes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from connector_kit.books.identity import Administration
from connector_kit.posting.ledger import Binding, Ledger, State

NEW_SECONDS_MAX: Final = 0.003
UNCHANGED_SECONDS_MAX: Final = 0.0003
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


def main() -> int:
    """Measure, print, and end with 1 if a bound is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=3000)
    parser.add_argument("--ledger", help="URL of an empty PostgreSQL database; default: a file (SQLite)")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        disk = synced(Path(name), options.records // 2)
        new, unchanged, opened = booked(options.ledger or Path(name) / "ledger.sqlite3", options.records)
        disk = (disk + synced(Path(name), options.records // 2)) / 2
    print(f"ledger, {options.records} records:")  # noqa: T201
    print(f"  new        {new * 1000:7.3f} ms  ({new / disk:.1f} x three synced pages, {disk * 1000:.3f} ms)")  # noqa: T201
    print(f"  unchanged  {unchanged * 1000:7.3f} ms")  # noqa: T201
    print(f"  open       {opened:7.3f} s   ({options.records * 3} lines of its log checked)")  # noqa: T201
    return int(new > max(NEW_SECONDS_MAX, DISK_RATIO_MAX * disk) or unchanged > UNCHANGED_SECONDS_MAX)


if __name__ == "__main__":
    sys.exit(main())
