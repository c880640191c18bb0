"""From a balanced entry to a journal (temeljnica): account rules, one analytic per line, VAT entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from connector_kit.books.journal import JournalEntry, JournalLine
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.rejection import RejectedError

from target_minimax import held
from target_minimax.client import MinimaxClient
from target_minimax.foreign import MEMBERS, home_amounts
from target_minimax.journal_rows import JournalRows
from target_minimax.models import Document, Reader, model
from target_minimax.references import References
from target_minimax.resources import Marked, Resource

__all__ = ["Journals", "journal_of"]

_LONGEST: Final = held.room_beside_mark(None)
_REVERSED: Final = "Storno"
_LINE_MEMBERS: Final = (
    "JournalEntryDate",
    "DueDate",
    "TransactionDate",
    "Account",
    "Customer",
    "Analytic",
    "Employee",
    "Currency",
    "Description",
    "PaymentReference",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """What an account says of a member of its lines: D mandatory, V allowed, N forbidden (vendor documentation)."""

    flag: str
    member: str
    noun: str


_RULES: Final = (
    _Rule(flag="CustomerEntry", member="customer", noun="customer"),
    _Rule(flag="AnalyticsEntry", member="cost_center", noun="cost center"),
    _Rule(flag="EmployeeEntry", member="employee", noun="employee"),
)
_SIDES: Final = {"B": "debit", "D": "credit"}
"""`AllowedPosting`: the only side (breme, dobro); V both, N none."""


def journal_of(
    entry: JournalEntry, references: References, reader: Reader, *, journal_type: str | None, currency: str
) -> Document:
    """Write an entry as a journal; what is wrong is left with the reader.

    Args:
        entry: The entry.
        references: Codes of the organisation.
        reader: Reads what only Minimax knows.
        journal_type: Code for entries that name none.
        currency: Home currency.
    """
    problems, own = reader.problems, dict(entry.provider_fields.get("minimax", {}))
    vat_entries = own.pop("vat_entries", None)
    day = entry.date.isoformat()
    code = entry.journal or journal_type
    if code is None:
        problems.add("missing_field", "journal", "is missing; name a journal type, or set default_journal_type")
    text = entry.description or entry.reference or entry.key
    if len(text) > _LONGEST:
        message = f"has {len(text)} characters; with our mark Minimax takes {_LONGEST}"
        problems.add("invalid_field", "description", message)
    at_home = home_amounts(entry, own, currency, problems)
    for name in MEMBERS:
        own.pop(name, None)
    for name in own:
        problems.add("invalid_field", f"minimax.{name}", "no such member of an entry")
    body: Document = {
        "JournalType": reader.reference("JournalType", code, "journal"),
        "JournalDate": day,
        "Description": text,
    }
    coin = reader.reference("Currency", entry.currency, "currency")
    rows = []
    for place, line in enumerate(entry.lines):
        row = _row(line, f"lines[{place}]", entry, references, reader) | {"Currency": coin}
        row["DebitInDomesticCurrency"] = at_home[place] if line.debit else line.debit
        row["CreditInDomesticCurrency"] = at_home[place] if line.credit else line.credit
        rows.append(row | ({"ExternalId": str(place + 1)} if vat_entries else {}))
    body["JournalEntries"] = [{name: value for name, value in row.items() if value is not None} for row in rows]
    if vat_entries:
        members = {"vat_entries": vat_entries}
        read = reader.document("Journal", members, path="minimax.", on=entry.date)
        body["VatEntries"] = [{"VatDate": day, "VatEntryDate": day} | one for one in read.get("VatEntries", ())]
        for place, one in enumerate(body["VatEntries"]):
            reader.require("VATEntry", one, path=f"minimax.vat_entries[{place}].", names=("VatBook",))
    return body


def _row(line: JournalLine, path: str, entry: JournalEntry, references: References, reader: Reader) -> Document:
    problems, day = reader.problems, entry.date.isoformat()
    if line.customer and line.supplier:
        problems.add("invalid_field", f"{path}.supplier", "a line has one customer or supplier: both are one register")
    if line.cost_center and line.cost_unit:
        problems.add("invalid_field", f"{path}.cost_unit", "a line has one analytic: cost center or cost unit")
    if line.vat_code:
        problems.add("vat", f"{path}.vat_code", "VAT of a journal stands in minimax.vat_entries")
    party = "customer" if line.customer else "supplier"
    analytic = "cost_center" if line.cost_center else "cost_unit"
    account = reader.reference("Account", line.account, f"{path}.account")
    if account is not None:
        row = references.row("Account", line.account) or {}
        _check_account(row, line, path, entry, reader)
    return {
        "JournalEntryDate": day,
        "DueDate": (line.due_date or entry.date).isoformat(),
        "TransactionDate": day,
        "Account": account,
        "Customer": reader.reference("Customer", getattr(line, party), f"{path}.{party}"),
        "Analytic": reader.reference("Analytic", getattr(line, analytic), f"{path}.{analytic}"),
        "Employee": reader.reference("Employee", line.employee, f"{path}.employee"),
        "Description": line.description,
        "PaymentReference": line.invoice_number,
        "Debit": line.debit,
        "Credit": line.credit,
    }


def _check_account(row: Mapping[str, Any], line: JournalLine, path: str, entry: JournalEntry, reader: Reader) -> None:
    """What the chart of accounts says of lines on an account."""

    def wrong(member: str, text: str) -> None:
        reader.problems.add("account_rule", f"{path}.{member}", f"account {line.account} {text}")

    year = entry.date.year
    first, last = row.get("ValidFromYear") or year, row.get("ValidToYear") or year
    allowed = row.get("AllowedPosting")
    side = "debit" if line.debit else "credit"
    if row.get("Application") == "N" or allowed == "N":
        wrong("account", "takes no lines")
    elif allowed in _SIDES and side != _SIDES[allowed]:
        wrong(side, f"takes amounts on the {_SIDES[allowed]} side only")
    if not int(first) <= year <= int(last):
        wrong("account", f"is not valid in {year}")
    said = {
        "customer": line.customer or line.supplier,
        "cost_center": line.cost_center or line.cost_unit,
        "employee": line.employee,
    }
    for rule in _RULES:
        flag = row.get(rule.flag)
        if flag == "D" and not said[rule.member]:
            wrong(rule.member, f"wants a {rule.noun}")
        elif flag == "N" and said[rule.member]:
            wrong(rule.member, f"takes no {rule.noun}")


class Journals(Marked):
    """Journals can also be taken back, by one the other way round (`connector_kit.posting.endpoint.Reversing`).

    Args:
        client: The organisation.
        resource: Where they are.
        rows: Counts their rows.
    """

    def __init__(self, client: MinimaxClient, resource: Resource, *, rows: JournalRows) -> None:
        super().__init__(client, resource)
        self._rows = rows

    def refuses(self, document: Mapping[str, Any]) -> Reply | None:
        """Why a journal is not even sent: the rows of this month are used up."""
        if self._rows.fits(len(document["body"]["JournalEntries"])):
            return None
        text = f"has more rows than journal_rows_month leaves ({self._rows.written} of {self._rows.limit} are written)"
        return Reply(kind=OutcomeClass.CLOSED, code="journal_rows_spent", text=f"{text}; run again next month")

    def write(self, marker: str, document: Mapping[str, Any]) -> Reply:
        """Make one with the mark in it."""
        if refused := self.refuses(document):
            return refused
        self._rows.count(len(document["body"]["JournalEntries"]))
        return super().write(marker, document)

    def update(self, provider_id: str, row_version: str | None, document: Mapping[str, Any]) -> Reply:
        """Put our members in their places; all rows count again."""
        if refused := self.refuses(document):
            return refused
        self._rows.count(len(document["body"]["JournalEntries"]))
        return super().update(provider_id, row_version, document)

    def reversal(self, held_reply: Reply) -> dict[str, Any]:
        """The journal that takes back what was read.

        Raises:
            RejectedError: It has VAT entries.
        """
        kept = held_reply.body or {}
        if kept.get("VatEntries"):
            raise RejectedError("vat", "has VAT entries, which are taken back by hand at Minimax")
        text = str(kept.get("Description") or "")
        mark = held.mark_of(text)
        plain = " ".join(word for word in text.split() if word != mark)
        day = str(kept.get("JournalDate"))[:10]
        body = {
            "JournalType": _only_id(kept.get("JournalType")),
            "JournalDate": day,
            "Description": f"{_REVERSED} {plain}"[:_LONGEST],
            "JournalEntries": [_reversed(row) for row in kept.get("JournalEntries") or ()],
        }
        return {"body": body}


def _reversed(row: Mapping[str, Any]) -> Document:
    known = model("JournalEntry")
    result: Document = {}
    for name in _LINE_MEMBERS:
        value = row.get(name)
        if isinstance(value, Mapping):
            result[name] = _only_id(value)
        elif value is not None:
            result[name] = str(value)[:10] if known[name].type == "date" else value
    for side, other in (("Debit", "Credit"), ("Credit", "Debit")):
        result[side] = Decimal(row.get(other) or 0)
        result[f"{side}InDomesticCurrency"] = Decimal(row.get(f"{other}InDomesticCurrency") or 0)
    return result


def _only_id(value: Any) -> Document | None:
    return {"ID": value["ID"]} if isinstance(value, Mapping) and value.get("ID") else None
