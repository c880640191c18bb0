"""One line of a journal entry against the master data of Minox."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.journal import JournalEntry, JournalLine

from target_minox.masterdata import Journal, JournalKind, LedgerAccount, MasterData

__all__ = ["FindParty", "Line", "LineCheck", "Notices", "code_number", "cut", "number_only"]

Line = dict[str, Any]
"""One element of the array that is PUT to a transaction line batch."""
FindParty = Callable[[str, str], int | None]
"""Gives the number of a customer or supplier (first argument) by its code; None: there is nobody with it."""

_DESCRIPTION_LENGTH: Final = 40
_INVOICE_NUMBER_LENGTH_MAX: Final = 8
_ACCOUNT_MAX: Final = 999_999

logger = logging.getLogger(__name__)


class Notices:
    """What is booked all the same, but somebody should know: said once per run for each kind of thing."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def say(self, kind: str, text: str) -> None:
        """Warn, unless this kind of thing was said before."""
        if kind not in self._said:
            self._said.add(kind)
            logger.warning("%s (said once per run)", text)


@dataclass(frozen=True, kw_only=True)
class LineCheck:
    """One line of an entry: what it says in Minox' words; problems and notices are collected on the way."""

    entry: JournalEntry
    index: int
    journal: Journal | None
    books: MasterData
    default_cost_center: int | None
    strict_vat: bool
    truncate: bool
    find_party: FindParty
    name: str
    problems: Problems
    notices: Notices

    @property
    def _line(self) -> JournalLine:
        return self.entry.lines[self.index]

    @property
    def _ledger_account(self) -> LedgerAccount | None:
        """The ledger account that the line is booked on; None for customers, suppliers and unknown accounts."""
        line = self._line
        return (
            None if line.customer or line.supplier else self.books.ledger_accounts.get(code_number(line.account) or 0)
        )

    def members(self) -> Line:
        """What the line itself says."""
        line = self._line
        return {
            "account": self._account(),
            "debit": line.debit or 0,
            "credit": line.credit or 0,
            "description": self._description(),
            "cost_center": {"id": self._cost_center()},
            "vat": {"id": self._vat_code()},
            "invoice_number": self._invoice_number(),
            "due_date": line.due_date.isoformat() if line.due_date else None,
        }

    def _refuse(self, code: str, member: str, message: str) -> None:
        self.problems.add(code, f"{self.name}.{member}", message)

    def _notice(self, kind: str, member: str, message: str) -> None:
        self.notices.say(kind, f"Entry {self.entry.key}, {self.name}.{member}: {message}")

    def _account(self) -> Line:
        line = self._line
        if line.customer and line.supplier:
            self._refuse("invalid_field", "supplier", "a line belongs to a customer or to a supplier, not to both")
            return {}
        if line.customer:
            return self._party("customer", line.customer, JournalKind.PURCHASE)
        if line.supplier:
            return self._party("supplier", line.supplier, JournalKind.SALES)
        known = self._ledger_account
        if known is None:
            self._refuse("unknown_account", "account", f"ledger account {line.account} does not exist")
            return {}
        if known.blocked:
            self._refuse("blocked_account", "account", f"ledger account {line.account} is blocked in Minox")
        return _account(known.id, "ledger_account")

    def _party(self, kind: str, code: str, refused_by: JournalKind) -> Line:
        """A customer or supplier is booked on by its number, in the same number space as ledger accounts.

        Minox moves the line to the collective account by itself, so the line's ledger account is not sent.
        """
        party = self.find_party(kind, code)
        if party is None or party > _ACCOUNT_MAX:
            text = f"there is no {kind} {code} in Minox, neither as a number from 1 to {_ACCOUNT_MAX} nor as a key"
            self._refuse("unknown_account", kind, text)
            return {}
        if party in self.books.ledger_accounts:
            self._refuse("unknown_account", kind, f"{code} is the number of a ledger account, not of a {kind}")
        if self.journal is not None and self.journal.kind is refused_by:
            self._refuse("invalid_field", kind, f"a journal of kind {refused_by} takes no {kind}")
        return _account(party, kind)

    def _description(self) -> str:
        entry = self.entry
        text = self._line.description or entry.description or entry.reference or entry.key
        if self.truncate:
            return cut(text)
        if len(text) > _DESCRIPTION_LENGTH:
            self._notice("description", "description", f"over {_DESCRIPTION_LENGTH} characters, Minox may cut it")
        return text

    def _cost_center(self) -> int | None:
        code, account = self._line.cost_center, self._ledger_account
        needed = account is not None and account.has_cost_type
        if code is None:
            if needed and self.default_cost_center is None:
                message = "has a cost type and needs a cost center (or the setting default_cost_center)"
                self._refuse("cost_center_required", "cost_center", f"ledger account {self._line.account} {message}")
            return self.default_cost_center if needed else None
        cost_center = code_number(code)
        if cost_center not in self.books.cost_centers:
            self._refuse("unknown_cost_center", "cost_center", f"cost center {code} does not exist")
        elif not needed:
            message = f"ledger account {self._line.account} has no cost type, Minox may ignore the cost center"
            self._notice("cost_center", "cost_center", message)
        return cost_center

    def _vat_code(self) -> int | None:
        code, account = self._line.vat_code, self._ledger_account
        if code is not None:
            vat_code = code_number(code)
            if vat_code not in self.books.vat_codes:
                self._refuse("invalid_field", "vat_code", f"VAT code {code} does not exist")
            return vat_code
        if account and account.has_vat and self.journal and self.journal.kind is JournalKind.MEMORIAL:
            message = f"ledger account {account.id} carries a VAT code, so Minox splits VAT off lines without one"
            if self.strict_vat:
                self._refuse("vat", "vat_code", message)
            else:
                self._notice("vat", "vat_code", message)
        return None

    def _invoice_number(self) -> int | None:
        text = self._line.invoice_number
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _INVOICE_NUMBER_LENGTH_MAX and int(text)):
            self._refuse(
                "invalid_field", "invoice_number", f"must be a number of 1 to {_INVOICE_NUMBER_LENGTH_MAX} digits"
            )
            return None
        return int(text)


def cut(text: str) -> str:
    """Cut a description to a length that Minox certainly takes."""
    return text if len(text) <= _DESCRIPTION_LENGTH else text[: _DESCRIPTION_LENGTH - 3].rstrip() + "..."


def code_number(code: str) -> int | None:
    """Read a code of something that Minox numbers: digits, without leading zeros, which would be another code."""
    return int(code) if code.isascii() and code.isdecimal() and not code.startswith("0") else None


def number_only(kind: str, code: str) -> int | None:  # noqa: ARG001  # as `FindParty`
    """Take the code for the number, where nobody can be asked."""
    return code_number(code)


def _account(account_id: int, kind: str) -> Line:
    """Account reference as Minox writes it: the number is text."""
    return {"id": str(account_id), "scheme": "MINOX", "type": kind}
