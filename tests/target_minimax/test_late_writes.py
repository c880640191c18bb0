"""Writes that were given up and are carried out all the same: within the settle time none is made twice.

Beyond it one may be made twice, because nobody can know; then that is said, and never made a third time. What was
really carried out, and when, stands in the simulator's log of writes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.target_minimax.still_books import Record, StillBooks, StillMinimax, entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provider_simulators.world import World

SETTLE = 15
DAY = "2026-02-28"
EACH_THIRD = 3
"""More doubts in a row would end the run."""


def invoice(key: str) -> Record:
    row = {"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A1", "quantity": 4}
    return "sales_invoices", {"key": key, "date": DAY, "customer": "D001", "payment_days": 14, "lines": [row]}


def order(key: str) -> Record:
    rows = [{"item": "A1", "quantity": 1, "price": 10}]
    return "orders", {"key": key, "received_issued": "P", "customer": "D001", "date": DAY, "order_rows": rows}


def document(key: str) -> Record:
    return "documents", {"key": key, "document_date": DAY, "description": "Pogodba", "customer": "D001"}


KINDS: dict[str, tuple[Callable[[str], Record], str]] = {
    "Journal": (entry, "AddJournal"),
    "IssuedInvoice": (invoice, "AddIssuedInvoice"),
    "Order": (order, "AddOrder"),
    "Document": (document, "AddDocument"),
}


@pytest.fixture
def warm(minimax_world: World, tmp_path: Path) -> Iterator[StillBooks]:
    """An organisation with a ledger that is old enough."""
    with StillMinimax(minimax_world) as simulator:
        books = StillBooks(simulator, tmp_path, {"settle_minutes": SETTLE})
        assert books.deliver().code == 0
        books.pass_time(minutes=SETTLE + 1)
        yield books


def made(books: StillBooks, kind: str) -> Counter[Any]:
    """How often each was made, by its mark."""
    text = {"IssuedInvoice": "Notes", "Order": "Reference"}.get(kind, "Description")
    creates = [write for write in books.writes(kind) if write.action == "create"]
    return Counter(str(write.content[text]).split()[-1] for write in creates)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [2, 200, SETTLE * 60 - 5])
def test_what_arrives_late_within_the_settle_time_is_there_once(warm: StillBooks, kind: str, seconds: int) -> None:
    make, operation = KINDS[kind]
    records = [make(f"R{number}") for number in range(9)]
    for nth in range(1, 10, EACH_THIRD):
        warm.simulator.disturb(operation, "apply_late", status=504, seconds=seconds, nth=nth)
    first = warm.deliver(*records)
    assert first.counts["in_doubt"] + first.counts["success"] == 9, first.letters
    assert len(made(warm, kind)) < 9 or seconds < 10
    for minutes in (5, 11, 5, 16):
        warm.pass_time(minutes=minutes)
        ended = warm.deliver(*records)
    assert (ended.code, ended.calls, ended.counts["existing"]) == (0, 0, 9), ended.error
    assert sorted(made(warm, kind).values()) == [1] * 9
    assert len([write for write in warm.writes(kind) if write.origin.late]) == 9 // EACH_THIRD


def test_what_never_arrives_is_made_once_more_after_the_settle_time_and_not_before(warm: StillBooks) -> None:
    warm.simulator.disturb("AddJournal", "reset_before")
    for minutes in (5, 9, 2):
        assert warm.deliver(entry("R1")).code == 11
        warm.pass_time(minutes=minutes)
    assert made(warm, "Journal") == Counter()
    assert warm.deliver(entry("R1")).code == 11  # not there for the first time
    warm.pass_time(minutes=SETTLE / 4 + 1)
    assert warm.deliver(entry("R1")).code == 0
    assert list(made(warm, "Journal").values()) == [1]


@pytest.mark.parametrize("minutes", [23, 34, 50])
def test_what_arrives_beyond_the_settle_time_is_reported_and_never_made_a_third_time(
    warm: StillBooks, minutes: int
) -> None:
    warm.simulator.disturb("AddJournal", "apply_late", status=504, seconds=minutes * 60)
    assert warm.deliver(entry("R1")).code == 11
    warm.pass_time(minutes=SETTLE + 1)
    assert warm.deliver(entry("R1")).code == 11
    warm.pass_time(minutes=SETTLE / 4 + 1)
    assert warm.deliver(entry("R1")).code == 0  # 20 minutes: made again
    assert list(made(warm, "Journal").values()) == [1]
    codes = []
    for _ in range(6):
        warm.pass_time(minutes=10)
        codes.append(warm.deliver(entry("R1")).code)
    assert list(made(warm, "Journal").values()) == [2]
    assert codes[-1] == 11, codes
    assert warm.deliver().code == 11  # a run without the record says so too
