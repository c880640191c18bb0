"""Invoices, postings, orders, stock, inbox, documents: states, actions, numbers, files."""

import base64
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minimax import Country

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax

DATA = base64.b64encode(b"scan").decode()
CONCURRENCY = "Concurrency error - record changed by another action (RowVersion)"


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [message["PropertyName"] for message in answer.json()]


@pytest.fixture
def draft(minimax_caller: "MinimaxCaller") -> str:
    return f"issuedinvoices/{minimax_caller.add('issuedinvoices', minimax_caller.invoice())}"


def test_a_draft_has_no_number_and_issuing_gives_it_and_books(minimax_caller: "MinimaxCaller", draft: str) -> None:
    before = minimax_caller.get(draft).json()
    assert (before["Status"], before["InvoiceNumber"], before["PaymentReference"]) == ("O", None, None)
    assert (before["InvoiceValue"], before["PaymentStatus"]) == (122, "Osnutek")

    answer = minimax_caller.act(draft, "IssueAndGeneratePdf")

    data = answer.json()["Data"]
    assert base64.b64decode(data["AttachmentData"]).startswith(b"%PDF")
    after = minimax_caller.get(draft).json()
    assert (after["Status"], after["Year"], after["InvoiceNumber"]) == ("I", 2026, 1)
    assert after["PaymentReference"] == "SI00 2026-1"
    assert after["InvoiceAttachment"]["ID"] == data["AttachmentId"]
    folder = minimax_caller.get(f"documents/{after['Document']['ID']}").json()
    assert folder["Attachments"][0]["DocumentAttachmentId"] == data["AttachmentId"]
    assert (minimax_caller.books.balance("1200"), minimax_caller.books.balance("7600")) == (122, -100)


def test_an_issued_invoice_is_neither_changed_nor_deleted_nor_issued_again(
    minimax_caller: "MinimaxCaller", draft: str
) -> None:
    assert minimax_caller.act(draft, "issue").content == b""

    body = minimax_caller.get(draft).json()
    assert wrong(minimax_caller.put(draft, body)) == ["Status"]
    assert wrong(minimax_caller.delete(draft)) == ["Status"]
    assert wrong(minimax_caller.act(draft, "ISSUE")) == ["Status"]


def test_numbers_count_on_within_a_series_and_a_year(minimax_caller: "MinimaxCaller") -> None:
    numbers = []
    for kind in ("R", "R", "P"):
        path = f"issuedinvoices/{minimax_caller.add('issuedinvoices', minimax_caller.invoice(InvoiceType=kind))}"
        minimax_caller.act(path, "issue")
        numbers.append(minimax_caller.get(path).json()["InvoiceNumber"])
    assert numbers == [1, 2, 1]
    assert len(minimax_caller.rows("issuedinvoices", InvoiceType="P")) == 1
    assert len(minimax_caller.rows("issuedinvoices", InvoiceType="R", Year=2026, Status="I")) == 2


def test_an_action_needs_the_row_version_of_now_as_a_parameter(minimax_caller: "MinimaxCaller", draft: str) -> None:
    version = minimax_caller.get(draft).json()["RowVersion"]

    for answer in (
        minimax_caller.put(f"{draft}/actions/issue"),
        minimax_caller.put(f"{draft}/actions/issue", rowVersion="AAAAAAAAAAA="),
    ):
        assert (answer.status_code, answer.json()[0]["Message"]) == (409, CONCURRENCY)
    assert minimax_caller.put(f"{draft}/actions/issue_{version.replace('/', '')}").status_code == 404
    assert minimax_caller.put(f"{draft}/actions/stamp", rowVersion=version).status_code == 404
    assert minimax_caller.get(draft).json()["Status"] == "O"
    assert minimax_caller.put(f"{draft}/actions/issue", rowVersion=version).status_code == 200


@pytest.mark.parametrize(("cancellation", "status", "invoices"), [("draft", "O", 1), ("reversal", "I", 2)])
def test_issuing_is_undone(start_minimax: "StartMinimax", cancellation: str, status: str, invoices: int) -> None:
    caller = start_minimax(cancellation=cancellation)
    path = f"issuedinvoices/{caller.add('issuedinvoices', caller.invoice())}"
    caller.act(path, "issue")

    assert caller.act(path, "issueCancellation", issueCancellationReason="napaka").status_code == 200

    assert caller.get(path).json()["Status"] == status
    assert len(caller.books.table("IssuedInvoice")) == invoices
    assert caller.books.balance("1200") == 0


@pytest.mark.parametrize("answer", ["data", "location", "empty"])
def test_a_copy_is_a_new_draft_that_is_told_in_several_ways(start_minimax: "StartMinimax", answer: str) -> None:
    caller = start_minimax(copy_answer=answer)
    path = f"issuedinvoices/{caller.add('issuedinvoices', caller.invoice())}"
    caller.act(path, "issue")

    told = caller.act(path, "copytocreditnote")

    (copy,) = caller.rows("issuedinvoices", Status="O")
    number = copy["IssuedInvoiceId"]
    assert copy["InvoiceValue"] == -122
    assert (told.json()["Data"]["ID"] if answer == "data" else number) == number
    assert (f"/issuedinvoices/{number}?id={number}" in told.headers.get("Location", "")) is (answer == "location")


def test_an_invoice_without_rows_is_an_empty_draft_that_cannot_be_issued(minimax_caller: "MinimaxCaller") -> None:
    body = minimax_caller.invoice()
    body["Rows"] = body.pop("IssuedInvoiceRows")
    path = f"issuedinvoices/{minimax_caller.add('issuedinvoices', body)}"

    assert minimax_caller.get(path).json()["IssuedInvoiceRows"] == []
    assert wrong(minimax_caller.act(path, "issue")) == ["IssuedInvoiceRows"]
    assert minimax_caller.get(path).json()["Status"] == "O"


def test_the_home_countrys_name_and_another_vat_percentage_are_refused(minimax_caller: "MinimaxCaller") -> None:
    home = {"AddresseeCountry": minimax_caller.home["Country"], "AddresseeCountryName": "Slovenija"}
    body = minimax_caller.invoice(**home)
    body["IssuedInvoiceRows"][0]["VATPercent"] = 20

    assert wrong(minimax_caller.post("issuedinvoices", body)) == [
        "AddresseeCountryName",
        "IssuedInvoiceRows[0].VATPercent",
    ]


@pytest.mark.parametrize("country", Country)
def test_croatia_wants_an_employee_on_an_invoice(start_minimax: "StartMinimax", country: Country) -> None:
    caller = start_minimax(localisation=country)
    answer = caller.post("issuedinvoices", caller.invoice(Employee=None))

    assert answer.status_code == (400 if country is Country.HR else 201)


def test_members_of_serbia_are_lost_elsewhere(start_minimax: "StartMinimax") -> None:
    for country, kept in ((Country.RS, True), (Country.SI, False)):
        caller = start_minimax(localisation=country)
        number = caller.add("issuedinvoices", caller.invoice(ForwardToSEF="Zbirno"))
        assert ("ForwardToSEF" in caller.get(f"issuedinvoices/{number}").json()) is kept
        assert bool(caller.simulator.log.effects("members_ignored")) is not kept


def test_files_of_invoices_come_as_a_bare_array(minimax_caller: "MinimaxCaller", draft: str) -> None:
    file = {"AttachmentData": DATA, "AttachmentFileName": "a.pdf", "AttachmentMimeType": "application/pdf"}

    assert minimax_caller.post(f"{draft}/attachments", file).status_code == 201
    assert wrong(minimax_caller.post(f"{draft}/attachments", {**file, "AttachmentData": "ž"})) == ["AttachmentData"]
    (held,) = minimax_caller.get(f"{draft}/attachments").json()
    assert (held["AttachmentFileName"], held["AttachmentData"]) == ("a.pdf", DATA)


def test_received_invoices_are_found_by_supplier_and_reference(minimax_caller: "MinimaxCaller") -> None:
    supplier = minimax_caller.id("Customer", "D002")
    body = {
        "Customer": supplier, "DocumentReference": "R-77/1", "DateIssued": "2026-11-01", "DateDue": "2026-11-30",
        "InvoiceAmount": "122.00",
    }  # fmt: skip
    numbers = [minimax_caller.add("receivedinvoices", body) for _ in range(2)]

    rows = minimax_caller.rows("receivedinvoices", CustomerID=supplier["ID"], DocumentReference="R-77")
    assert [row["ReceivedInvoiceId"] for row in rows] == numbers
    assert [row["InvoiceNumber"] for row in rows] == [1, 2]
    minimax_caller.simulator.portal.pay(minimax_caller.number, "ReceivedInvoice", numbers[0], "22.00")
    assert minimax_caller.get(f"receivedinvoices/{numbers[0]}").json()["PaidValue"] == 22


def test_a_posting_balances_is_issued_and_has_no_put(minimax_caller: "MinimaxCaller") -> None:
    body: dict[str, Any] = {
        "DocumentType": "IZT", "Date": "2026-11-01", "Description": "Iztržek #77",
        "IssuedInvoicePostingPaymentMethods": [{"PaymentMethod": minimax_caller.first("PaymentMethod"), "Amount": 121}],
        "IssuedInvoicePostingTaxes": [{"TaxType": "DDV", "TaxAmount": 22}],
        "IssuedInvoicePostingRevenues": [{"Account": minimax_caller.id("Account", "7600"), "Amount": 100}],
    }  # fmt: skip
    assert wrong(minimax_caller.post("issuedinvoicepostings", body)) == ["IssuedInvoicePostingPaymentMethods"]
    body["IssuedInvoicePostingPaymentMethods"][0]["Amount"] = 122
    customer = minimax_caller.id("Customer", "D001")
    assert wrong(minimax_caller.post("issuedinvoicepostings", {**body, "Customer": customer})) == ["Customer"]

    number = minimax_caller.add("issuedinvoicepostings", body)
    path = f"issuedinvoicepostings/{number}"
    assert minimax_caller.rows("issuedinvoicepostings", Description="#77")[0]["Status"] == "O"
    assert minimax_caller.put(path, body).status_code == 501
    assert minimax_caller.put(f"{path}/actions/issue").status_code == 200
    assert minimax_caller.get(path).json()["Status"] == "P"
    assert wrong(minimax_caller.delete(path)) == ["Status"]
    assert minimax_caller.put(f"{path}/actions/issueCancellation").status_code == 200
    assert minimax_caller.delete(path).status_code == 200


def test_an_order_goes_through_its_states(minimax_caller: "MinimaxCaller") -> None:
    row = {"Item": minimax_caller.id("Item", "A1"), "ItemName": "Ura nege", "Quantity": 2, "Price": 50}
    body = {"ReceivedIssued": "P", "Customer": minimax_caller.id("Customer", "D001"), "Reference": "N-1",
            "OrderRows": [row]}  # fmt: skip
    path = f"orders/{minimax_caller.add('orders', body)}"
    states = []
    for action in ("confirm", "complete", "cancelCompletion", "invalidate", "cancelInvalidation"):
        assert minimax_caller.act(path, action).status_code == 200
        states.append(minimax_caller.get(path).json()["Status"])
    assert states == ["P", "Z", "P", "R", "P"]
    assert wrong(minimax_caller.act(path, "confirm")) == ["Status"]
    assert wrong(minimax_caller.put(path, minimax_caller.get(path).json())) == ["Status"]
    assert minimax_caller.act(path, "createissuedinvoice").headers["Location"].count("/issuedinvoices/") == 1
    assert minimax_caller.rows("orders", Reference="n-1")[0]["Number"] == 1


def test_goods_come_and_go_by_confirmed_stock_entries(minimax_caller: "MinimaxCaller") -> None:
    item, warehouse = minimax_caller.id("Item", "A3"), minimax_caller.first("Warehouse")
    body: dict[str, Any] = {"StockEntryType": "P", "StockEntrySubtype": "S", "Date": "2026-11-01",
            "StockEntryRows": [{"Item": item, "Quantity": 5, "Price": 9}]}  # fmt: skip
    path = f"stockentry/{minimax_caller.add('stockentry', body)}"
    assert wrong(minimax_caller.act(path, "confirm")) == ["StockEntryRows[0].WarehouseTo"]
    held = minimax_caller.get(path).json()
    held["StockEntryRows"][0]["WarehouseTo"] = warehouse
    assert minimax_caller.put(path, held).status_code == 200
    assert minimax_caller.rows("stocks") == []

    assert minimax_caller.act(path, "confirm").status_code == 200

    (row,) = minimax_caller.rows("stocks", ItemID=item["ID"])
    assert (row["Quantity"], row["Value"]) == (5, 45)
    assert wrong(minimax_caller.put(path, minimax_caller.get(path).json())) == ["Status"]
    version = minimax_caller.get(path).json()["RowVersion"]
    pdf = minimax_caller.get(f"{path}/actions/getdeliverynotepdf", rowVersion=version)
    assert pdf.json()["Data"]["AttachmentMimeType"] == "application/pdf"


def test_inbox_documents_take_attachments_and_a_decision(minimax_caller: "MinimaxCaller") -> None:
    file = {"AttachmentData": DATA, "AttachmentFileName": "scan.pdf"}
    body = {"InboxType": "PR", "Description": "Scan #5", "Customer": minimax_caller.id("Customer", "D001"),
            "Attachments": [file]}  # fmt: skip
    path = f"inbox/{minimax_caller.add('inbox', body)}"

    assert minimax_caller.post(path, [file]).status_code == 201
    assert minimax_caller.post(path, {"Attachments": [file]}).status_code == 400
    first, second = (each["InboxAttachmentId"] for each in minimax_caller.get(path).json()["Attachments"])
    assert minimax_caller.delete(f"{path}/attachments/{first}").status_code == 200
    assert [each["InboxAttachmentId"] for each in minimax_caller.get(path).json()["Attachments"]] == [second]
    assert minimax_caller.put(f"{path}/actions/approve", createReceivedInvoice="D").status_code == 200
    assert minimax_caller.get(path).json()["StatusOfReceivedInvoice"] == "Odobren"
    assert len(minimax_caller.rows("receivedinvoices")) == 1
