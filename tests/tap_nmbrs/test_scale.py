"""Two thousand companies: small state, few state messages, no line of the log per company."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from tests.tap_nmbrs.invented import InventedNmbrs, company_id, sync_invented

if TYPE_CHECKING:
    import pytest

    from tests.tap_nmbrs.conftest import Sync


def sync_of(companies: int) -> tuple[InventedNmbrs, Sync]:
    nmbrs = InventedNmbrs([company_id(number) for number in range(companies)])
    for number in range(companies):
        company = company_id(number)
        nmbrs.put(company, "salaries", employeeId=f"{number}", salaryId=f"{number}")
        run = {"payrollRunId": company_id(10_000 + number), "number": 1, "year": 2026, "locked": number % 10 != 0}
        nmbrs.put(company, "payroll_runs", **run, periodStart=10, periodEnd=10, type="normal")
    return nmbrs, sync_invented(nmbrs)


def states(done: Sync) -> list[int]:
    return [len(line) for line in done.lines if b'"type":"STATE"' in line[:20]]


def test_the_state_of_2000_companies_with_all_streams_is_small_and_written_in_linear_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    _, small = sync_of(200)
    caplog.clear()
    nmbrs, large = sync_of(2000)
    assert len(json.dumps(large.state)) < 300_000
    assert sum(states(large)) < 15 * sum(states(small))
    assert len(states(large)) <= len(states(small)) + 60
    told = [line for line in caplog.messages if not line.startswith("Skipped ")]
    assert len(told) < 8 * len(nmbrs.operations)
    again = sync_invented(nmbrs, state=large.state)
    assert len(json.dumps(again.state)) < 300_000
