"""The judgement what to do next, case by case."""

from dataclasses import replace
from itertools import product

import pytest
from connector_kit.posting.judgement import Content, Found, Move, Situation, first_move, next_move
from connector_kit.posting.ledger import State

NEW = Situation(state=None)
SENT = Situation(state=State.IN_DOUBT)
MARKED = replace(SENT, repeatable=False)
BOOKED = Situation(state=State.CONFIRMED)
CHANGE_SENT = replace(SENT, booked=True)
OTHER = {"content": Content.OTHER}
QUARANTINED = {"cold": True, "quarantined": True}

FIRST = [
    ("a fact never seen", NEW, Move.WRITE),
    ("a party never seen", replace(NEW, looks_first=True), Move.LOOK),
    ("with a new ledger, under our id", replace(NEW, cold=True, settled=False), Move.LOOK),
    ("with a new ledger, with a mark", replace(NEW, repeatable=False, **QUARANTINED), Move.QUARANTINE),
    ("the same, later", replace(NEW, cold=True, repeatable=False), Move.LOOK),
    ("booked as it is", BOOKED, Move.EXISTING),
    ("booked with other content", replace(BOOKED, **OTHER), Move.CHANGED),
    ("booked by another mapping", replace(BOOKED, content=Content.REMAPPED), Move.LOOK),
    ("booked, of unknown version", replace(BOOKED, unread=True), Move.READ_VERSION),
    ("booked with other content, of unknown version", replace(BOOKED, unread=True, **OTHER), Move.CHANGED),
    ("an older version", replace(BOOKED, older=True, **OTHER), Move.STALE),
    ("an older version of what is in doubt", replace(SENT, older=True, **OTHER), Move.STALE),
    ("a correction half done", replace(BOOKED, state=State.INTENT, reversing=True, booked=True), Move.FINISH),
    ("in doubt, under our id", replace(SENT, settled=False), Move.LOOK),
    ("in doubt, with a mark, too early", replace(MARKED, settled=False), Move.WAIT),
    ("in doubt, with a mark, later", MARKED, Move.LOOK),
    ("waits for a person", Situation(state=State.NEEDS_HUMAN), Move.LOOK),
    ("never sent", Situation(state=State.INTENT), Move.WRITE),
    ("never sent, with a new ledger", Situation(state=State.INTENT, cold=True), Move.LOOK),
    ("never sent, as an older copy of the ledger says", Situation(state=State.INTENT, **QUARANTINED), Move.LOOK),
    ("refused before", Situation(state=State.REJECTED), Move.WRITE),
    ("closed before", Situation(state=State.DEFERRED), Move.WRITE),
    ("a change that was refused", Situation(state=State.REJECTED, booked=True), Move.CHANGED),
]


@pytest.mark.parametrize(("case", "move"), [row[1:] for row in FIRST], ids=[row[0] for row in FIRST])
def test_what_ledger_and_record_say(case: Situation, move: Move) -> None:
    assert first_move(case) is move


NEXT = [
    ("there as it should be", SENT, Found.SAME, Move.CONFIRM),
    ("not readable", SENT, Found.UNKNOWN, Move.UNREADABLE),
    ("there twice", MARKED, Found.MANY, Move.DUPLICATE),
    ("absent, under our id", SENT, Found.ABSENT, Move.WRITE),
    ("absent, never sent", NEW, Found.ABSENT, Move.WRITE),
    ("absent, other content, too early", replace(SENT, settled=False, **OTHER), Found.ABSENT, Move.WAIT),
    ("absent, other content, later", replace(SENT, **OTHER), Found.ABSENT, Move.WRITE),
    ("absent with a mark, once", MARKED, Found.ABSENT, Move.WAIT),
    ("absent with a mark, proved", replace(MARKED, proved_absent=True), Found.ABSENT, Move.WRITE),
    ("absent, never sent, in quarantine", Situation(state=State.INTENT, **QUARANTINED), Found.ABSENT, Move.QUARANTINE),
    (
        "absent with a mark, proved, in quarantine",
        replace(MARKED, proved_absent=True, **QUARANTINED),
        Found.ABSENT,
        Move.QUARANTINE,
    ),
    ("booked and absent", BOOKED, Found.ABSENT, Move.GONE),
    ("changed and absent", CHANGE_SENT, Found.ABSENT, Move.GONE),
    ("removed after our report", Situation(state=State.NEEDS_HUMAN), Found.ABSENT, Move.WRITE),
    ("the change has not arrived", CHANGE_SENT, Found.AS_BOOKED, Move.REPEAT_UPDATE),
    ("not arrived, newer change", replace(CHANGE_SENT, settled=False, **OTHER), Found.AS_BOOKED, Move.WAIT),
    ("not arrived, newer change, later", replace(CHANGE_SENT, **OTHER), Found.AS_BOOKED, Move.CHANGED),
    ("the lost change has arrived", CHANGE_SENT, Found.AS_SENT, Move.CONFIRM),
    ("arrived, newer change, too early", replace(CHANGE_SENT, settled=False, **OTHER), Found.AS_SENT, Move.WAIT),
    ("arrived, newer change, later", replace(CHANGE_SENT, **OTHER), Found.AS_SENT, Move.CHANGED_AS_FOUND),
    ("arrived, with a mark, newer content", replace(MARKED, **OTHER), Found.AS_SENT, Move.CHANGED_AS_FOUND),
    ("neither before nor after the change", CHANGE_SENT, Found.OTHER, Move.EDITED),
    ("another mapping, another content", replace(BOOKED, content=Content.REMAPPED), Found.OTHER, Move.CHANGED),
    ("another mapping, as booked", replace(BOOKED, content=Content.REMAPPED), Found.AS_BOOKED, Move.CHANGED),
    ("something else after our write", SENT, Found.OTHER, Move.DIFFERENT),
    ("our earlier content has arrived", replace(SENT, **OTHER), Found.OTHER, Move.CHANGED_AS_FOUND),
    ("still something else", Situation(state=State.NEEDS_HUMAN), Found.OTHER, Move.DIFFERENT),
    ("somebody else's", NEW, Found.OTHER, Move.FOREIGN),
    ("somebody else's before our write", Situation(state=State.INTENT), Found.OTHER, Move.FOREIGN),
]


@pytest.mark.parametrize(("case", "found", "move"), [row[1:] for row in NEXT], ids=[row[0] for row in NEXT])
def test_what_was_found_says(case: Situation, found: Found, move: Move) -> None:
    assert next_move(case, found) is move


STATES: tuple[State | None, ...] = (None, *State)
BOTH = (False, True)
ALL = [
    Situation(
        state=state,
        content=content,
        booked=booked,
        settled=settled,
        cold=cold,
        quarantined=cold and quarantined,
        repeatable=repeatable,
        proved_absent=proved,
    )
    for state, content, booked, settled, cold, quarantined, repeatable, proved in product(
        STATES, Content, BOTH, BOTH, BOTH, BOTH, BOTH, BOTH
    )
]


def test_of_all_cases_none_writes_what_may_still_arrive_twice() -> None:
    """Whatever else is true: with a mark nothing is written over a lost write that is not proved absent."""
    for case in ALL:
        moves = {first_move(case), *(next_move(case, found) for found in Found)}
        if case.sent and not case.repeatable and not case.proved_absent:
            assert Move.WRITE not in moves, case


def test_of_all_cases_none_writes_in_quarantine() -> None:
    for case in ALL:
        if case.quarantined:
            assert Move.WRITE not in {first_move(case), *(next_move(case, found) for found in Found)}, case


def test_of_all_cases_only_a_settled_look_up_lets_other_content_follow_a_lost_write() -> None:
    for case in ALL:
        if case.sent and case.content is not Content.SAME and not case.settled:
            moves = {next_move(case, found) for found in (Found.ABSENT, Found.AS_BOOKED)}
            assert not moves & {Move.WRITE, Move.REPEAT_UPDATE} or case.proved_absent, case
            assert next_move(case, Found.AS_SENT) is Move.WAIT, case


def test_of_all_cases_nothing_unreadable_or_double_is_written() -> None:
    assert {next_move(case, Found.UNKNOWN) for case in ALL} == {Move.UNREADABLE}
    assert {next_move(case, Found.MANY) for case in ALL} == {Move.DUPLICATE}


def test_every_move_is_reached() -> None:
    asked = {first_move(case) for _, case, _ in FIRST} | {next_move(case, found) for _, case, found, _ in NEXT}
    assert asked == set(Move)
