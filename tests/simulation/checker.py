"""What must hold, whatever went wrong: judged by the books' own log and by the ledger's file, not by the engine."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.books import REFUSED_ACCOUNT, WORDS_OF_THE_PROVIDER
from tests.simulation.scenario import BSN
from tests.simulation.target import SECRET
from tests.simulation.world import KILLED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tests.simulation.books import Booking
    from tests.simulation.scenario import Fact
    from tests.simulation.world import Ended, World

RESULTS = ("success", "existing", "updated", "fail", "deferred", "in_doubt", "stale")


class ViolationError(AssertionError):
    """An invariant does not hold.

    Args:
        invariant: Which one.
        what: What was found instead.
    """

    def __init__(self, invariant: str, what: str) -> None:
        self.invariant = invariant
        super().__init__(f"{invariant}: {what}")


def require(holds: object, invariant: str, what: str) -> None:
    if not holds:
        raise ViolationError(invariant, what)


@dataclass(frozen=True)
class Checker:
    """Judges one world."""

    world: World
    confirmed: dict[str, int] = field(default_factory=dict)
    """Bookings that the ledger knew as confirmed at the end of a run, with the length of the books' log by then."""

    def live(self) -> dict[str, list[Booking]]:
        """Bookings that count, by business key."""
        found = defaultdict(list)
        for booking in self.world.books.live():
            found[booking.key].append(booking)
        return found

    def ledger(self, query: str) -> list[dict[str, Any]]:
        """Rows of the ledger's file, read past the engine."""
        if not self.world.ledger_file.exists():
            return []
        with closing(sqlite3.connect(self.world.ledger_file)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                return [dict(row) for row in connection.execute(query)]
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # died before its first commit
                    return []
                raise

    # After every run

    def after_run(self, ended: Ended) -> None:
        self._no_duplicates()
        self._counts_add_up(ended)
        self._state_is_not_ahead(ended)
        self._confirmed_is_there()
        self._people_are_respected()
        self._budget_is_kept()
        self._nothing_leaks(ended)

    def _no_duplicates(self) -> None:
        if self.world.scenario.twice:
            return  # cannot be kept from happening; `LateWrites` demands that it is noticed
        for key, bookings in self.live().items():
            require(len(bookings) == 1, "I1", f"{key} is booked {len(bookings)} times")

    def _counts_add_up(self, ended: Ended) -> None:
        counts = ended.summary
        if counts is None:
            require(ended.code, "I4", "a run that succeeded says no counts")
            return
        settled = sum(counts[name] for name in RESULTS)
        require(counts["received"] == settled + counts["unfinished"], "I4", f"counts do not add up: {counts}")
        whole = ended.code in {0, 10, 11, 12} and "do not work" not in ended.logged
        require(not (ended.code == 0 and counts["unfinished"]), "I4", f"a run succeeded unfinished: {counts}")
        require(whole or ended.code, "I4", "unreachable")
        if ended.code == 0:
            unsettled = counts["fail"] + counts["in_doubt"] + counts["in_doubt_in_ledger"]
            require(not unsettled, "I4", f"a run succeeded although records are not settled: {counts}")

    def _state_is_not_ahead(self, ended: Ended) -> None:
        """Whatever STATE has passed is booked, or stands in the dead letters where the settings allow that."""
        if not ended.positions:
            return
        world, scenario = self.world, self.world.scenario
        live, gone = self.live(), self._removed_by_people()
        passed = {world.log[position - 1].key: world.log[position - 1] for position in world.due(0)}
        for key, fact in passed.items():
            if world.log.index(fact) >= max(ended.positions):
                continue
            if fact.flaw or (key not in live and key not in gone):
                lettered = scenario.state_after == "durable" or scenario.on_reject == "advance"
                require(lettered and key in self._letters(), "I5", f"STATE passed {key}, which is not booked")

    def _removed_by_people(self) -> set[str]:
        return {str(event.document["key"]) for event in self.world.books.log if event.what == "removed"}

    def _letters(self) -> str:
        files = self.world.folder.glob("*.dead-letters.jsonl")
        return "".join(file.read_text() for file in files)

    def _confirmed_is_there(self) -> None:
        books = self.world.books.bookings
        for row in self.ledger("SELECT * FROM entry WHERE state = 'confirmed'"):
            number = row["provider_id"] or row["client_id"]
            require(number in books, "I2", f"{number} is confirmed and was never booked")
            self.confirmed.setdefault(number, len(self.world.books.log))

    def _people_are_respected(self) -> None:
        """What a person changed or removed is changed by nobody but people afterwards."""
        touched: set[str] = set()
        known_gone: set[str] = set()
        versioned = self.world.scenario.versioned
        for position, event in enumerate(self.world.books.log):
            if event.what in {"edited", "removed"}:
                touched.add(event.number)
                if event.what == "removed" and position >= self.confirmed.get(event.number, len(self.world.books.log)):
                    known_gone.add(event.number)
            elif event.what == "replaced" and event.number in touched and (versioned or not event.late):
                raise ViolationError("I1", f"{event.number} was changed by hand, and then overwritten")
            elif event.what == "created" and event.number in touched:
                known = event.number in known_gone and not (event.late or self.world.ledger_was_lost)
                require(not known, "I1", f"{event.number} was removed by hand, and then booked again")
                touched.discard(event.number)  # nobody could know that a lost write had arrived before the removal

    def _budget_is_kept(self) -> None:
        budget = self.world.scenario.budget
        if budget is None or self.world.ledger_was_lost:  # what was spent is lost with it
            return
        calls = self.world.network.calls
        for first, last in zip(calls, calls[budget:], strict=False):
            require(last - first > timedelta(hours=24), "I8", f"more than {budget} calls in 24 hours")

    def _nothing_leaks(self, ended: Ended) -> None:
        kept = {
            file.name: file.read_bytes()
            for file in self.world.folder.iterdir()
            if "dead-letters" not in file.name and not file.name.endswith("-shm")
        }
        kept["log"] = ended.logged.encode()
        for secret in (SECRET, BSN, WORDS_OF_THE_PROVIDER):
            for name, content in kept.items():
                require(secret.encode() not in content, "I10", f"{name} holds what must not be there")
        require(SECRET not in self._letters(), "I10", "the dead letters hold a secret")

    # At rest

    def at_rest(self, ended: Ended, *, twice: Collection[str] = ()) -> None:
        """Nothing is on its way any more and nothing goes wrong: all is booked once, or a person knows why not.

        Args:
            ended: The last run.
            twice: Business keys of which a late write made a second booking; that they are reported is judged elsewhere.
        """
        live, gone = self.live(), self._removed_by_people()
        undecided = {row["marker"] for row in self.ledger("SELECT * FROM entry WHERE state = 'needs_human'")}
        for key, fact in self.world.newest().items():
            if key in twice:
                continue
            bookings = live.get(key, [])
            require(len(bookings) <= 1, "I1", f"{key} is booked {len(bookings)} times")
            if not bookings and f"Deferred budget_spent: entry {key}: " in ended.logged:
                continue  # refused records that come again each time spend the few calls before it is its turn
            self._one(fact, bookings, gone, reported=f"entry {key}: " in ended.logged)
        self._totals(live, twice)
        self._known_to_the_ledger({key: bookings for key, bookings in live.items() if key not in twice})
        if not undecided:
            open_rows = self.ledger("SELECT * FROM entry WHERE state IN ('sent', 'in_doubt')")
            require(not open_rows, "I1", f"{len(open_rows)} entries are still in doubt at rest")

    def _one(self, fact: Fact, bookings: Sequence[Booking], gone: set[str], *, reported: bool) -> None:
        world = self.world
        versions = [known for known in world.log if known.key == fact.key]
        bookable = [known for known in versions if not known.flaw]
        if not bookings:
            excused = not bookable or fact.flaw or fact.key in gone
            if world.ledger_was_lost and world.scenario.on_changed == "reverse":
                excused = excused or fact.key in self._letters()
            require(excused, "I1", f"{fact.key} is lost")
            return
        require(bookable, "I1", f"{fact.key} cannot be booked, and is")
        held = bookings[0]
        if held.touched:
            return
        contents = {_written(known): known.version for known in bookable}
        version = contents.get(_held(held.document))
        require(version, "I2", f"{fact.key} is booked with a content that the source never had")
        follows = world.scenario.on_changed in {"update", "reverse"} and not world.ledger_was_lost
        if follows and not fact.flaw and fact.key not in self._touched():
            said = f"{fact.key} is booked as version {version}, not {fact.version}, and nobody was told"
            require(version == fact.version or reported, "I1", said)

    def _touched(self) -> set[str]:
        what = {"edited", "removed"}
        return {str(event.document["key"]) for event in self.world.books.log if event.what in what}

    def _totals(self, live: Mapping[str, Sequence[Booking]], twice: Collection[str]) -> None:
        """Per account and period, all bookings together hold what those that count hold: reversals cancel exactly."""
        everything: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        counting: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for booking in self.world.books.bookings.values():
            if not booking.removed and booking.key not in twice:
                _add(everything, booking)
        for key, bookings in live.items():
            for booking in bookings if key not in twice else ():
                _add(counting, booking)
        sums = {name: amount for name, amount in everything.items() if amount}
        wanted = {name: amount for name, amount in counting.items() if amount}
        edited = any(booking.touched for booking in self.world.books.bookings.values())
        require(sums == wanted or edited, "I6", "the sums per account and period are not those of the entries")

    def _known_to_the_ledger(self, live: Mapping[str, Sequence[Booking]]) -> None:
        rows = self.ledger("SELECT provider_id, client_id, marker FROM entry")
        names = {name for row in rows for name in row.values()}
        for bookings in live.values():
            for booking in bookings:
                ours = {booking.number, booking.mark} & names
                shared = self.world.scenario.strategy == "search"  # then others may have made it
                excused = shared or self.world.ledger_was_lost
                require(ours or excused, "I3", f"{booking.number} is ours, and the ledger does not know it")

    def looks_due(self) -> bool:
        """Whether a write was made twice, and will be looked at once more."""
        return bool(self.ledger("SELECT * FROM step WHERE operation LIKE 'look_again%'"))

    def second_run(self, ended: Ended, *, looks_due: bool) -> None:
        """The same input once more."""
        require(ended.writes == 0, "I9", f"the same input wrote {ended.writes} times more")
        if ended.code == 0 and not looks_due:
            require(ended.calls == 0, "I9", f"the same input cost {ended.calls} calls more")

    def dry_run(self, ended: Ended) -> None:
        require(ended.written == 0, "I7", f"a run that may write nothing wrote {ended.written} times")

    def died(self, ended: Ended) -> bool:
        return ended.code == KILLED


def _written(fact: Fact) -> tuple[Any, ...]:
    amount = Decimal(fact.amount).scaleb(-2)
    account = REFUSED_ACCOUNT if fact.flaw == "refused_by_provider" else "4000"
    return fact.period, account, amount, f"v{fact.version}"


def _held(document: Mapping[str, Any]) -> tuple[Any, ...]:
    first, second = document["lines"]
    return document["date"][:7], first["account"], Decimal(first.get("debit") or 0), second["text"]


def _add(sums: dict[tuple[str, str], Decimal], booking: Booking) -> None:
    for line in booking.document["lines"]:
        amount = Decimal(line.get("debit") or 0) - Decimal(line.get("credit") or 0)
        sums[booking.document["date"][:7], line["account"]] += amount
