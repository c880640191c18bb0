"""Customers, attachments, accruals and other records when answers get lost: each is there once, or the run says so."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_records import OPEN_ITEM, PDF, RECORDS

pytestmark = pytest.mark.usefixtures("in_one_process")

LOST: dict[str, tuple[str, str, dict[str, Any]]] = {
    "customer": ("customers", "customer_post", {"action": "reset_after"}),
    "customer, server error": ("customers", "customer_post", {"action": "status", "status": 502}),
    "accrual": ("accruals", "accrual_post", {"action": "reset_after"}),
    "accrual, before": ("accruals", "accrual_post", {"action": "reset_before"}),
    "region": ("regions", "region_put", {"action": "reset_after"}),
    "mandate": ("mandates", "mandate_put", {"action": "cut", "at_byte": 20}),
}


@pytest.fixture
def patient_minox(open_bookkeeping: Callable[..., Bookkeeping]) -> Bookkeeping:
    """What was lost is looked for at once: here nothing arrives late."""
    bookkeeping = open_bookkeeping(scopes=("all",))
    bookkeeping.settings["settle_minutes"] = 0
    return bookkeeping


@pytest.mark.parametrize(("stream", "operation", "fault"), LOST.values(), ids=LOST)
def test_a_record_whose_answer_got_lost_is_there_once_after_the_next_run(
    patient_minox: Bookkeeping, stream: str, operation: str, fault: dict[str, Any]
) -> None:
    patient_minox.simulator.disturb(operation, **fault)
    record = RECORDS[stream] | ({"ledger_account_id": 4000} if stream == "accruals" else {})
    runs = [patient_minox.write_streams([(stream, record)]) for _ in range(3)]
    assert runs[-1].code == 0, runs[-1].stderr
    assert runs[-1].counts["existing"] == 1
    kind = operation.removesuffix("_post").removesuffix("_put")
    assert len(patient_minox.simulator.backend.writes.writes(kind)) == 1


def test_a_customer_is_found_in_a_list_of_one(
    open_bookkeeping: Callable[..., Bookkeeping],
) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",), lookup_answer="array")
    bookkeeping.settings["settle_minutes"] = 0
    assert bookkeeping.write_streams([("customers", RECORDS["customers"])]).code == 0
    assert bookkeeping.write_streams([("customers", RECORDS["customers"])]).counts["existing"] == 1


@pytest.mark.parametrize(
    ("answer", "lookup"),
    [("record", "object"), ("id", "object"), ("empty", "object"), ("empty", "array"), ("id", "envelope")],
)
def test_a_customer_is_known_by_its_number_whatever_the_answers_look_like(
    open_bookkeeping: Callable[..., Bookkeeping], answer: str, lookup: str
) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",), post_answer=answer, lookup_answer=lookup)
    bookkeeping.settings["settle_minutes"] = 0
    invoice = RECORDS["sales_invoices"]
    run = bookkeeping.write_streams([("customers", RECORDS["customers"]), ("sales_invoices", invoice)])
    assert (run.code, run.counts["success"]) == (0, 2), run.stderr


def test_answers_without_a_record_are_read_back(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",), put_record="empty", patch="shallow")
    records = [(name, RECORDS[name]) for name in ("cost_types", "item_groups", "items", "mandates")]
    assert bookkeeping.write_streams(records).code == 0
    changed = [(name, RECORDS[name] | {"description": "Anders"}) for name in ("cost_types", "item_groups")]
    run = bookkeeping.write_streams([*changed, ("items", RECORDS["items"] | {"price": 70})])
    assert (run.code, run.counts["updated"]) == (0, 3), run.stderr


def test_an_attachment_waits_for_its_booking_and_is_attached_once(patient_minox: Bookkeeping) -> None:
    attachment = {"key": "a", "entry_key": "run-1", "file_name": "bon.pdf", "content": PDF}
    run = patient_minox.write_streams([("attachments", attachment)])
    assert (run.code, run.counts["deferred"]) == (12, 1), run.stderr
    patient_minox.simulator.disturb("transaction_line_batch_blob_post", "reset_after")
    both = [("journal_entries", RECORDS["journal_entries"]), ("attachments", attachment)]
    run = patient_minox.write_streams(both)
    assert (run.code, run.counts["success"]) == (0, 2), run.stderr
    assert len(patient_minox.books.attachments) == 1


def test_an_open_item_that_no_booking_has_made_is_refused(patient_minox: Bookkeeping) -> None:
    run = patient_minox.write_streams([("open_items", OPEN_ITEM)])
    assert run.code == 10
    assert patient_minox.dead_letters[-1]["provider_code"] == "no_open_item"


def test_a_number_that_a_customer_has_is_no_ledger_account_s(patient_minox: Bookkeeping) -> None:
    run = patient_minox.write_streams([("ledger_accounts", {"key": "10001", "description": "Kantine"})])
    assert run.code == 10
    assert "is the number of a customer; both have one number space" in run.stderr
    assert patient_minox.writes == []


def test_a_stream_that_is_off_ends_the_run_before_anything_is_written(patient_minox: Bookkeeping) -> None:
    journal = ("journals", {"key": "WKR", "description": "Werkkosten", "type": "general", "ledger_account_id": 1800})
    run = patient_minox.write_streams([journal])
    assert run.code == 16
    assert "stream 'journals' is off: add it to the setting streams" in run.message
    run = patient_minox.write_streams([journal], streams=["journals"])
    assert (run.code, run.counts["success"]) == (0, 1), run.stderr
    assert patient_minox.write_streams([("regions", RECORDS["regions"])], streams=["journals"]).code == 16


def test_a_stream_whose_scope_is_missing_names_it(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping()
    run = bookkeeping.write_streams([("regions", RECORDS["regions"])])
    assert (run.code, bookkeeping.writes) == (16, [])


def test_what_a_person_changes_before_we_have_read_it_back_is_not_taken_for_ours(
    open_bookkeeping: Callable[..., Bookkeeping],
) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",), put_record="empty")
    bookkeeping.settings["settle_minutes"] = 0
    record = RECORDS["cost_types"]
    edit = {"administration": bookkeeping.settings["administration_id"], "kind": "cost_type", "key": int(record["key"])}
    edit |= {"changes": {"description": "Van een mens"}}
    bookkeeping.simulator.incidents.add("edit_record", "cost_type_put", when="after", **edit)
    assert bookkeeping.write_streams([("cost_types", record)]).code == 0
    run = bookkeeping.write_streams([("cost_types", record | {"description": "Anders"})], on_changed="update")
    assert run.code == 10, run.stderr
    writes = bookkeeping.simulator.backend.writes.writes("cost_type")
    assert [one.content["description"] for one in writes] == [record["description"], "Van een mens"]
