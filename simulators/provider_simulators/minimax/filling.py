"""What the server fills in: states, numbers, days, amounts in domestic currency."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from provider_simulators.minimax.books import ZERO, Organisation
from provider_simulators.minimax.documents import plain_number
from provider_simulators.minimax.reading import Record
from provider_simulators.minimax.rules import CENT, Context, exchange_rate, fill_journal

Body = Mapping[str, Any]
HUNDRED = Decimal(100)
SERIES = {("IssuedInvoice", "R"): "IR", ("IssuedInvoice", "P"): "PD", ("ReceivedInvoice", ""): "PR"}


def fill(context: Context, kind: str, record: Record, *, former: Record | None, body: Body) -> None:
    """Fill in what only the server knows."""
    if kind in FILLERS:
        FILLERS[kind](context, record, former, body)


def invoice_totals(invoice: Record) -> tuple[Decimal, Decimal]:
    """Net and VAT of an invoice in its currency, to the cent."""
    net = vat = ZERO
    for row in invoice["IssuedInvoiceRows"]:
        value, percent = plain_number(row["Value"]), plain_number(row["VATPercent"])
        if invoice["PricesOnInvoice"] == "D":
            of_it = (value * percent / (HUNDRED + percent)).quantize(CENT, ROUND_HALF_UP)
            net, vat = net + value - of_it, vat + of_it
        else:
            net, vat = net + value, vat + value * percent / HUNDRED
    return net.quantize(CENT, ROUND_HALF_UP), vat.quantize(CENT, ROUND_HALF_UP)


def next_number(organisation: Organisation, kind: str, member: str, **same: Any) -> int:
    """The next number among the records with the same members."""
    taken = [
        record[member]
        for record in organisation.table(kind).values()
        if record.get(member) and all(record.get(name) == value for name, value in same.items())
    ]
    return max(taken, default=0) + 1


def payment_status(invoice: Record, context: Context) -> str:
    """How far an invoice is paid (vendor's values)."""
    if invoice["Status"] == "O":
        return "Osnutek"
    paid, due = plain_number(invoice["PaidValue"]), plain_number(invoice["InvoiceValue"])
    if paid >= due:
        return "Placan"
    late = "Zapadel" if invoice["DateDue"] < context.today else "Nezapadel"
    return f"{'DelnoPlacan' if paid else 'Neplacan'}{late}"


def _journal(context: Context, journal: Record, former: Record | None, body: Body) -> None:
    journal["Status"] = former["Status"] if former else context.switches.journal_status
    if former and body.get("Status") == "P" and context.switches.journal_confirm == "honoured":
        journal["Status"] = "P"
    fill_journal(context, journal)


def _issued_invoice(context: Context, invoice: Record, former: Record | None, _body: Body) -> None:
    invoice["Status"] = "O"
    invoice["Year"] = invoice["DateIssued"].year
    invoice["PricesOnInvoice"] = invoice["PricesOnInvoice"] or "N"
    invoice["ExchangeRate"] = invoice["ExchangeRate"] or exchange_rate(context, invoice["Currency"])
    _numbering(context, "IssuedInvoice", invoice, invoice["InvoiceType"])
    if context.switches.recompute_amounts:
        for row in invoice["IssuedInvoiceRows"]:
            price = row["PriceWithVAT" if invoice["PricesOnInvoice"] == "D" else "Price"]
            left = 1 - plain_number(row["DiscountPercent"]) / HUNDRED
            value = plain_number(row["Quantity"]) * plain_number(price) * left - plain_number(row["Discount"])
            row["Value"] = value.quantize(CENT, ROUND_HALF_UP)
    total = sum(invoice_totals(invoice), ZERO) * plain_number(invoice["ExchangeRate"])
    invoice["InvoiceValue"] = total.quantize(CENT, ROUND_HALF_UP)
    invoice["PaidValue"] = former["PaidValue"] if former else 0
    invoice["PaymentStatus"] = payment_status(invoice, context)


def _received_invoice(context: Context, invoice: Record, former: Record | None, _body: Body) -> None:
    year = invoice["DateIssued"].year
    invoice["Currency"] = invoice["Currency"] or context.home_currency
    if former is None:
        number = next_number(context.organisation, "ReceivedInvoice", "InvoiceNumber", Year=year)
        invoice.update(Status="O", Year=year, InvoiceNumber=number, PaidValue=0)
    _numbering(context, "ReceivedInvoice", invoice, "")
    amount = plain_number(invoice["InvoiceAmount"])
    domestic = (amount * exchange_rate(context, invoice["Currency"])).quantize(CENT, ROUND_HALF_UP)
    if invoice["InvoiceAmountDomesticCurrency"] is None:
        invoice["InvoiceAmountDomesticCurrency"] = domestic
    invoice["InvoiceValue"] = invoice["InvoiceAmountDomesticCurrency"]
    invoice["PaymentStatus"] = payment_status(invoice, context)


def _posting(context: Context, posting: Record, _former: Record | None, _body: Body) -> None:
    posting["Status"] = "O"
    posting["Currency"] = posting["Currency"] or context.home_currency
    posting["ExchangeRate"] = posting["ExchangeRate"] or 1


def _order(context: Context, order: Record, former: Record | None, _body: Body) -> None:
    order["Date"] = order["Date"] or context.today
    if former is None:
        year, kind = order["Date"].year, order["ReceivedIssued"]
        number = next_number(context.organisation, "Order", "Number", Year=year, ReceivedIssued=kind)
        order.update(Status="O", Year=year, Number=number, DateConfirmed=None, DateCompleted=None, DateCanceled=None)
    order["Currency"] = order["Currency"] or context.home_currency


def _stock_entry(context: Context, entry: Record, former: Record | None, _body: Body) -> None:
    entry["Status"] = "O"
    if former is None:
        entry["Number"] = next_number(
            context.organisation, "StockEntry", "Number", StockEntryType=entry["StockEntryType"]
        )


def _inbox(context: Context, item: Record, _former: Record | None, _body: Body) -> None:
    item["InboxDate"] = item["InboxDate"] or context.today
    item["InboxType"] = item["InboxType"] or "Neznano"
    for attachment in item["Attachments"]:
        attachment["AttachmentDate"] = attachment["AttachmentDate"] or context.today.isoformat()


def _attachment(context: Context, attachment: Record, _former: Record | None, _body: Body) -> None:
    attachment["AttachmentDate"] = attachment["AttachmentDate"] or f"{context.today.isoformat()}T00:00:00"


def _document(context: Context, document: Record, _former: Record | None, _body: Body) -> None:
    document["DocumentDate"] = document["DocumentDate"] or context.today


def _document_attachment(context: Context, attachment: Record, _former: Record | None, _body: Body) -> None:
    attachment["EntryDate"] = attachment["EntryDate"] or f"{context.today.isoformat()}T00:00:00"


def _numbering(context: Context, kind: str, record: Record, sort: str) -> None:
    """The default series when none is named."""
    wanted = SERIES[(kind, sort)]
    for key, series in context.organisation.table("DocumentNumbering").items():
        if record["DocumentNumbering"] is None and series["Document"] == wanted and series["Default"] == "D":
            record["DocumentNumbering"] = key


FILLERS: Mapping[str, Callable[[Context, Record, Record | None, Body], None]] = {
    "Journal": _journal,
    "IssuedInvoice": _issued_invoice,
    "ReceivedInvoice": _received_invoice,
    "IssuedInvoicePosting": _posting,
    "Order": _order,
    "StockEntry": _stock_entry,
    "Inbox": _inbox,
    "Document": _document,
    "DocumentAttachment": _document_attachment,
    "IssuedInvoiceAttachment": _attachment,
    "ReceivedInvoiceAttachment": _attachment,
}
