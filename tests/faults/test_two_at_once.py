"""Two processes with the same ledger at once: one books, the other says so and does nothing."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.faults.kinds_of_work import KINDS
from tests.faults.nursery import nursery
from tests.simulation.served import serving

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = int(os.environ.get("TEST_ROUNDS") or 8)
LOCKED = 15


def test_of_two_runs_at_once_one_books_and_the_other_stands_back(tmp_path: Path) -> None:
    work = next(kind for kind in KINDS if kind.name == "create_by_marker")
    codes: Counter[int] = Counter()
    with nursery() as one, nursery() as other, ThreadPoolExecutor(2) as threads:
        for number in range(ROUNDS):
            with serving() as served:
                served.seconds = 0.02
                ledger = tmp_path / f"{number}" / "books.sqlite3"
                config = {
                    "api_url": served.url,
                    "ledger": str(ledger),
                    "strategy": work.strategy,
                    "versioned": True,
                    "on_changed": "reject",
                    "settle_minutes": 0,
                }
                runs = []
                for processes, name in ((one, "one"), (other, "other")):
                    folder = tmp_path / f"{number}-{name}"
                    folder.mkdir()
                    runs.append(threads.submit(processes.run, folder, config, work.messages(1)))
                codes.update(run.result().code for run in runs)
                booked = Counter(event.document["key"] for event in served.books.log)
                assert booked == {"k1": 1, "k2": 1}

    assert set(codes) <= {0, LOCKED}
    assert codes[LOCKED] > 0
    assert codes[0] >= ROUNDS
