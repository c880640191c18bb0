"""Any history of a table, read piece by piece, ends in what reading it whole would give."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from provider_simulators.clock import Clock
from provider_simulators.ons import OnsSimulator, OnsSwitches, Reading
from provider_simulators.world import World

from tests.tap_ons.warehouse import Syncs, connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tap_ons.client import Connection

BEFORE_SUMMER_TIME = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)
BEFORE_WINTER_TIME = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table whose histories are told.

    Attributes:
        stream: The stream.
        name: The provider's name of the resource.
        field: A field that is changed.
        has_deletes: Whether Ons tells what was deleted.
    """

    stream: str
    name: str
    field: str
    has_deletes: bool


TEAMS = Table(stream="teams", name="teams", field="name", has_deletes=True)
LOCATIONS = Table(stream="locations", name="locations", field="name", has_deletes=False)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happens next.

    Attributes:
        does: create, update, delete, wait or sync.
        number: Which row, or how many seconds.
        during: What happens while the rows of a sync are sent: before which of them, and what.
    """

    does: str
    number: int = 0
    during: tuple[tuple[int, Step], ...] = ()


CHANGES = st.one_of(
    st.just(Step(does="create")),
    st.builds(Step, does=st.sampled_from(["update", "delete"]), number=st.integers(0, 30)),
    st.builds(Step, does=st.just("wait"), number=st.sampled_from([1, 59, 599, 3_600, 7_200, 86_400])),
)
STEPS = st.one_of(
    CHANGES,
    CHANGES,
    st.builds(
        Step,
        does=st.just("sync"),
        during=st.lists(st.tuples(st.integers(0, 5), CHANGES), max_size=3).map(tuple),
    ),
)


class History:
    """A simulated table, and the syncs of it."""

    def __init__(self, simulator: OnsSimulator, table: Table, connection: Connection, **settings: Any) -> None:
        self._simulator = simulator
        self._table = table
        self.syncs = Syncs(connection, table.stream, **settings)
        self._counter = 0

    def happen(self, step: Step) -> None:
        backend = self._simulator.backend
        keys = [row["id"] for row in backend.records[self._table.name]]
        match step.does:
            case "create":
                backend.create(self._table.name)
            case "update" if keys:
                self._counter += 1
                new = {self._table.field: f"changed {self._counter}"}
                backend.update(self._table.name, keys[step.number % len(keys)], **new)
            case "delete" if keys and self._table.has_deletes:
                backend.delete(self._table.name, keys[step.number % len(keys)])
            case "wait":
                self._simulator.clock.advance(step.number)
            case "sync":
                self._sync(step)

    def _sync(self, step: Step) -> None:
        waiting = list(step.during)

        def change(reading: Reading) -> None:
            for planned in [planned for planned in waiting if planned[0] <= reading.row]:
                waiting.remove(planned)
                self.happen(planned[1])

        backend = self._simulator.backend
        backend.while_reading = change
        self.syncs.sync()
        backend.while_reading = None
        if len(waiting) == len(step.during):
            self.require_equality()

    def require_equality(self) -> None:
        assert self.syncs.warehouse.rows == self.syncs.everything()


@pytest.fixture(scope="module")
def histories(ons_certificates: Path) -> Iterator[Any]:
    """Simulators that run until the end, one for each reading of the documentation."""
    running: dict[Any, tuple[OnsSimulator, Connection]] = {}
    world = World.build(seed=1)
    with ExitStack() as until_the_end:

        def of(table: Table, start: datetime, switches: OnsSwitches, **options: Any) -> History:
            if (start, switches) not in running:
                simulator = OnsSimulator(world, certificates=ons_certificates, switches=switches, clock=Clock(start))
                until_the_end.enter_context(simulator)
                connection = until_the_end.enter_context(connected(simulator.connector_settings()))
                running[start, switches] = simulator, connection
            simulator, connection = running[start, switches]
            return History(simulator, table, connection, **options)

        yield of


@pytest.mark.parametrize("since_bound", ["inclusive", "exclusive"])
@pytest.mark.parametrize("since_zone", ["utc", "amsterdam"])
@pytest.mark.parametrize("start", [BEFORE_SUMMER_TIME, BEFORE_WINTER_TIME], ids=["summer", "winter"])
@pytest.mark.parametrize("table", [TEAMS, LOCATIONS], ids=lambda table: table.stream)
def test_what_is_read_piece_by_piece_is_what_is_read_at_once(
    table: Table, start: datetime, since_zone: Any, since_bound: Any, histories: Any
) -> None:
    """Without an overlap: the moment of the bookmark alone is enough."""
    switches = OnsSwitches(since_zone=since_zone, since_bound=since_bound)

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(STEPS, min_size=3, max_size=14))
    def told(steps: list[Step]) -> None:
        history = histories(table, start, switches, overlap_minutes=0)
        for step in steps:
            history.happen(step)
        history.happen(Step(does="sync"))

    told()
