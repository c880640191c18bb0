"""From an invoice to booking lines: one line of the customer or supplier, and the lines of revenue or costs."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.invoice import Invoice, InvoiceLine
from connector_kit.books.journal import JournalEntry, JournalLine
from connector_kit.books.money import EXACT, ZERO

from target_minox.booking import Bookkeeper
from target_minox.booking_line import Line, code_number
from target_minox.masterdata import JournalKind, LedgerAccount
from target_minox.parties import CUSTOMER, SUPPLIER, PartyKind

__all__ = ["PURCHASE", "SALES", "AmountBasis", "InvoiceKind", "lines_of"]

_NUMBER_DIGITS: Final = 8


class AmountBasis(StrEnum):
    """What stands on the lines of revenue and costs; which one Minox wants is documented nowhere."""

    GROSS = "gross"
    """With VAT, which Minox splits off by the VAT code of the ledger account (the vendor's advice)."""
    NET_WITH_VAT = "net_with_vat"
    """Without VAT, and a line of VAT per code on the ledger account of the code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceKind:
    """Sales or purchase.

    Attributes:
        noun: What messages call one.
        party: Whose they are.
        sign: 1 where the party stands on the debit side.
        text: Description of lines that have none, before the number.
    """

    noun: str
    party: PartyKind
    sign: int
    text: str


SALES: Final = InvoiceKind(noun="invoice", party=CUSTOMER, sign=1, text="Factuur")
PURCHASE: Final = InvoiceKind(noun="purchase invoice", party=SUPPLIER, sign=-1, text="Inkoopfactuur")


def lines_of(
    invoice: Invoice, kind: InvoiceKind, keeper: Bookkeeper, *, journal: str | None, basis: AmountBasis
) -> list[Line]:
    """Write an invoice as booking lines.

    Args:
        invoice: What is to be booked.
        kind: Sales or purchase.
        keeper: Checks lines against the master data.
        journal: Code of the journal for invoices that name none.
        basis: What stands on the lines of revenue and costs.

    Raises:
        EntryError: With code and field of the first problem; the message names all of them.
    """
    problems = Problems()
    code = invoice.journal or journal or _only_journal(kind, keeper)
    _check_journal(code, kind, keeper, problems)
    number = _number(invoice, kind, problems)
    days = invoice.payment_days
    due = invoice.due_date or (invoice.date + timedelta(days=days) if days is not None else None)
    party_line = _line(kind.party.noun, invoice.gross * kind.sign, party=(kind.party.noun, invoice.party), due_date=due)
    drafts = [("total", party_line)]
    for index, line in enumerate(invoice.lines):
        _check_vat(line, f"lines[{index}]", keeper, basis, problems)
        amount = line.gross if basis is AmountBasis.GROSS else line.amount
        own = _line(line.account, amount * -kind.sign, invoice_line=line, keep_vat=basis is AmountBasis.GROSS)
        drafts.append((f"lines[{index}]", own))
    if basis is AmountBasis.NET_WITH_VAT:
        found = len(problems)
        drafts += _vat_lines(invoice, kind, keeper, problems)
        if len(problems) > found:
            raise problems.joined(invoice.key)  # without these lines nothing balances
    kept = [(name, line) for name, line in drafts if line is not None]
    text = invoice.description or f"{kind.text} {invoice.number or invoice.key}"
    if number != invoice.number and invoice.number not in (None, *text.split()):
        text = f"{invoice.number} {text}"  # the whole number, as the vendor's help wants it
    if not kept:
        problems.add("no_lines", "lines", "no line with an amount")
        raise problems.joined(invoice.key)
    entry = JournalEntry(
        key=invoice.key,
        date=invoice.date,
        journal=code,
        description=text,
        reference=invoice.reference,
        currency=invoice.currency,
        fiscal_year=invoice.fiscal_year,
        period=invoice.period,
        lines=tuple(replace(line, invoice_number=number) for _, line in kept),
        provider_fields=invoice.provider_fields,
    )
    term = keeper.books.payment_term(days) if invoice.due_date is None else None
    more: dict[int, Line] = {0: {"payment_term": {"id": term}}} if term and kept[0][0] == "total" else {}
    return keeper.lines(entry, problems=problems, names=[name for name, _ in kept], more=more)


def _line(  # what a line is made of
    account: str,
    amount: Decimal,
    *,
    party: tuple[str, str] | None = None,
    due_date: date | None = None,
    invoice_line: InvoiceLine | None = None,
    keep_vat: bool = False,
) -> JournalLine | None:
    """A line on the debit side for amounts above zero, on the credit side for those below."""
    if not amount:
        return None
    return JournalLine(
        account=account,
        debit=max(amount, ZERO),
        credit=max(-amount, ZERO),
        due_date=due_date,
        customer=party[1] if party and party[0] == CUSTOMER.noun else None,
        supplier=party[1] if party and party[0] == SUPPLIER.noun else None,
        description=invoice_line.description if invoice_line else None,
        cost_center=invoice_line.cost_center if invoice_line else None,
        cost_unit=invoice_line.cost_unit if invoice_line else None,
        vat_code=invoice_line.vat_code if invoice_line and keep_vat else None,
    )


def _only_journal(kind: InvoiceKind, keeper: Bookkeeper) -> str | None:
    codes = [one.code for one in keeper.books.journals.values() if one.kind is kind.party.journal_kind]
    return codes[0] if len(codes) == 1 else None


def _check_journal(code: str | None, kind: InvoiceKind, keeper: Bookkeeper, problems: Problems) -> None:
    wanted = kind.party.journal_kind
    if code is None:
        text = f"names no journal, the setting {wanted}_journal is empty, and there is not just one {wanted} journal"
        problems.add("unknown_journal", "journal", text)
        return
    journal = keeper.books.journals.get(code)
    if journal is not None and journal.kind not in {wanted, JournalKind.UNKNOWN}:
        problems.add("invalid_field", "journal", f"journal {code} is of kind {journal.kind}, not {wanted}")


def _number(invoice: Invoice, kind: InvoiceKind, problems: Problems) -> str | None:
    """The number that open items are matched on: digits, eight at most.

    Of a supplier's longer number, or one with letters, the last eight digits are taken, as the vendor's help says.
    """
    if invoice.number is None:
        if kind is PURCHASE:
            problems.add("missing_field", "number", "is missing; Minox does not number purchase invoices")
        return None
    if kind is SALES:
        return invoice.number  # checked with the lines
    digits = "".join(letter for letter in invoice.number if letter.isascii() and letter.isdecimal())
    number = digits[-_NUMBER_DIGITS:].lstrip("0")
    if not number:
        problems.add("invalid_field", "number", "has no digits; Minox matches open items on a number")
    return number or None


def _account(line: InvoiceLine, keeper: Bookkeeper) -> LedgerAccount | None:
    return keeper.books.ledger_accounts.get(code_number(line.account) or 0)


def _check_vat(line: InvoiceLine, name: str, keeper: Bookkeeper, basis: AmountBasis, problems: Problems) -> None:
    """VAT is neither lost in the revenue nor split off twice."""
    account = _account(line, keeper)
    if account is None:
        return
    if basis is AmountBasis.GROSS:
        if line.vat_amount and not account.has_vat and line.vat_code is None:
            text = (
                f"neither ledger account {line.account} nor the line has a VAT code, so Minox would not split VAT off"
            )
            problems.add("vat", f"{name}.vat_amount", text)
    elif account.has_vat:
        text = f"ledger account {line.account} carries a VAT code, so Minox would split VAT off the net amount"
        problems.add("vat", f"{name}.account", f"{text}; use amount_basis gross")


def _vat_lines(
    invoice: Invoice, kind: InvoiceKind, keeper: Bookkeeper, problems: Problems
) -> list[tuple[str, JournalLine | None]]:
    """One line per VAT code, on the ledger account of the code."""
    sums: dict[str, tuple[str, Decimal]] = {}
    for index, line in enumerate(invoice.lines):
        if not line.vat_amount:
            continue
        name = f"lines[{index}].vat_code"
        if line.vat_code is None:
            problems.add("missing_field", name, "is missing; with amount_basis net_with_vat it says where VAT goes")
            continue
        account = keeper.books.vat_codes.get(code_number(line.vat_code) or 0)
        if account is None:
            problems.add("invalid_field", name, f"VAT code {line.vat_code} does not exist, or has no ledger account")
            continue
        before = sums.get(str(account), ("", ZERO))[1]
        sums[str(account)] = (name, EXACT.add(before, line.vat_amount))
    return [(name, _line(account, amount * -kind.sign)) for account, (name, amount) in sums.items()]
