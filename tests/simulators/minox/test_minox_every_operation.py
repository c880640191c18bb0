"""Each of the operations answers: what it is asked well, and what is not there."""

import re
from typing import Any

import pytest

UUID4 = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
NAMES = {"addresses": [{"address_type": "postal", "name": "Één & Zn."}]}
WEBHOOK = {
    "description": "Posten", "enabled": False, "url": "http://localhost:1/", "retry_in_minutes": 120,
    "notifications": {"receivable": True, "payable": False},
}  # fmt: skip
ORDER = {"type": "quotation", "document_number": 17, "totals": {"total": 12}}
INVOICE = {"invoice_number": 26000417, "relation_number": 10001}
ACCRUAL = {"description": "Verzekering", "value": 1200, "ledger_account_id": 4500}
# Bodies of writes, by operation. Everything else is asked without one.
BODIES: dict[str, Any] = {
    "ledger_account_put": {"description": "Kantine"},
    "journal_put": {"description": "Lonen", "type": "general", "ledger_account_id": 1810},
    "cost_center_put": {"description": "Zorg"},
    "cost_type_put": {"description": "Loon"},
    "budget_put": {"cost_type": {"id": 1}, "cost_center": {"id": 110}, "year_budget": 12000},
    "profit_loss_balance_put": {"description": "Kosten", "is_balance": False},
    "customer_post": {**NAMES, "externalid": "K-1"},
    "customer_patch": {"memo": {"active": True, "text": "Let op"}},
    "supplier_post": {**NAMES, "externalid": "L-1"},
    "supplier_patch": {"default_payment_reference": "Onze factuur"},
    "customer_type_put": {"description": "Gemeente"},
    "region_put": {"description": "Zeeland"},
    "representative_put": {"name": "Noëlle"},
    "receivable_patch": {"memo": "Wacht"},
    "payable_patch": {"memo": "Wacht"},
    "invoice_put": INVOICE,
    "ordering_put": ORDER,
    "ordering_unmerge": {"restored_documents": [{"id": UUID4, **ORDER}]},
    "item_put": {"description": "Uur zorg"},
    "item_patch": {"price": 41},
    "item_group_put": {"description": "Zorg"},
    "document_post": {"name": "bon.pdf", "type": "purchase"},
    "document_patch": {"type": "sales"},
    "import_post": {"description": "Import"},
    "import_start": {"description": "Import"},
    "ocr_settings_put": {"automatically_save": True},
    "nmbrs_settings_put": {"connection_active": False},
    "loket_nl_settings_put": {"connection": {"active": False}},
    "mollie_settings_put": {"journal_id": "BANK"},
    "paragon_settings_put": {"organization_id": "9"},
    "webhook_post": WEBHOOK,
    "webhook_put": WEBHOOK,
    "mandate_put": {"customer_id": 10001, "signing_date": "2026-01-01"},
    "distance_sales_put": {"country_code": "BE", "vat_id": 31},
    "accrual_post": ACCRUAL,
    "accrual_patch": {"periods": 12},
    "accrual_settings_post": {"journal_id": "MEMO"},
    "vat_declaration_put": {"header": {"Aangiftejaar": "2026"}},
    "vat_declaration_settings_put": {"country_code": "NL"},
    "vat_declaration_settings_patch": {"country_code": "NL"},
}
ABSENT = {
    "transaction_line_batch_blob_get", "transaction_line_batch_blob_delete", "invoice_open_item", "document_blob_get",
    "email_attachment_get", "email_attachment_reprocess", "job_get", "ordering_task_get", "ordering_task_delete",
    "vat_declaration_get",
}  # fmt: skip
"""Nothing is there for these until a test or another operation puts it there."""


def prepared(minox: Any, payroll: Any, sales: Any) -> dict[str, str]:
    """Put a record where every operation looks for one; gives the ids that the server has chosen."""
    assert minox.book(payroll()).status_code == 200
    purchase = [
        {**line, "account": {"id": number}, "journal": {"id": "INK"}, "debit": line["credit"], "credit": line["debit"]}
        for line, number in zip(sales(), ("20001", "8100"), strict=True)
    ]
    for lines in (sales(), purchase):
        assert minox.book(lines, minox.sim.backend.records(99998).new_id("test")).status_code == 200
    for path in ("region/1", "customer_type/1", "item_group/1"):
        minox.put(f"/{path}", {"description": "A"})
    for path, body in (
        ("invoice", INVOICE), ("ordering", ORDER), ("mandate", BODIES["mandate_put"]),
        ("distance_sales", BODIES["distance_sales_put"]),
    ):  # fmt: skip
        assert minox.put(f"/{path}/{UUID4}", body).status_code == 200
    minox.put("/item/UUR", BODIES["item_put"])
    minox.put("/profit_loss_balance/3", {"description": "Kosten"})
    minox.post(f"/import/{UUID4}", BODIES["import_post"])
    minox.patch("/customer/10001", {
        "externalid": "K-0",
        "addresses": [{**NAMES["addresses"][0], "email_addresses": [{"email_address": "a+b@voorbeeld.test"}]}],
    })  # fmt: skip
    minox.patch("/supplier/20001", {
        "externalid": "K-0",
        "addresses": [{**NAMES["addresses"][0], "email_addresses": [{"email_address": "a+b@voorbeeld.test"}]}],
    })  # fmt: skip
    webhook = minox.post(f"{minox.tenant_path}/webhook", WEBHOOK).json()["id"]
    document = minox.post("/document", BODIES["document_post"]).json()["id"]
    return {"webhook": webhook, "document": document, "accrual": minox.post("/accrual", ACCRUAL).json()["id"]}


def address(minox: Any, name: str, ids: dict[str, str]) -> str:
    keys = {
        "ledger_account": "4990", "journal": "LOON", "cost_center": "110", "cost_type": "1", "profit_loss": "3",
        "customer_type": "1", "customer": "10001", "supplier": "20001", "region": "1", "representative": "1",
        "item_group": "1", "item": "UUR", "vat_declaration": "2026-1", "ordering_task": "T", "job": "T",
        "loket": "state",
    }  # fmt: skip
    key = next((value for start, value in (ids | keys).items() if name.startswith(start)), UUID4)
    parts = {
        "tenant": "480001", "administration": "99998", "batch_id": UUID4, "year": "2026", "kind": "quotation",
        "account": "10001" if name.startswith("receivable") else "20001", "invoice": "26000417",
        "email": "a%2Bb@voorbeeld.test", "externalid": "K-0", "file": "1",
        "key": "quotation" if name.endswith("by_type") else key,
    }  # fmt: skip
    path = minox.sim.operations[name].path.removeprefix("/api/1")
    return re.sub(r"<(?:int:)?(\w+)>", lambda match: parts[match.group(1)], path)


@pytest.fixture
def ready(start_minox: Any, payroll: Any, sales: Any) -> tuple[Any, dict[str, str]]:
    minox = start_minox()
    return minox, prepared(minox, payroll, sales)


def test_every_operation_answers_with_success_and_the_log_of_writes_knows_it(
    ready: tuple[Any, dict[str, str]], payroll: Any
) -> None:
    minox, ids = ready
    operations = sorted(minox.sim.operations.values(), key=lambda each: each.method == "DELETE")
    for operation in operations:
        if operation.name == "ordering_merge":  # it takes the order away from the others
            continue
        body = payroll() if operation.name == "transaction_line_batch_put" else BODIES.get(operation.name)
        before = len(minox.sim.backend.writes)
        if operation.name == "transaction_line_batch_blob_post":
            answer = minox.attach(UUID4, b"JVBERg==")
        else:
            answer = minox.send(operation.method, address(minox, operation.name, ids), body)
        seen = (operation.name, answer.status_code, answer.text[:300])
        if operation.name in ABSENT and answer.status_code == 404:
            assert answer.json()[0].keys() == {"message_code", "message_type", "message"}
            continue
        assert answer.status_code in (200, 201, 204), seen
        written = len(minox.sim.backend.writes) - before
        if operation.method == "GET":
            assert written == (operation.name == "loket_nl_connect"), seen
        elif operation.name.startswith("vat_declaration") or operation.name in (
            "report_sales_history", "nmbrs_loonrun_check_for_new", "ordering_task_delete",
            "ordering_bulk_delete", "ordering_transition_bulk",
        ):  # fmt: skip
            assert written == 0, seen
        else:
            assert written == 1, seen
    assert minox.sim.log.effects("not_simulated") == []


def test_every_operation_asks_for_its_scope(ready: tuple[Any, dict[str, str]]) -> None:
    minox, ids = ready
    token = minox.refresh(minox.sim.authority.consent(["email:read"]).refresh_token).json()["access_token"]
    minox.session.headers["Authorization"] = f"Bearer {token}"
    before = len(minox.sim.backend.writes)
    for operation in minox.sim.operations.values():
        answer = minox.send(operation.method, address(minox, operation.name, ids), {})
        allowed = operation.scope in (None, "email:read")
        assert (answer.status_code != 403) == allowed, operation.name
    assert len(minox.sim.backend.writes) == before


def test_scopes_that_nobody_publishes_are_a_switch(start_minox: Any) -> None:
    budget = BODIES["budget_put"]
    assert start_minox().put("/budget", budget).status_code == 200
    assert start_minox(unpublished_scopes="refuse").put("/budget", budget).status_code == 403


@pytest.mark.parametrize("switch", ["accept", "refuse"])
def test_a_vat_return_is_a_violation_and_nothing_else(start_minox: Any, switch: str) -> None:
    minox = start_minox(vat_returns=switch)
    status = 200 if switch == "accept" else 403
    assert minox.put("/vat_declaration/2026-1", {"header": {}}).status_code == status
    assert minox.post("/vat_declaration/2026-1/finalize").status_code == status
    assert [effect["operation"] for effect in minox.sim.log.effects("violation")] == [
        "vat_declaration_put", "vat_declaration_finalize",
    ]  # fmt: skip
    assert minox.rows("/vat_declaration") == []
    assert minox.writes() == []
