"""The bookmark of a stream: which companies it covers, whatever happens between two syncs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tap_nmbrs.progress import Companies, Progress, SinceMark, packed

NOW = datetime.now(UTC).replace(microsecond=0)  # a sync that began long ago moves no mark
A, B, C = "a", "b", "c"


class Bookmarks:
    """The state of one stream, as it goes from sync to sync through a file."""

    def __init__(self) -> None:
        self.companies: dict[str, Any] = {}
        self.stream: dict[str, Any] = {}

    def sync(
        self, *listed: str, now: datetime = NOW, settings: str = "", refresh_days: int | None = 7
    ) -> tuple[Companies, Progress[SinceMark]]:
        self.companies, self.stream = json.loads(json.dumps([self.companies, self.stream]))
        companies = Companies(self.companies, now=now)
        companies.keep(listed)
        return companies, Progress(self.stream, SinceMark, companies, settings=settings, refresh_days=refresh_days)

    def complete(self, *listed: str, until: str | None = None, **options: Any) -> None:
        _, progress = self.sync(*listed, **options)
        progress.growing.advance([until], progress.limit)
        for company in listed:
            progress.finish(company)
        progress.complete()


def until(mark: SinceMark | None) -> str | None:
    return mark.until.isoformat() if mark and mark.until else None


def test_nothing_is_read_before_the_first_sync() -> None:
    _, progress = Bookmarks().sync(A, B)
    assert progress.refresh_due
    assert progress.mark_of(A) is None


def test_a_complete_sync_covers_all_its_companies() -> None:
    state = Bookmarks()
    state.complete(A, B, until="2026-11-20T10:00:00.000000Z")
    _, progress = state.sync(A, B)
    assert not progress.refresh_due
    assert [until(progress.mark_of(company)) for company in (A, B)] == ["2026-11-20T10:00:00+00:00"] * 2


def test_a_company_that_appears_later_is_not_covered() -> None:
    state = Bookmarks()
    state.complete(A, until="2026-11-20T10:00:00Z")
    _, progress = state.sync(A, B)
    assert progress.mark_of(A) is not None
    assert progress.mark_of(B) is None


def test_a_company_that_disappears_and_returns_is_new_also_when_the_clock_has_gone_back() -> None:
    state = Bookmarks()
    state.complete(A, B)
    state.complete(A, now=NOW - timedelta(days=2))
    companies, progress = state.sync(A, B, now=NOW - timedelta(days=1))
    assert progress.mark_of(B) is None
    assert progress.mark_of(A) is not None
    assert companies.moment > "2026-11-22T09:00:00Z"


def test_a_company_that_cannot_be_read_is_new_when_it_can() -> None:
    state = Bookmarks()
    state.complete(A, B)
    companies, progress = state.sync(A, B)
    companies.forget(B)
    progress.finish(A)
    progress.complete()
    _, progress = state.sync(A, B)
    assert progress.mark_of(B) is None


def test_a_company_that_was_missed_is_read_whole_and_the_others_are_not() -> None:
    state = Bookmarks()
    state.complete(A, B)
    _, progress = state.sync(A, B)
    progress.finish(A)
    progress.miss(B)
    progress.complete()
    _, progress = state.sync(A, B)
    assert (progress.mark_of(A) is None, progress.mark_of(B) is None) == (False, True)


def test_an_interrupted_sync_goes_on_where_it_was() -> None:
    state = Bookmarks()
    state.complete(A, B, C, until="2026-11-01T00:00:00Z")
    _, progress = state.sync(A, B, C)
    progress.growing.advance(["2026-11-10T00:00:00Z"], progress.limit)
    progress.finish(A)
    progress.save()
    _, progress = state.sync(A, B, C)
    read = [until(progress.mark_of(company)) for company in (A, B, C)]
    assert read == ["2026-11-10T00:00:00+00:00", *["2026-11-01T00:00:00+00:00"] * 2]
    for company in (A, B, C):
        progress.finish(company)
    progress.complete()
    _, progress = state.sync(A, B, C)
    assert {until(progress.mark_of(company)) for company in (A, B, C)} == {"2026-11-10T00:00:00+00:00"}


def test_a_mark_does_not_move_in_a_sync_that_goes_on_with_another() -> None:
    state = Bookmarks()
    _, progress = state.sync(A, B)
    progress.growing.advance(["2026-11-10T00:00:00Z"], progress.limit)
    progress.finish(A)
    progress.save()
    _, progress = state.sync(A, B, now=NOW + timedelta(days=30))
    progress.growing.advance(["2026-12-20T00:00:00Z"], progress.limit)
    assert until(progress.growing) == "2026-11-10T00:00:00+00:00"


def test_an_interrupted_sync_that_wrote_nothing_is_forgotten() -> None:
    state = Bookmarks()
    state.complete(A, B)
    _, progress = state.sync(A, B)
    progress.save()
    assert "under_way" not in state.stream


def test_a_company_that_appears_before_the_place_of_interruption_is_read_whole() -> None:
    state = Bookmarks()
    _, progress = state.sync(B, C)
    progress.finish(B)
    progress.save()
    _, progress = state.sync(A, B, C)
    assert progress.mark_of(A) is None
    assert progress.mark_of(B) is not None
    for company in (A, B, C):
        progress.finish(company)
    progress.complete()
    _, progress = state.sync(A, B, C)
    assert progress.mark_of(A) is None
    assert progress.mark_of(B) is not None


def test_a_refresh_that_was_interrupted_stays_a_refresh() -> None:
    state = Bookmarks()
    state.complete(A, B, until="2026-11-01T00:00:00Z")
    _, progress = state.sync(A, B, now=NOW + timedelta(days=8))
    assert progress.refresh_due
    progress.finish(A)
    progress.save()
    _, progress = state.sync(A, B, now=NOW + timedelta(days=8, hours=1))
    assert progress.mark_of(A) is not None
    assert progress.mark_of(B) is None
    progress.finish(A)
    progress.finish(B)
    progress.complete()
    assert not state.sync(A, B, now=NOW + timedelta(days=8, hours=2))[1].refresh_due


def test_a_refresh_is_due_after_so_many_days_or_when_the_clock_cannot_be_right() -> None:
    state = Bookmarks()
    state.complete(A)
    days = timedelta(days=1)
    assert not state.sync(A, now=NOW + 6 * days)[1].refresh_due
    assert state.sync(A, now=NOW + 7 * days)[1].refresh_due
    assert state.sync(A, now=NOW - days)[1].refresh_due
    assert state.sync(A, refresh_days=0)[1].refresh_due
    assert not state.sync(A, now=NOW + 700 * days, refresh_days=None)[1].refresh_due


def test_other_settings_begin_anew() -> None:
    state = Bookmarks()
    state.complete(A, settings="2026-01-01")
    assert state.sync(A, settings="2026-01-01")[1].mark_of(A) is not None
    assert state.sync(A, settings="2025-01-01")[1].mark_of(A) is None


def test_a_mark_never_lies_after_the_beginning_of_its_sync() -> None:
    mark = SinceMark()
    mark.advance(["2030-01-01T00:00:00Z", None, "2026-01-01T00:00:00Z"], NOW)
    assert mark.until == NOW
    mark.advance(["2026-01-01T00:00:00Z"], NOW)
    assert mark.until == NOW
    mark.advance(["2026-12-01T00:00:00Z"], None)
    assert mark.until == NOW


def test_the_state_spells_a_uuid_in_22_characters_and_leaves_other_ids() -> None:
    identity = "304d8d12-7eba-5ceb-9c7b-f451c4eea1be"
    assert len(packed(identity)) == 22
    assert packed(identity) == packed(identity.upper())
    assert packed("3312") == "3312"
