"""SIGKILL at every failpoint of every kind of work, in real processes: afterwards all is booked exactly once.

Which failpoints a kind of work passes is traced, not listed. Together they must be all that the code registers, so a new
failpoint that no kind of work passes fails here.
"""

from __future__ import annotations

import copy
import os
import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.kinds_of_work import KINDS, Work
from tests.faults.nursery import KILLED, Ended, Nursery, nursery
from tests.simulation.served import ServedBooks, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTLE_SECONDS = 0.06
RUNS_TO_REST = 6
TRIES = 4
THOROUGH = "TEST_EVERY_PASS"
"""Set in the environment: killed at the first and at the last pass of each failpoint, else at the first."""


@pytest.fixture(scope="module")
def killing() -> Iterator[Nursery]:
    with nursery() as processes:
        yield processes


class Place:
    """Books and a ledger, brought to where a kind of work begins, as often as it is killed."""

    def __init__(self, work: Work, served: ServedBooks, processes: Nursery, folder: Path) -> None:
        self.work = work
        self.served = served
        self.processes = processes
        self.before = folder / "before"
        self.folder = folder / "now"
        self.folder.mkdir()
        for version, faults in [(0, ()), *work.before]:
            self.served.faults = list(faults)
            self.run(version, empty=version == 0)
            time.sleep(SETTLE_SECONDS * 1.1)
        if work.twice:
            self._double()
        self.folder.rename(self.before)
        self.books = copy.deepcopy(served.books.__dict__ | {"_now": None})

    def _double(self) -> None:
        """What was lost arrives, twice."""
        for request in [*self.served.dropped, *self.served.dropped]:
            self.served.handle(request)

    def trace(self) -> dict[str, int]:
        """The failpoints that the work passes, and how often."""
        self.begin()
        whole = self.run(self.work.version)
        assert whole.passed, whole.said
        return whole.passed

    def begin(self) -> None:
        """Put all back to where the work begins."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.before, self.folder)
        now = self.served.books._now
        self.served.books.__dict__.update(copy.deepcopy(self.books))
        self.served.books._now = now
        self.served.faults = list(self.work.faults)
        self.served.books.closed = {"2026-10"} if self.work.closed else set()

    def kill(self, name: str, nth: int) -> Ended:
        """Begin, and die at a failpoint; how often the last ones are passed also depends on how long looks take."""
        for _ in range(TRIES):
            self.begin()
            killed = self.run(self.work.version, kill=(name, nth))
            if killed.code == KILLED:
                return killed
            nth = killed.passed.get(name, 0)
        raise AssertionError(f"{name}:{nth} was not reached: {killed.said}")

    def run(self, version: int, kill: tuple[str, int] | None = None, *, empty: bool = False) -> Ended:
        config = {
            "api_url": self.served.url,
            "ledger": str(self.folder / "books.sqlite3"),
            "strategy": self.work.strategy,
            "versioned": True,
            "on_changed": self.work.on_changed,
            "settle_minutes": SETTLE_SECONDS / 60,
        }
        messages: list[Any] = self.work.messages(version)
        return self.processes.run(self.folder, config, messages[:1] if empty else messages, kill)

    def come_to_rest(self) -> Ended:
        """Run again until nothing is in doubt; how the last run ended."""
        self.served.faults.clear()
        self.served.books.closed.clear()
        for _ in range(RUNS_TO_REST):
            time.sleep(SETTLE_SECONDS * 1.1)
            ended = self.run(self.work.version)
            if ended.code in {0, 10}:
                break
        return ended

    def live(self) -> Counter[tuple[str, str]]:
        """Key and content of the bookings that count."""
        return Counter((b.key, b.document["lines"][1]["text"]) for b in self.served.books.live())

    def should_be(self) -> Counter[tuple[str, str]]:
        follows = self.work.on_changed != "reject"
        version = self.work.version if follows or not self.work.before else self.work.before[0][0]
        return Counter({(fact.key, f"v{version}"): 1 for fact in self.work.facts(version) if not fact.flaw})


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, killing: Nursery) -> Iterator[Place]:
    with serving() as served:
        yield Place(request.param, served, killing, tmp_path)


@pytest.mark.parametrize("place", KINDS, ids=lambda work: work.name, indirect=True)
def test_killed_at_any_failpoint_everything_is_booked_exactly_once(place: Place) -> None:
    for name, passes in place.trace().items():
        for nth in (1, passes) if os.environ.get(THOROUGH) and passes > 1 else (1,):
            killed = place.kill(name, nth)
            assert len(killed.positions) <= sum(place.live().values()), f"{name}:{nth}: STATE is ahead"
            rest = place.come_to_rest()
            if place.work.twice:
                assert rest.code == 11, f"{name}:{nth}: {rest.said}"
                continue
            assert rest.code in {0, 10}, f"{name}:{nth}: {rest.said}"
            assert place.live() == place.should_be(), f"{name}:{nth}: {rest.said}"


def test_every_failpoint_is_passed_by_some_kind_of_work(killing: Nursery, tmp_path: Path) -> None:
    passed: set[str] = set()
    for work in KINDS:
        with serving() as served:
            (tmp_path / work.name).mkdir()
            passed.update(Place(work, served, killing, tmp_path / work.name).trace())

    assert set(killing.failpoints) == passed
