"""`adopt --accept`: what others have booked or changed is taken over as it stands, once, and nothing is written there."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import click
import pytest
from connector_kit.posting.ledger import Binding, Entry, Ledger, State

from tests.connector_kit.commands_runs import Commands
from tests.connector_kit.commands_target import TargetTinyBooks
from tests.connector_kit.posting_provider import Fault
from tests.connector_kit.posting_runs import SCHEMA, entry

OURS = [SCHEMA, entry("k1", amount="10.05"), entry("k2", amount="20.05")]
LOST = [Fault(method="GET", action="status", status=500)] * 9
_numbers = itertools.count(1)


def by_somebody(commands: Commands, *records: Mapping[str, Any], number: str | None = None, text: str = "") -> None:
    """Somebody else books the same facts, under identifiers of theirs."""
    provider = commands.provider
    before = dict(provider.batches)
    ledger, commands.settings["ledger"] = (
        commands.settings["ledger"],
        str(commands.folder / f"t{next(_numbers)}.sqlite3"),
    )
    commands.settings["identity_secret"] = "theirs"
    assert commands.book([SCHEMA, *records]) == 0
    commands.settings["ledger"] = ledger
    del commands.settings["identity_secret"]
    for batch_id in provider.batches.keys() - before.keys():
        document = provider.batches.pop(batch_id)
        if text:
            document["lines"][0]["text"] = text
        provider.batches[number or f"00000000-0000-4000-8000-{next(_numbers):012}"] = document
    provider.effects.clear()
    provider.requests.clear()


def ledger_rows(commands: Commands, **settings: Any) -> tuple[list[Entry], list[tuple[str, str | None, str]]]:
    """Entries, and what the log says: operation, outcome and run."""
    target = TargetTinyBooks(config={**commands.settings, **settings})
    binding = Binding(administration=target.administration(), base_url=target.base_url(), secret=b"")
    with Ledger.open(commands.runs.ledger, binding=binding, run="", read_only=True) as ledger:
        with ledger.store.reading() as connection:
            log = connection.exec_driver_sql(
                "SELECT state, outcome, run FROM attempt WHERE state != 'run' ORDER BY seq"
            ).all()
            rows = connection.exec_driver_sql("SELECT * FROM entry ORDER BY entity_key").mappings().all()
        return [Entry.of(dict(row)) for row in rows], [(row[0], row[1], row[2]) for row in log]


def edit(commands: Commands, key: str, account: str = "4100") -> dict[str, Any]:
    """A person changes what is booked."""
    document: dict[str, Any] = next(one for one in commands.provider.batches.values() if one["key"] == key)
    document["lines"][0]["account"] = account
    return document


def accepted(commands: Commands, *arguments: str, messages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Accept, and say what was taken over, by key."""
    writes = commands.writes
    done = commands.json("adopt", *arguments, messages=messages)
    assert done.error == ""
    assert commands.writes == writes
    return {one["key"]: one["origin"] for one in done.data["accepted"]}


# bookings of somebody else


def test_a_booking_of_somebody_else_that_is_accepted_is_never_booked_again(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))

    assert accepted(commands, "--accept", "k1", messages=OURS) == {"k1": "somebody"}
    code, tally, _ = commands.runs.run_here(OURS, **commands.settings)

    assert (code, tally["existing"], tally["success"]) == (0, 1, 1)
    assert commands.provider.booked_keys() == ["k2"]


def test_the_ledger_says_what_was_adopted_when_and_in_which_run(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"), number="theirs 1")
    accepted(commands, "--accept", "k1", messages=OURS)

    (row,), log = ledger_rows(commands)

    assert (row.state, row.operation, row.provider_id) == (State.CONFIRMED, "adopt", "theirs 1")
    assert log == [("intent", None, row.run), ("confirmed", "adopted", row.run)]
    assert row.booked_hash == row.content_hash


def test_accepting_twice_is_accepting_once(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))
    accepted(commands, "--accept", "k1", messages=OURS)
    before = ledger_rows(commands)

    assert accepted(commands, "--accept", "k1", messages=OURS) == {"k1": "settled"}
    assert ledger_rows(commands) == before


def test_what_was_accepted_is_no_candidate_any_more_and_agrees(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"), entry("k2", amount="20.05"), text="by hand")
    first = commands.json("adopt", messages=OURS)
    accepted(commands, "--accept", "k1", "--accept", "k2", messages=OURS)
    second = commands.json("adopt", messages=OURS)
    found = commands.json("reconcile", messages=OURS)

    assert (first.code, len(first.data["candidates"])) == (14, 2)
    assert (second.code, second.data["candidates"]) == (0, [])
    assert (found.code, found.data["counts"]["adopted"]) == (0, 2)


def test_a_new_content_of_what_was_taken_over_is_not_booked_beside_it(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))
    accepted(commands, "--accept", "k1", messages=OURS[:2])

    assert commands.book([SCHEMA, entry("k1", amount="11.11")]) == 10
    assert commands.writes == 0


def test_of_two_bookings_that_are_alike_one_must_be_named(commands: Commands) -> None:
    for number in ("theirs 1", "theirs 2"):
        by_somebody(commands, entry("k1", amount="10.05"), number=number)

    refused = commands("adopt", "--accept", "k1", messages=OURS)
    assert refused.code == 16
    assert "2 bookings are like it (theirs 1, theirs 2); say which with --booking" in refused.error
    assert accepted(commands, "--accept", "k1", "--booking", "theirs 2", messages=OURS) == {"k1": "somebody"}
    (row,), _ = ledger_rows(commands)
    assert row.provider_id == "theirs 2"


def test_one_booking_is_not_taken_over_for_two_entries(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))
    twins = [SCHEMA, entry("k1", amount="10.05"), entry("k2", amount="10.05")]

    refused = commands("adopt", "--accept", "k1", "--accept", "k2", messages=twins)
    assert (refused.code, "are like the same booking" in refused.error) == (16, True)
    assert accepted(commands, "--accept-all", "--yes", messages=twins) == {}
    assert accepted(commands, "--accept", "k2", messages=twins) == {"k2": "somebody"}
    assert commands.book(twins) == 0
    assert commands.provider.booked_keys() == ["k1"]


def test_all_exact_matches_are_accepted_and_only_those(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))
    by_somebody(commands, entry("k2", amount="20.05"), text="by hand")

    assert accepted(commands, "--accept-all", "--yes", messages=OURS) == {"k1": "somebody"}
    left = commands.json("adopt", messages=OURS).data["candidates"]
    assert [(one["key"], one["likeness"]) for one in left] == [("k2", "amounts")]


def test_one_that_is_refused_refuses_all(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))

    refused = commands("adopt", "--accept", "k1", "--accept", "k2", messages=OURS)

    assert (refused.code, refused.error) == (
        16,
        "--accept: k2: the books hold nothing that is like it; nothing was taken over",
    )
    assert ledger_rows(commands)[0] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--accept", "k9"), "--accept: the source has no such record: k9"),
        (("--accept", "k1", "--stream", "other"), "--accept: the source has no such record: k1"),
        (("--accept-all",), "--accept-all takes over every exact match at once; if that is meant, add --yes"),
        (("--accept-all", "--yes", "--accept", "k1"), "give either --accept or --accept-all"),
        (("--booking", "1"), "--booking chooses for one --accept KEY"),
    ],
)
def test_what_is_not_clear_is_refused_in_a_line(commands: Commands, arguments: tuple[str, ...], message: str) -> None:
    try:
        said = commands("adopt", *arguments, messages=OURS).error
    except click.UsageError as error:
        said = error.format_message()

    assert said == message


def test_two_contents_of_one_entry_are_not_chosen_from(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))
    refused = commands("adopt", "--accept", "k1", messages=[*OURS, entry("k1", amount="10.06")])

    assert (refused.code, "several contents" in refused.error) == (16, True)


def test_what_cannot_be_booked_is_not_taken_over(commands: Commands) -> None:
    refused = commands("adopt", "--accept", "k3", messages=[*OURS, entry("k3", account="0000")])

    assert (refused.code, "does not exist" in refused.error) == (16, True)


def test_while_a_run_is_under_way_nothing_is_accepted(commands: Commands) -> None:
    by_somebody(commands, entry("k1", amount="10.05"))
    target = TargetTinyBooks(config=commands.settings)
    binding = Binding(administration=target.administration(), base_url=target.base_url(), secret=b"")
    commands.runs.ledger.parent.mkdir(exist_ok=True)
    with Ledger.open(commands.runs.ledger, binding=binding, run="another"):
        assert commands("adopt", "--accept", "k1", messages=OURS).code == 15


# our own bookings, changed by a person


def test_a_persons_edit_that_is_accepted_stays_and_the_record_is_settled(commands: Commands) -> None:
    commands.book(OURS)
    edited = edit(commands, "k1")
    changed = [SCHEMA, entry("k1", amount="12.12")]
    assert commands.book(changed) == 10
    reported = commands.json("adopt", messages=changed)

    assert (reported.code, [one["key"] for one in reported.data["changed"]]) == (14, ["k1"])
    assert accepted(commands, "--accept", "k1", messages=changed) == {"k1": "edited"}
    assert commands.book(changed) == 0
    assert edit(commands, "k1") is edited
    assert commands.writes == 2


def test_a_later_content_is_judged_anew_and_may_be_accepted_again(commands: Commands) -> None:
    commands.book(OURS)
    edit(commands, "k1")
    accepted(commands, "--accept", "k1", messages=[SCHEMA, entry("k1", amount="12.12")])

    later = [SCHEMA, entry("k1", amount="13.13")]
    assert commands.book(later) == 10
    assert accepted(commands, "--accept", "k1", messages=later) == {"k1": "edited"}
    assert commands.book(later) == 0


def test_what_was_accepted_as_a_person_left_it_agrees(commands: Commands) -> None:
    commands.book(OURS)
    edit(commands, "k1")
    before = commands.json("reconcile", messages=OURS)
    accepted(commands, "--accept", "k1", messages=OURS)
    after = commands.json("reconcile", messages=OURS)

    assert (before.code, before.data["counts"]["amount"]) == (14, 1)
    assert (after.code, after.data["counts"]["adopted"], after.data["counts"]["same"]) == (0, 1, 1)


def test_what_is_as_we_booked_it_needs_no_acceptance(commands: Commands) -> None:
    commands.book(OURS)
    before = ledger_rows(commands)

    assert accepted(commands, "--accept", "k1", messages=OURS) == {"k1": "settled"}
    assert ledger_rows(commands) == before


def test_the_calls_of_an_acceptance_are_counted(commands: Commands, caplog: pytest.LogCaptureFixture) -> None:
    commands.settings["budget_day"] = 100
    commands.book(OURS)
    edit(commands, "k1")

    def left() -> int:
        return int(commands.json("plan", messages=[SCHEMA]).data["calls"]["left"])

    before, requests = left(), len(commands.provider.requests)
    accepted(commands, "--accept", "k1", messages=OURS)
    made = len(commands.provider.requests) - requests

    assert left() == before - made - 1  # with the preflight of the plan that says so
    assert "not counted" not in caplog.text


def test_what_a_person_has_removed_is_not_taken_over(commands: Commands) -> None:
    commands.book(OURS)
    commands.provider.batches.clear()

    refused = commands("adopt", "--accept", "k1", messages=OURS)
    assert (refused.code, "is not in the books any more" in refused.error) == (16, True)


def test_a_doubt_is_not_settled_by_acceptance(commands: Commands) -> None:
    commands("rebuild", "--complete", messages=[SCHEMA])  # so that it is written without a look before
    commands.provider.faults = [Fault(method="PUT", action="reset"), *LOST]
    commands.book(OURS[:2])
    commands.provider.faults.clear()

    refused = commands("adopt", "--accept", "k1", messages=OURS[:2])
    assert (refused.code, "run `resolve` first" in refused.error) == (16, True)


def test_books_that_do_not_answer_are_not_taken_over(commands: Commands) -> None:
    commands.book(OURS)
    commands.provider.faults = list(LOST)

    refused = commands("adopt", "--accept", "k1", messages=OURS)
    assert (refused.code, "run again later" in refused.error) == (16, True)


def test_another_mapping_does_not_write_over_what_a_person_has_left(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.book(OURS)
    edited = dict(edit(commands, "k1"))
    accepted(commands, "--accept", "k1", messages=OURS)
    monkeypatch.setattr("tests.connector_kit.posting_target.Entries.mapping_version", "2")

    assert commands.book(OURS, on_changed="update") == 10
    assert edited in commands.provider.batches.values()
