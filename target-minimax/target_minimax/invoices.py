"""From invoices of the books contract to issued and received invoices; amounts that disagree are told before."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from connector_kit.books.invoice import Invoice, InvoiceLine

from target_minimax.models import Document, Reader
from target_minimax.references import References

__all__ = ["issued_invoice_of", "received_invoice_of"]

_CENTS: Final = Decimal("0.01")
_PRICE: Final = Decimal("0.0001")
_TOLERANCE: Final = Decimal("0.02")
_HUNDRED: Final = Decimal(100)


def issued_invoice_of(
    invoice: Invoice,
    references: References,
    reader: Reader,
    *,
    item: str | None,
    vat_code: str | None,
    employee: str | None,
) -> Document:
    """Write a sales invoice as a draft; what is wrong is left with the reader.

    Args:
        invoice: The invoice.
        references: Codes of the organisation.
        reader: Reads what only Minimax knows.
        item: Code for lines that name no item.
        vat_code: Code for lines that name no VAT rate.
        employee: Who issues it, where the record does not say (mandatory in Croatia).
    """
    own = dict(invoice.provider_fields.get("minimax", {}))
    if employee is not None:
        own.setdefault("employee", employee)
    day = invoice.date.isoformat()
    body: Document = {
        "InvoiceType": "R",
        "Customer": reader.reference("Customer", invoice.party, "customer"),
        "DateIssued": day,
        "DateTransaction": day,
        "DateTransactionFrom": day,
        "DateDue": _due(invoice, reader),
        "Currency": reader.reference("Currency", invoice.currency, "currency"),
        "DocumentReference": invoice.reference or invoice.number or invoice.key,
        "DescriptionAbove": invoice.description,
        "PricesOnInvoice": "N",
        "RecurringInvoice": "N",
        "IssuedInvoiceRows": [
            _row(line, place, invoice.date, references, reader, item=item, vat_code=vat_code)
            for place, line in enumerate(invoice.lines)
        ],
    } | reader.document("IssuedInvoice", own, path="minimax.", on=invoice.date, beside=())
    reader.require("IssuedInvoice", body, names=("Employee",) if reader.home == "HR" else ())
    return {name: value for name, value in body.items() if value is not None}


def _row(
    line: InvoiceLine,
    place: int,
    on: date,
    references: References,
    reader: Reader,
    *,
    item: str | None,
    vat_code: str | None,
) -> Document:
    path, problems = f"lines[{place}].", reader.problems
    quantity = line.quantity or Decimal(1)
    price = line.price if line.price is not None else (line.amount / quantity).quantize(_PRICE, ROUND_HALF_UP)
    if (price * quantity).quantize(_CENTS, ROUND_HALF_UP) != line.amount:
        problems.add("amount", f"{path}amount", "is not quantity times price; give a price with up to 4 decimals")
    if not (line.item or item):
        problems.add("missing_field", f"{path}item", "is missing; Minimax wants one on each row, or set default_item")
    code = line.vat_code or vat_code
    if code is None:
        problems.add("missing_field", f"{path}vat_code", "is missing; name a VAT rate, or set default_vat_code")
    rate = reader.reference("VatRate", code, f"{path}vat_code", on=on)
    percent = _percent(references, code, on) if rate and code else None
    if percent is not None and abs(line.amount * percent / _HUNDRED - line.vat_amount) > _TOLERANCE:
        problems.add(
            "vat", f"{path}vat_amount", f"is not {percent.normalize():f} % of the amount, as VAT rate {code} says"
        )
    percent = percent or Decimal(0)
    row: Document = {
        "RowNumber": place + 1,
        "Item": reader.reference("Item", line.item or item, f"{path}item"),
        "Description": line.description,
        "Quantity": quantity,
        "Price": price,
        "PriceWithVAT": (price * (1 + percent / _HUNDRED)).quantize(_PRICE, ROUND_HALF_UP),
        "VATPercent": percent,
        "Discount": Decimal(0),
        "DiscountPercent": Decimal(0),
        "Value": line.amount,
        "VatRate": rate,
        "Analytic": reader.reference("Analytic", line.cost_center, f"{path}cost_center"),
    }
    return {name: value for name, value in row.items() if value is not None}


def received_invoice_of(invoice: Invoice, reader: Reader, *, currency: str) -> Document:
    """Write a supplier's invoice: Minimax has a head without rows.

    Args:
        invoice: The invoice.
        reader: Reads what only Minimax knows.
        currency: Home currency.
    """
    day, gross = invoice.date.isoformat(), invoice.gross
    if not invoice.number:
        reader.problems.add("missing_field", "number", "is missing; by it and the supplier the invoice is found again")
    if not gross:
        reader.problems.add("amount", "lines", "the invoice amounts to nothing")
    centers = {line.cost_center for line in invoice.lines}
    center = next(iter(centers)) if len(centers) == 1 else None
    body: dict[str, Any] = {
        "Customer": reader.reference("Customer", invoice.party, "supplier"),
        "DocumentReference": invoice.number,
        "DateIssued": day,
        "DateTransaction": day,
        "DateReceived": day,
        "DateDue": _due(invoice, reader),
        "Currency": reader.reference("Currency", invoice.currency, "currency"),
        "InvoiceAmount": gross,
        "InvoiceAmountDomesticCurrency": gross if invoice.currency == currency else None,
        "Analytic": reader.reference("Analytic", center, "lines[0].cost_center"),
        "Notes": invoice.description,
    }
    own = invoice.provider_fields.get("minimax", {})
    body |= reader.document("ReceivedInvoice", own, path="minimax.", on=invoice.date)
    if body.get("PaymentType") == "B":
        text = "B wants a cash register, and those have no code by which they could be named; say it in Minimax"
        reader.problems.add("invalid_field", "minimax.payment_type", text)
    reader.require("ReceivedInvoice", body, names=("DateApproved",) if reader.home == "RS" else ())
    return {name: value for name, value in body.items() if value is not None}


def _due(invoice: Invoice, reader: Reader) -> str | None:
    if invoice.due_date is None and invoice.payment_days is None:
        reader.problems.add("missing_field", "due_date", "is missing; give it, or payment_days")
        return invoice.date.isoformat()
    return (invoice.due_date or invoice.date + timedelta(days=invoice.payment_days or 0)).isoformat()


def _percent(references: References, code: str, on: date) -> Decimal | None:
    percent = (references.row("VatRate", code, on) or {}).get("Percent")
    return Decimal(percent) if isinstance(percent, int | Decimal) else None
