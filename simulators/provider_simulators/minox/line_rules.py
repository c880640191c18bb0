"""The rules for one booking line, member by member; every broken rule becomes a message."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from provider_simulators.minox.administration import (
    Administration,
    Described,
    FiscalYear,
    Journal,
    LedgerAccount,
    PaymentTerm,
    Vat,
)
from provider_simulators.minox.members import flatten
from provider_simulators.minox.messages import Code, Message
from provider_simulators.minox.switches import MinoxSwitches

AMOUNT_MAX = Decimal(10) ** 12
INVOICE_NUMBER_MAX = 99_999_999  # the screen's field has eight positions (vendor help)
ACCOUNT_NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

BARRED = {("purchase", "customer"), ("sales", "supplier")}

Found = TypeVar("Found")
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the rules depend on.

    Attributes:
        administration: The master data.
        closed: Closed periods as (fiscal year, period).
        today: The date of a line that names none (inferred).
        switches: The readings of what is not documented.
    """

    administration: Administration
    closed: AbstractSet[tuple[int, int]]
    today: date
    switches: MinoxSwitches


class LineReader:
    """Reads the members of one line; ``messages`` collects what is wrong with it, starting with its form."""

    def __init__(self, rules: Rules, position: int, line: Any) -> None:
        self.rules = rules
        self.books = rules.administration
        self.position = position
        self.members: dict[str, Any] = {}
        self.messages: list[Message] = []
        if isinstance(line, Mapping):
            as_text = rules.switches.account_id_as_text
            self.members, self.messages = flatten(line, position, account_id_as_text=as_text)
        else:
            self.refuse(Code.BODY, None, "is geen object")

    def refuse(self, code: Code, path: str | None, text: str) -> None:
        """Add a message about a member of this line."""
        words = f"Regel {self.position}: {path} {text}" if path else f"Regel {self.position} {text}"
        self.messages.append(Message(code=code, text=words, field=path))

    def account(self) -> LedgerAccount | None:
        """The ledger account, customer or supplier: the number says which, the type may."""
        number = self.members["account.id"]
        account = self.books.accounts.get(int(number)) if ACCOUNT_NUMBER.fullmatch(number) else None
        if self.members.get("account.scheme", "MINOX") != "MINOX":
            self.refuse(Code.ACCOUNT, "account.scheme", "is niet MINOX")
        elif account is None or self.members.get("account.type", account.kind) != account.kind:
            self.refuse(Code.ACCOUNT, "account.id", "bestaat niet")
        elif account.blocked:
            self.refuse(Code.BLOCKED_ACCOUNT, "account.id", f"is geblokkeerd: {account.blocked}")
        return account

    def check_kind(self, account: LedgerAccount | None, journal: Journal | None) -> None:
        """No customers in a purchase journal, no suppliers in a sales journal (vendor help)."""
        if account and journal and (journal.kind, account.kind) in BARRED:
            self.refuse(Code.ACCOUNT_KIND, "account.id", f"mag niet in dagboek {journal.code}")

    def journal(self) -> Journal | None:
        """The journal."""
        return self._found("journal.id", self.books.journals, Code.JOURNAL)

    def payment_term(self) -> PaymentTerm | None:
        """The payment term, if named."""
        return self._found("payment_term.id", self.books.payment_terms, Code.PAYMENT_TERM)

    def cost_center(self, account: LedgerAccount | None) -> Described | None:
        """The cost center; an account with a cost type asks for one (vendor help, of the screens)."""
        if account is not None and account.cost_type is not None and "cost_center.id" not in self.members:
            self.refuse(Code.COST_CENTER_REQUIRED, "cost_center", "is verplicht bij deze rekening")
        return self._found("cost_center.id", self.books.cost_centers, Code.COST_CENTER)

    def vat(self) -> tuple[Vat | None, Decimal | None]:
        """The VAT code and amount, if named. Code 0 is no VAT at all (inferred); no code leaves it to the account."""
        amount = self.members.get("vat.amount")
        vat = self._found("vat.id", self.books.vat_codes, Code.VAT) if self.members.get("vat.id") else None
        if amount is not None and "vat.id" not in self.members:
            self.refuse(Code.VAT, "vat.amount", "zonder vat.id")
        return vat, None if amount is None else self._amount("vat.amount")

    def amounts(self) -> tuple[Decimal, Decimal]:
        """Debit and credit: not negative, and exactly one of them is not zero."""
        debit, credit = self._amount("debit"), self._amount("credit")
        if debit and credit:
            self.refuse(Code.BOTH_SIDES, None, "heeft zowel debet als credit")
        elif not debit and not credit and not self.messages:
            self.refuse(Code.AMOUNT, None, "heeft geen bedrag")
        return debit, credit

    def period(self) -> tuple[FiscalYear | None, int, date | None]:
        """Fiscal year, period and date; what is not named is derived from the date, and no date means today."""
        if "document_date" in self.members:
            day = self.day("document_date")
            if day is None:
                return None, 0, None
        else:
            day = self.rules.today
        year = self._fiscal_year(day)
        if year is None:
            return None, 0, None
        if day not in year:
            if "document_date" in self.members:
                self.refuse(Code.DATE_OUTSIDE, "document_date", f"valt niet in boekjaar {year.year}")
                return None, 0, None
            day = min(max(day, year.start), year.end)
        period: int = self.members.get("period.id", year.period_of(day))
        self._check_period(year, period, day)
        return year, period, day

    def _fiscal_year(self, day: date) -> FiscalYear | None:
        if "period.fiscal_year" in self.members:
            return self._found("period.fiscal_year", self.books.fiscal_years, Code.FISCAL_YEAR)
        year = self.books.year_of(day)
        if year is None:
            self.refuse(Code.FISCAL_YEAR, "document_date", "valt in geen boekjaar")
        return year

    def _check_period(self, year: FiscalYear, period: int, day: date) -> None:
        if not 1 <= period <= year.periods + self.rules.switches.closing_periods:
            self.refuse(Code.PERIOD, "period.id", f"bestaat niet in boekjaar {year.year}")
        elif (year.year, period) in self.rules.closed:
            self.refuse(Code.CLOSED_PERIOD, "period", f"{year.year}/{period} is afgesloten")
        elif (
            self.rules.switches.date_outside_period == "reject"
            and "document_date" in self.members
            and year.period_of(day) != period
        ):
            self.refuse(Code.DATE_OUTSIDE, "document_date", f"valt niet in periode {period}")

    def day(self, path: str) -> date | None:
        """An ISO date, if named; a client that sent DD-MM-YYYY had to be changed in 2019."""
        text = self.members.get(path)
        if text is None:
            return None
        try:
            return date.fromisoformat(text if ISO_DATE.fullmatch(text) else "")
        except ValueError:
            self.refuse(Code.DATE, path, "is geen datum JJJJ-MM-DD")
            return None

    def invoice_number(self) -> int | None:
        """The invoice number, if named: digits only (an integrator's documentation)."""
        number: int | None = self.members.get("invoice_number")
        if number is not None and not 0 < number <= INVOICE_NUMBER_MAX:
            self.refuse(Code.INVOICE_NUMBER, "invoice_number", "heeft meer dan 8 cijfers of is negatief")
        return number

    def entry_number(self) -> int | None:
        """The voucher number, if named; without one the journal numbers it."""
        number: int | None = self.members.get("entry_number")
        if number is not None and number < 0:
            self.refuse(Code.ENTRY_NUMBER, "entry_number", "is negatief")
        return number

    def check_currency(self) -> None:
        """Only the administration's own currency: rates and foreign amounts are not simulated."""
        if self.members.get("currency.id", self.books.currency) != self.books.currency:
            self.refuse(Code.CURRENCY, "currency.id", "is niet de valuta van de administratie")

    def _amount(self, path: str) -> Decimal:
        amount = Decimal(self.members[path])
        if not 0 <= amount < AMOUNT_MAX:
            self.refuse(Code.AMOUNT, path, "is negatief of te groot")
            return Decimal(0)
        if amount != round(amount, 2):
            self.refuse(Code.AMOUNT, path, "heeft meer dan 2 decimalen")
        return round(amount, 2)

    def _found(self, path: str, table: Mapping[Key, Found], code: Code) -> Found | None:
        if path not in self.members:
            return None
        found = table.get(self.members[path])
        if found is None:
            self.refuse(code, path, f"{self.members[path]} bestaat niet")
        return found
