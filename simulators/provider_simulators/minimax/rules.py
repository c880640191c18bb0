"""What is checked of a record beyond its form: accounts, balance, VAT, countries, kinds of documents."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from provider_simulators.minimax.books import ZERO, Organisation
from provider_simulators.minimax.documents import plain_number
from provider_simulators.minimax.localisation import Localisation
from provider_simulators.minimax.reading import Record
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.minimax.texts import Country, Text
from provider_simulators.minimax.vat import rate_on

CENT = Decimal("0.01")
DIMENSIONS = {"Customer": "CustomerEntry", "Analytic": "AnalyticsEntry", "Employee": "EmployeeEntry"}
"""What an account allows (V), forbids (N) or demands (D), and the member that says so."""
SIDES = frozenset({"VD", "VC", "BD", "DC"})
"""Account's AllowedPosting with the side, debit D or credit C, that it lets through."""
ROWS = {"IssuedInvoice": "IssuedInvoiceRows", "Order": "OrderRows", "StockEntry": "StockEntryRows"}
POSTING_MEMBERS: Mapping[str, frozenset[str]] = {
    "Customer": frozenset({"IRI", "IRS", "AVA"}),
    "DateTransaction": frozenset({"IRS", "AVA"}),
    "DateDue": frozenset({"IRS"}),
}
"""Members that are mandatory for some kinds of postings, and not allowed for others (vendor's documentation)."""
POSTING_ONLY = {
    "PaymentReference": frozenset({"IRS"}),
    "IssuedInvoicePostingPaymentMethods": frozenset({"IZT", "IRS"}),
    "IssuedInvoicePostingRevenues": frozenset({"IZT", "IRS"}),
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A rule that does not hold.

    Attributes:
        member: Path of the member.
        field: What the message names instead of it.
    """

    member: str
    text: Text
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Context:
    """In which books a record is looked at."""

    organisation: Organisation
    home: Localisation
    switches: MinimaxSwitches
    today: date

    def is_home(self, country: int | None) -> bool:
        """Whether a country is the installation's."""
        return country == self.home.country_ids[self.home.country]

    @property
    def home_currency(self) -> int:
        """Id of the home currency."""
        return self.home.currency_ids[self.home.currency]


def problems(context: Context, model: str, record: Record) -> Iterator[Problem]:
    """Everything that is wrong with a record."""
    if model in ROWS and not record[ROWS[model]] and context.switches.empty_rows == "refuse":
        yield Problem(member=ROWS[model], text=Text.REQUIRED)
    if model in RULES:
        yield from RULES[model](context, record)


def fill_journal(context: Context, journal: Record) -> None:
    """What the server fills in: days, the home currency, amounts in it."""
    for entry in journal["JournalEntries"]:
        for name in ("JournalEntryDate", "DueDate", "TransactionDate"):
            entry[name] = entry[name] or journal["JournalDate"]
        entry["Currency"] = entry["Currency"] or context.home_currency
        rate = Decimal(1) if entry["Currency"] == context.home_currency else exchange_rate(context, entry["Currency"])
        for side in ("Debit", "Credit"):
            domestic = f"{side}InDomesticCurrency"
            if entry[side] is None and rate == 1:
                entry[side] = entry[domestic]
            amount = plain_number(entry[side])
            if entry[domestic] is None:
                entry[domestic] = amount if rate == 1 else (amount * rate).quantize(CENT, ROUND_HALF_UP)
            entry[side] = entry[side] if entry[side] is not None else 0


def exchange_rate(context: Context, currency: int) -> Decimal:
    """The middle rate: so much home currency for one; invented, and the same on all days."""
    if currency == context.home_currency:
        return Decimal(1)
    euro = context.home.currency_ids["EUR"]
    base = Decimal("117.1") if currency == euro else Decimal("0.9") + Decimal(currency) / 1000
    return base if context.home.country is Country.RS or currency != euro else Decimal(1)


def _journal(context: Context, journal: Record) -> Iterator[Problem]:
    entries = journal["JournalEntries"]
    if not entries:
        yield Problem(member="JournalEntries", text=Text.REQUIRED)
    if closed(context, journal):
        yield Problem(member="JournalDate", text=Text.CLOSED)
    for place, entry in enumerate(entries):
        yield from _entry(context, entry, journal, f"JournalEntries[{place}].")
    if not _balances(context, journal):
        yield Problem(member="JournalEntries", text=Text.UNBALANCED)
    marks = {entry["ExternalId"] for entry in entries if entry["ExternalId"]}
    for place, vat in enumerate(journal["VatEntries"]):
        yield from _vat_entry(context, vat, f"VatEntries[{place}].")
        mark = vat["JournalEntryExternalId"]
        if mark and mark not in marks:
            member = f"VatEntries[{place}].JournalEntryExternalId"
            yield Problem(member=member, text=Text.EXTERNAL_ID, field=mark)


def _entry(context: Context, entry: Record, journal: Record, path: str) -> Iterator[Problem]:
    account = context.organisation.get("Account", entry["Account"])
    if account is None:
        return
    debit = bool(entry["Debit"] or entry["DebitInDomesticCurrency"])
    credit = bool(entry["Credit"] or entry["CreditInDomesticCurrency"])
    if debit == credit:
        yield Problem(member=f"{path}Debit", text=Text.ONE_SIDE)
    year = journal["JournalDate"].year
    in_use = account["Application"] == "D" and account["ValidFromYear"] <= year <= (account["ValidToYear"] or year)
    side = "D" if debit else "C"
    if not in_use or (debit != credit and account["AllowedPosting"] + side not in SIDES):
        yield Problem(member=f"{path}Account", text=Text.POSTING)
    for member, rule in DIMENSIONS.items():
        if account[rule] == "D" and entry[member] is None:
            yield Problem(member=f"{path}{member}", text=Text.REQUIRED)
        if account[rule] == "N" and entry[member] is not None:
            yield Problem(member=f"{path}{member}", text=Text.FORBIDDEN)


def _balances(context: Context, journal: Record) -> bool:
    """In domestic currency, and in each foreign one; type TR may have domestic amounts only."""
    domestic, foreign = ZERO, dict.fromkeys((entry["Currency"] for entry in journal["JournalEntries"]), ZERO)
    for entry in journal["JournalEntries"]:
        domestic += plain_number(entry["DebitInDomesticCurrency"]) - plain_number(entry["CreditInDomesticCurrency"])
        foreign[entry["Currency"]] += plain_number(entry["Debit"]) - plain_number(entry["Credit"])
    kind = context.organisation.get("JournalType", journal["JournalType"])
    return not domestic and (not any(foreign.values()) or (kind is not None and kind["Code"].startswith("TR")))


def _vat_entry(_context: Context, vat: Record, path: str) -> Iterator[Problem]:
    if not vat["VatEntryRows"]:
        yield Problem(member=f"{path}VatEntryRows", text=Text.REQUIRED)


def closed(context: Context, journal: Record) -> bool:
    """Whether the VAT of its month is closed."""
    return (journal["JournalDate"].year, journal["JournalDate"].month) in context.organisation.closed


def _issued_invoice(context: Context, invoice: Record) -> Iterator[Problem]:
    if context.home.country is Country.HR and invoice["Employee"] is None:
        yield Problem(member="Employee", text=Text.REQUIRED)
    yield from _country_names(context, invoice, "Addressee", "Recipient")
    on = invoice["DateTransaction"] or invoice["DateIssued"]
    for place, row in enumerate(invoice["IssuedInvoiceRows"]):
        rate = context.organisation.get("VatRate", row["VatRate"])
        now = rate_on(context.home, rate, on) if rate else None
        if rate and (now is None or plain_number(row["VATPercent"]) != now["Percent"]):
            yield Problem(member=f"IssuedInvoiceRows[{place}].VATPercent", text=Text.VAT_PERCENT)


def _country_names(context: Context, record: Record, *whose: str) -> Iterator[Problem]:
    for each in whose:
        if record[f"{each}CountryName"] and context.is_home(record[f"{each}Country"]):
            yield Problem(member=f"{each}CountryName", text=Text.HOME_NAME)


def _order(context: Context, order: Record) -> Iterator[Problem]:
    yield from _country_names(context, order, "Recipient")


def _posting(_context: Context, posting: Record) -> Iterator[Problem]:
    kind = posting["DocumentType"]
    for member, kinds in POSTING_MEMBERS.items():
        if kind in kinds and posting[member] is None:
            yield Problem(member=member, text=Text.REQUIRED)
    for member, kinds in {**POSTING_MEMBERS, **POSTING_ONLY}.items():
        if kind not in kinds and posting[member]:
            yield Problem(member=member, text=Text.FORBIDDEN)
    if kind in ("IZT", "IRS"):
        paid = _total(posting["IssuedInvoicePostingPaymentMethods"], "Amount")
        due = _total(posting["IssuedInvoicePostingRevenues"], "Amount")
        due += _total(posting["IssuedInvoicePostingTaxes"], "TaxAmount")
        if paid != due and (kind == "IZT" or posting["IssuedInvoicePostingPaymentMethods"]):
            yield Problem(member="IssuedInvoicePostingPaymentMethods", text=Text.PAYMENTS)


def _employee(_context: Context, employee: Record) -> Iterator[Problem]:
    if employee["InsuranceBasis"] and employee["EmploymentType"] != "ZL":
        yield Problem(member="InsuranceBasis", text=Text.FORBIDDEN)


def _received_invoice(context: Context, invoice: Record) -> Iterator[Problem]:
    account = context.organisation.get("BankAccount", invoice["BankAccount"])
    if account and account["parent"] != invoice["Customer"]:
        yield Problem(member="BankAccount", text=Text.UNKNOWN_REFERENCE)


def _total(rows: list[Record], member: str) -> Decimal:
    return sum((plain_number(row[member]) for row in rows), ZERO)


RULES: Mapping[str, Callable[[Context, Any], Iterator[Problem]]] = {
    "Journal": _journal,
    "IssuedInvoice": _issued_invoice,
    "IssuedInvoicePosting": _posting,
    "Order": _order,
    "Employee": _employee,
    "ReceivedInvoice": _received_invoice,
}
