"""What can be read from the books: lines by year and period, a trial balance that adds up, real payroll, the page."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import requests
import simplejson

Start = Callable[..., Any]
PAYROLL_ACCOUNT_MISSING = "2990"


def as_lines(run: Any, centers: dict[str, int]) -> list[dict[str, Any]]:
    """A run's journal as booking lines; what has no account goes to the suspense account."""
    return [
        {
            "account": {"id": line.account or PAYROLL_ACCOUNT_MISSING},
            "debit": max(line.amount, Decimal(0)),
            "credit": max(-line.amount, Decimal(0)),
            "document_date": run.journal_date.isoformat(),
            "journal": {"id": "LOON"},
            "period": {"id": run.period_end, "fiscal_year": run.year},
            "description": line.description or "Loonjournaal",
            **({"cost_center": {"id": centers[line.cost_center]}} if line.cost_center else {}),
        }
        for line in run.journal_lines("cost_center")
    ]


def turnover(minox: Any, year: int, **params: Any) -> dict[str, tuple[Decimal, Decimal]]:
    rows = minox.get(f"/report/trialbalance/{year}", **params).text
    found = simplejson.loads(rows, use_decimal=True)["collection"]
    return {row["account"]["id"]: (Decimal(row["debit"]), Decimal(row["credit"])) for row in found}


def test_all_payroll_of_every_company_can_be_booked_and_adds_up(minox: Any) -> None:
    for company in minox.sim.world.companies:
        centers = {center.code: center.books_number for center in company.cost_centers}
        path = f"/tenant/480001/administration/{company.books_number}"
        for run in company.runs:
            answer = minox.put(f"{path}/transaction_line_batch/{uuid4()}", as_lines(run, centers))
            assert answer.status_code == 200, (company.name, run.description, answer.text)
        books = minox.sim.backend.books(company.books_number)
        assert len(books.batches) == len(company.runs)
        assert sum(batch.debit for batch in books.batches.values()) == sum(
            sum(max(line.amount, Decimal(0)) for line in run.journal_lines("cost_center")) for run in company.runs
        )
        for year in (2025, 2026):
            rows = books.trial_balance(year)
            assert sum(row.debit for row in rows) == sum(row.credit for row in rows) > 0
        assert not [line for line in books.lines() if line.automatic]


def test_the_trial_balance_adds_up_even_when_batches_do_not(minox: Any, payroll: Any) -> None:
    minox.book(payroll("10.01")[:1], uuid4())
    minox.book(payroll("0.02"), uuid4())
    rows = turnover(minox, 2026)
    assert rows == {
        "1720": (Decimal(0), Decimal("0.02")),
        "1810": (Decimal(0), Decimal("10.01")),
        "4000": (Decimal("10.03"), Decimal(0)),
    }


def test_the_trial_balance_takes_a_range_of_periods(minox: Any, payroll: Any) -> None:
    for month in (1, 2, 3):
        lines = [{**line, "period": {"id": month, "fiscal_year": 2026}} for line in payroll(f"{month}.00")]
        minox.book(lines, uuid4())
    assert turnover(minox, 2026, start_period=2, end_period=3)["4000"] == (Decimal(5), Decimal(0))
    assert turnover(minox, 2026, end_period=1)["4000"] == (Decimal(1), Decimal(0))
    assert turnover(minox, 2025) == {}
    assert minox.get("/report/trialbalance/2026", start_period="x").status_code == 400
    assert minox.get("/report/trialbalance/1999").status_code == 400


def test_lines_are_read_by_year_and_period_a_page_at_a_time(start_minox: Start, payroll: Any) -> None:
    minox = start_minox(page_size=3)
    for _ in range(2):
        minox.book(payroll(), uuid4())
    first = minox.get("/year/2026/transaction_lines", period="1").json()
    assert len(first["collection"]) == 3
    assert "period=1" in first["links"]["next"]
    second = minox.session.get(first["links"]["next"], timeout=10).json()
    assert (len(second["collection"]), second["links"]) == (1, {})
    assert minox.get("/year/2026/transaction_lines", period="2").json()["collection"] == []


def test_amounts_survive_exactly(minox: Any, payroll: Any) -> None:
    for amount in ("0.01", "1234567890.99", "2500.10", "4503599627.37"):
        answer = minox.book(payroll(amount))
        assert simplejson.loads(answer.text, use_decimal=True)[0]["debit"] == Decimal(amount)
        assert minox.books.balance("4000") == Decimal(amount)


def test_the_page_shows_trial_balance_and_batches(minox: Any, payroll: Any) -> None:
    minox.book(payroll("1289.12"))
    shown = requests.get(f"{minox.sim.url}/_simulator/books", timeout=10).json()
    assert [(row["account"], row["balance"]) for row in shown["trial_balance"]] == [(1720, -1289.12), (4000, 1289.12)]
    assert shown["latest_batches"][0]["lines"] == 2
    assert "1289.12" in requests.get(f"{minox.sim.url}/_simulator/", timeout=10).text


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(("header", "kind", "start"), [
    ("Accept", "application/pdf", b"%PDF"), ("Content-Type", "application/pdf", b"%PDF"), ("Accept", SHEET, b"PK"),
])  # fmt: skip
def test_reports_come_as_files_when_either_header_asks_for_one(
    minox: Any, header: str, kind: str, start: bytes
) -> None:
    answer = minox.session.get(minox.url("/report/trialbalance/2026"), headers={header: kind}, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/octet-stream")
    assert answer.content.startswith(start)


def test_every_report_adds_up_to_the_trial_balance(minox: Any, payroll: Any) -> None:
    for amount in ("10.01", "0.02"):
        minox.book(payroll(amount), uuid4())
    for name in ("trialbalance", "period_trialbalance", "columnbalance", "journalbalance", "yearoverview",
                 "currencies", "rgs_trialbalance"):  # fmt: skip
        odd = "/report_rgs_trialbalance" if name == "rgs_trialbalance" else ""
        rows = simplejson.loads(minox.get(f"/report/{name}/2026{odd}").text, use_decimal=True)["collection"]
        assert sum(row["debit"] for row in rows) == sum(row["credit"] for row in rows) == Decimal("10.03"), name
    for name in ("profitloss", "costcenter_profitloss", "cost_specification_per_cost_type", "countries"):
        [row] = simplejson.loads(minox.get(f"/report/{name}/2026").text, use_decimal=True)["collection"]
        assert (row["debit"], row["credit"]) == (Decimal("10.03"), 0), name
