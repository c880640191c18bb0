"""Who writes which stream: a table of rows, one per stream."""

from collections.abc import Mapping
from types import new_class
from typing import Any, Final, cast

from connector_kit.books.entry_errors import Problems
from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.posting import Kind
from connector_kit.posting.sink import BooksSink

from target_minimax.journals import Journals
from target_minimax.models import member_name
from target_minimax.resources import Coded, Document, Marked, Named, Resource
from target_minimax.rows import Parent, PeriodOf, Row
from target_minimax.writing import (
    ATTACHMENT,
    ActionsSink,
    Attachments,
    CostCenters,
    Entries,
    Invoices,
    Items,
    Parties,
    Records,
)

__all__ = ["SINKS", "accepted_streams"]

_EDIT_BY_HAND: Final = "Minimax holds another content; set on_changed to update, or change it there by hand"

# What the rows need to know


_POSTINGS: Final = {
    "Customer": ("IRI", "IRS", "AVA"),
    "DateTransaction": ("IRS", "AVA"),
    "DateDue": ("IRS",),
}
"""Members that some types of postings want and others do not have (vendor's documentation)."""


def _posting_is_right(body: dict[str, Any], problems: Problems) -> None:
    """Its members are those of its type; payments are revenues and taxes, where all are given."""
    kind = body.get("DocumentType")
    for member, kinds in _POSTINGS.items():
        if (member in body) != (kind in kinds):
            what = ("missing_field", "is missing") if kind in kinds else ("invalid_field", "has no place here")
            problems.add(what[0], member_name(member), f"{what[1]}; postings of type {', '.join(kinds)} have it")
    if "PaymentReference" in body and kind != "IRS":
        problems.add("invalid_field", "payment_reference", "has no place here; postings of type IRS have it")
    sums = []
    for rows, member in (("PaymentMethods", "Amount"), ("Revenues", "Amount"), ("Taxes", "TaxAmount")):
        sums.append(sum(row.get(member, 0) for row in body.get(f"IssuedInvoicePosting{rows}", ())))
    paid, revenue, tax = sums
    if paid and revenue and paid != revenue + tax:
        problems.add("amount", "issued_invoice_posting_payment_methods", "do not add up to revenues and taxes")


def _moves_between_warehouses(body: dict[str, Any], problems: Problems) -> None:
    """Receipts need a warehouse to, issues and own use one from, moves (subtype L) both."""
    kind, moves = body.get("StockEntryType"), body.get("StockEntrySubtype") == "L"
    wanted = ["WarehouseTo"] * (kind == "P" or moves) + ["WarehouseFrom"] * (kind in {"I", "L"} or moves)
    for place, row in enumerate(body.get("StockEntryRows", ())):
        for name in wanted:
            if name not in row:
                path = f"stock_entry_rows[{place}].{member_name(name)}"
                of = f"{kind} and subtype L" if moves else str(kind)
                problems.add("missing_field", path, f"is missing; a stock entry of type {of} wants it")


def _iban_is_split(body: dict[str, Any], problems: Problems) -> None:  # noqa: ARG001  # as the others
    """Minimax keeps the first four characters of an IBAN apart from the rest (working client)."""
    whole = "".join(str(body.get("IBAN", "")).split())
    if whole and "AccountNumber" not in body:
        body["IBAN"], body["AccountNumber"] = whole[:4], whole[4:]


def _dates(first: str, last: str, member: str) -> "PeriodOf":
    return lambda body: {first: body[member], last: body[member]} if member in body else {}


def _of_invoice(body: Document) -> dict[str, str]:
    days = {"DateIssuedFrom": body["DateIssued"], "DateIssuedTo": body["DateIssued"]}
    return {"InvoiceType": body["InvoiceType"], "CustomerID": str(body["Customer"]["ID"]), **days}


def _of_order(body: Document) -> dict[str, str]:
    days = {"DateFrom": body["Date"], "DateTo": body["Date"]} if "Date" in body else {}
    return {"ReceivedIssued": body["ReceivedIssued"], "CustomerID": str(body["Customer"]["ID"]), **days}


def _of_stock(body: Document) -> dict[str, str]:
    return {"StockEntryType": body["StockEntryType"], "DateFrom": body["Date"], "DateTo": body["Date"]}


def _own(stream: str, noun: str, way: Any, model: str, resource: Resource, **more: Any) -> Row:
    return Row(stream=stream, noun=noun, reads=Records, way=way, model=model, resource=resource, is_own=True, **more)


_REGISTER: Final = Resource(
    path="customers",
    id="CustomerId",
    # What people change there without it being another customer.
    left_alone=frozenset({"CountryName", "EInvoiceIssuing", "Usage"}),
)
_JOURNALS: Final = Resource(
    path="journals", id="JournalId", mark_in="Description", mark_filter="Description", draft="O"
)
_CUSTOMER: Final = Parent(member="customer", target="Customer", named_in="Customer")

SINKS: Final = (
    Row(
        stream="journal_entries",
        noun="entry",
        reads=Entries,
        way=Journals,
        resource=_JOURNALS,
        model="Journal",
        reads_back=True,
    ),
    Row(stream="journal_entry_lines", noun="entry", reads=EntryLinesSink),
    Row(
        stream="customers",
        noun="customer",
        reads=Parties,
        way=Coded,
        resource=_REGISTER,
        model="Customer",
        learned="Customer",
    ),
    Row(
        stream="suppliers",
        noun="supplier",
        reads=Parties,
        way=Coded,
        resource=_REGISTER,
        model="Customer",
        learned="Customer",
    ),
    Row(
        stream="items",
        noun="item",
        reads=Items,
        way=Coded,
        resource=Resource(path="items", id="ItemId", left_alone=frozenset({"Usage"})),
        model="Item",
        learned="Item",
    ),
    Row(
        stream="cost_centers",
        noun="cost center",
        reads=CostCenters,
        way=Named,
        resource=Resource(path="analytics", id="AnalyticId"),
        model="Analytic",
        learned="Analytic",
    ),
    Row(
        stream="sales_invoices",
        noun="invoice",
        reads=Invoices,
        way=Marked,
        resource=Resource(path="issuedinvoices", id="IssuedInvoiceId", mark_in="Notes", draft="O"),
        model="IssuedInvoice",
        period=_of_invoice,
    ),
    Row(
        stream="purchase_invoices",
        noun="purchase invoice",
        reads=Invoices,
        way=Named,
        resource=Resource(path="receivedinvoices", id="ReceivedInvoiceId", draft="O"),
        model="ReceivedInvoice",
    ),
    Row(stream="attachments", noun="attachment", reads=Attachments, way=Named, resource=ATTACHMENT),
    _own(
        "journal_vat_entries",
        "VAT entry",
        Named,
        "VATEntry",
        Resource(path="journals/{parent}/vat", id="VatEntryId", in_parent="VatEntries"),
        parent=Parent(member="journal_entry", stream="journal_entries"),
        named_by=("VatBook", "Document"),
        required=("VatBook", "VatDate", "Document"),
        dated_by="VatDate",
    ),
    _own(
        "customer_addresses",
        "address",
        Named,
        "AddressModel",
        Resource(path="customers/{parent}/addresses", id="AddressId"),
        parent=_CUSTOMER,
        named_by=("Name",),
    ),
    _own(
        "customer_contacts",
        "contact",
        Named,
        "Contact",
        Resource(path="customers/{parent}/contacts", id="ContactId"),
        parent=_CUSTOMER,
        named_by=("Email", "FullName"),
        one_name=True,
        required=("FullName",),
    ),
    _own(
        "customer_bank_accounts",
        "bank account",
        Named,
        "BankAccount",
        Resource(path="customers/{parent}/bankAccounts", id="BankAccountId"),
        parent=_CUSTOMER,
        named_by=("IBAN", "AccountNumber"),
        check=_iban_is_split,
    ),
    _own(
        "issued_invoice_postings",
        "invoice posting",
        Marked,
        "IssuedInvoicePosting",
        Resource(
            path="issuedinvoicepostings",
            id="IssuedInvoicePostingId",
            mark_in="Description",
            mark_filter="Description",
            is_fixed=True,  # there is no PUT
        ),
        period=_dates("DateFrom", "DateTo", "Date"),
        dated_by="Date",
        check=_posting_is_right,
    ),
    _own(
        "inbox_items",
        "inbox item",
        Marked,
        "Inbox",
        Resource(path="inbox", id="InboxId", mark_in="Description", is_fixed=True, unseen=frozenset({"Attachments"})),
        period=_dates("InboxDateFrom", "InboxDateTo", "InboxDate"),
        required=("InboxType", "InboxDate"),
    ),
    _own(
        "documents",
        "document",
        Marked,
        "Document",
        Resource(path="documents", id="DocumentId", mark_in="Description", mark_filter="SearchString"),
        required=("DocumentDate",),
    ),
    _own(
        "document_attachments",
        "document attachment",
        Named,
        "DocumentAttachment",
        Resource(
            path="documents/{parent}/attachments",
            id="DocumentAttachmentId",
            in_parent="Attachments",
            unseen=frozenset({"AttachmentData"}),
        ),
        parent=Parent(member="document", stream="documents", named_in="Document"),
        named_by=("FileName",),
        required=("FileName", "AttachmentData"),
    ),
    _own(
        "employees",
        "employee",
        Named,
        "Employee",
        Resource(path="employees", id="EmployeeId"),
        named_by=("TaxNumber", "Code"),
        one_name=True,
    ),
    _own(
        "orders",
        "order",
        Marked,
        "Order",
        # Not looked for by the filter Reference: whether it takes a part of the text, as our mark is, is not known.
        Resource(path="orders", id="OrderId", mark_in="Reference", draft="O"),
        period=_of_order,
        dated_by="Date",
    ),
    _own(
        "stock_entries",
        "stock entry",
        Marked,
        "StockEntry",
        Resource(path="stockentry", id="StockEntryId", mark_in="Description", draft="O"),
        period=_of_stock,
        dated_by="Date",
        check=_moves_between_warehouses,
    ),
    _own(
        "product_groups",
        "product group",
        Named,
        "ProductGroup",
        Resource(path="productGroups", id="ProductGroupId"),
        learned="ProductGroup",
        named_by=("Code",),
        required=("Code", "Name"),
        defaults={"Usage": "D"},
    ),
    _own(
        "warehouses",
        "warehouse",
        Named,
        "Warehouse",
        Resource(path="warehouses", id="WarehouseId"),
        learned="Warehouse",
        named_by=("Code",),
        required=("Code", "Name"),
        defaults={"Usage": "D"},
    ),
    Row(stream="actions", noun="action", reads=ActionsSink, is_own=True),
)
"""The streams of the books contract, then those that only Minimax has."""


def _sink(row: Row) -> type[BooksSink[Any, Any] | EntryLinesSink]:
    """The class of a row: the SDK asks for one per stream."""
    kind = Kind(noun=row.noun)
    if row.way is Coded:
        kind = Kind(noun=row.noun, changed=_UNDER_ITS_CODE, shared_identity=True)
    elif row.way in {Named, Marked}:
        kind = Kind(noun=row.noun, changed=_EDIT_BY_HAND, shared_identity=row.way is Named)
    members = {"contract": row.stream, "kind": kind, "row": row, "__doc__": f"Writes `{row.stream}`."}
    name = "".join(word.title() for word in row.stream.split("_"))
    return new_class(f"{name}Sink", (row.reads,), exec_body=lambda namespace: namespace.update(members))


_UNDER_ITS_CODE: Final = (
    "Minimax holds another content under its code; set on_changed to update, change it there by hand, or correct the "
    "source"
)

accepted_streams: Final[Mapping[str, type[BooksSink[Any, Any] | EntryLinesSink]]] = {
    row.stream: _sink(row) for row in SINKS
}
cast("type[EntryLinesSink]", accepted_streams["journal_entry_lines"]).entries = cast(
    "type[Entries]", accepted_streams["journal_entries"]
)
