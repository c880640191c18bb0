"""A person who edits at any moment of our updates and actions: no edit is ever overwritten.

Each record has a fate drawn by a seed: what it is, when a person touches it (before our look, between our look and our
write, after it, before the next run), how (a member that is ours, one that is not, a removal, a confirmation), and what
goes wrong with our write. `MINIMAX_INTERLEAVINGS=10000` plays as many of them; a seed is always the same fate.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.target_minimax.still_books import Record, StillBooks, StillMinimax, customer, entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provider_simulators.world import World
    from werkzeug.wrappers import Request

FATES: Final = int(os.environ.get("MINIMAX_INTERLEAVINGS") or 500)
AT_ONCE: Final = 100
"""Records beside each other, in one organisation of its own."""
DAY: Final = "2026-02-28"
MINE: Final = "by hand"
MOMENTS: Final = (
    "as it was made",
    "before the run",
    "before our look",
    "between look and write",
    "after our write",
    "before the next run",
)
BY_NUMBER: Final = re.compile(r"/(\w+)/(\d+)(/actions/\w+)?$")
FAULTS: Final = (None, None, "reset_before", "reset_after", "status_500", "late")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of records: how ours are delivered, and what a person may do to them."""

    stream: str
    model: str
    path: str
    ours: str
    others: str
    action: str | None = None
    confirmed: str = "P"


KINDS: Final = (
    Kind(stream="journal_entries", model="Journal", path="journals", ours="Description", others="Description"),
    Kind(stream="customers", model="Customer", path="customers", ours="City", others="WebSiteURL"),
    Kind(stream="sales_invoices", model="IssuedInvoice", path="issuedinvoices", ours="AddresseeName",
         others="DescriptionAbove", action="issue", confirmed="I"),
    Kind(stream="orders", model="Order", path="orders", ours="Notes", others="DescriptionAbove", action="confirm"),
)  # fmt: skip


@dataclass(kw_only=True)
class Fate:
    """What becomes of one record.

    Attributes:
        key: Its business key.
        edit: What the person does: `ours`, `others`, `touch`, `delete`, `confirm`.
        acts: Our second delivery does the action instead of a change.
        fault: What happens to our first write to it.
        number: Its id at Minimax.
        edited: The person has been there.
    """

    key: str
    kind: Kind
    moment: str
    edit: str
    acts: bool
    fault: str | None
    number: int = 0
    edited: bool = False

    @classmethod
    def of(cls, seed: int) -> Fate:
        draw = Random(seed)
        kind = draw.choice(KINDS)
        edits = ["ours", "ours", "others", "touch", "delete", *(["confirm"] if kind.model != "Customer" else [])]
        return cls(
            key=f"R{seed}",
            kind=kind,
            moment=draw.choice(MOMENTS),
            edit=draw.choice(edits),
            acts=kind.action is not None and draw.random() < 1 / 2,
            fault=draw.choice(FAULTS),
        )

    def record(self, version: int) -> Record:
        """What is delivered, in its so-manieth content."""
        match self.kind.stream:
            case "journal_entries":
                return entry(self.key, f"{100 + version}.00")
            case "customers":
                return customer(self.key, city=f"Mesto {version}")
            case "sales_invoices":
                row = {"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A1", "quantity": 4}
                day = f"2026-02-{1 + int(self.key[1:]) % 28:02}"  # invoices of a day and a customer are read one by one
                parties = {"date": day, "customer": f"D00{1 + int(self.key[1:]) // 28 % 4}", "payment_days": 14}
                own = {"minimax": {"addressee_name": f"Ime {version}"}}
                return "sales_invoices", {"key": self.key, **parties, "lines": [row], **own}
            case _:
                rows = [{"item": "A1", "quantity": 1, "price": 10}]
                order = {"received_issued": "P", "customer": "D001", "date": DAY, "order_rows": rows}
                return "orders", {"key": self.key, **order, "notes": f"Opomba {version}"}

    def delivered(self, version: int) -> list[Record]:
        """The record, and the action if there is one; a record that is acted on does not change."""
        if version == 0 or not self.acts:
            return [self.record(version)]
        act = {"key": f"{self.key} act", "stream": self.kind.stream, "entry_key": self.key, "action": self.kind.action}
        return [self.record(0), ("actions", act)]


@dataclass(kw_only=True)
class Person:
    """Looks over our shoulder, and edits when the fate of a record says so."""

    books: StillBooks
    not_made: list[Fate] = field(default_factory=list)
    fates: dict[tuple[str, int], Fate] = field(default_factory=dict)

    def sees(self, moment: str, request: Request) -> None:
        """A request of ours, before or after it is carried out."""
        if request.method == "POST":
            if moment == "after":
                self._sees_made(request.path.rpartition("/")[2])
            return
        found = BY_NUMBER.search(request.path)
        fate = self.fates.get((found[1], int(found[2]))) if found else None
        if fate is None or fate.edited:
            return
        writes = request.method == "PUT"
        now = {
            ("before", False): "before our look",
            ("before", True): "between look and write",
            ("after", True): "after our write",
        }.get((moment, writes))
        if now == fate.moment:
            self.edit(fate)

    def _sees_made(self, path: str) -> None:
        fate = next((fate for fate in self.not_made if fate.kind.path == path), None)
        if fate is None:
            return
        self.not_made.remove(fate)
        fate.number = int(self.books.writes(fate.kind.model)[-1].key)
        self.fates[path, fate.number] = fate
        if fate.moment == "as it was made":
            self.edit(fate)

    def edit(self, fate: Fate) -> None:
        """Do it."""
        portal, kind, number = self.books.simulator.portal, fate.kind, self.books.number
        fate.edited = True
        held = self.books.organisation.get(kind.model, fate.number)
        assert held is not None
        match fate.edit:
            case "delete":
                portal.delete_record(number, kind.model, fate.number)
            case "touch":
                self.books.simulator.backend.touch(number, fate.number, kind.model)
            case "confirm":
                portal.edit_record(number, kind.model, fate.number, {"Status": kind.confirmed})
            case edit:
                name = kind.ours if edit == "ours" else kind.others
                # A text that carries our mark keeps it: people add to it.
                kept = f"{held[name]} " if name == "Description" else ""
                portal.edit_record(number, kind.model, fate.number, {name: f"{kept}{MINE}"})


def play(books: StillBooks, seeds: range) -> tuple[Counter[str], list[Fate]]:
    """Play fates beside each other: made, edited and changed at once, then delivered again.

    Returns:
        What was said of them, and those whose edit is lost.
    """
    fates = [Fate.of(seed) for seed in seeds]
    person = Person(books=books, not_made=list(fates))
    books.simulator.onlooker = person.sees
    first = books.deliver(*(record for fate in fates for record in fate.delivered(0)))
    assert (first.code, person.not_made) == (0, []), (first.error, first.letters)
    for fate in fates:
        if fate.moment == "before the run":
            person.edit(fate)
        _plan_fault(books, fate)
    told: Counter[str] = Counter()
    for version in (1, 1, 2):
        ended = books.deliver(*(record for fate in fates for record in fate.delivered(version)))
        told.update(letter["code"] for letter in ended.letters)
        told.update({name: ended.counts.get(name, 0) for name in ("updated", "success", "in_doubt")})
        assert ended.code in {0, 10, 11}, ended.error
        for fate in fates:
            if fate.moment == "before the next run" and not fate.edited:
                person.edit(fate)
        books.pass_time(minutes=20)
    told["edited"] = sum(fate.edited for fate in fates)
    return told, [fate for fate in fates if not the_edit_stands(books, fate)]


def _plan_fault(books: StillBooks, fate: Fate) -> None:
    """Let our first write to a record go wrong."""
    meant: dict[str, Any] = {"method": "PUT", "path": rf"/{fate.kind.path}/{fate.number}(/|\?|$)"}
    match fate.fault:
        case "status_500":
            books.simulator.faults.add(action="status", status=500, **meant)
        case "late":
            books.simulator.faults.add(action="apply_late", status=504, seconds=5, **meant)
        case "reset_before" | "reset_after":
            books.simulator.faults.add(action=fate.fault, **meant)


def the_edit_stands(books: StillBooks, fate: Fate) -> bool:
    """Whether what the person did is there, and nothing of ours was written over it."""
    held = books.organisation.get(fate.kind.model, fate.number)
    writes = books.writes(fate.kind.model, fate.number)
    edits = [write.seq for write in writes if write.origin.actor == "portal"]
    if not fate.edited:
        return not edits and held is not None
    if fate.edit == "delete" or held is None:
        return fate.edit == "delete" and held is None
    if fate.edit == "confirm" and held["Status"] != fate.kind.confirmed:
        return False
    name = fate.kind.ours if fate.edit == "ours" else fate.kind.others
    if fate.edit in {"ours", "others"} and not str(held[name]).endswith(MINE):
        return False
    # What is not ours may be written around, because a PUT says again what is held. What is ours may not be touched.
    ours_again = [write for write in writes if write.action == "replace" and edits and write.seq > edits[-1]]
    return fate.edit == "others" or not ours_again


@pytest.fixture
def books(minimax_world: World, tmp_path: Path) -> Iterator[StillBooks]:
    switches = {"calls_per_day": 10**6, "calls_per_month": 10**6, "code_length": 30}
    with StillMinimax(minimax_world, **switches) as simulator:
        settings = {"on_changed": "update", "budget_day": None, "budget_month": None}
        yield StillBooks(simulator, tmp_path, settings)


@pytest.mark.parametrize("begin", range(0, FATES, AT_ONCE))
def test_no_edit_of_a_person_is_ever_overwritten(books: StillBooks, begin: int) -> None:
    seeds = range(begin, min(begin + AT_ONCE, FATES))
    told, lost = play(books, seeds)
    assert not lost, "\n".join(map(str, lost))
    made = [write for kind in KINDS for write in books.writes(kind.model) if write.origin.operation.startswith("Add")]
    assert len(made) == len(seeds)  # what was removed is not made anew
    assert told["edited"] > len(seeds) / 2
    assert min(told["edited_at_provider"], told["gone_at_provider"], told["updated"], told["success"]) > 0
    print(json.dumps({"seeds": [*seeds][:1], **told}))  # noqa: T201 (the figures of the proof, with -s)


def test_a_seed_is_always_the_same_fate() -> None:
    assert vars(Fate.of(7)) == vars(Fate.of(7))
    assert len({(fate.kind.model, fate.moment, fate.edit, fate.fault) for fate in map(Fate.of, range(2000))}) > 250
