"""Operations that answer in a way of their own."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from provider_simulators.documents import json_body
from provider_simulators.minimax import computed, seed
from provider_simulators.minimax.books import Organisation
from provider_simulators.minimax.documents import Document, Documents
from provider_simulators.minimax.reading import Record
from provider_simulators.minimax.refusals import Message, RefusedError
from provider_simulators.minimax.rules import Context, Problem, exchange_rate
from provider_simulators.minimax.texts import Text

if TYPE_CHECKING:
    from provider_simulators.minimax.routes import Call

CHARTS = (
    "IssuedInvoicesSummary", "ReceivedInvoicesSummary", "IssuedInvoicesUnpaid", "ReceivedInvoicesUnpaid",
    "TopCustomers", "TopDebtors", "TopSuppliers", "TopCreditors", "RevenuesExpenses",
)  # fmt: skip
TAX_DIGITS = (8, 9, 11)
"""Digits of a tax number in Slovenia, Serbia, Croatia."""


def _account_by_content(call: "Call") -> Response:
    """The account that is set for a meaning."""
    record = call.books.by_code("Account", seed.CONTENTS.get(call.text, ""))
    if record is None:
        raise RefusedError(404)
    return call.answer(call.documents().document("Account", record))


def _domestic_currency(call: "Call") -> Response:
    record = call.books.get("Currency", _context(call).home_currency)
    assert record is not None
    return call.answer(call.documents().document("Currency", record))


def _exchange_rate(call: "Call") -> Response:
    books = call.books
    currency = books.by_code("Currency", call.text) if call.text else books.get("Currency", call.key)
    if currency is None:
        raise RefusedError(404)
    on = computed.asked_day(call.backend, call.query)
    key = currency["CurrencyId"]
    record = {"Date": on, "Currency": key, "MidRate": exchange_rate(_context(call), key)}
    return call.answer(call.documents().document("ExchangeRate", record))


def _customer_from_register(call: "Call") -> Response:
    """A customer from the public register, by tax number; whoever it is, the name is invented."""
    number = call.text.removeprefix(call.backend.localisation.country)
    if not (number.isdecimal() and len(number) in TAX_DIGITS):
        raise RefusedError(404)
    home = call.backend.localisation
    body = {
        "Name": f"Podjetje {number}", "Address": "Registrska ulica 1", "PostalCode": "1000", "City": "Nikjer",
        "Country": {"ID": home.country_ids[home.country]}, "SubjectToVAT": "D", "TaxNumber": number,
        "Currency": {"ID": home.currency_ids[home.currency]}, "EInvoiceIssuing": "SeNePripravlja",
        "Code": number[-10:],
    }  # fmt: skip
    key = call.backend.add(call.books, "Customer", body)["CustomerId"]
    return call.created(key, call.request.path.rpartition("/")[0])


def _dashboard(call: "Call") -> Response:
    """Charts; they show counts of invoices only."""
    rows = {
        "IssuedInvoicesSummary": [{"Type": "R", "Count": len(call.books.table("IssuedInvoice")), "Value": 0}],
        "ReceivedInvoicesSummary": [{"Type": "R", "Count": len(call.books.table("ReceivedInvoice")), "Value": 0}],
    }
    return call.answer({name: {"Visible": True, "Data": rows.get(name, [])} for name in CHARTS})


def _inbox_attachments(call: "Call") -> Response:
    """An array of attachments is added to a document (vendor's documentation)."""
    item = call.backend.record(call.books, "Inbox", call.key)
    try:
        body = json_body(call.request)
    except ValueError:
        body = None
    if not isinstance(body, list):
        raise RefusedError(400, Message(text="The request is invalid."))
    found = call.backend.read(call.books, "Inbox", {"Attachments": body}, creating=True).record["Attachments"]
    for attachment in found:
        attachment["AttachmentDate"] = attachment["AttachmentDate"] or call.backend.clock.today().isoformat()
    _put_rows(call.books, call, "Inbox", call.key, Attachments=[*item["Attachments"], *found])
    call.backend.note(call.books, "Inbox", call.key, "attach", body)
    path = call.request.path.rpartition("/")[0]
    return call.created(call.key, path)


def _delete_inbox_attachment(call: "Call") -> Response:
    item = call.backend.record(call.books, "Inbox", call.parent or 0)
    left = [each for each in item["Attachments"] if each["InboxAttachmentId"] != call.key]
    if len(left) == len(item["Attachments"]):
        raise RefusedError(404)
    _put_rows(call.books, call, "Inbox", call.parent or 0, Attachments=left)
    call.backend.note(call.books, "Inbox", call.parent, "detach", {"InboxAttachmentId": call.key})
    return Response(status=call.backend.switches.delete_status)


def _items_settings(call: "Call") -> Response:
    return call.answer({"PricesIncludeVAT": "D" if call.backend.switches.prices_include_vat else "N"})


def _unpaged(call: "Call") -> Response:
    """A list without pages, with messages."""
    rows = computed.ROWS[call.operation.name](call.backend, call.books, call.query)
    documents = call.documents()
    return call.answer({"Rows": [documents.document(call.kind, row) for row in rows], "ValidationMessages": []})


def _vod_standard(call: "Call") -> Response:
    """Nobody has seen what it answers: a file of journals, here a line for each."""
    lines = [
        f"{key};{journal['JournalDate']};{journal['Status']}" for key, journal in call.books.table("Journal").items()
    ]
    return Response("\r\n".join(lines), content_type="text/plain; charset=utf-8")


def _organisation(call: "Call") -> Response:
    return call.answer(_organisation_document(call, call.books))


def _all_organisations(call: "Call") -> Response:
    """A bare array; indices count from 0 (inferred)."""
    part = call.query.get("searchString", "").casefold()
    found = [each for each in call.backend.reachable() if part in each.name.casefold()]
    first, last = (call.query.get(name, "") for name in ("startRowIndex", "endRowIndex"))
    found = found[int(first) if first.isdecimal() else 0 : int(last) + 1 if last.isdecimal() else None]
    return call.answer([_organisation_document(call, each) for each in found])


def _profile(call: "Call") -> Response:
    books = next(iter(call.backend.organisations.values()))
    (user,) = books.table("User").values()
    return call.answer(_documents_of(call, books).document("User", user))


def _stock_for_item(call: "Call") -> Response:
    call.backend.record(call.books, "Item", call.key)
    rows = computed.stocks(call.backend, call.books, {**call.query, "Mode": "1"})
    record = next(row for row in rows if row["Item"] == call.key)
    return call.answer(call.documents().document("StockListItem", record))


def _add_vat_entry(call: "Call") -> Response:
    journal = _open_journal(call)
    entry = _vat_entry(call, creating=True)
    _put_rows(call.books, call, "Journal", journal["JournalId"], VatEntries=[*journal["VatEntries"], entry])
    key = call.books.table("Journal")[journal["JournalId"]]["VatEntries"][-1]["VatEntryId"]
    call.backend.note(call.books, "VATEntry", key, "create", call.body())
    return call.created(key)


def _get_vat_entry(call: "Call") -> Response:
    return call.answer(call.documents().document("VATEntry", _held_vat_entry(call)))


def _update_vat_entry(call: "Call") -> Response:
    journal, held = _open_journal(call), _held_vat_entry(call)
    if call.body().get("RowVersion") != held["RowVersion"] and (
        "RowVersion" in call.body() or call.backend.switches.row_version_missing == "refuse"
    ):
        call.backend.check_version(call.books, "VATEntry", call.key, None)
    entry = {**_vat_entry(call, creating=False), "VatEntryId": call.key}
    entries = [entry if each["VatEntryId"] == call.key else each for each in journal["VatEntries"]]
    _put_rows(call.books, call, "Journal", journal["JournalId"], VatEntries=entries)
    call.backend.note(call.books, "VATEntry", call.key, "replace", call.body())
    return Response(status=200)


def _delete_vat_entry(call: "Call") -> Response:
    journal = _open_journal(call)
    held = _held_vat_entry(call)
    left = [each for each in journal["VatEntries"] if each is not held]
    _put_rows(call.books, call, "Journal", journal["JournalId"], VatEntries=left)
    call.backend.note(call.books, "VATEntry", call.key, "delete", None)
    return Response(status=call.backend.switches.delete_status)


def _open_journal(call: "Call") -> Record:
    journal = call.backend.record(call.books, "Journal", call.parent or 0)
    call.backend.check_state(call.books, "Journal", journal)
    return journal


def _held_vat_entry(call: "Call") -> Record:
    journal = call.backend.record(call.books, "Journal", call.parent or 0)
    held: Record | None = next((each for each in journal["VatEntries"] if each["VatEntryId"] == call.key), None)
    if held is None:
        raise RefusedError(404)
    return held


def _vat_entry(call: "Call", *, creating: bool) -> Record:
    entry = call.backend.read(call.books, "VATEntry", call.body(), creating=creating).record
    if not entry["VatEntryRows"]:
        raise call.backend.refusal(Problem(member="VatEntryRows", text=Text.REQUIRED))
    return entry


def _put_rows(books: Organisation, call: "Call", kind: str, key: int, **rows: Any) -> None:
    """Replace rows of a record; they get their ids, and the record another version."""
    former = books.table(kind)[key]
    record = {**former, **rows}
    call.backend.number_rows(call.backend.models[kind], record, key, former)
    call.backend.restamp(books, kind, key, **{name: record[name] for name in rows})


def _documents_of(call: "Call", books: Organisation) -> Documents:
    return Documents(call.backend.models, books)


def _organisation_document(call: "Call", books: Organisation) -> Document:
    home = call.backend.localisation
    record = {
        "OrganisationId": books.id, "Title": books.name, "Address": "Vzorčna cesta 1", "PostalCode": "1000",
        "City": "Nikjer", "Country": home.country_ids[home.country], "TaxNumber": f"{books.id:08}",
        "RegistrationNumber": f"{books.id}000", "VATIdentificationNumber": f"{home.country}{books.id:08}",
        "Administrator": 501, "Status": "V", "RecordDtModified": "2026-01-01T00:00:00.000",
        "RowVersion": "AAAAAAAAB9E=",
    }  # fmt: skip
    return _documents_of(call, books).document("Organisation", record)


def _context(call: "Call") -> Context:
    context: Context = call.backend.context(call.books)
    return context


SPECIAL: Mapping[str, Callable[["Call"], Response]] = {
    "GetAccountByContent": _account_by_content,
    "GetDomesticCurrency": _domestic_currency,
    "GetExchangeRateByCurrencyCode": _exchange_rate,
    "GetExchangeRateByCurrencyId": _exchange_rate,
    "AddCustomerByTaxNumber": _customer_from_register,
    "GetDashboards": _dashboard,
    "AddInboxAttachments": _inbox_attachments,
    "DeleteInboxAttachment": _delete_inbox_attachment,
    "GetItemsSettings": _items_settings,
    "GetItemsData": _unpaged,
    "GetPriceLists": _unpaged,
    "GetJournalsInVODStandard": _vod_standard,
    "GetOrganisation": _organisation,
    "GetAllOrganisations": _all_organisations,
    "GetCurrentUserProfile": _profile,
    "GetStockForItem": _stock_for_item,
    "AddVATEntry": _add_vat_entry,
    "GetVATEntry": _get_vat_entry,
    "UpdateVATEntry": _update_vat_entry,
    "DeleteVATEntry": _delete_vat_entry,
}
