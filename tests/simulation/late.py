"""Writes that arrive after they have been given up and made again: what must hold of each second booking."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector_kit.books import identity

from tests.simulation.checker import require
from tests.simulation.target import ADMINISTRATION

if TYPE_CHECKING:
    from tests.simulation.books import Booking
    from tests.simulation.checker import Checker
    from tests.simulation.world import Ended, World

IN_DOUBT = 11
_FINISHED = {0, 10, IN_DOUBT, 12}


@dataclass
class LateWrites:
    """Watches one world for second bookings.

    Attributes:
        world: It.
        checker: Reads its ledger.
        arrived: Second bookings by number, with their key.
        reported: Those of which a run has said that a person must look.
        at_once: How many of them were reported by the first run that ended after they had arrived.
    """

    world: World
    checker: Checker
    arrived: dict[str, str] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    at_once: int = 0

    def after_run(self, ended: Ended) -> None:
        if not self.world.scenario.twice:
            return
        found = self._found()
        if ended.code not in _FINISHED:
            return
        books = self.world.books.bookings
        new = {number for number in found if number not in self.arrived and books[number].since <= ended.began}
        self.arrived |= {number: found[number] for number in new}
        waiting = self._waiting_for_a_person()
        reported = {number for number, key in self.arrived.items() if _entity(key) in waiting}
        require(
            not reported or ended.code == IN_DOUBT, "I3", f"a person must look, and the run ended with {ended.code}"
        )
        require(self.reported <= reported, "I3", f"{self.reported - reported} was reported, and then forgotten")
        self.at_once += len(reported & new)
        self.reported = reported

    def at_rest(self) -> None:
        """All that has arrived too late is known, and nobody but a person has put it right."""
        taken_back = Counter(b.reverses for b in self.world.books.bookings.values() if b.number not in self.arrived)
        for number in self.arrived:
            require(not taken_back[number], "I3", f"{number} is a second booking, and was taken back by itself")
        for number, key in self.arrived.items():
            require(number in self.reported, "I3", f"{number} is a second booking of {key}, and nobody noticed")

    def _found(self) -> dict[str, str]:
        """All bookings that a write made which was late, beside the one that was made instead of it."""
        late = {event.number for event in self.world.books.log if event.what == "created" and event.late}
        found: dict[str, str] = {}
        for mark, bookings in self._by_mark().items():
            punctual = [booking for booking in bookings if booking.number not in late]
            require(len(punctual) <= 1, "I1", f"{mark} was booked {len(punctual)} times, and no write of it was late")
            second = [booking for booking in bookings if booking not in punctual][not punctual :]
            found |= {booking.number: booking.key for booking in second}
        return found

    def _by_mark(self) -> dict[str, list[Booking]]:
        found = defaultdict(list)
        for booking in self.world.books.bookings.values():
            found[booking.mark or booking.number].append(booking)
        return found

    def _waiting_for_a_person(self) -> set[str]:
        return {
            row["entity_key"]
            for table in ("entry", "step")  # a booking, or its being taken back
            for row in self.checker.ledger(
                f"SELECT entity_key FROM {table} WHERE state = 'needs_human'"
            )  # the two above
        }


def _entity(key: str) -> str:
    return identity.entity_key(ADMINISTRATION, "journal_entries", key, secret=b"")
