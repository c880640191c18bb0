"""Dead between any two steps of any operation: later runs finish it, once. In one process, with a clock that counts.

The steps are those that the code itself passes (failpoints): a run dies at the first, the next try at the second, and so
on, until a run passes them all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from connector_kit.posting.failpoints import watched
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import OnChanged

from tests.connector_kit.posting_desk import Desk, Marked, Named, Searched

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


def desks(folder: Path, scenario: Scenario, endpoint: type[Marked | Named | Searched]) -> Iterator[Desk]:
    """The same beginning again and again."""
    number = 0
    while True:
        desk = Desk(folder / str(number) / "ledger.sqlite3", endpoint)
        if scenario.change:
            desk.said("one")
            desk.on_changed = scenario.change
        desk.new_run(hours=1)
        desk.shelf.lose, desk.shelf.answers = list(scenario.lose), list(scenario.answers)
        yield desk
        desk.ledger.close()
        number += 1


def finish(desk: Desk) -> None:
    """Runs as a scheduler makes them, until nothing is left to do."""
    for _ in range(8):
        desk.shelf.arrive()
        desk.new_run(minutes=20)
        desk.said("two")
        desk.poster.end()


@pytest.mark.parametrize(("scenario", "endpoint"), CASES)
def test_dead_at_any_step_it_is_finished_once_by_later_runs(
    tmp_path: Path, scenario: Scenario, endpoint: type[Marked | Named | Searched]
) -> None:
    for nth, desk in enumerate(desks(tmp_path, scenario, endpoint)):
        place = ""
        try:
            with watched(dying_at(nth)):
                desk.said("two")
        except Dead as death:
            place = str(death)
            desk.ledger.close()
            desk.open_ledger()
            desk.ledger.cold = False

        finish(desk)

        texts = tuple(booking.text for booking in desk.shelf.bookings)
        assert texts == scenario.held, f"dead at step {nth}, {place}: {desk.shelf.effects}"
        assert (desk.said("two"), desk.ledger.unresolved()) == ("existing", 0), f"dead at step {nth}, {place}"
        if not place:
            assert nth > 5
            return
