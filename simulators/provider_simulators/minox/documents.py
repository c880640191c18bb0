"""Minox's answers as JSON documents. What a member looks like when it is absent is unknown: here it is null."""

from datetime import date
from typing import Any

from provider_simulators.minox.administration import (
    Administration,
    Described,
    FiscalYear,
    Journal,
    LedgerAccount,
    PaymentTerm,
    Vat,
)
from provider_simulators.minox.attachments import Attachment
from provider_simulators.minox.books import Line, TrialBalanceRow
from provider_simulators.minox.messages import Code
from provider_simulators.minox.switches import MinoxSwitches

Document = dict[str, Any]
DIFFERENCES_ACCOUNT = 1990
WARNING = {"message_code": Code.WARNING, "message_type": "Waarschuwing", "message": "Controleer de omschrijving"}
ERROR = {"message_code": Code.WARNING, "message_type": "Fout", "message": "De regel kon niet volledig worden verwerkt"}


def administration_document(books: Administration) -> Document:
    """Schema `administration`, with its fiscal years."""
    differences = account_reference(books.accounts[DIFFERENCES_ACCOUNT])
    return {
        "id": books.number,
        "name": books.name,
        "number_of_periods": next(iter(books.fiscal_years.values())).periods,
        "vat_on_sub": False,
        "currency": currency(books),
        "chamber_of_commerce": books.chamber_of_commerce,
        "country_code": "NL",
        "fiscal_years": [_fiscal_year(year) for year in books.fiscal_years.values()],
        "ledger_accounts": {"transaction_rounding": differences},
    }


def ledger_account_document(account: LedgerAccount, books: Administration) -> Document:
    """Schema `ledger_account`; here the number is a number."""
    return {
        "id": account.number,
        "description": account.description,
        "vat": vat_document(books.vat_codes[account.vat]) if account.vat else None,
        "allow_free_vat_input": False,
        "debit_credit_suggestion": "none",
        "aggregate_transactions": False,
        "quantity_applicable": False,
        "cost_type": _described(books.cost_types[account.cost_type]) if account.cost_type in books.cost_types else None,
        "blocked": {"active": account.blocked is not None, "reason": account.blocked or ""},
        "isBalance": account.is_balance,
    }


def journal_document(journal: Journal, books: Administration) -> Document:
    """Schema `journal`."""
    return {
        "id": journal.code,
        "description": journal.description,
        "type": journal.kind,
        "ledger_account_id": journal.contra_account,
        "ledger_account_differences": DIFFERENCES_ACCOUNT,
        "currency": currency(books),
        "allow_linking_of_documents": True,
        "free_entry_number": True,
        **({"range": _range(journal)} if journal.range else {}),
    }


def vat_document(vat: Vat) -> Document:
    """Schema `vat`."""
    return {
        "id": vat.number,
        "type": vat.kind,
        "percentage": vat.percentage,
        "account_id": str(vat.account),
        "description": vat.description,
    }


def payment_term_document(term: PaymentTerm) -> Document:
    """Schema `payment_term`."""
    return {
        "id": term.number,
        "description": term.description,
        "search": [],
        "days": term.days,
        "start": "directly",
        "terms": [],
    }


def described_document(each: Described) -> Document:
    """Schemas `cost_center` and `cost_type`."""
    return _described(each) | {"search": []}


def trial_balance_document(row: TrialBalanceRow) -> Document:
    """A row of the trial balance. Its real shape is unknown; these are the members of lines."""
    return {"account": account_reference(row.account), "debit": row.debit, "credit": row.credit}


def line_document(
    line: Line, books: Administration, switches: MinoxSwitches, attachment: Attachment | None = None
) -> Document:
    """Schema `transaction_line_get`."""
    draft = line.draft
    cost_type = books.cost_types.get(draft.account.cost_type) if draft.account.cost_type else None
    vat = vat_document(draft.vat) | {"amount": draft.vat_amount} if draft.vat else None
    return {
        "id": line.id,
        "batch_id": str(line.batch_id),
        "account": account_reference(draft.account),
        "cost_center": _described(draft.cost_center) if draft.cost_center else None,
        "cost_type": _described(cost_type) if cost_type else None,
        "debit": draft.debit,
        "credit": draft.credit,
        "currency": currency(books),
        "document_date": _date(draft.document_date, switches),
        "due_date": _date(draft.due_date, switches) if draft.due_date else None,
        "entry_number": line.entry_number,
        "invoice_number": draft.invoice_number,
        "journal": {
            "id": draft.journal.code,
            "description": draft.journal.description,
            "type": draft.journal.kind,
            "page_number": line.page_number,
            "line_number": line.line_number,
        },
        "messages": _line_messages(books, switches),
        "payment_term": payment_term_document(draft.payment_term) if draft.payment_term else None,
        "period": {
            "id": draft.period,
            "fiscal_year": draft.fiscal_year.year,
            "description": f"Periode {draft.period}",
        },
        "description": draft.description,
        "vat": vat,
        "document_id": str(attachment.id) if attachment else None,
    }


def account_reference(account: LedgerAccount) -> Document:
    """Schema `account_ref`; here the number is text."""
    return {
        "id": str(account.number),
        "scheme": "MINOX",
        "type": account.kind,
        "description": account.description,
    }


def _line_messages(books: Administration, switches: MinoxSwitches) -> list[Document]:
    if switches.line_messages == "none":
        return []
    message = WARNING if switches.line_messages == "warning" else ERROR
    return [message | {"field": "description", "administration_id": books.number}]


def _fiscal_year(year: FiscalYear) -> Document:
    return {
        "fiscal_year": year.year,
        "number_of_periods": year.periods,
        "start_date": year.start,
        "end_date": year.end,
    }


def _range(journal: Journal) -> Document:
    start, end = journal.range or (0, 0)
    return {"start": start, "end": end, "is_automatically_assigned": journal.draws_numbers}


def _described(each: Described) -> Document:
    return {"id": each.number, "description": each.description}


def currency(books: Administration) -> Document:
    """Schema `currency`: the administration's own."""
    return {"id": books.currency, "exchange_rate": 1, "description": "Euro"}


def _date(day: date, switches: MinoxSwitches) -> str:
    return day.isoformat() if switches.answer_dates == "date" else f"{day.isoformat()}T00:00:00.000Z"
