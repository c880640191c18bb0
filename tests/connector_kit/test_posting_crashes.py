"""Killed at every failpoint, the next run books every entry exactly once: real processes, SIGKILL."""

from collections import Counter

import pytest
from connector_kit.posting import target, transport
from connector_kit.posting.failpoints import registered

from tests.connector_kit.posting_provider import BooksProvider, Fault
from tests.connector_kit.posting_runs import SCHEMA, TargetRuns, entries_with_states, entry, state

assert target, transport  # imported for the failpoints that they register
ALL = [name for name in registered() if name.partition(".")[0] in {"ledger", "poster", "http", "state", "dead_letters"}]
ONLY_WITH_A_REJECT = {name for name in ALL if name.startswith(("dead_letters.", "ledger.rejected."))}
ONLY_IN_DOUBT = {name for name in ALL if name.startswith("ledger.in_doubt.")}
ONLY_SPECIAL = {
    **{name: Fault(method="PUT", action="status", status=423) for name in ALL if name.startswith("ledger.deferred.")},
    **{name: Fault(method="PUT", action="edited") for name in ALL if name.startswith("ledger.needs_human.")},
}
ALWAYS = [name for name in ALL if name not in {*ONLY_WITH_A_REJECT, *ONLY_IN_DOUBT, *ONLY_SPECIAL}]


def test_every_registered_failpoint_is_tested() -> None:
    assert set(ALL) == set(registered())
    assert len(ALL) == 25


@pytest.mark.parametrize("name", sorted(ONLY_SPECIAL))
def test_killed_while_leaving_an_entry_to_later_the_others_are_booked_once(
    name: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = entries_with_states(2)
    books_provider.faults.append(ONLY_SPECIAL[name])

    killed = target_runs.run(messages, failpoint=name)

    assert (killed.code, killed.positions) == (-9, []), f"{name} was not reached: {killed.err}"
    again = target_runs.run(messages)
    edited = "needs_human" in name
    assert (again.code, again.positions) == ((11, []) if edited else (0, [1, 2])), again.err
    assert books_provider.booked_keys() == ["k1", "k2"]


@pytest.mark.parametrize("name", ALWAYS)
def test_killed_anywhere_every_entry_is_booked_once(
    name: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = entries_with_states(3)
    # Requests: 1 preflight, then look-up and write of each entry; the 5th is the write of the second.
    nth = 5 if name.startswith("http.") else 2

    killed = target_runs.run(messages, failpoint=f"{name}:{nth}")

    assert killed.code == -9, f"{name} was not reached: {killed.err}"
    assert len(killed.positions) <= len(set(books_provider.booked_keys()))
    again = target_runs.run(messages)
    assert (again.code, again.positions[-1]) == (0, 3), again.err
    assert books_provider.booked_keys() == ["k1", "k2", "k3"]


@pytest.mark.parametrize("action", ["reset", "reset_after"])
@pytest.mark.parametrize("name", sorted(ONLY_IN_DOUBT | {"poster.before_read", "poster.after_read"}))
def test_killed_while_resolving_a_doubt_every_entry_is_booked_once(
    name: str, action: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = entries_with_states(2)
    books_provider.faults.append(Fault(method="PUT", action=action))
    nth = 2 if name.startswith("poster.") else 1  # the first look-up is that of the new ledger

    killed = target_runs.run(messages, failpoint=f"{name}:{nth}")

    assert (killed.code, killed.positions) == (-9, []), f"{name} was not reached: {killed.err}"
    again = target_runs.run(messages)
    assert (again.code, again.positions) == (0, [1, 2]), again.err
    assert books_provider.booked_keys() == ["k1", "k2"]


@pytest.mark.parametrize("name", sorted(ONLY_WITH_A_REJECT))
def test_killed_while_rejecting_the_record_is_in_the_dead_letters(
    name: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [SCHEMA, entry("k1"), state(1), entry("bad", account="4999"), state(2), entry("k2"), state(3)]

    killed = target_runs.run(messages, failpoint=name)

    assert (killed.code, killed.positions) == (-9, [1]), f"{name} was not reached: {killed.err}"
    again = target_runs.run(messages)
    assert (again.code, again.positions) == (10, [1]), again.err
    assert books_provider.booked_keys() == ["k1", "k2"]
    assert {letter["key"] for letter in target_runs.dead_letters()} == {"bad"}


def test_killed_again_and_again_every_entry_is_booked_once(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = entries_with_states(3)
    for name in ("poster.after_write", "ledger.confirmed.before_commit", "http.after_send", "ledger.sent.after_commit"):
        target_runs.run(messages, failpoint=name)

    assert target_runs.run(messages).code == 0
    assert Counter(books_provider.booked_keys()) == {"k1": 1, "k2": 1, "k3": 1}
