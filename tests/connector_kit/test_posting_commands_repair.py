"""`replay`, `resolve` and `rebuild`: what did not go as it should is put right, once."""

import io
import re

import click
import pytest
from connector_kit.posting.commands import books_commands
from connector_kit.posting.ledger import State

from tests.connector_kit.commands_runs import Commands
from tests.connector_kit.posting_provider import Fault
from tests.connector_kit.posting_runs import SCHEMA, entry

LOST = [Fault(method="GET", action="status", status=500)] * 9


def forget_ledger(commands: Commands) -> None:
    for file in commands.runs.ledger.parent.iterdir():
        file.unlink()


@pytest.fixture
def rejected(commands: Commands) -> Commands:
    """Two entries are booked, two rejected because the provider does not know their accounts."""
    commands.provider.refused_accounts = {"4999", "4998"}
    messages = [SCHEMA, entry("k1"), entry("k2", account="4999"), entry("k3"), entry("k4", account="4998")]
    commands.book(messages, on_reject="advance")
    commands.provider.refused_accounts = set()
    return commands


def test_rejected_records_are_booked_when_they_are_replayed(rejected: Commands) -> None:
    done = rejected.json("replay", "--all")

    assert (done.code, done.data["success"]) == (0, 2)
    assert rejected.provider.booked_keys() == ["k1", "k2", "k3", "k4"]


def test_replaying_twice_books_once(rejected: Commands) -> None:
    rejected("replay", "--all")
    done = rejected.json("replay", "--all")

    assert done.data["existing"] == 2
    assert rejected.provider.booked_keys() == ["k1", "k2", "k3", "k4"]


@pytest.mark.parametrize("selection", [("--key", "k4"), ("--code", "refused_by_provider", "--key", "k4")])
def test_only_the_chosen_records_are_replayed(rejected: Commands, selection: tuple[str, ...]) -> None:
    rejected("replay", *selection)

    assert rejected.provider.booked_keys() == ["k1", "k3", "k4"]


def test_a_key_that_is_not_there_is_said(rejected: Commands) -> None:
    done = rejected("replay", "--key", "k1")

    assert done.code == 16
    assert "has no such record: k1" in done.error


def test_the_newest_letter_of_a_record_is_replayed(commands: Commands) -> None:
    for amount in ("10.10", "20.20"):
        commands.book([SCHEMA, entry("k1", account="4999", amount=amount)], on_reject="advance")
    commands.provider.refused_accounts = set()

    assert commands("replay", "--all").code == 0
    (document,) = commands.provider.batches.values()
    assert str(document["lines"][0]["debit"]) == "20.2"


def test_a_record_that_is_still_refused_stays_rejected(rejected: Commands) -> None:
    rejected.provider.refused_accounts = {"4998"}

    assert rejected("replay", "--all").code == 10
    assert rejected.provider.booked_keys() == ["k1", "k2", "k3"]


def test_replay_passes_on_no_state(rejected: Commands) -> None:
    assert "bookmarks" not in rejected("replay", "--all").out


# resolve


@pytest.fixture
def doubtful(commands: Commands) -> Commands:
    """One write was applied, one was not, and of neither an answer came back."""
    commands("rebuild", "--complete", messages=[SCHEMA])  # so that they are written without a look before
    for key, action in (("k1", "reset_after"), ("k2", "reset")):
        commands.provider.faults = [Fault(method="PUT", action=action), *LOST]
        assert commands.book([SCHEMA, entry(key)]) == 11
    commands.provider.faults.clear()
    return commands


def test_doubts_are_resolved_without_a_write(doubtful: Commands) -> None:
    writes = doubtful.writes
    done = doubtful.json("resolve", messages=[SCHEMA, entry("k1"), entry("k2")])

    assert doubtful.writes == writes
    assert done.data["in_doubt_before"] == 2
    assert done.data["success"] == 1


def test_after_resolving_the_next_run_books_what_was_not_there(doubtful: Commands) -> None:
    doubtful("resolve", messages=[SCHEMA, entry("k1"), entry("k2")])

    assert doubtful.book([SCHEMA, entry("k1"), entry("k2")]) == 0
    assert doubtful.provider.booked_keys() == ["k1", "k2"]


def test_nothing_in_doubt_is_said(commands: Commands) -> None:
    commands.book([SCHEMA, entry("k1")])
    done = commands.json("resolve", messages=[])

    assert (done.code, done.data["in_doubt"]) == (0, 0)


# rebuild


def test_after_a_rebuild_a_full_replay_writes_nothing(commands: Commands) -> None:
    messages = [SCHEMA, *(entry(f"k{number}") for number in range(6))]
    commands.book(messages)
    forget_ledger(commands)

    done = commands.json("rebuild", "--complete", messages=messages)
    writes, requests = commands.writes, len(commands.provider.requests)
    commands.book(messages)

    assert (done.code, done.data["existing"], done.data["warm"]) == (0, 6, True)
    assert commands.writes == writes == 6
    assert len(commands.provider.requests) - requests == 1  # the preflight's


def test_a_rebuild_writes_nothing_and_the_next_run_books_what_is_missing(commands: Commands) -> None:
    commands.book([SCHEMA, entry("k1")])
    forget_ledger(commands)

    commands("rebuild", "--complete", messages=[SCHEMA, entry("k1"), entry("k2")])
    assert commands.writes == 1
    assert commands.book([SCHEMA, entry("k1"), entry("k2")]) == 0
    assert commands.provider.booked_keys() == ["k1", "k2"]


def test_a_source_that_is_not_complete_leaves_the_ledger_cold(commands: Commands) -> None:
    commands.book([SCHEMA, entry("k1"), entry("k2")])
    forget_ledger(commands)

    done = commands.json("rebuild", messages=[SCHEMA, entry("k1")])
    commands.book([SCHEMA, entry("k1"), entry("k2")])

    assert done.data["warm"] is False
    assert commands.writes == 2


def test_what_somebody_has_changed_is_not_written_over_after_a_rebuild(commands: Commands) -> None:
    messages = [SCHEMA, entry("k1"), entry("k2")]
    commands.book(messages)
    forget_ledger(commands)
    number = next(number for number, document in commands.provider.batches.items() if document["key"] == "k1")
    edited = commands.provider.batches[number]["lines"] = [{"account": "9999"}]

    done = commands.json("rebuild", "--complete", messages=messages)
    commands.book(messages)

    assert (done.code, done.data["different"]) == (14, 1)
    assert commands.provider.batches[number]["lines"] == edited
    assert commands.writes == 2


def test_a_rebuild_that_cannot_look_is_not_taken_for_one(commands: Commands) -> None:
    messages = [SCHEMA, entry("k1")]
    commands.book(messages)
    forget_ledger(commands)
    commands.provider.faults = list(LOST)

    done = commands.json("rebuild", "--complete", messages=messages)

    assert (done.code, done.data["warm"], done.data["unsure"]) == (11, False, 1)


def test_a_ledger_that_was_rolled_back_is_accepted_by_a_rebuild_only(commands: Commands) -> None:
    commands.book([SCHEMA, entry("k1")])
    old = commands.runs.ledger.read_bytes()
    commands.book([SCHEMA, entry("k1"), entry("k2")])
    commands.runs.ledger.write_bytes(old)
    for name in ("-wal", "-shm"):
        commands.runs.ledger.with_name(commands.runs.ledger.name + name).unlink(missing_ok=True)

    assert commands.runs.run([SCHEMA, entry("k1"), entry("k2")]).code == 16
    assert commands("rebuild", "--complete", messages=[SCHEMA, entry("k1"), entry("k2")]).code == 0
    assert commands.book([SCHEMA, entry("k1"), entry("k2")]) == 0
    assert commands.writes == 2


def test_states_of_the_ledger_are_those_that_commands_know() -> None:
    assert set(State) == {"intent", "sent", "confirmed", "rejected", "deferred", "in_doubt", "needs_human"}


# what a stranger meets


@pytest.mark.parametrize("name", ["plan", "apply", "rebuild", "adopt"])
def test_without_records_a_command_says_what_to_pipe_in(
    commands: Commands, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal())

    with pytest.raises(click.UsageError, match=r"pipe in what a tap writes .* or name a file of it with --input"):
        commands(name, *(("--plan", "x") if name == "apply" else ()))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("name", "said"), [("resolve", "in doubt"), ("reconcile", "no records to compare")])
def test_a_ledger_that_is_not_there_is_said_and_not_made(commands: Commands, name: str, said: str) -> None:
    done = commands(name, messages=[])

    assert (done.code, said in done.error, str(commands.runs.ledger) in done.error) == (16, True, True)
    assert commands.ledger_files() == {}


def test_nothing_to_replay_is_said(commands: Commands) -> None:
    done = commands.json("replay", "--all")

    assert (done.code, done.data["received"]) == (0, 0)
    assert "has no such records" in done.data["verdict"]


@pytest.mark.parametrize("command", books_commands(), ids=lambda command: str(command.name))
def test_every_command_says_how_it_ends_and_names_its_arguments(command: click.Command) -> None:
    text = command.get_help(click.Context(command))

    assert re.search(r"\b[Ee]nds\b", text)
    assert not re.search(r"\b(TEXT|INTEGER)\b", text.replace("--config TEXT", ""))
    assert "--json" in text or command.name == "apply"
