"""Random histories: whatever happens between and during syncs, their records together are those of one full reading."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.tap_nmbrs.invented import InventedNmbrs, company_id, sync_invented

if TYPE_CHECKING:
    from tests.tap_nmbrs.conftest import Sync

CREATED, CHANGED, FULL = "salaries", "lease_cars", "cost_units"
STREAMS = (CREATED, CHANGED, FULL)
KEYS = {CREATED: ("salary_id",), CHANGED: ("id",), FULL: ("company_id", "cost_unit_id")}
IDS = {CREATED: "salaryId", CHANGED: "id", FULL: "costUnitId"}
VALUES = {CREATED: "value", CHANGED: "brand", FULL: "description"}
COMPANIES = (0, 1, 2)
HOURS = (0, 1, 11, 30)
CLOCKS = (0, 0, 0, 0, 0, 3, -3, 300)
"""How many hours our clock is ahead."""
SINCE = st.sampled_from([CREATED, CHANGED])
EDITS = st.tuples(
    st.sampled_from(["create", "create", "change", "delete"]),
    st.sampled_from(COMPANIES),
    st.sampled_from(STREAMS),
    st.integers(0, 99),
)


class Histories(RuleBasedStateMachine):
    """A warehouse that upserts by primary key, beside an Nmbrs that lives on."""

    def __init__(self) -> None:
        super().__init__()
        self.nmbrs = InventedNmbrs([])
        self.state: dict[str, Any] | None = None
        self.warehouse: dict[str, dict[tuple[Any, ...], Any]] = {stream: {} for stream in STREAMS}
        self.deleted: set[Any] = set()
        self.number = 0

    @initialize(whole_employees=st.booleans())
    def begin(self, *, whole_employees: bool) -> None:
        self.nmbrs.whole_employees = whole_employees
        self.nmbrs.companies = [company_id(number) for number in COMPANIES]
        for company in COMPANIES:
            for stream in STREAMS:
                self._create(company, stream)
        self.nmbrs.pass_time(days=60)

    @rule(edits=st.lists(EDITS, min_size=1, max_size=6))
    def work(self, edits: list[tuple[str, int, str, int]]) -> None:
        for edit, company, stream, pick in edits:
            self.nmbrs.pass_time(hours=HOURS[pick % len(HOURS)])
            entries = self.nmbrs.entries.get((company_id(company), stream), [])
            if edit == "create" or not entries:
                self._create(company, stream)
            elif edit == "change":
                self.number += 1
                self.nmbrs.change(entries[pick % len(entries)], **{VALUES[stream]: self._value(stream)})
            else:
                self.deleted.add(entries.pop(pick % len(entries)).values[IDS[stream]])

    @rule(what=st.sampled_from(["listed", "hidden", "missing"]), company=st.sampled_from(COMPANIES), stream=SINCE)
    def come_or_go(self, what: str, company: int, stream: str) -> None:
        one = {company_id(company)}
        if what == "listed":
            self.nmbrs.companies = list(set(self.nmbrs.companies) ^ one)
        elif what == "hidden":
            self.nmbrs.hidden ^= one
        else:
            self.nmbrs.unavailable ^= {(company_id(company), stream)}

    @rule(what=st.sampled_from(["listed", "hidden", "missing"]), company=st.sampled_from(COMPANIES), stream=SINCE)
    def away_during_a_sync(self, what: str, company: int, stream: str) -> None:
        self._create(company, stream)
        self.nmbrs.pass_time(days=3)
        self._create((company + 1) % len(COMPANIES), stream)
        self.come_or_go(what, company, stream)
        self.sync(0)
        self.come_or_go(what, company, stream)
        self.sync(0)

    @rule(company=st.sampled_from(COMPANIES), stream=SINCE, hours=st.integers(1, 23))
    def written_with_a_clock_that_is_slow(self, company: int, stream: str, hours: int) -> None:
        self.sync(0)
        self.nmbrs.pass_time(hours=-hours)
        self._create(company, stream)
        self.nmbrs.pass_time(hours=hours)

    @rule(answers=st.integers(1, 10), clock=st.sampled_from(CLOCKS))
    def sync_interrupted(self, answers: int, clock: int) -> None:
        self.nmbrs.stop_after = answers
        self._load(self._sync(clock))
        self.nmbrs.stop_after = None

    @rule(clock=st.sampled_from(CLOCKS))
    def sync(self, clock: int) -> None:
        self._load(self._sync(clock))
        self._compare(everything=False)

    @precondition(lambda self: self.state is not None)
    @rule()
    def refresh(self) -> None:
        self._load(sync_invented(self.nmbrs, *STREAMS, state=self.state, full_refresh_days=0))
        self._compare(everything=True)

    @invariant()
    def the_state_is_small(self) -> None:
        assert len(str(self.state)) < 3_000

    def _compare(self, *, everything: bool) -> None:
        whole = sync_invented(self.nmbrs, *STREAMS)
        for stream in STREAMS:
            expected = _by_key(whole, stream)
            held = self.warehouse[stream]
            assert expected.keys() <= held.keys(), stream
            gone = {key for key in held if key[-1] in self.deleted} | {key for key in held if self._is_out(key)}
            assert held.keys() - expected.keys() <= gone, stream
            if everything or stream != CREATED:
                assert {key: held[key] for key in expected} == expected, stream

    def _is_out(self, key: tuple[Any, ...]) -> bool:
        """Tell whether a record's list cannot be read now; what was read of it before stays."""
        company = company_id(int(str(key[-1]).split("-", 1)[0]))
        missing = {company for company, _ in self.nmbrs.unavailable}
        return company not in self.nmbrs.companies or company in self.nmbrs.hidden or company in missing

    def _load(self, done: Sync) -> None:
        for stream in STREAMS:
            self.warehouse[stream].update(_by_key(done, stream))
        if any(message["type"] == "STATE" for message in done.messages):
            self.state = done.state

    def _sync(self, clock: int) -> Sync:
        now = self.nmbrs.now + timedelta(hours=clock)
        return sync_invented(self.nmbrs, *STREAMS, state=self.state, now=now, full_refresh_days=366)

    def _create(self, company: int, stream: str) -> None:
        self.number += 1
        values = {} if stream == FULL else {"employeeId": f"{company}{'pq'[self.number % 2]}"}
        record = {IDS[stream]: f"{company}-{self.number}", VALUES[stream]: self._value(stream)}
        self.nmbrs.put(company_id(company), stream, **values, **record)

    def _value(self, stream: str) -> Any:
        return self.number if stream == CREATED else f"value {self.number}"


def _by_key(done: Sync, stream: str) -> dict[tuple[Any, ...], Any]:
    return {tuple(record[key] for key in KEYS[stream]): record for record in done.records(stream)}


Histories.TestCase.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestHistories = Histories.TestCase
