"""Each of the 178 operations answers in each country, and what it answers has the vendor's form."""

import base64
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minimax import Country
from provider_simulators.minimax.operations import Operation, operations

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax

DATA = base64.b64encode(b"scan").decode()
FILE = {"AttachmentData": DATA, "AttachmentFileName": "scan.pdf", "AttachmentMimeType": "application/pdf"}
OK = (200, 201)
CODES = {
    "GetAccountByCode": "4000", "GetAccountByContent": "OtherRevenues", "GetCountryByCode": "NL",
    "GetCurrencyByCode": "EUR", "GetDomesticCurrency": "2026-11-15", "AddCustomerByTaxNumber": "12345678",
    "GetCustomerByCode": "D001", "GetExchangeRateByCurrencyCode": "USD", "GetItemByCode": "A1",
    "GetJournalTypeByCode": "OP", "GetPayrollSettingByCodeAndDate": "MINPLACA", "GetPurposeCodeByCode": "SALA",
    "GetVatRateByCode": "S",
}  # fmt: skip
ACTIONS = {
    "CustomActionInbox": "approve", "CustomActionIssuedInvoice": "IssueAndGeneratePdf",
    "CustomActionIssuedInvoicePosting": "issue", "PutCustomActionOrder": "confirm",
    "GetCustomActionOrder": "getorderpdf", "PutCustomActionStockEntry": "confirm",
    "GetCustomActionStockEntry": "getDeliveryNotepdf",
}  # fmt: skip
QUERIES = {"GetIssuedInvoices": {"InvoiceType": "R"}, "GetStocks": {"Mode": "1"}}
WITHOUT_LIST = {"GetJournalsInVODStandard", "GetDashboards"}


def bodies(caller: "MinimaxCaller") -> dict[str, Any]:
    """What every sort of record is made with."""
    customer, item, home = caller.id("Customer", "D001"), caller.id("Item", "A3"), caller.home
    warehouse = caller.first("Warehouse")
    vat_entry = {
        "VatBook": "IR", "VatDate": "2026-10-31", "VatEntryDate": "2026-10-31", "Customer": customer, "Document": "V-1",
        "VatEntryRows": [{"VatRate": caller.id("VatRate", "S"), "VatBase": 100, "Vat": 22}],
    }  # fmt: skip
    journal = caller.journal()
    journal["JournalEntries"][0]["ExternalId"] = "line-1"
    journal["VatEntries"] = [{**vat_entry, "JournalEntryExternalId": "line-1"}]
    russian = caller.simulator.backend.localisation.country is Country.RS
    return {
        "AddressModel": {"Name": "Skladišče", "Address": "Cesta 2", "City": "Kraj", "Country": home["Country"]},
        "Analytic": {"Code": "K9", "Name": "Nega", "ParentAnalytic": caller.first("Analytic")},
        "BankAccount": {"IBAN": "SI56", "AccountNumber": "0110000000", "Name": "Račun"},
        "Contact": {"FullName": "Bine Vzorec", "Email": "bine@example.org", "Default": "D"},
        "Customer": caller.customer(),
        "Document": {"DocumentDate": "2026-11-01", "Description": "Pogodba", "Customer": customer},
        "DocumentAttachment": {"Description": "Stran 1", "AttachmentData": DATA, "FileName": "1.pdf"},
        "Employee": {"FirstName": "Ina", "LastName": "Primer", "Gender": "Z",
                     "EmploymentType": "Z30" if russian else "ZD", "DateOfBirth": "1990-01-01"},
        "Inbox": {"InboxType": "PR", "Description": "Račun", "Customer": customer, "Attachments": [FILE]},
        "IssuedInvoice": caller.invoice(),
        "IssuedInvoiceAttachment": FILE,
        "IssuedInvoicePosting": {
            "DocumentType": "IZT", "Date": "2026-11-01", "Description": "Dnevni iztržek 1",
            "IssuedInvoicePostingPaymentMethods": [{"PaymentMethod": caller.first("PaymentMethod"), "Amount": 122}],
            "IssuedInvoicePostingTaxes": [{"TaxType": "DDV", "VatRate": caller.id("VatRate", "S"), "TaxAmount": 22}],
            "IssuedInvoicePostingRevenues": [{"Account": caller.id("Account", "7600"), "Amount": 100}],
            "IssuedInvoicePostingRetailDataForBookkeeping": {"Rows": [{"Item": item, "Quantity": 1}]},
        },
        "Item": {"Name": "Test", "Code": "T1", "ItemType": "B", "VatRate": caller.id("VatRate", "S"), "Price": "10.6475",
                 "Currency": home["Currency"], "Composite": [{"Item": item, "Quantity": 2}]},
        "Journal": journal,
        "Order": {"ReceivedIssued": "P", "Year": 2026, "Date": "2026-11-01", "Customer": customer, "Reference": "N-1",
                  "OrderRows": [{"Item": item, "ItemCode": "A3", "ItemName": "Posteljnina", "Quantity": 1, "Price": 10}]},
        "ProductGroup": {"Code": "G1", "Name": "Blago"},
        "ReceivedInvoice": {"Customer": customer, "DocumentReference": "R-77", "DateIssued": "2026-11-01",
                            "DateDue": "2026-11-30", "InvoiceAmount": 122},
        "ReceivedInvoiceAttachment": FILE,
        "StockEntry": {"StockEntryType": "P", "StockEntrySubtype": "S", "Date": "2026-11-01", "Customer": customer,
                       "StockEntryRows": [{"Item": item, "Quantity": 5, "Price": 9, "WarehouseTo": warehouse}]},
        "VATEntry": vat_entry,
        "Warehouse": {"Code": "S9", "Name": "Novo skladišče", "InventoryManagement": "Nabavna"},
    }  # fmt: skip


class Visitor:
    """Asks operations of one organisation, with records of every sort already there."""

    def __init__(self, caller: "MinimaxCaller") -> None:
        self.caller = caller
        self.bodies = bodies(caller)
        self.ids: dict[str, int] = {}
        self.lists = {each.model: each.path for each in operations() if each.verb == "add"}
        self.parents = {
            "customers": "Customer", "documents": "Document", "issuedinvoices": "IssuedInvoice",
            "receivedinvoices": "ReceivedInvoice", "journals": "Journal", "inbox": "Inbox", "countries": "",
        }  # fmt: skip

    def make(self, model: str) -> int:
        """A new record of a sort."""
        path = self.lists.get(model) or "/api/orgs/<int:organisation>/journals/<int:parent>/vat"
        body = self.bodies[model]
        if model in ("Customer", "Item"):
            body = {**body, "Code": f"{body['Code']}-{len(self.caller.books.table(model))}"}
        answer = self.caller.session.post(self.url(path, ""), json=body, timeout=10)
        assert answer.status_code == 201, (model, answer.text)
        return int(answer.headers["Location"].rpartition("=")[2])

    def visit(self, operation: Operation) -> Any:
        """Ask an operation; gives the answer."""
        model, verb = operation.model, operation.verb
        key = self._key(operation)
        path = self.url(operation.path, CODES.get(operation.name, ACTIONS.get(operation.name, "")), key)
        query: dict[str, Any] = dict(QUERIES.get(operation.name, {}))
        body: Any = None
        if operation.method in ("POST", "PUT") and verb in ("add", "replace"):
            body = dict(self.bodies[model])
        elif operation.name == "AddInboxAttachments":
            body = [FILE]
        elif operation.name in ("AddVATEntry", "UpdateVATEntry"):
            body = dict(self.bodies["VATEntry"])
        if operation.method == "PUT" or "rowVersion" in operation.query:
            held = self.caller.session.get(path.partition("/actions/")[0], timeout=10).json()
            if body is not None:
                body |= {name: held[name] for name in ("RowVersion", "Code") if name in held}
            else:
                query["rowVersion"] = held["RowVersion"]
        return self.caller.session.request(operation.method, path, json=body, params=query, timeout=10)

    def url(self, path: str, text: str, key: int = 0) -> str:
        number = self.caller.number
        path = path.replace("<int:organisation>", str(number)).replace("<path:code>", text).replace("<action>", text)
        if "<int:parent>" in path:
            sort = self.parents[path.partition("/<int:parent>")[0].rpartition("/")[2]]
            parent = self.caller.home["Country"]["ID"] if not sort else self._held(sort)
            path = path.replace("<int:parent>", str(parent))
        return f"{self.caller.settings['api_url']}{path.replace('<int:key>', str(key))}"

    def _held(self, sort: str) -> int:
        if sort not in self.ids:
            self.ids[sort] = self.make(sort)
        return self.ids[sort]

    def _key(self, operation: Operation) -> int:
        if "<int:key>" not in operation.path:
            return 0
        special = {"GetExchangeRateByCurrencyId": "Currency", "GetStockForItem": "Item", "AddInboxAttachments": "Inbox"}
        sort = special.get(operation.name) or operation.model or "Inbox"
        if operation.name == "DeleteInboxAttachment":
            item = self.caller.get(f"inbox/{self._held('Inbox')}").json()
            return int(item["Attachments"][0]["InboxAttachmentId"])
        if sort in self.bodies and not (operation.name in special and sort != "Inbox"):
            return self.make(sort)
        return next(iter(self.caller.books.table(sort)))


@pytest.mark.parametrize("country", Country)
def test_each_operation_answers_in_the_vendors_form(
    start_minimax: "StartMinimax",
    minimax_specification: dict[str, Any],
    minimax_faults: Callable[..., list[str]],
    country: Country,
) -> None:
    visitor = Visitor(start_minimax(localisation=country))
    documented = {each["id"]: each for each in minimax_specification["operations"]}
    found: list[str] = []
    for operation in operations():
        answer = visitor.visit(operation)
        if answer.status_code not in OK:
            found.append(f"{operation.name}: {answer.status_code} {answer.text[:200]}")
            continue
        expected = documented[operation.name].get("response", {})
        found += [f"{operation.name}: {fault}" for fault in form(answer, expected, operation, country, minimax_faults)]

    assert found == []
    assert not visitor.caller.simulator.log.effects("not_simulated")
    assert not visitor.caller.simulator.log.effects("members_ignored")


def form(
    answer: Any, expected: dict[str, Any], operation: Operation, country: str, faults: Callable[..., list[str]]
) -> list[str]:
    """What is wrong with the form of an answer."""
    if expected.get("body") == "empty" or operation.verb in ("add", "delete"):
        wrong = [] if answer.content == b"" else ["has a body"]
        if operation.verb == "add":
            wrong += [] if re.search(r"/(\d+)\?id=\1$", answer.headers["Location"]) else ["no Location"]
        return wrong
    if operation.name in WITHOUT_LIST or operation.method != "GET" or operation.verb == "action":
        return []
    body = answer.json()
    if "envelope" in expected:
        names = {"SearchResult": {"Rows", "TotalRows", "CurrentPageNumber", "PageSize"}}
        wrong = [] if set(body) == names.get(expected["envelope"], {"Rows", "ValidationMessages"}) else [str(set(body))]
        rows = body["Rows"]
        return (
            wrong
            + ([] if rows else ["no rows"])
            + [each for row in rows[:5] for each in known(row, expected["rows"], country, faults)]
        )
    if "bare_array_of" in expected:
        return [each for row in body for each in faults(row, expected["bare_array_of"], country)]
    return faults(body, expected["model"], country)


def known(row: dict[str, Any], model: str, country: str, faults: Callable[..., list[str]]) -> list[str]:
    """Faults of a row; one model has two variants, each without a member of the other."""
    found = faults(row, model, country)
    variants = ("PaymentMethodSearch.Code", "PaymentMethodSearch.Default")
    return [each for each in found if not each.startswith(variants)]
