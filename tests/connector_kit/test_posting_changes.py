"""Records that changed after booking: skipped, rejected, updated, reversed; a person's work is never overwritten."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from connector_kit.posting.ledger import State
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import OnChanged, Result

from tests.connector_kit.posting_desk import UNKNOWN, Desk, Marked, Named

REFUSED = Reply(kind=OutcomeClass.REFUSED, status=400, code="M1", text="no")
CLOSED = Reply(kind=OutcomeClass.CLOSED, status=400)


@pytest.fixture(params=[Marked, Named])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", request.param)
    assert desk.said("one") == "success"
    desk.new_run(hours=1)
    yield desk
    desk.ledger.close()


def policy(desk: Desk, on_changed: OnChanged) -> Desk:
    desk.on_changed = on_changed
    desk.new_run(hours=1)
    return desk


def texts(desk: Desk) -> list[str]:
    return [booking.text for booking in desk.shelf.bookings]


def test_skipped_it_stays_as_it_is_booked(desk: Desk) -> None:
    policy(desk, OnChanged.SKIP)
    assert (desk.said("two"), texts(desk), desk.shelf.looks) == ("existing", ["one"], 0)


def test_rejected_it_says_in_what_it_differs_in_the_dead_letter_alone(desk: Desk) -> None:
    posted = desk.post("two")
    assert posted.reason
    assert (posted.reason.code, posted.reason.differences) == ("changed_after_booking", {"text": ("one", "two")})
    assert "two" not in repr(posted.reason)
    assert texts(desk) == ["one"]


def test_updated_it_is_changed_in_place_and_then_is_as_it_should_be(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    assert [desk.said("two"), desk.said("two")] == ["updated", "existing"]
    assert (desk.shelf.effects, desk.entry().version) == (["book one", "change two"], 2)
    desk.new_run(hours=1)
    assert desk.said("three") == "updated"
    assert texts(desk) == ["three"]


@pytest.mark.parametrize("on_changed", [OnChanged.UPDATE, OnChanged.REVERSE])
def test_what_a_person_changed_is_left(desk: Desk, on_changed: OnChanged) -> None:
    policy(desk, on_changed)
    desk.shelf.bookings[0].text, desk.shelf.bookings[0].version = "by hand", 2
    for _ in range(2):
        desk.new_run(hours=1)
        assert desk.said("two") == "edited_at_provider"
    assert (texts(desk), desk.shelf.effects) == (["by hand"], ["book one"])


def test_what_a_person_changes_between_look_and_update_is_left(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)

    def person_first(provider_id: str, row_version: str | None, text: str) -> Reply:
        desk.shelf.bookings[0].text, desk.shelf.bookings[0].version = "by hand", 2
        return type(desk.shelf).change(desk.shelf, provider_id, row_version, text)

    desk.shelf.change = person_first  # type: ignore[method-assign]  # a person, faster than we
    assert desk.said("two") == "edited_at_provider"
    assert (texts(desk), desk.entry().state, desk.ledger.unresolved()) == (["by hand"], State.REJECTED, 0)


@pytest.mark.parametrize("on_changed", [OnChanged.UPDATE, OnChanged.REVERSE])
def test_what_a_person_removed_is_not_booked_again(desk: Desk, on_changed: OnChanged) -> None:
    policy(desk, on_changed)
    desk.shelf.bookings.clear()
    assert (desk.said("two"), desk.shelf.effects) == ("gone_at_provider", ["book one"])


@pytest.mark.parametrize("on_changed", [OnChanged.UPDATE, OnChanged.REVERSE])
def test_what_a_person_corrected_in_the_same_way_is_existing(desk: Desk, on_changed: OnChanged) -> None:
    policy(desk, on_changed)
    desk.shelf.bookings[0].text = "two"
    assert [desk.said("two"), desk.said("two")] == ["existing", "existing"]
    assert desk.shelf.effects == ["book one"]


@pytest.mark.parametrize("fate", ["before", "after"])
def test_a_lost_update_is_made_once(desk: Desk, fate: str) -> None:
    policy(desk, OnChanged.UPDATE)
    desk.shelf.lose = [fate]
    assert desk.said("two") == "updated"
    assert desk.shelf.effects == ["book one", "change two"]


def test_a_lost_update_is_finished_by_the_next_run(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    desk.shelf.lose = ["before"] * 3
    assert desk.said("two") == "unknown_outcome"
    desk.new_run(minutes=1)
    assert desk.said("three") == "earlier_version_in_doubt"
    desk.new_run(minutes=1)
    assert desk.said("two") == "updated"
    desk.new_run(hours=1)
    assert (desk.said("three"), texts(desk)) == ("updated", ["three"])


@pytest.mark.parametrize(
    ("answer", "said", "state"),
    [(REFUSED, "refused_by_provider", State.REJECTED), (CLOSED, "closed_period", State.DEFERRED)],
)
def test_an_update_that_is_not_taken_leaves_what_is_booked_and_can_be_made_later(
    desk: Desk, answer: Reply, said: str, state: State
) -> None:
    policy(desk, OnChanged.UPDATE)
    desk.shelf.answers = [answer]
    assert (desk.said("two"), desk.entry().state, texts(desk)) == (said, state, ["one"])
    desk.new_run(hours=1)
    assert desk.said("two") == "updated"


def test_an_update_that_was_refused_is_forgotten_when_the_source_goes_back(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    desk.shelf.answers = [REFUSED]
    desk.said("two")
    desk.new_run(hours=1)
    assert [desk.said("one"), desk.entry().state] == ["existing", State.CONFIRMED]
    assert desk.shelf.effects == ["book one"]


def test_reversed_it_is_taken_back_and_booked_anew(desk: Desk) -> None:
    policy(desk, OnChanged.REVERSE)
    assert [desk.said("two"), desk.said("two")] == ["updated", "existing"]
    assert desk.shelf.effects == ["book one", "book minus one", "book two"]
    desk.new_run(hours=1)
    assert desk.said("three") == "updated"
    assert texts(desk) == ["one", "minus one", "two", "minus two", "three"]


@pytest.mark.parametrize("desk", [Marked], indirect=True)
def test_an_older_copy_of_the_ledger_takes_nothing_back_until_lost_writes_have_arrived(desk: Desk) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.copy_ledger()
    desk.shelf.lose = ["late"]
    desk.new_run()
    assert desk.said("two") == "unknown_outcome"
    desk.restore_copy()
    desk.new_run(minutes=10)
    assert desk.said("two") == "unknown_outcome"
    desk.shelf.arrive()
    desk.new_run(minutes=6)

    assert desk.said("two") == "updated"
    assert desk.shelf.effects == ["book one", "late minus one", "book two"]


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize("fate", ["before", "after", "late"])
def test_a_correction_with_a_lost_write_is_finished_and_neither_step_is_made_twice(
    desk: Desk, fate: str, lost: int
) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.shelf.lose = [""] * lost + [fate]
    for _ in range(4):
        desk.said("two")
        desk.shelf.arrive()
        desk.new_run(minutes=20)

    assert texts(desk) == ["one", "minus one", "two"]
    assert (desk.said("two"), desk.ledger.unresolved()) == ("existing", 0)


def test_a_half_done_correction_is_reported_and_goes_on_without_its_record(desk: Desk) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.shelf.lose = ["late"] if isinstance(desk.endpoint, Marked) else ["after"]
    desk.shelf.unreadable = desk.patience.tries
    assert desk.post("two").result is Result.IN_DOUBT
    assert desk.ledger.unresolved() == 1
    desk.shelf.arrive()
    desk.new_run(minutes=20)
    assert (desk.entry().operation, desk.ledger.unresolved()) == ("create", 1)
    desk.poster.end()
    assert desk.ledger.unresolved() == 1

    assert (desk.said("two"), desk.ledger.unresolved()) == ("updated", 0)
    assert texts(desk) == ["one", "minus one", "two"]


def test_a_correction_whose_second_step_is_refused_stays_reported(desk: Desk) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.shelf.answers = []
    booked = desk.shelf.book

    def refuse_the_new_one(mark: str, text: str) -> Reply:
        return REFUSED if text == "two" else booked(mark, text)

    desk.shelf.book = refuse_the_new_one  # type: ignore[method-assign]  # refuses one text
    assert (desk.said("two"), desk.ledger.unresolved()) == ("refused_by_provider", 1)
    desk.new_run(hours=1)
    assert desk.said("three") in {"updated", "success"}
    assert (texts(desk), desk.ledger.unresolved()) == (["one", "minus one", "three"], 0)


@pytest.mark.parametrize(("answer", "said"), [(REFUSED, "refused_by_provider"), (CLOSED, "closed_period")])
def test_a_reversal_that_is_not_taken_leaves_the_booking(desk: Desk, answer: Reply, said: str) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.shelf.answers = [answer]
    assert (desk.said("two"), texts(desk)) == (said, ["one"])
    desk.new_run(hours=1)
    assert (desk.said("two"), texts(desk)) == ("updated", ["one", "minus one", "two"])


def test_a_reversal_that_arrives_too_late_is_reported_until_a_person_removes_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Marked)
    desk.said("one")
    policy(desk, OnChanged.REVERSE)
    desk.shelf.lose = ["late"]
    while desk.said("two") != "updated":
        desk.new_run(minutes=20)
    desk.shelf.arrive()
    for _ in range(2):
        desk.new_run(minutes=20)
        assert (desk.said("two"), desk.ledger.unresolved()) == ("duplicate_at_provider", 1)
    assert sorted(texts(desk)) == ["minus one", "minus one", "one", "two"]

    desk.shelf.bookings.pop()
    desk.new_run(hours=1)
    assert (desk.said("two"), desk.ledger.unresolved()) == ("existing", 0)
    desk.ledger.close()


# Versions


def test_an_older_version_that_comes_later_is_stale(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    assert desk.said("two", version="10") == "updated"
    desk.new_run(hours=1)
    looks = desk.shelf.looks
    assert [desk.said("three", version="9"), desk.said("two", version="11"), desk.said("four", version="10")] == [
        "stale",
        "existing",
        "stale",
    ]
    assert (texts(desk), desk.shelf.looks) == (["two"], looks)


def test_two_contents_in_one_run_are_put_in_order_by_their_versions(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    said = [desk.said(text, key="k2", version=version) for text, version in (("a", "2"), ("b", "3"), ("a2", "1"))]
    assert said == ["success", "updated", "stale"]


def test_two_contents_in_one_run_without_versions_are_a_conflict_whatever_the_setting(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    assert [desk.said("a", key="k2"), desk.said("b", key="k2")] == ["success", "conflicting_versions"]


def test_every_order_of_three_versions_ends_with_the_newest(tmp_path: Path) -> None:
    for number, order in enumerate(permutations([("a", "1"), ("b", "2"), ("c", "3")])):
        desk = Desk(tmp_path / str(number) / "ledger.sqlite3", Marked)
        desk.on_changed = OnChanged.UPDATE
        for text, version in order:
            desk.new_run(hours=1)
            desk.said(text, version=version)
        assert texts(desk) == ["c"]
        desk.ledger.close()


# What was lost and has arrived, and versions that could not be read


def lose_update(desk: Desk, text: str) -> None:
    """It is changed, the answer is lost, and nothing can be read just then."""
    change, recall = desk.shelf.change, desk.shelf.recall

    def lost(provider_id: str, row_version: str | None, text: str) -> Reply:
        desk.shelf.recall = lambda _: UNKNOWN  # type: ignore[method-assign]  # from now on
        return change(provider_id, row_version, text)

    desk.shelf.change, desk.shelf.lose = lost, ["after"]  # type: ignore[method-assign]  # until it is lost
    assert desk.post(text).result is Result.IN_DOUBT
    desk.shelf.change, desk.shelf.recall = change, recall  # type: ignore[method-assign]  # as before


def test_a_third_content_follows_a_lost_update_that_has_arrived(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    lose_update(desk, "two")
    desk.new_run(minutes=1)
    assert desk.said("three") == "earlier_version_in_doubt"
    desk.new_run(hours=1)
    assert (desk.said("three"), texts(desk)) == ("updated", ["three"])
    assert desk.shelf.effects == ["book one", "change two", "change three"]
    assert desk.entry().fingerprint is None


def test_a_third_content_does_not_follow_what_a_person_made_of_a_lost_update(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    lose_update(desk, "two")
    desk.shelf.bookings[0].text, desk.shelf.bookings[0].version = "by hand", 3
    desk.new_run(hours=1)
    assert (desk.said("three"), texts(desk)) == ("edited_at_provider", ["by hand"])


@pytest.mark.parametrize("on_changed", [OnChanged.UPDATE, OnChanged.REVERSE])
def test_another_content_follows_a_lost_first_booking_that_has_arrived(desk: Desk, on_changed: OnChanged) -> None:
    policy(desk, on_changed)
    desk.shelf.lose, desk.shelf.unreadable = ["after"], 100
    assert desk.post("two", key="k2").result is Result.IN_DOUBT
    desk.shelf.unreadable = 0
    desk.new_run(hours=1)
    assert desk.said("three", key="k2") == "updated"
    assert texts(desk)[-1] == "three"


@pytest.mark.parametrize("on_changed", [OnChanged.UPDATE, OnChanged.REVERSE])
def test_what_was_confirmed_without_its_record_can_be_changed_later(desk: Desk, on_changed: OnChanged) -> None:
    policy(desk, on_changed)
    desk.shelf.lose, desk.shelf.unreadable = ["after"], 100
    desk.post("two", key="k2")
    desk.shelf.unreadable = 0
    desk.new_run(hours=1)
    desk.poster.end()
    if desk.entry("k2").state is State.CONFIRMED:
        assert desk.entry("k2").row_version == "1"
    desk.new_run(hours=1)
    assert (desk.said("three", key="k2"), texts(desk)[-1]) == ("updated", "three")


def test_a_lost_update_that_has_arrived_is_confirmed_without_its_record(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    lose_update(desk, "two")
    desk.new_run(hours=1)
    desk.poster.end()
    assert (desk.entry().state, desk.entry().row_version, desk.ledger.unresolved()) == (State.CONFIRMED, "2", 0)
    desk.new_run(hours=1)
    assert [desk.said("two"), desk.said("three", key="k3")] == ["existing", "success"]


def without_version(desk: Desk, text: str, key: str = "k2") -> None:
    """It is booked, and its version cannot be read."""
    booked = desk.shelf.book

    def versionless(mark: str, text: str) -> Reply:
        return replace(booked(mark, text), row_version=None)

    desk.shelf.book = versionless  # type: ignore[method-assign]  # the answer lacks the version
    assert desk.said(text, key=key) == "success"
    desk.shelf.book = booked  # type: ignore[method-assign]  # as before


def test_an_unknown_version_is_read_once_with_the_same_content(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    without_version(desk, "two")
    looks = desk.shelf.looks
    for _ in range(2):
        desk.new_run(hours=1)
        assert desk.said("two", key="k2") == "existing"
    assert (desk.shelf.looks, desk.entry("k2").row_version) == (looks + 1, "1")
    assert desk.said("three", key="k2") == "conflicting_versions"
    desk.new_run(hours=1)
    assert desk.said("three", key="k2") == "updated"


def test_an_unknown_version_is_no_matter_where_nothing_is_changed(desk: Desk) -> None:
    without_version(desk, "two")
    looks = desk.shelf.looks
    desk.new_run(hours=1)
    assert (desk.said("two", key="k2"), desk.shelf.looks) == ("existing", looks)


@pytest.mark.parametrize("on_changed", [OnChanged.UPDATE, OnChanged.REVERSE])
def test_another_content_follows_a_booking_whose_version_was_never_read(desk: Desk, on_changed: OnChanged) -> None:
    policy(desk, on_changed)
    without_version(desk, "two")
    desk.new_run(hours=1)
    assert (desk.said("three", key="k2"), texts(desk)[-1]) == ("updated", "three")


def test_what_a_person_made_of_a_booking_of_unknown_version_is_looked_at_once_and_left(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    without_version(desk, "two")
    desk.shelf.bookings[-1].text, desk.shelf.bookings[-1].version = "by hand", 2
    looks = desk.shelf.looks
    for _ in range(2):
        desk.new_run(hours=1)
        assert desk.said("two", key="k2") == "existing"
    assert desk.shelf.looks == looks + 1
    desk.new_run(hours=1)
    assert (desk.said("three", key="k2"), texts(desk)[-1]) == ("edited_at_provider", "by hand")


def test_a_version_that_cannot_be_read_now_is_read_later(desk: Desk) -> None:
    policy(desk, OnChanged.UPDATE)
    without_version(desk, "two")
    recall = desk.shelf.recall
    desk.shelf.recall = lambda _: Reply(kind=OutcomeClass.UNKNOWN)  # type: ignore[method-assign]  # not now
    desk.new_run(hours=1)
    assert desk.said("two", key="k2") == "existing"
    desk.shelf.recall = recall  # type: ignore[method-assign]  # again
    desk.new_run(hours=1)
    assert (desk.said("two", key="k2"), desk.entry("k2").row_version) == ("existing", "1")


# Corrections that cannot go on


def test_a_reversal_in_a_closed_period_leaves_nothing_half_done(desk: Desk) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.shelf.answers = [CLOSED]
    assert desk.post("two").result is Result.DEFERRED
    assert (desk.entry().state, desk.ledger.unresolved(), texts(desk)) == (State.CONFIRMED, 0, ["one"])


@pytest.mark.parametrize("answer", [REFUSED, CLOSED])
def test_a_reversal_that_is_not_taken_after_a_lost_one_is_not_given_up(tmp_path: Path, answer: Reply) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Named)
    desk.said("one")
    policy(desk, OnChanged.REVERSE)
    booked = desk.shelf.book
    tries: list[str] = []

    def lost_then_refused(mark: str, text: str) -> Reply:
        tries.append(text)
        return UNKNOWN if len(tries) == 1 else answer

    desk.shelf.book = lost_then_refused  # type: ignore[method-assign]  # two answers
    assert (desk.post("two").result, tries) == (Result.IN_DOUBT, ["minus one"] * 2)
    assert desk.ledger.unresolved() == 1
    desk.new_run(hours=1)
    assert (desk.entry().state, desk.ledger.unresolved()) == (State.CONFIRMED, 0)
    desk.shelf.book = booked  # type: ignore[method-assign]  # as before
    desk.new_run(hours=1)
    assert (desk.said("two"), texts(desk)) == ("updated", ["one", "minus one", "two"])
    desk.ledger.close()


def test_a_booking_that_is_removed_while_its_reversal_may_arrive_stays_in_doubt(desk: Desk) -> None:
    policy(desk, OnChanged.REVERSE)
    desk.shelf.lose = ["late"] * desk.patience.writes
    assert desk.post("two").result is Result.IN_DOUBT
    desk.shelf.bookings.clear()
    desk.new_run(minutes=1)
    assert (desk.said("two"), desk.ledger.unresolved()) == ("unknown_outcome", 1)


def test_a_reversal_that_is_there_twice_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Marked)
    desk.said("one")
    policy(desk, OnChanged.REVERSE)
    desk.shelf.lose = ["late"]
    desk.said("two")
    desk.shelf.bookings += desk.shelf.late * 2
    desk.new_run(hours=1)
    assert (desk.said("two"), desk.ledger.unresolved()) == ("duplicate_at_provider", 1)
    desk.ledger.close()


def test_a_newer_content_waits_until_a_write_that_was_lost_and_made_again_can_no_longer_arrive(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Named)
    desk.on_changed = OnChanged.UPDATE
    desk.new_run()
    desk.shelf.lose = ["late"]
    assert desk.said("one") == "success"  # the second write
    said = []
    for minutes in (5, 9, 2):
        desk.new_run(minutes=minutes)
        said.append(desk.said("two"))
    assert said == ["earlier_version_in_doubt", "earlier_version_in_doubt", "updated"]
    assert desk.shelf.effects == ["late one", "book one", "change two"]
    desk.ledger.close()


def test_a_booking_that_is_looked_at_again_is_not_taken_for_its_correction(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledgers" / "ledger.sqlite3", Marked)
    desk.shelf.lose = ["before"]
    for minutes in (0, 16, 5):
        desk.new_run(minutes=minutes)
        desk.said("one")
    assert desk.shelf.effects == ["book one"]  # the second write; the first one is looked for from now on
    desk.on_changed = OnChanged.REVERSE
    desk.new_run(minutes=16)
    desk.shelf.lose = ["late"]
    assert desk.said("two") == "unknown_outcome"  # the reversal
    desk.new_run(minutes=5)
    desk.poster.begin()
    assert (desk.entry().operation, desk.entry().state, desk.ledger.unresolved()) == ("reverse", State.INTENT, 1)
    assert desk.said("two") == "unknown_outcome"
    desk.ledger.close()
