"""Dead between any two steps of any operation: later runs finish it, once. In one process, with a clock that counts.

The steps are those that the code itself passes (failpoints): a run dies at the first, the next one, with another fact, at
the second, and so on, until a run passes them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from connector_kit.posting.failpoints import watched
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import OnChanged

from tests.connector_kit.posting_desk import Desk, Marked, Named, Searched, Shelf

CLOSED = Reply(kind=OutcomeClass.CLOSED, status=400)


class Dead(BaseException):
    """The process is gone."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What a run does, and what the provider holds in the end."""

    change: OnChanged | None = None
    lose: tuple[str, ...] = ()
    answers: tuple[Reply, ...] = ()
    held: tuple[str, ...] = ("two",)
    endpoints: tuple[type[Marked | Named | Searched], ...] = (Marked, Named, Searched)


ABLE = (Marked, Named)
REVERSED = ("one", "minus one", "two")
SCENARIOS = {
    "booking": Scenario(),
    "booking, nothing arrives": Scenario(lose=("before",)),
    "booking, the answer is lost": Scenario(lose=("after",)),
    "booking, arrives late": Scenario(lose=("late",)),
    "booking in a closed period": Scenario(answers=(CLOSED,)),
    "update": Scenario(change=OnChanged.UPDATE, endpoints=ABLE),
    "update, nothing arrives": Scenario(change=OnChanged.UPDATE, lose=("before",), endpoints=ABLE),
    "update, the answer is lost": Scenario(change=OnChanged.UPDATE, lose=("after",), endpoints=ABLE),
    "correction": Scenario(change=OnChanged.REVERSE, held=REVERSED, endpoints=ABLE),
    "correction, the reversal does not arrive": Scenario(
        change=OnChanged.REVERSE, lose=("before",), held=REVERSED, endpoints=ABLE
    ),
    "correction, the answer to the reversal is lost": Scenario(
        change=OnChanged.REVERSE, lose=("after",), held=REVERSED, endpoints=ABLE
    ),
    "correction, the new booking does not arrive": Scenario(
        change=OnChanged.REVERSE, lose=("", "before"), held=REVERSED, endpoints=ABLE
    ),
    "correction in a closed period": Scenario(
        change=OnChanged.REVERSE, answers=(CLOSED,), held=REVERSED, endpoints=ABLE
    ),
}
CASES = [
    pytest.param(scenario, endpoint, id=f"{name}, {endpoint.__name__}")
    for name, scenario in SCENARIOS.items()
    for endpoint in scenario.endpoints
]


def dying_at(nth: int) -> Callable[[str], None]:
    left = iter(range(nth))

    def watch(name: str) -> None:
        if next(left, None) is None:
            raise Dead(name)

    return watch


def begin(desk: Desk, scenario: Scenario, key: str) -> None:
    """The same beginning again, with a fact of its own and new books."""
    desk.shelf = desk.endpoint.shelf = Shelf()
    desk.on_changed = OnChanged.REJECT
    desk.new_run(hours=1)
    if scenario.change:
        desk.said("one", key=key)
        desk.on_changed = scenario.change
    desk.new_run(hours=1)
    desk.shelf.lose, desk.shelf.answers = list(scenario.lose), list(scenario.answers)


def finish(desk: Desk, key: str) -> None:
    """Runs as a scheduler makes them, until nothing is left to do."""
    for _ in range(8):
        desk.shelf.arrive()
        desk.new_run(minutes=20)
        done = desk.said("two", key=key) == "existing" and not desk.ledger.unresolved()
        desk.poster.end()
        if done:
            return


@pytest.mark.parametrize(("scenario", "endpoint"), CASES)
def test_dead_at_any_step_it_is_finished_once_by_later_runs(
    tmp_path: Path, scenario: Scenario, endpoint: type[Marked | Named | Searched]
) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", endpoint)
    place, nth = "somewhere", 0
    while place:
        key, place = f"k{nth}", ""
        begin(desk, scenario, key)
        try:
            with watched(dying_at(nth)):
                desk.said("two", key=key)
        except Dead as death:
            place = str(death)
            desk.ledger.close()
            desk.open_ledger()
            desk.ledger.cold = False

        finish(desk, key)

        texts = tuple(booking.text for booking in desk.shelf.bookings)
        assert texts == scenario.held, f"dead at step {nth}, {place}: {desk.shelf.effects}"
        assert (desk.said("two", key=key), desk.ledger.unresolved()) == ("existing", 0), f"step {nth}, {place}"
        nth += 1
    assert nth > 5
    desk.ledger.close()
