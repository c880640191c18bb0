"""What Minox refuses in a batch of lines, and what a good line becomes. Pure: no state is changed here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from provider_simulators.minox.administration import (
    Described,
    FiscalYear,
    Journal,
    LedgerAccount,
    PaymentTerm,
    Vat,
)
from provider_simulators.minox.line_rules import LineReader, Rules
from provider_simulators.minox.messages import Code, Message, RefusedError, refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A line that obeys every rule and has no number yet; exactly one of debit and credit is not zero.

    Attributes:
        names_vat: Whether the line itself says which VAT code it has, be it none.
    """

    account: LedgerAccount
    debit: Decimal
    credit: Decimal
    journal: Journal
    fiscal_year: FiscalYear
    period: int
    document_date: date
    description: str | None
    entry_number: int | None = None
    cost_center: Described | None = None
    vat: Vat | None = None
    vat_amount: Decimal | None = None
    names_vat: bool = False
    payment_term: PaymentTerm | None = None
    due_date: date | None = None
    invoice_number: int | None = None

    @property
    def amount(self) -> Decimal:
        """Debit minus credit."""
        return self.debit - self.credit

    def with_amount(self, amount: Decimal, account: LedgerAccount, description: str) -> "Draft":
        """A line that follows from this one: same journal and day, another account, nothing else of it."""
        return Draft(
            account=account,
            debit=max(amount, Decimal(0)),
            credit=max(-amount, Decimal(0)),
            journal=self.journal,
            fiscal_year=self.fiscal_year,
            period=self.period,
            document_date=self.document_date,
            description=description,
        )


def drafts(rules: Rules, body: Any) -> list[Draft]:
    """The lines of a batch.

    Args:
        rules: The rules of the administration at this moment.
        body: The parsed body; numbers are int or Decimal.

    Raises:
        RefusedError: 400 with every message about every line; the books stay as they were.
    """
    if not isinstance(body, list) or not body:
        raise refusal(400, Code.BODY, "Een batch is een lijst van regels en niet leeg")
    read = [_draft(LineReader(rules, position, line)) for position, line in enumerate(body, start=1)]
    messages = [message for _, found in read for message in found]
    good = [draft for draft, _ in read if draft is not None]
    rest = sum((draft.debit - draft.credit for draft in good), Decimal(0))
    if not messages and rest and not rules.switches.accept_unbalanced:
        messages.append(Message(code=Code.UNBALANCED, text="De batch is niet in evenwicht"))
    if messages:
        raise RefusedError(400, *messages)
    return good


def _draft(line: LineReader) -> tuple[Draft | None, list[Message]]:
    if line.messages:
        return None, line.messages
    account, journal, (debit, credit) = line.account(), line.journal(), line.amounts()
    year, period, day = line.period()
    cost_center, (vat, vat_amount) = line.cost_center(account), line.vat()
    payment_term, due_date = line.payment_term(), line.day("due_date")
    entry_number, invoice_number = line.entry_number(), line.invoice_number()
    line.check_currency()
    line.check_kind(account, journal)
    if line.messages or account is None or journal is None or year is None or day is None:
        return None, line.messages
    draft = Draft(
        account=account,
        debit=debit,
        credit=credit,
        journal=journal,
        fiscal_year=year,
        period=period,
        document_date=day,
        description=line.members["description"],
        entry_number=entry_number,
        cost_center=cost_center,
        vat=vat,
        vat_amount=vat_amount,
        names_vat="vat.id" in line.members,
        payment_term=payment_term,
        due_date=due_date,
        invoice_number=invoice_number,
    )
    return draft, []
