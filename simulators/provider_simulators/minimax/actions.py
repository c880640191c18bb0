"""Actions on documents: which there are, between which states, and what they do."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from provider_simulators.minimax import seed
from provider_simulators.minimax.backend import MinimaxBackend
from provider_simulators.minimax.books import ZERO, Organisation
from provider_simulators.minimax.documents import Document, Documents, pdf, plain_number
from provider_simulators.minimax.filling import invoice_totals, next_number, payment_status
from provider_simulators.minimax.reading import Record
from provider_simulators.minimax.refusals import Message, RefusedError
from provider_simulators.minimax.rules import CENT, Problem
from provider_simulators.minimax.texts import Country, Text

Query = Mapping[str, str]
PDF = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an action answers.

    Attributes:
        document: The body; none for most.
        created: Sort and id of a new record.
    """

    document: Document | None = None
    created: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Work:
    """A record that is acted upon."""

    backend: MinimaxBackend
    organisation: Organisation
    kind: str
    key: int
    query: Query

    @property
    def record(self) -> Record:
        """The record as it is now."""
        return self.organisation.table(self.kind)[self.key]

    def change(self, **changes: Any) -> None:
        """Change members of it."""
        self.backend.restamp(self.organisation, self.kind, self.key, **changes)


Effect = Callable[[Work], Outcome]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action.

    Attributes:
        name: In small letters: case does not matter (seen).
        states: In which it is possible; empty: the record has none.
        target: The state afterwards; empty: as before.
        effects: What else happens, in this order; the last one answers.
        versioned: Whether it wants the row version.
    """

    kind: str
    name: str
    states: str
    target: str = ""
    effects: tuple[Effect, ...] = ()
    method: str = "PUT"
    versioned: bool = True


def act(work: Work, name: str, method: str, version: str | None) -> Outcome:
    """Do an action.

    Raises:
        RefusedError: 404; there is no such action; the row version; the state; or whatever a rule says.
    """
    backend, organisation = work.backend, work.organisation
    backend.record(organisation, work.kind, work.key)
    action = ACTIONS.get((work.kind, method, name.lower()))
    if action is None:
        raise RefusedError(backend.switches.unknown_action_status, Message(text="The requested action was not found."))
    if action.versioned:
        backend.check_version(organisation, work.kind, work.key, version)
    if action.states and work.record["Status"] not in action.states:
        raise backend.refusal(Problem(member="Status", text=Text.STATE))
    before, outcome = work.record, Outcome()
    try:
        if action.target:
            work.change(Status=action.target)
        for effect in action.effects:
            outcome = effect(work)
    except RefusedError:
        organisation.put(backend.models[work.kind], before, work.kind)
        raise
    if method == "PUT":
        if not action.target:
            work.change()
        backend.note(organisation, work.kind, work.key, action.name, dict(work.query))
    return outcome


def _issue(work: Work) -> Outcome:
    """Number, payment reference, and the journal that books it."""
    invoice, home = work.record, work.backend.localisation
    if not invoice["IssuedInvoiceRows"]:
        raise work.backend.refusal(Problem(member="IssuedInvoiceRows", text=Text.REQUIRED))
    same = {"Year": invoice["Year"], "DocumentNumbering": invoice["DocumentNumbering"]}
    number = invoice["InvoiceNumber"] or next_number(work.organisation, "IssuedInvoice", "InvoiceNumber", **same)
    reference = f"{home.country.value}00 {invoice['Year']}-{number}"
    journal = _book(work, f"Račun {invoice['Year']}-{number}") if invoice["InvoiceType"] == "R" else None
    work.change(
        InvoiceNumber=number,
        PaymentReference=reference,
        PaymentStatus=payment_status(invoice, work.backend.context(work.organisation)),
        booked=journal,
    )
    return Outcome()


def _book(work: Work, description: str) -> int | None:
    invoice, organisation = work.record, work.organisation
    net, vat = (
        (amount * plain_number(invoice["ExchangeRate"])).quantize(CENT, ROUND_HALF_UP)
        for amount in invoice_totals(invoice)
    )
    # What is turned around stays on its side, with a minus.
    lines = ((seed.RECEIVABLES, "Debit", net + vat), (seed.REVENUE, "Credit", net), (seed.VAT_PAYABLE, "Credit", vat))
    rows = [_line(work, code, side, amount) for code, side, amount in lines if amount != ZERO]
    if not rows:
        return None
    kind = organisation.by_code("JournalType", "IR")
    assert kind is not None
    body = {
        "JournalType": {"ID": kind["JournalTypeId"]}, "JournalDate": invoice["DateIssued"].isoformat(),
        "Description": description, "JournalEntries": rows,
    }  # fmt: skip
    journal = work.backend.add(organisation, "Journal", body, Status="P")
    return int(journal["JournalId"])


def _line(work: Work, code: str, side: str, amount: Decimal) -> Document:
    account = work.organisation.by_code("Account", code)
    assert account is not None
    customer = {"Customer": {"ID": work.record["Customer"]}} if account["CustomerEntry"] == "D" else {}
    return {"Account": {"ID": account["AccountId"]}, side: amount, **customer}


def _cancel(work: Work) -> Outcome:
    """Issuing is undone: a draft again with its number kept, or a reversal that is issued."""
    if work.backend.switches.cancellation == "reversal":
        copy = _copy(work).created
        assert copy is not None
        reversal = Work(backend=work.backend, organisation=work.organisation, kind=work.kind, key=copy[1], query={})
        reversal.change(Status="I")
        _issue(reversal)
        return Outcome()
    journal = work.record.get("booked")
    if journal is not None and work.organisation.get("Journal", journal):
        work.backend.delete(work.organisation, "Journal", journal)
    work.change(Status="O", PaymentStatus="Osnutek", booked=None)
    return Outcome()


def _copy(work: Work) -> Outcome:
    """A new draft with the quantities and amounts turned around."""
    backend, organisation = work.backend, work.organisation
    document = Documents(backend.models, organisation).document(work.kind, work.record)
    for row in document["IssuedInvoiceRows"]:
        row.pop("IssuedInvoiceRowId")
        row["Quantity"], row["Value"] = -plain_number(row["Quantity"]), -plain_number(row["Value"])
    copy = backend.add(organisation, work.kind, document)
    return Outcome(created=(work.kind, copy["IssuedInvoiceId"]))


def _copied(work: Work) -> Outcome:
    outcome = _copy(work)
    assert outcome.created is not None
    match work.backend.switches.copy_answer:
        case "data":
            return Outcome(document={"Data": {"ID": outcome.created[1]}})
        case "location":
            return outcome
    return Outcome()


def _print(work: Work) -> Outcome:
    """A PDF in the answer; that of an invoice is kept in its folder of documents."""
    title = f"{work.kind} {work.record.get('InvoiceNumber') or work.record.get('Number') or work.key}"
    data = base64.b64encode(pdf(work.organisation, title)).decode()
    moment = work.backend.clock.today().isoformat() + "T00:00:00"
    name = f"{title.replace(' ', '-')}.pdf"
    number = work.key
    if work.kind == "IssuedInvoice":
        number = _keep(work, data, name)
    answer = {
        "AttachmentId": number, "AttachmentData": data, "AttachmentDate": moment, "AttachmentFileName": name,
        "AttachmentMimeType": PDF,
    }  # fmt: skip
    return Outcome(document={"Data": answer})


def _keep(work: Work, data: str, name: str) -> int:
    backend, organisation, folder = work.backend, work.organisation, work.record["Document"]
    if folder is None:
        body = {"Description": name, "Customer": {"ID": work.record["Customer"]}}
        folder = backend.add(organisation, "Document", body)["DocumentId"]
    body = {"Description": name, "AttachmentData": data, "FileName": name, "MimeType": PDF}
    attachment = int(backend.add(organisation, "DocumentAttachment", body, folder)["DocumentAttachmentId"])
    work.change(Document=folder, InvoiceAttachment=attachment)
    return attachment


def _dated(member: str, *, clear: bool = False) -> Effect:
    def effect(work: Work) -> Outcome:
        work.change(**{member: None if clear else work.backend.clock.today()})
        return Outcome()

    return effect


def _order_to_invoice(work: Work) -> Outcome:
    """A draft invoice from an order's rows."""
    order, organisation, backend = work.record, work.organisation, work.backend
    rows = []
    for row in order["OrderRows"]:
        item = organisation.get("Item", row["Item"]) or {}
        if item:
            rows.append({
                "Item": {"ID": row["Item"]}, "ItemName": row["ItemName"] or item["Name"], "Quantity": row["Quantity"],
                "Price": row["Price"], "Value": plain_number(row["Quantity"]) * plain_number(row["Price"]),
                **_vat_of(work, item),
            })  # fmt: skip
    today = backend.clock.today().isoformat()
    employee = next(iter(organisation.table("Employee")), None) if backend.localisation.country is Country.HR else None
    body = {
        "Customer": {"ID": order["Customer"]}, "Currency": {"ID": order["Currency"]}, "DateIssued": today,
        "DateDue": today, "DateTransaction": today, "InvoiceType": "R", "DocumentReference": order["Reference"],
        "IssuedInvoiceRows": rows, **({"Employee": {"ID": employee}} if employee else {}),
    }  # fmt: skip
    invoice = backend.add(organisation, "IssuedInvoice", body)
    return Outcome(created=("IssuedInvoice", invoice["IssuedInvoiceId"]))


def _vat_of(work: Work, item: Record) -> Document:
    rate = work.organisation.get("VatRate", item["VatRate"])
    home = next((each for each in work.backend.localisation.vat if rate and each.id == rate["VatRateId"]), None)
    return {"VatRate": {"ID": item["VatRate"]}, "VATPercent": home.percents[-1][1]} if home else {}


def _confirm_stock(work: Work) -> Outcome:
    """Goods come into a warehouse, leave one, or both."""
    entry = work.record
    receipt, transfer = entry["StockEntryType"] == "P", entry["StockEntrySubtype"] == "L"
    needed = ["WarehouseTo"] * (receipt or transfer) + ["WarehouseFrom"] * (not receipt or transfer)
    missing = [
        Problem(member=f"StockEntryRows[{place}].{member}", text=Text.REQUIRED)
        for place, row in enumerate(entry["StockEntryRows"])
        for member in needed
        if row[member] is None
    ]
    if missing:
        raise work.backend.refusal(*missing)
    return Outcome()


def _approve(work: Work) -> Outcome:
    """The document may be booked; where it is asked for, a draft of a received invoice is made."""
    work.change(StatusOfReceivedInvoice="Odobren", BookkeepingAllowed="D")
    if work.query.get("createReceivedInvoice") not in ("D", "true", "True") or work.record["Customer"] is None:
        return Outcome()
    body = {
        "Customer": {"ID": work.record["Customer"]}, "DateIssued": work.record["InboxDate"].isoformat(),
        "DateDue": work.record["InboxDate"].isoformat(), "InvoiceAmount": 0,
    }  # fmt: skip
    work.backend.add(work.organisation, "ReceivedInvoice", body)
    return Outcome()


def _reject(work: Work) -> Outcome:
    work.change(StatusOfReceivedInvoice="Zavrnjen", BookkeepingAllowed="N")
    return Outcome()


_TABLE = (
    Action(kind="IssuedInvoice", name="issue", states="O", target="I", effects=(_issue,)),
    Action(kind="IssuedInvoice", name="issueandgeneratepdf", states="O", target="I", effects=(_issue, _print)),
    Action(kind="IssuedInvoice", name="generatepdf", states="I", effects=(_print,)),
    Action(kind="IssuedInvoice", name="issuecancellation", states="I", effects=(_cancel,)),
    Action(kind="IssuedInvoice", name="copytocreditnote", states="I", effects=(_copied,)),
    Action(kind="IssuedInvoice", name="copytoreverse", states="I", effects=(_copied,)),
    Action(kind="IssuedInvoice", name="sendeinvoice", states="I"),
    Action(kind="IssuedInvoicePosting", name="issue", states="O", target="P", versioned=False),
    Action(kind="IssuedInvoicePosting", name="issuecancellation", states="P", target="O", versioned=False),
    Action(kind="Order", name="confirm", states="O", target="P", effects=(_dated("DateConfirmed"),)),
    Action(kind="Order", name="cancelconfirmation", states="P", target="O",
           effects=(_dated("DateConfirmed", clear=True),)),
    Action(kind="Order", name="complete", states="P", target="Z", effects=(_dated("DateCompleted"),)),
    Action(kind="Order", name="cancelcompletion", states="Z", target="P",
           effects=(_dated("DateCompleted", clear=True),)),
    Action(kind="Order", name="invalidate", states="P", target="R", effects=(_dated("DateCanceled"),)),
    Action(kind="Order", name="cancelinvalidation", states="R", target="P",
           effects=(_dated("DateCanceled", clear=True),)),
    Action(kind="Order", name="createissuedinvoice", states="PZ", effects=(_order_to_invoice,)),
    Action(kind="Order", name="generatepdf", states="", effects=(_print,)),
    Action(kind="Order", name="getorderpdf", states="", effects=(_print,), method="GET"),
    Action(kind="StockEntry", name="confirm", states="O", target="P", effects=(_confirm_stock,)),
    Action(kind="StockEntry", name="cancelconfirmation", states="P", target="O"),
    Action(kind="StockEntry", name="getdeliverynotepdf", states="", effects=(_print,), method="GET"),
    Action(kind="Inbox", name="approve", states="", effects=(_approve,), versioned=False),
    Action(kind="Inbox", name="reject", states="", effects=(_reject,), versioned=False),
)  # fmt: skip
ACTIONS: Mapping[tuple[str, str, str], Action] = {(each.kind, each.method, each.name): each for each in _TABLE}
