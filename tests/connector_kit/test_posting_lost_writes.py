"""Writes without an answer where a second one would be a second booking: waited for, looked for, never lost."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from connector_kit.posting.ledger import State
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.poster import UnreliableProviderError
from connector_kit.posting.posting import Result

from tests.connector_kit.posting_desk import Desk, Marked, Searched


@pytest.fixture(params=[Marked, Searched])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", request.param)
    yield desk
    desk.ledger.close()


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Marked)
    yield desk
    desk.ledger.close()


def test_a_new_record_is_booked_once_and_unchanged_costs_nothing(marked: Desk) -> None:
    assert [marked.said(), marked.said()] == ["success", "existing"]
    marked.new_run(days=1)
    assert marked.said() == "existing"
    assert (marked.shelf.effects, marked.shelf.looks) == (["book one"], 0)
    assert (marked.entry().provider_id, marked.entry().row_version) == ("b1", "1")


def test_an_answer_that_was_lost_is_found_at_once(desk: Desk) -> None:
    desk.shelf.lose = ["after"]
    assert desk.said() == "success"
    assert desk.shelf.effects == ["book one"]


def test_a_write_that_never_arrived_is_made_again_only_after_two_looks(desk: Desk) -> None:
    desk.shelf.lose = ["before"]
    said = [desk.said()]
    for minutes in (5, 11, 2, 2):
        desk.new_run(minutes=minutes)
        said.append(desk.said())

    assert said == ["unknown_outcome"] * 4 + ["success"]
    assert desk.shelf.effects == ["book one"]


def test_nothing_is_looked_up_before_a_lost_write_had_time_to_arrive(marked: Desk) -> None:
    marked.shelf.lose = ["before"]
    marked.said()
    looks = marked.shelf.looks
    marked.new_run(minutes=14)

    assert (marked.said(), marked.shelf.looks) == ("unknown_outcome", looks)


def test_doubts_that_only_wait_stop_no_other_record(desk: Desk) -> None:
    keys = ["k1", "k2", "k3", "k4"]
    desk.shelf.lose = ["before"] * 4
    for key in keys:
        desk.said(key=key)
    with pytest.raises(UnreliableProviderError, match="4 entries in a row"):
        desk.poster.check_provider()

    desk.new_run(minutes=5)
    assert [desk.said(key=key) for key in keys] == ["unknown_outcome"] * 4
    desk.poster.check_provider()
    assert desk.said(key="k5") == "success"


def test_duplicates_that_wait_for_a_person_stop_no_other_record(marked: Desk) -> None:
    keys = ["k1", "k2", "k3", "k4"]
    marked.shelf.lose = ["late"] * 4
    for minutes in (0, 16, 16):
        marked.new_run(minutes=minutes)
        for key in keys:
            marked.said(key=key)
    marked.shelf.arrive()
    for _ in range(2):
        marked.new_run(minutes=16)
        assert [marked.said(key=key) for key in keys] == ["duplicate_at_provider"] * 4
        marked.poster.check_provider()


def test_a_write_that_arrives_late_is_found_and_not_made_again(desk: Desk) -> None:
    desk.shelf.lose = ["late"]
    assert desk.said() == "unknown_outcome"
    desk.new_run(minutes=16)
    assert desk.said() == "unknown_outcome"
    desk.shelf.arrive()
    desk.new_run(minutes=5)

    assert desk.said() == "success"
    assert desk.shelf.effects == ["late one"]


def written_again(desk: Desk) -> None:
    desk.shelf.lose = ["late"]
    desk.said()
    for _ in range(2):
        desk.new_run(minutes=16)
        desk.said()
    assert desk.shelf.effects == ["late one", "book one"]


def test_a_write_that_arrives_too_late_is_reported_and_nothing_is_deleted(desk: Desk) -> None:
    written_again(desk)
    desk.shelf.arrive()
    desk.new_run(minutes=16)

    assert desk.said() == "duplicate_at_provider"
    assert (desk.entry().state, desk.ledger.unresolved()) == (State.NEEDS_HUMAN, 1)
    assert len(desk.shelf.bookings) == 2
    desk.new_run(days=1)
    assert desk.said() == "duplicate_at_provider"

    desk.shelf.bookings.pop()
    desk.new_run(days=1)
    assert (desk.said(), desk.ledger.unresolved()) == ("existing", 0)


def test_a_late_arrival_is_found_without_its_record(marked: Desk) -> None:
    written_again(marked)
    marked.shelf.arrive()
    marked.new_run(minutes=16)

    assert (marked.entry().state, marked.ledger.unresolved()) == (State.NEEDS_HUMAN, 1)


def test_what_was_written_again_is_looked_at_once_per_run_until_nothing_can_arrive_any_more(desk: Desk) -> None:
    written_again(desk)
    looks = [desk.shelf.looks]
    for _ in range(6):
        desk.new_run(minutes=16)
        assert desk.said() == "existing"
        looks.append(desk.shelf.looks)

    more = [after - before for before, after in pairwise(looks)]
    assert sorted(more, reverse=True) == more
    assert (set(more), more[0], more[-2:]) == ({0, 1}, 1, [0, 0])


def test_a_look_up_that_fails_proves_nothing(desk: Desk) -> None:
    desk.shelf.lose = ["before"]
    desk.said()
    for _ in range(3):
        desk.new_run(hours=1)
        desk.shelf.unreadable = desk.patience.tries
        assert desk.said() == "look_up_failed"
    assert desk.shelf.effects == []


def test_other_content_waits_for_a_lost_write(marked: Desk) -> None:
    marked.shelf.lose = ["late"]
    marked.said("one")
    marked.new_run(minutes=10)
    assert marked.said("two") == "earlier_version_in_doubt"
    marked.shelf.arrive()
    marked.new_run(minutes=10)

    assert marked.said("two") == "changed_after_booking"
    assert (marked.entry().state, [booking.text for booking in marked.shelf.bookings]) == (State.CONFIRMED, ["one"])


def test_the_end_of_a_run_settles_what_no_record_asks_for(marked: Desk) -> None:
    marked.shelf.lose = ["late"]
    marked.said()
    marked.shelf.arrive()
    marked.new_run(minutes=16)
    marked.poster.end()
    assert (marked.entry().state, marked.ledger.unresolved()) == (State.CONFIRMED, 0)


def test_what_is_proved_absent_at_the_end_of_runs_is_booked_when_it_comes_again(marked: Desk) -> None:
    marked.shelf.lose = ["before"]
    marked.said()
    for _ in range(2):
        marked.new_run(minutes=16)
        marked.poster.end()
    assert (marked.entry().state, marked.ledger.unresolved()) == (State.INTENT, 0)
    marked.new_run()

    assert marked.said() == "success"


def test_after_a_lost_ledger_nothing_is_written_until_lost_writes_have_arrived(marked: Desk) -> None:
    marked.shelf.lose = ["late"]
    marked.said()
    marked.lose_ledger()
    marked.new_run(minutes=10)
    assert (marked.said(), marked.said(key="k2")) == ("quarantine", "quarantine")
    marked.shelf.arrive()
    marked.new_run(minutes=6)

    assert (marked.said(), marked.said("two", key="k2")) == ("existing", "success")
    assert marked.shelf.effects == ["late one", "book two"]


def test_after_an_older_copy_of_the_ledger_nothing_is_written_until_lost_writes_have_arrived(marked: Desk) -> None:
    marked.shelf.answers = [Reply(kind=OutcomeClass.REFUSED, status=400, code="M1")]
    marked.said()
    marked.copy_ledger()
    marked.shelf.lose = ["late"]
    marked.new_run()
    assert marked.said() == "unknown_outcome"
    marked.restore_copy()
    marked.new_run(minutes=10)
    assert marked.said() == "quarantine"
    marked.shelf.arrive()
    marked.new_run(minutes=6)

    assert marked.said() == "existing"
    assert marked.shelf.effects == ["late one"]


def test_what_an_older_copy_of_the_ledger_has_in_doubt_is_not_written_before_lost_writes_have_arrived(
    marked: Desk,
) -> None:
    marked.shelf.lose = ["before", "late"]
    marked.said()
    marked.copy_ledger()
    for _ in range(2):
        marked.new_run(minutes=16)
        marked.said()
    marked.restore_copy()
    for _ in range(2):
        marked.new_run(minutes=7)
        assert marked.said() == "unknown_outcome"
    marked.shelf.arrive()
    marked.new_run(minutes=7)

    assert marked.said() == "success"
    assert marked.shelf.effects == ["late one"]


def test_the_same_code_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Searched)
    desk.shelf.book("c1", "c1 theirs")
    assert (desk.said("c1 ours"), desk.said("c1 theirs", key="k2")) == ("changed_after_booking", "existing")
    assert desk.shelf.effects == ["book c1 theirs"]
    desk.ledger.close()


def test_an_answer_without_a_number_is_no_answer(marked: Desk) -> None:
    marked.shelf.answers = [replace(marked.shelf.book("another", "x"), provider_id=None)]
    assert marked.post().result is Result.IN_DOUBT
