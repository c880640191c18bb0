"""Runs seeds; each ends with all invariants checked at rest."""

from __future__ import annotations

import os
import random
import tempfile
import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulation.checker import Checker, ViolationError, require
from tests.simulation.late import LateWrites
from tests.simulation.network import Chaos
from tests.simulation.scenario import SETTLE, Scenario
from tests.simulation.statements import compiled_once
from tests.simulation.world import KILLED, LOGIN, SETTINGS_WRONG, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.simulation.world import Ended

MEMORY = Path("/dev/shm")
RUNS_TO_REST = 14
QUIET_RUNS_OF_LATE_WRITES = 5
RESTS = (timedelta(minutes=1), SETTLE / 5, SETTLE * 1.01, SETTLE * 2.1, timedelta(hours=9))
RESTS_OF_LATE_WRITES = (SETTLE * 1.01, SETTLE * 0.3)
"""The first look after a lost write, and the second one, after which it is made again."""
QUIET_RUNS = {0: 0, 10: 2, 11: 3}
"""Exit codes at rest, and how many runs in a row must end so without a change of the books."""


@dataclass(kw_only=True)
class Figures:
    """What a number of seeds came to."""

    seeds: int = 0
    runs: int = 0
    record_runs: int = 0
    kills: int = 0
    disasters: int = 0
    writes: int = 0
    late_duplicates: int = 0
    """Second bookings that a write made which arrived after it had been given up."""
    late_reported: int = 0
    late_reported_at_once: int = 0
    """By the first run after its arrival that came to its end."""
    passed: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
        self.passed |= other.passed
        self.violations += other.violations


class Simulation:
    """One seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.scenario = Scenario.of(seed)
        self.world = World(self.scenario, folder)
        self.checker = Checker(self.world)
        self.late = LateWrites(self.world, self.checker)
        self._rests_of_late_writes = cycle(RESTS_OF_LATE_WRITES)
        self.figures = Figures(seeds=1)
        self.story: list[str] = []
        """What happened, for whoever looks at a seed."""

    def run(self) -> Figures:
        if self.scenario.random.random() < 0.8:
            self.world.settle_in()
        for new in self.scenario.log:
            self.world.log += new
            self._disturbed()
        self._rest()
        self.figures.writes = self.world.books.writes
        self.figures.passed = self.world.passed
        self.figures.late_duplicates = len(self.late.arrived)
        self.figures.late_reported = len(self.late.reported)
        self.figures.late_reported_at_once = self.late.at_once
        return self.figures

    # Disturbed runs

    def _disturbed(self) -> None:
        world, draw = self.world, self.scenario.random
        world.books.logged_in = True
        if draw.random() < 0.7:
            world.books.closed.clear()
        if draw.random() < 0.06 and not self.scenario.twice:
            disaster = draw.choice(("deleted", "deleted_with_witness", "rolled_back"))
            self.story.append(f"disaster: {disaster}")
            world.befall(disaster)
            self.figures.disasters += 1
        if self.scenario.people and draw.random() < 0.5:
            world.interfere()
        twice = self.scenario.twice
        for _ in range(draw.choice((2, 3, 4) if twice else (1, 1, 2))):
            world.rest(next(self._rests_of_late_writes) if twice else draw.choice(RESTS))
            start = 0 if draw.random() < 0.2 else world.state
            positions = world.due(start)
            messages = world.messages(
                positions,
                states=draw.choice((0.0, 0.5, 1.0)),
                again=draw.choice((0.0, 0.0, 0.3)),
                shuffled=draw.random() < 0.3,
            )
            limit = {"limit": draw.randint(0, 2)} if draw.random() < 0.05 else {}
            ended = self._once(messages, positions, world.chaos(len(positions)), **limit)
            if limit.get("limit") == 0:
                self.checker.dry_run(ended)
            if ended.positions and draw.random() < 0.85:  # else Meltano died before it stored it
                world.state = max(ended.positions[-1], world.state)

    def _once(self, messages: str, positions: list[int], chaos: Chaos, **settings: object) -> Ended:
        ended = self._ended(messages, positions, chaos, **settings)
        if ended.code == SETTINGS_WRONG:
            require(self.world.ledger_was_lost, "I1", "the ledger is refused, and nothing has happened to it")
            calm = Chaos(random=chaos.random, at_call=chaos.at_call)
            ended = self._ended(messages, positions, calm, rebuild=True, **settings)
        return ended

    def _ended(self, messages: str, positions: list[int], chaos: Chaos, **settings: object) -> Ended:
        ended = self.world.run(messages, positions, chaos, **settings)
        self.story.append(f"{self.world.clock.now():%d %H:%M} {chaos.kill_at=} {settings} {ended}\n{ended.logged}")
        self.story += self.world.network.trace
        self.world.network.trace.clear()
        self.figures.runs += 1
        self.figures.record_runs += len(positions)
        self.figures.kills += ended.code == KILLED
        self.late.after_run(ended)
        self.checker.after_run(ended)
        return ended

    # To rest

    def _calm(self, start: int) -> Ended:
        positions = self.world.due(start)
        messages = self.world.messages(positions, states=1.0)
        return self._once(messages, positions, Chaos(random=self.scenario.random))

    def _rest(self) -> None:
        world = self.world
        world.books.closed.clear()
        world.books.logged_in = True
        world.rest(SETTLE * (0.3 if self.scenario.twice else 2.1))
        watching = self.scenario.twice
        if watching and self.scenario.strategy == "search":  # what is not delivered again is not searched for again
            self._at_rest(self._until_settled(from_state=False, watching=True))
        else:
            ended = self._until_settled(from_state=True, watching=watching)
            passes_all = self.scenario.state_after == "confirmed" and self.scenario.on_reject == "hold"
            if passes_all:
                self._at_rest(ended)
            if not passes_all or ended.code or self.world.ledger_was_lost:
                self._at_rest(self._until_settled(from_state=False))
        looks_due = self.checker.looks_due()
        self.checker.second_run(self._calm(0), looks_due=looks_due)

    def _at_rest(self, ended: Ended) -> None:
        self.late.at_rest()
        self.checker.at_rest(ended, twice=set(self.late.arrived.values()))

    def _until_settled(self, *, from_state: bool, watching: bool = False) -> Ended:
        """Run undisturbed until nothing happens any more, with time between for all that has to be waited for.

        Args:
            from_state: A tap delivers what comes after STATE, not everything.
            watching: As long as writes may be looked for that were made again.
        """
        world, scenario = self.world, self.scenario
        quiet = 0
        for _ in range(RUNS_TO_REST * (4 if scenario.budget or scenario.twice else 1)):
            ended = self._calm(world.state if from_state else 0)
            require(ended.code != LOGIN, "I1", "the login is accepted, and the run says otherwise")
            world.state = max([world.state, *ended.positions[-1:]])
            waiting = ended.writes or world.network.on_its_way
            quiet = quiet + 1 if not waiting and ended.code in QUIET_RUNS else 0
            enough = max(QUIET_RUNS.get(ended.code, 1), QUIET_RUNS_OF_LATE_WRITES if watching else 0)
            if quiet >= enough:
                return ended
            world.rest(self._pause())
        raise ViolationError(
            "I1", f"no rest after {RUNS_TO_REST} undisturbed runs; the last one ended with {ended.code}"
        )

    def _pause(self) -> timedelta:
        if self.scenario.twice and self.world.network.on_its_way:
            return next(self._rests_of_late_writes)
        return timedelta(hours=25) if self.scenario.budget else SETTLE * 1.05


def simulate(seed: int) -> tuple[Figures, list[str]]:
    """Run a seed; violations stand in its figures, its story tells how it came to them."""
    parent = MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=parent) as folder, compiled_once():
        simulation = Simulation(seed, Path(folder))
        try:
            return simulation.run(), simulation.story
        except ViolationError as violation:
            found = f"seed {seed}: {violation}"
        except Exception:  # noqa: BLE001  # a crash of the engine is a finding like any other
            found = f"seed {seed}: the engine failed\n{traceback.format_exc()}"
        figures = simulation.figures
        figures.passed = simulation.world.passed
        figures.violations.append(found)
        return figures, [str(simulation.scenario), *simulation.story]


def simulate_all(
    seeds: Iterable[int], *, stop_at_first: bool = False, tell: Callable[[str], None] = lambda _found: None
) -> Figures:
    """Run seeds one after the other; each violation is told as it is found."""
    figures = Figures()
    for seed in seeds:
        of_seed, _ = simulate(seed)
        figures.add(of_seed)
        for found in of_seed.violations:
            tell(found)
        if stop_at_first and figures.violations:
            break
    return figures


def fresh_seeds() -> Iterator[int]:
    """Seeds that nobody has seen."""
    system = random.SystemRandom()
    while True:
        yield system.randrange(10**6, 10**12)
