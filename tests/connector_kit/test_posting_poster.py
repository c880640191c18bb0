"""What the poster does after each outcome: a small provider in memory, a clock that only counts."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from connector_kit.books import identity
from connector_kit.books.identity import Administration
from connector_kit.errors import LoginRequiredError, SettingError, UnreachableError
from connector_kit.posting.answer import LostError, NotSentError
from connector_kit.posting.delivery import Patience
from connector_kit.posting.interruption import Interruption
from connector_kit.posting.ledger import Binding, Entry, Ledger, State
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.poster import Poster, UnreliableProviderError
from connector_kit.posting.posting import Kind, Posted, Posting, Result

BINDING = Binding(administration=Administration(provider="tiny", tenant="1", number="7"), base_url="https://x.example")
UNKNOWN = Reply(kind=OutcomeClass.UNKNOWN, status=503)


@dataclass
class Books:
    """Applies what is written, unless the plan for the next writes and reads says otherwise."""

    held: dict[uuid.UUID, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    reads: int = 0
    next_writes: list[Reply | Exception] = field(default_factory=list)
    next_reads: list[Reply | Exception] = field(default_factory=list)
    applied_without_answer: int = 0

    def read(self, operation: uuid.UUID, document: str) -> Reply:  # noqa: ARG002  # the id says it all
        self.reads += 1
        if self.next_reads:
            return _given(self.next_reads.pop(0))
        held = self.held.get(operation)
        return Reply(kind=OutcomeClass.APPLIED if held else OutcomeClass.ABSENT, status=200, body=held)

    def write(self, operation: uuid.UUID, document: str) -> Reply:
        self.written.append(document)
        if self.applied_without_answer:
            self.applied_without_answer -= 1
            self.held[operation] = document
        if self.next_writes:
            return _given(self.next_writes.pop(0))
        self.held[operation] = document
        return Reply(kind=OutcomeClass.APPLIED, status=200, provider_id="b1")

    def same(self, document: str, reply: Reply) -> bool:
        return bool(document == reply.body)


def _given(result: Reply | Exception) -> Reply:
    if isinstance(result, Exception):
        raise result
    return result


class Desk:
    """One ledger, one provider, and posters that come and go like runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.books = Books()
        self.waits: list[float] = []
        self.now = datetime.now(UTC)
        self.patience = Patience()
        self.ledger = Ledger.open(path, binding=BINDING, run="run", now=lambda: self.now)
        self.ledger.cold = False
        self.kind = Kind()
        self.new_run()

    def new_run(self) -> None:
        self.poster: Poster[str] = Poster(
            ledger=self.ledger,
            endpoint=self.books,
            interruption=Interruption(sleep=self.waits.append),
            provider="tiny",
            login_command="target-tiny login",
            patience=self.patience,
            now=lambda: self.now,
        )

    def post(self, document: str = "one", *, key: str = "k1", mapping_version: str = "1") -> Posted:
        content = identity.content_hash({"document": document}, mapping_version=mapping_version)
        return self.poster.post(
            Posting(
                key=key,
                entity_key=key,
                stream="journal_entries",
                content_hash=content,
                mapping_version=mapping_version,
                document=document,
                kind=self.kind,
            )
        )

    def entry(self, key: str = "k1") -> Entry:
        entry = self.ledger.entry(key)
        assert entry
        return entry


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "ledger.sqlite3")
    yield desk
    desk.ledger.close()


def test_a_new_entry_costs_one_request_and_an_unchanged_one_none(desk: Desk) -> None:
    assert desk.post().result is Result.SUCCESS
    desk.new_run()
    assert desk.post().result is Result.EXISTING

    assert (desk.books.written, desk.books.reads) == (["one"], 0)
    assert (desk.entry().state, desk.entry().provider_id) == (State.CONFIRMED, "b1")


def test_with_a_cold_ledger_the_provider_is_asked_before_the_first_write(desk: Desk) -> None:
    desk.post(key="k1")
    desk.ledger.close()
    desk.path.unlink()
    desk.ledger = Ledger.open(desk.path, binding=BINDING, run="again", now=lambda: desk.now, rebuild=True)
    desk.new_run()

    assert desk.post(key="k1").result is Result.EXISTING
    assert desk.post(key="k2").result is Result.SUCCESS
    assert (desk.books.written, desk.books.reads) == (["one", "one"], 2)


def test_what_a_person_changed_is_not_overwritten_after_the_ledger_is_lost(desk: Desk) -> None:
    desk.post()
    desk.books.held = dict.fromkeys(desk.books.held, "by hand")
    desk.ledger.close()
    desk.path.unlink()
    desk.ledger = Ledger.open(desk.path, binding=BINDING, run="again", now=lambda: desk.now, rebuild=True)
    for _ in range(2):
        desk.new_run()
        posted = desk.post()
        assert posted.reason
        assert posted.reason.code == "changed_after_booking"
    assert set(desk.books.held.values()) == {"by hand"}


@pytest.mark.parametrize("lost", [UNKNOWN, LostError("cut")])
def test_a_write_that_arrived_without_an_answer_is_found_and_not_repeated(desk: Desk, lost: Reply | Exception) -> None:
    desk.books.next_writes = [lost]
    desk.books.applied_without_answer = 1

    assert desk.post().result is Result.SUCCESS
    assert (desk.books.written, desk.books.reads, desk.entry().state) == (["one"], 1, State.CONFIRMED)


def test_a_write_that_did_not_arrive_is_made_again_after_looking(desk: Desk) -> None:
    desk.books.next_writes = [UNKNOWN]

    assert desk.post().result is Result.SUCCESS
    assert (desk.books.written, desk.books.reads, desk.waits) == (["one", "one"], 1, [1.0])


def test_writes_without_an_outcome_are_bounded(desk: Desk) -> None:
    desk.books.next_writes = [UNKNOWN] * 9

    posted = desk.post()

    assert (posted.result, len(desk.books.written), desk.entry().state) == (Result.IN_DOUBT, 3, State.IN_DOUBT)
    desk.books.next_writes.clear()
    desk.new_run()
    assert desk.post().result is Result.SUCCESS


def test_a_doubt_is_not_resolved_by_a_look_up_that_failed(desk: Desk) -> None:
    desk.books.next_writes = [UNKNOWN]
    desk.books.next_reads = [UNKNOWN] * 6

    posted = desk.post()

    assert posted.reason
    assert (posted.result, posted.reason.code) == (Result.IN_DOUBT, "look_up_failed")
    assert (len(desk.books.written), desk.entry().state) == (1, State.IN_DOUBT)


def test_several_doubts_in_a_row_end_the_run(desk: Desk) -> None:
    for number in range(3):
        desk.poster.check_provider()
        desk.books.next_writes, desk.books.next_reads = [UNKNOWN], [UNKNOWN] * 6
        desk.post(key=f"k{number}")
    with pytest.raises(UnreliableProviderError, match="3 entries in a row"):
        desk.poster.check_provider()


def test_asked_to_wait_it_waits_as_long_as_asked(desk: Desk) -> None:
    def later(seconds: float | None) -> Reply:
        return Reply(kind=OutcomeClass.TRY_LATER, status=429, retry_after=seconds)

    desk.books.next_writes = [later(120), later(9999), later(None)]

    assert desk.post().result is Result.SUCCESS
    assert desk.waits == [120, 180, 4]
    assert desk.books.reads == 0


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(kind=OutcomeClass.TRY_LATER, status=429), UnreachableError, "keeps asking to wait"),
        (NotSentError("refused"), UnreachableError, "cannot be reached"),
        (Reply(kind=OutcomeClass.NOT_SENT), UnreachableError, "cannot be reached"),
        (Reply(kind=OutcomeClass.LOGIN, status=401), LoginRequiredError, "run: target-tiny login"),
        (LoginRequiredError("log in"), LoginRequiredError, "log in"),
        (Reply(kind=OutcomeClass.FORBIDDEN, status=403), SettingError, "check the scopes"),
    ],
)
def test_where_nothing_can_be_booked_the_run_ends_and_nothing_is_rejected(
    desk: Desk, reply: Reply | Exception, error: type[Exception], says: str
) -> None:
    desk.books.next_writes = [reply] * 6

    with pytest.raises(error, match=says):
        desk.post()

    assert desk.entry().state is State.INTENT
    desk.books.next_writes.clear()
    desk.new_run()
    assert desk.post().result is Result.SUCCESS


def test_an_unknown_write_stays_in_doubt_when_the_next_one_is_not_accepted(desk: Desk) -> None:
    desk.books.next_writes = [UNKNOWN, Reply(kind=OutcomeClass.LOGIN, status=401)]

    with pytest.raises(LoginRequiredError):
        desk.post()

    assert desk.entry().state is State.IN_DOUBT


@pytest.mark.parametrize(
    ("held", "result", "code", "state"),
    [
        ("one", Result.SUCCESS, None, State.CONFIRMED),
        ("other", Result.IN_DOUBT, "different_at_provider", State.NEEDS_HUMAN),
        (None, Result.FAIL, "refused_by_provider", State.REJECTED),
    ],
)
def test_a_conflict_is_settled_by_what_the_provider_holds(
    desk: Desk, held: str | None, result: Result, code: str | None, state: State
) -> None:
    desk.books.next_writes = [Reply(kind=OutcomeClass.CONFLICT, status=409)]
    operation = identity.client_id(identity.operation_id("k1", version=1, operation="create"))
    desk.books.held = {operation: held} if held else {}

    posted = desk.post()

    assert (posted.result, posted.reason and posted.reason.code, desk.entry().state) == (result, code, state)


def test_other_content_waits_until_a_lost_write_can_no_longer_arrive(desk: Desk) -> None:
    desk.books.next_writes, desk.books.next_reads = [UNKNOWN], [UNKNOWN] * 6
    desk.post("one")
    desk.new_run()

    posted = desk.post("two")
    assert posted.reason
    assert (posted.result, posted.reason.code) == (Result.IN_DOUBT, "earlier_version_in_doubt")
    desk.now += timedelta(minutes=16)
    desk.new_run()
    assert desk.post("two").result is Result.SUCCESS
    assert desk.books.written == ["one", "two"]


def test_other_content_for_a_lost_write_that_arrived_is_a_change_after_booking(desk: Desk) -> None:
    desk.books.next_writes, desk.books.next_reads = [UNKNOWN], [UNKNOWN] * 6
    desk.books.applied_without_answer = 1
    desk.post("one")
    desk.new_run()

    posted = desk.post("two")

    assert posted.reason
    assert posted.reason.code == "changed_after_booking"
    assert list(desk.books.held.values()) == ["one"]


def test_a_new_mapping_of_the_same_content_is_compared_not_rejected(desk: Desk) -> None:
    desk.post("one")
    desk.new_run()

    assert desk.post("one", mapping_version="2").result is Result.EXISTING
    assert (desk.books.written, desk.books.reads) == (["one"], 1)
    desk.new_run()
    assert desk.post("one", mapping_version="2").result is Result.EXISTING
    assert desk.books.reads == 1
    desk.new_run()
    posted = desk.post("two", mapping_version="3")
    assert posted.reason
    assert posted.reason.code == "changed_after_booking"


def test_a_refused_entry_is_tried_once_per_run(desk: Desk) -> None:
    refused = Reply(kind=OutcomeClass.REFUSED, status=400, code="M1", text="no")
    desk.books.next_writes = [refused] * 2

    assert [desk.post().result, desk.post().result] == [Result.FAIL, Result.FAIL]
    assert len(desk.books.written) == 1
    desk.new_run()
    assert desk.post().result is Result.FAIL
    assert (len(desk.books.written), desk.entry().state) == (2, State.REJECTED)


SHARED = Kind(noun="customer", changed="differs at the provider", shared_identity=True)


@pytest.mark.parametrize(
    "answer", [Reply(kind=OutcomeClass.CONFLICT, status=409), UNKNOWN], ids=["conflict", "unknown"]
)
def test_what_others_put_under_a_shared_identity_is_a_reject_and_no_doubt(desk: Desk, answer: Reply) -> None:
    desk.kind = SHARED
    desk.books.next_writes = [answer]
    desk.books.next_reads = [Reply(kind=OutcomeClass.APPLIED, status=200, body="of somebody else")]
    posted = desk.post()

    assert posted.result is Result.FAIL
    assert posted.reason
    assert (posted.reason.code, posted.reason.message) == (
        "changed_after_booking",
        "customer k1: differs at the provider",
    )
    assert (desk.entry().state, desk.ledger.unresolved()) == (State.REJECTED, 0)


def test_a_doubt_about_a_shared_identity_ends_when_something_is_there(desk: Desk) -> None:
    desk.kind = SHARED
    desk.books.next_writes = [UNKNOWN]
    desk.books.next_reads = [LostError("cut")] * desk.patience.tries
    assert desk.post("first").result is Result.IN_DOUBT
    desk.new_run()
    desk.books.next_reads = [Reply(kind=OutcomeClass.APPLIED, status=200, body="first")]

    assert desk.post("second").result is Result.FAIL
    assert desk.ledger.unresolved() == 0


def test_an_error_that_ends_the_run_before_anything_was_written_leaves_no_doubt(desk: Desk) -> None:
    desk.books.next_writes = [SettingError("the calls are used up")]
    with pytest.raises(SettingError):
        desk.post()

    assert (desk.entry().state, desk.ledger.unresolved()) == (State.INTENT, 0)
