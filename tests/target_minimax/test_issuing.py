"""Invoices that are issued by a setting, and the PDFs that Minimax makes of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from connector_kit.posting.commands.rehearsal import rehearsal

from tests.target_minimax.books import Books, QuickTarget

PUT: dict[str, Any] = {"method": "PUT", "path": "/actions/"}


def invoice(key: str) -> dict[str, Any]:
    line = {"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A1"}
    return {"key": key, "date": "2026-02-28", "payment_days": 14, "customer": "D001", "lines": [line]}


def _pdfs(books: Books) -> list[Path]:
    return sorted((books.folder / "pdfs").glob("*"))


def _settings(books: Books) -> dict[str, Any]:
    return {"issue_invoices": "issue_and_pdf", "pdf_folder": str(books.folder / "pdfs")}


def test_invoices_are_issued_once_each_with_its_pdf(books: Books) -> None:
    ended = books.deliver("sales_invoices", invoice("A"), invoice("B"), **_settings(books))
    assert (ended.code, ended.counts) == (0, {"received": 2, "success": 2}), ended.letters
    issued = books.held("IssuedInvoice")
    assert [(one["Status"], one["InvoiceNumber"]) for one in issued] == [("I", 1), ("I", 2)]
    files = _pdfs(books)
    assert [path.name.partition("-")[0] for path in files] == [str(one["IssuedInvoiceId"]) for one in issued]
    assert all(path.read_bytes().startswith(b"%PDF") for path in files)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    again = books.deliver("sales_invoices", invoice("A"), invoice("B"), **_settings(books))
    assert (again.code, again.calls, again.counts["existing"]) == (0, 0, 2)
    assert len(books.made("PUT")) == 2


def test_without_a_folder_the_pdf_stays_at_minimax(books: Books) -> None:
    assert books.deliver("sales_invoices", invoice("A"), issue_invoices="issue_and_pdf").code == 0
    assert books.held("IssuedInvoice")[0]["InvoiceAttachment"]
    assert _pdfs(books) == []


def test_drafts_are_issued_by_a_later_run_that_may(books: Books) -> None:
    books.deliver("sales_invoices", invoice("A"))
    assert books.held("IssuedInvoice")[0]["Status"] == "O"
    assert books.deliver("sales_invoices", invoice("A"), issue_invoices="issue").code == 0
    assert books.held("IssuedInvoice")[0]["Status"] == "I"


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "empty", "wrong_json"])
def test_an_action_whose_answer_is_lost_is_done_once_and_the_pdf_is_read_from_the_folder(
    books: Books, fault: str
) -> None:
    books.simulator.faults.add(action=fault, **PUT)
    for _ in range(2):
        ended = books.deliver("sales_invoices", invoice("A"), **_settings(books))
    assert ended.code == 0, ended.letters
    (held,) = books.held("IssuedInvoice")
    (path,) = _pdfs(books)
    assert (held["Status"], held["InvoiceNumber"], path.read_bytes()[:4]) == ("I", 1, b"%PDF")
    assert len(books.held("DocumentAttachment")) == 1


def test_an_invoice_that_minimax_will_not_issue_is_rejected_and_stays_a_draft(books: Books) -> None:
    books.simulator.faults.add(action="status", status=400, body='[{"Message": "Ne."}]', times=None, **PUT)
    ended = books.deliver("sales_invoices", invoice("A"), issue_invoices="issue")
    assert (ended.code, ended.reasons) == (10, [("refused_by_provider", None)])
    assert ended.letters[0]["key"] == "A"
    books.simulator.faults.clear()
    ended = books.deliver("sales_invoices", invoice("A"), issue_invoices="issue")
    assert (ended.code, [one["Status"] for one in books.held("IssuedInvoice")]) == (0, ["I"])


def test_a_pdf_that_cannot_be_had_leaves_the_invoice_issued_and_is_said(books: Books) -> None:
    books.simulator.faults.add(action="empty", **PUT)
    books.simulator.faults.add(action="status", status=404, method="GET", path="/documents/", times=None)
    ended = books.deliver("sales_invoices", invoice("A"), **_settings(books))
    assert ended.code == 0, ended.letters
    assert "cannot be read now; it is in Minimax" in ended.log
    assert books.held("IssuedInvoice")[0]["Status"] == "I"


def test_a_folder_that_cannot_be_written_stops_before_anything_is_sent(books: Books) -> None:
    (books.folder / "file").write_text("")
    ended = books.deliver("sales_invoices", invoice("A"), pdf_folder=str(books.folder / "file" / "pdfs"))
    assert (ended.code, books.writes) == (16, 0)
    assert "setting pdf_folder" in ended.message


def test_a_plan_issues_nothing_and_saves_nothing(books: Books) -> None:
    books.deliver("sales_invoices", invoice("B"))
    messages = books.messages([("sales_invoices", invoice("A")), ("sales_invoices", invoice("B"))])
    with rehearsal(QuickTarget, books.config(**_settings(books)), messages) as played:
        planned = [(one.stream, one.key, str(one.action)) for one in played.planned]
    assert planned == [("sales_invoices", "A", "create"), ("sales_invoices", "B", "skip")]
    assert (books.made("PUT"), _pdfs(books)) == ([], [])


def test_an_invoice_whose_issuing_must_wait_is_issued_by_the_next_run(books: Books) -> None:
    ended = books.deliver("sales_invoices", invoice("A"), limit=1, **_settings(books))
    assert (ended.code, ended.counts) == (0, {"received": 1, "deferred": 1}), ended.error
    assert [one["Status"] for one in books.held("IssuedInvoice")] == ["O"]
    ended = books.deliver("sales_invoices", invoice("A"), **_settings(books))
    assert (ended.code, [one["Status"] for one in books.held("IssuedInvoice")]) == (0, ["I"])


KILLED = {
    "ledger.confirmed.after_commit": 1,  # the draft is there, nothing else
    "ledger.sent.after_commit": 2,  # the action is about to be sent
    "poster.after_write": 2,  # and was done
    "ledger.confirmed.before_commit": 2,
}


@pytest.mark.parametrize(("name", "nth"), KILLED.items(), ids=KILLED)
def test_a_run_that_is_killed_between_draft_and_issue_is_finished_by_the_next(
    books: Books, killing: Callable[..., int], name: str, nth: int
) -> None:
    messages = books.messages([("sales_invoices", invoice("A"))]).getvalue()
    assert killing(books.config(**_settings(books)), messages, name, nth) == -9
    ended = books.deliver("sales_invoices", invoice("A"), **_settings(books))
    assert ended.code == 0, (ended.error, ended.letters)
    (held,) = books.held("IssuedInvoice")
    assert (held["Status"], held["InvoiceNumber"], len(_pdfs(books))) == ("I", 1, 1)
    assert len(books.held("DocumentAttachment")) == 1
