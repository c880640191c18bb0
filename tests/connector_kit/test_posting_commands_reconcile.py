"""`reconcile` and `adopt`: every difference between source, ledger and books is found, and none where there is none."""

import copy
import io
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.connector_kit.commands_runs import Commands
from tests.connector_kit.posting_provider import Fault
from tests.connector_kit.posting_runs import SCHEMA, entry

FIVE = [
    SCHEMA,
    *(entry(f"k{number}", amount=f"{number + 1}0.05", date=f"2026-{9 + number % 2:02}-30") for number in range(5)),
]


def batch_of(commands: Commands, key: str) -> str:
    return next(number for number, document in commands.provider.batches.items() if document["key"] == key)


def remove(commands: Commands) -> None:
    del commands.provider.batches[batch_of(commands, "k2")]


def double(commands: Commands) -> None:
    document = copy.deepcopy(commands.provider.batches[batch_of(commands, "k2")])
    commands.provider.batches[str(uuid.uuid4())] = document


def other_amount(commands: Commands) -> None:
    lines = commands.provider.batches[batch_of(commands, "k2")]["lines"]
    lines[0]["debit"], lines[1]["credit"] = "30.06", "30.06"


def other_account(commands: Commands) -> None:
    commands.provider.batches[batch_of(commands, "k2")]["lines"][0]["account"] = "4010"


def other_text(commands: Commands) -> None:
    for line in commands.provider.batches[batch_of(commands, "k2")]["lines"]:
        line["text"] = "edited"


def by_hand(commands: Commands) -> None:
    lines = [
        {"account": "4000", "debit": "7.00", "credit": 0, "text": "cash"},
        {"account": "1000", "debit": 0, "credit": "7.00", "text": "cash"},
    ]
    commands.provider.batches[str(uuid.uuid4())] = {"key": "", "date": "2026-10-03", "lines": lines}


@pytest.mark.parametrize(
    ("change", "verdict", "keys"),
    [
        (remove, "missing", ["k2"]),
        (double, "duplicate", ["k2"]),
        (other_amount, "amount", ["k2"]),
        (other_account, "amount", ["k2"]),
        (other_text, "edited", ["k2"]),
        (by_hand, "foreign", [None]),
    ],
)
def test_what_was_changed_in_the_books_is_found_and_nothing_else(
    commands: Commands, change: Callable[[Commands], None], verdict: str, keys: list[str | None]
) -> None:
    texts = [SCHEMA, *(_with_texts(message) for message in FIVE[1:])]
    commands.book(texts)
    change(commands)

    found = commands.json("reconcile", messages=texts)

    assert found.code == 14
    differing = [one for one in found.data["entries"] if one["verdict"] != "same"]
    assert [(one["verdict"], one["key"]) for one in differing] == [(verdict, key) for key in keys]


def _with_texts(message: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(message)
    for line in changed["record"]["lines"]:
        line["description"] = "salary"
    return changed


@pytest.mark.parametrize("change", [remove, double, other_amount, other_account])
def test_amounts_that_differ_show_in_the_totals(commands: Commands, change: Callable[[Commands], None]) -> None:
    commands.book(FIVE)
    change(commands)

    totals = commands.json("reconcile", messages=FIVE).data["differing_totals"]

    assert ({"period": "2026-09", "account": "4000"} in totals) is (change is not double)


@pytest.mark.parametrize("seed", range(20))
def test_books_that_were_left_alone_never_alarm(commands: Commands, seed: int) -> None:
    chance = random.Random(seed)
    entries = [
        entry(f"k{number}", amount=f"{chance.randrange(1, 4)}.{chance.randrange(10, 99)}")
        for number in range(chance.randrange(1, 12))
    ]
    messages = [SCHEMA, *entries]
    commands.book(messages)
    commands.book([SCHEMA, *entries[::-1]])

    found = commands.json("reconcile", messages=messages)

    assert (found.code, found.data["differences"]) == (0, 0)


def test_reconcile_writes_nothing(commands: Commands) -> None:
    commands.book(FIVE)
    before, requests = commands.ledger_files(), len(commands.provider.requests)

    commands("reconcile", messages=[*FIVE, entry("k9")])

    assert commands.ledger_files() == before
    assert {method for method, _ in commands.provider.requests[requests:]} == {"GET"}


def test_without_a_source_ledger_and_books_are_compared(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.book(FIVE)
    remove(commands)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    found = commands.json("reconcile")

    assert found.code == 14
    assert found.data["counts"] | {"present": 4, "missing": 1} == found.data["counts"]


def test_an_entry_that_the_ledger_lost_is_in_the_books_unknown_to_it(commands: Commands) -> None:
    commands.book(FIVE)
    for file in commands.runs.ledger.parent.iterdir():
        file.unlink()

    found = commands.json("reconcile", messages=FIVE)

    assert found.code == 14
    assert found.data["counts"]["unknown"] == 5


def test_an_entry_not_booked_yet_and_one_that_cannot_be_are_told_apart(commands: Commands) -> None:
    commands.book(FIVE)
    found = commands.json("reconcile", messages=[*FIVE, entry("k8"), entry("k9", account="0000")])

    assert found.code == 14
    differing = {one["key"]: one["verdict"] for one in found.data["entries"] if one["verdict"] != "same"}
    assert differing == {"k8": "not_booked", "k9": "rejected"}


def test_a_source_that_has_changed_since_is_no_edit(commands: Commands) -> None:
    commands.book(FIVE)
    changed = [*FIVE[:-1], entry("k4", amount="44.44", date="2026-09-30")]

    found = commands.json("reconcile", messages=changed)

    assert found.code == 14
    assert {one["key"]: one["verdict"] for one in found.data["entries"]}["k4"] == "changed"


def test_doubt_alone_ends_with_its_own_exit_code(commands: Commands) -> None:
    commands("rebuild", "--complete", messages=[SCHEMA])  # so that it is written without a look before
    lost = [Fault(method="GET", action="status", status=500)] * 9
    commands.provider.faults = [Fault(method="PUT", action="reset_after"), *lost]
    commands.book([SCHEMA, entry("k1")])
    commands.provider.faults.clear()

    found = commands.json("reconcile", messages=[SCHEMA, entry("k1")])

    assert found.code == 11
    assert found.data["counts"]["in_doubt"] == 1


def test_bookings_of_others_may_be_allowed(commands: Commands) -> None:
    commands.book(FIVE)
    by_hand(commands)

    assert commands("reconcile", "--allow-foreign", messages=FIVE).code == 0


def test_the_other_period_is_looked_at_when_it_is_named(commands: Commands) -> None:
    messages = [SCHEMA, entry("k1", date="2026-10-31")]
    commands.book(messages)
    commands.provider.batches[batch_of(commands, "k1")]["date"] = "2026-11-30"

    assert commands.json("reconcile", messages=messages).data["counts"]["missing"] == 1
    moved = commands.json("reconcile", "--period", "2026-11", messages=messages).data
    assert (moved["counts"]["missing"], moved["counts"]["amount"]) == (0, 1)


# adopt


def test_entries_that_somebody_may_have_booked_are_told_before_the_first_write(commands: Commands) -> None:
    commands.book(FIVE)
    for file in commands.runs.ledger.parent.iterdir():
        file.unlink()
    batches = {f"theirs {number}": document for number, document in enumerate(commands.provider.batches.values())}
    commands.provider.batches.clear()
    commands.provider.batches |= batches
    batches["theirs 1"]["lines"][0]["text"] = "by hand"
    writes = commands.writes

    found = commands.json("adopt", messages=[*FIVE, entry("k7", amount="700.00", date="2026-10-30")])

    assert found.code == 14
    assert commands.writes == writes
    assert {one["key"]: one["likeness"] for one in found.data["candidates"]} == {
        "k0": "same",
        "k1": "amounts",
        "k2": "same",
        "k3": "same",
        "k4": "same",
    }


def test_what_we_have_booked_ourselves_is_no_candidate(commands: Commands) -> None:
    commands.book(FIVE)
    found = commands.json("adopt", messages=[*FIVE, entry("k7", amount="10.05", date="2026-10-30")])

    assert (found.code, found.data["candidates"]) == (0, [])


def test_a_booking_with_the_same_total_is_a_weaker_candidate(commands: Commands) -> None:
    by_hand(commands)
    found = commands.json("adopt", messages=[SCHEMA, entry("k1", amount="7.00")])

    assert found.code == 14
    assert [one["likeness"] for one in found.data["candidates"]] == ["total"]
