"""Whatever is not known about Minimax, in each of its readings: the same journey ends the same way, or says why not.

The readings are the switches of the simulator. Each is tried by itself beside the defaults of the others (and the
switches without which it would mean nothing), so one that is added there is tried here, or fails for want of positions.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

import pytest
from provider_simulators.minimax import Country, MinimaxSwitches

from tests.target_minimax.positions import (
    ENVIRONMENT,
    FREE,
    ORGANISATION,
    AskedSwitches,
    Position,
    positions,
    switches,
)
from tests.target_minimax.still_books import Ended, Record, StillBooks, StillMinimax, customer, entry, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provider_simulators.world import World

DAY: Final = "2026-02-28"
VAT: Final = {"SI": 22, "HR": 25, "RS": 20}
HOME_DATE_APPROVED: Final = {"RS": {"date_approved": DAY}}
BESIDE: Final[dict[str, dict[str, Any]]] = {
    "limit_answer": {"calls_per_day": 25},
    "long_texts": {"unpublished_length": 250},
    "unsorted": {"page_size_max": 50},
    "validation_status": {"code_length": 3},
    "messages": {"code_length": 3},
    "property_names": {"code_length": 3},
}
"""Switches without which another one would mean nothing."""


def switches_of(position: Position) -> dict[str, Any]:
    """Of its simulator."""
    return BESIDE.get(position.switch, {}) | {position.switch: position.value}


ALL: Final = [
    each for each in positions() if each.switch == "localisation" or each.switch in BESIDE or not each.default
]
"""The defaults of all together are tried once, in `localisation`."""


def records(country: str, *, changed: bool = False) -> list[Record]:
    """What is written: a customer, a journal with VAT, and documents of each way of being found again."""
    vat = VAT[country]
    base = 200 if changed else 100
    tax = base * vat // 100
    lines = [line("1200", str(base + tax), customer="K1"), line("7600", f"-{base}"), line("2600", f"-{tax}")]
    book = {"vat_book": "IR", "document": "R-1", "journal_entry_external_id": "1"}
    vat_entries = [book | {"vat_entry_rows": [{"vat_rate": "S", "vat_base": base, "vat": tax}]}]
    row = {"account": "7600", "amount": base, "vat_amount": tax, "vat_code": "S", "item": "A1", "quantity": 4}
    notes = {"notes": "changed"} if changed else {}
    return [
        customer("K1", city="Mesto" if changed else "Kraj"),
        entry("J1", lines=lines, description="Promet", minimax={"vat_entries": vat_entries}),
        ("sales_invoices", {"key": "F1", "date": DAY, "customer": "K1", "payment_days": 14, "lines": [row]}),
        (
            "purchase_invoices",
            {
                "key": "P1",
                "date": DAY,
                "supplier": "D001",
                "number": "R-77",
                "due_date": "2026-03-30",
                "lines": [{"account": "4100", "amount": base, "vat_amount": tax}],
                "minimax": HOME_DATE_APPROVED.get(country, {}),
            },
        ),
        (
            "orders",
            {
                "key": "B1",
                "received_issued": "P",
                "customer": "K1",
                "date": DAY,
                "reference": "N-10",
                "order_rows": [{"item": "A1", "quantity": 1, "price": 10}],
                **notes,
            },
        ),
    ]


ISSUE: Final[Record] = (
    "actions",
    {"key": "F1 issue", "stream": "sales_invoices", "entry_key": "F1", "action": "issue"},
)
KINDS: Final = {
    "Customer": "AddCustomer",
    "Journal": "AddJournal",
    "IssuedInvoice": "AddIssuedInvoice",
    "ReceivedInvoice": "AddReceivedInvoice",
    "Order": "AddOrder",
}


@pytest.fixture
def start(minimax_world: World, tmp_path: Path) -> Iterator[Callable[..., StillBooks]]:
    running: list[StillMinimax] = []

    def begin(**switches: Any) -> StillBooks:
        simulator = StillMinimax(minimax_world, **switches)
        simulator.start()
        running.append(simulator)
        books = StillBooks(simulator, tmp_path, {"on_changed": "update"})
        if switches.get("localisation") is Country.HR:
            employee = next(iter(books.organisation.table("Employee").values()))
            books.settings["default_employee"] = employee["TaxNumber"]
        return books

    yield begin
    for simulator in running:
        simulator.stop()


def a_refused_customer(books: StillBooks) -> None:
    """Too long a code for this Minimax: rejected in its own words, and the others are written."""
    ended = books.deliver(customer("K1234"), customer("K9"))
    assert (ended.code, ended.reasons, ended.counts["success"]) == (10, {"refused_by_provider"}, 1), ended.letters
    assert ended.letters[0]["provider_text"]


def a_code_that_was_taken(books: StillBooks) -> None:
    """Somebody else makes a customer between our look and our POST: with another content it is theirs."""
    theirs = {**books.organisation.by_code("Customer", "D001"), "Code": "K9"}  # type: ignore[dict-item]  # it is there
    body = {name: {"ID": value} if name in {"Country", "Currency"} else value for name, value in theirs.items()}
    books.simulator.incidents.add("add_record", "AddCustomer", administration=books.number, kind="Customer", body=body)
    ended = books.deliver(customer("K9"))
    assert (ended.code, ended.reasons) == (10, {"changed_after_booking"}), ended.letters
    assert [write.origin.actor for write in books.writes("Customer")] == ["portal"]


def an_edit_in_between(books: StillBooks) -> None:
    """A person edits between our look and our PUT: it stays as the person has made it."""
    books.deliver(customer("K9"))
    (held,) = books.held("Customer")
    mine = {"administration": books.number, "kind": "Customer", "key": held["CustomerId"], "changes": {"City": "Mine"}}
    books.simulator.incidents.add("edit_record", "UpdateCustomer", **mine)
    ended = books.deliver(customer("K9", city="Mesto"))
    assert (ended.code, ended.reasons) == (10, {"edited_at_provider"}), ended.letters
    assert books.held("Customer")[0]["City"] == "Mine"


def what_is_referred_to_is_gone(books: StillBooks) -> None:
    """An item that we know is removed before our invoice comes: no invoice, and no second one when it is there."""
    item = books.organisation.by_code("Item", "A2")
    assert item is not None
    gone = {"administration": books.number, "kind": "Item", "key": item["ItemId"]}
    books.simulator.incidents.add("delete_record", "AddIssuedInvoice", **gone)
    row = {"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A2"}
    invoice = {"key": "F9", "date": DAY, "customer": "D001", "payment_days": 14, "lines": [row]}
    ended = books.deliver(("sales_invoices", invoice))
    assert ended.code in {10, 11}, ended.error  # refused, or a server error of which nobody knows what it did
    assert books.held("IssuedInvoice") == []
    books.lose_ledger()


def a_wrong_password(books: StillBooks) -> None:
    """Tried once, remembered, and not tried again; the right one works unless Minimax has locked it by then."""
    wrong = "wrong"
    for _ in range(2):
        assert books.deliver(customer("K1"), password=wrong).code == 13
    assert len(books.simulator.log.effects("login_refused")) == 1
    if books.simulator.logins.locked:
        assert books.deliver(customer("K1")).code == 13
        books.simulator.logins.recreate()


def a_right_that_is_withdrawn(books: StillBooks) -> None:
    """In the middle of a run: it ends, and nothing is in doubt for ever."""
    books.simulator.incidents.add("withdraw_right", "AddCustomer", administration=books.number)
    ended = books.deliver(customer("K9"), customer("K8"))
    assert (ended.code, books.held("Customer")) in [(13, []), (1, [])], ended.error
    books.simulator.portal.grant_right(books.number)


def a_token_that_ends(books: StillBooks) -> None:
    """In the middle of a run: a new one, and nothing twice."""
    books.simulator.incidents.add("expire_access_tokens", "AddCustomer")
    assert books.deliver(customer("K9")).code == 0
    assert len(books.held("Customer")) == 1


FIRST: Final[dict[str, Callable[[StillBooks], None]]] = {
    "rejection": a_wrong_password,
    "lock_after": a_wrong_password,
    "token_seconds": a_token_that_ends,
    "refresh": a_token_that_ends,
    "foreign_status": a_right_that_is_withdrawn,
    "validation_status": a_refused_customer,
    "messages": a_refused_customer,
    "property_names": a_refused_customer,
    "duplicate_status": a_code_that_was_taken,
    "concurrency_status": an_edit_in_between,
    "bad_reference": what_is_referred_to_is_gone,
}
"""What happens before the journey, so that the switch comes up."""


def nothing_can_be_written(books: StillBooks) -> None:
    """Without the right to write, the run ends before it begins."""
    ended = books.deliver(*records("SI"))
    assert (ended.code, ended.calls, len(books.simulator.writes)) == (13, 0, 0), ended.error


def no_journal_can_be_changed(books: StillBooks) -> None:
    """Journals that are confirmed at once stay as they were booked; `reverse` takes them back."""
    assert books.deliver(*records("SI")).code == 0
    changed = books.deliver(*records("SI", changed=True))
    assert (changed.code, changed.reasons, changed.counts["updated"]) == (10, {"refused_by_provider"}, 4), (
        changed.letters
    )
    assert [write.action for write in books.writes("Journal")] == ["create"]


INSTEAD: Final[dict[str, Callable[[StillBooks], None]]] = {
    "api_right=False": nothing_can_be_written,
    f"without_right=[{ORGANISATION}]": nothing_can_be_written,
    "journal_status=P": no_journal_can_be_changed,
}
"""Positions in which the journey cannot be made as it is."""


def until_done(books: StillBooks, *wanted: Record) -> Ended:
    """Run, and when the calls are used up again when Minimax allows more, as the message says."""
    for _ in range(12):
        ended = books.deliver(*wanted)
        if ended.code != 12:
            return ended
        books.pass_time(days=1 if books.simulator.switches.calls_per_month > 1000 else 31)
    raise AssertionError(ended.error)


def journey(books: StillBooks) -> None:
    """Written with a lost answer, changed with a lost answer, issued with a lost answer, repeated, found again."""
    simulator, country = books.simulator, str(books.simulator.switches.localisation)
    for operation in KINDS.values():
        simulator.disturb(operation, "reset_after")
    first = until_done(books, *records(country))
    assert first.code == 0, (first.error, first.letters)
    for operation in ("UpdateCustomer", "UpdateJournal", "CustomActionIssuedInvoice"):
        simulator.disturb(operation, "reset_after")
    changed = [*records(country, changed=True), ISSUE]
    second = until_done(books, *changed)
    assert second.code == 0, (second.error, second.letters)
    third = books.deliver(*changed)
    assert (third.code, third.calls, third.counts["existing"]) == (0, 0, len(changed)), third.letters
    books.lose_ledger()
    fourth = until_done(books, *changed)
    assert (fourth.code, fourth.counts["existing"]) == (0, len(changed)), (fourth.error, fourth.letters)
    assert_once(books)


def assert_once(books: StillBooks) -> None:
    """Each record is there once, as it was delivered last; nothing that was sent was lost on the way."""
    ours = [write for kind in KINDS for write in books.writes(kind) if write.origin.operation == KINDS[kind]]
    made = [write for write in ours if write.content.get("Code", "K1") == "K1"]
    assert sorted(write.kind for write in made) == sorted(KINDS)
    held = {write.kind: books.organisation.table(write.kind)[int(write.key)] for write in made}
    assert held["Customer"]["City"] == "Mesto"
    vat = VAT[str(books.simulator.switches.localisation)]
    amounts = [row["Debit"] - row["Credit"] for row in held["Journal"]["JournalEntries"]]
    assert amounts == [200 + 2 * vat, -200, -2 * vat]
    assert held["Journal"]["VatEntries"][0]["VatEntryRows"][0]["VatBase"] == 200
    assert (held["IssuedInvoice"]["Status"], held["IssuedInvoice"]["InvoiceValue"]) == ("I", 200 + 2 * vat)
    assert held["Order"]["Notes"] == "changed"
    for effect in ("members_ignored", "members_truncated", "parameters_ignored"):
        assert books.simulator.log.effects(effect) == []


@pytest.mark.parametrize("position", ALL, ids=str)
def test_the_journey_ends_the_same_in_every_position_of_every_switch(
    start: Callable[..., StillBooks], position: Position
) -> None:
    books = start(**switches_of(position))
    if instead := INSTEAD.get(str(position)):
        instead(books)
        return
    if first := FIRST.get(position.switch):
        first(books)
    journey(books)


def test_what_is_named_here_is_a_switch_of_the_simulator() -> None:
    names = {each.name for each in fields(MinimaxSwitches)}
    assert {*FREE, *BESIDE, *FIRST} <= names
    assert INSTEAD.keys() <= {str(position) for position in ALL}
    assert {position.switch for position in ALL} == names


def test_a_position_of_the_environment_holds_where_a_test_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for position in positions():
        monkeypatch.setenv(ENVIRONMENT, position.text)
        assert getattr(switches(), position.switch) == position.value
        assert getattr(switches(**{position.switch: "said"}), position.switch) == "said"
    monkeypatch.delenv(ENVIRONMENT)
    assert asdict(switches()) == asdict(MinimaxSwitches())


def test_what_is_asked_for_is_noted() -> None:
    AskedSwitches.asked.clear()
    assert switches().location == "full"
    assert AskedSwitches.asked == {"location"}
