"""The books of one administration: batches, numbered lines, balances. Everything is Decimal; no HTTP here."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import RLock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from provider_simulators.minox.administration import Administration, Journal, LedgerAccount
from provider_simulators.minox.booking import Draft
from provider_simulators.minox.messages import Code, refusal
from provider_simulators.minox.vat_split import VatReading, vat_drafts

if TYPE_CHECKING:
    from provider_simulators.minox.attachments import Attachment

USER_LINES_MAX = 8999  # of one page; lines from 9000 are automatic (vendor help)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A booked line: the draft and the numbers that only Minox gives.

    Attributes:
        id: Line id.
        batch_id: The batch it belongs to.
        draft: What was booked.
        entry_number: Voucher number (boekstuknummer) within journal and fiscal year.
        page_number: Journal page (dagboekblad) within journal, fiscal year and period.
        line_number: 1..8999, or from 9000 for an automatic line: VAT, or what the contra account takes.
    """

    id: str
    batch_id: UUID
    draft: Draft
    entry_number: int
    page_number: int
    line_number: int

    @property
    def automatic(self) -> bool:
        """Whether Minox made this line itself."""
        return self.line_number > USER_LINES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One accepted PUT: the lines that were sent, and the automatic ones that complete them."""

    id: UUID
    lines: tuple[Line, ...]
    contra_lines: tuple[Line, ...]

    @property
    def debit(self) -> Decimal:
        """Total debit of the lines that were sent."""
        return sum((line.draft.debit for line in self.lines), NOTHING)

    @property
    def credit(self) -> Decimal:
        """Total credit of the lines that were sent."""
        return sum((line.draft.credit for line in self.lines), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceRow:
    """Turnover of one account over a range of periods."""

    account: LedgerAccount
    debit: Decimal
    credit: Decimal


class Books:
    """State of one administration.

    Attributes:
        administration: Its master data.
        batches: Every batch by its id, oldest first; a replaced one keeps its place.
        closed: Closed periods as (fiscal year, period).
        records: All other records by collection and key, as they were written.
        attachments: The one document of a batch.
        lock: Held by whoever reads and writes in one step.
    """

    def __init__(self, administration: Administration) -> None:
        self.administration = administration
        self.records: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
        self.attachments: dict[UUID, Attachment] = {}
        self.batches: dict[UUID, Batch] = {}
        self.closed: set[tuple[int, int]] = set()
        self.lock = RLock()
        self._line_ids = 0
        self._invoice_numbers: Counter[str] = Counter()
        self._entry_numbers: Counter[tuple[str, int]] = Counter()
        self._lines_of: Counter[tuple[str, int, int]] = Counter()
        self._automatic_lines_of: Counter[tuple[str, int, int]] = Counter()

    def put(
        self,
        batch_id: UUID,
        drafts: Sequence[Draft],
        *,
        vat: VatReading = "none",
        keeps_entry_number: bool = False,
    ) -> Batch:
        """Create a batch, or replace all lines of the batch that has this id.

        Args:
            batch_id: The id that the client has chosen.
            drafts: Its lines.
            vat: How VAT is worked out.
            keeps_entry_number: A replacement without voucher numbers takes that of the first line before.

        Raises:
            RefusedError: 400 when the batch to be replaced lies in a closed period; the books stay as they were.
        """
        with self.lock:
            self._check_open(batch_id)
            former = self.batches.get(batch_id)
            entries: dict[tuple[str, int], int] = {}
            if former and keeps_entry_number:
                first = former.lines[0]
                entries[first.draft.journal.code, first.draft.fiscal_year.year] = first.entry_number
            numbered = self._with_invoice_numbers(drafts, former)
            lines = tuple(self._line(batch_id, draft, self._entry_number(draft, entries)) for draft in numbered)
            automatic = tuple(self._automatic_lines(lines, vat))
            batch = Batch(id=batch_id, lines=lines, contra_lines=automatic)
            self.batches[batch_id] = batch
            return batch

    def delete(self, batch_id: UUID) -> Batch | None:
        """Remove a batch for good.

        Raises:
            RefusedError: 400 when it lies in a closed period.
        """
        with self.lock:
            self._check_open(batch_id)
            self.attachments.pop(batch_id, None)
            return self.batches.pop(batch_id, None)

    def close_period(self, year: int, period: int) -> None:
        """Refuse bookings in one period from now on."""
        with self.lock:
            self.closed.add((year, period))

    def close_year(self, year: int) -> None:
        """Refuse bookings in every period of a fiscal year from now on."""
        for period in range(1, self.administration.fiscal_years[year].periods + 1):
            self.close_period(year, period)

    def lines(self, year: int | None = None, period: int | None = None) -> list[Line]:
        """All lines, automatic ones included, in the order of batches; of one fiscal year and period if given."""
        with self.lock:
            return [
                line
                for batch in self.batches.values()
                for line in (*batch.lines, *batch.contra_lines)
                if year in (None, line.draft.fiscal_year.year) and period in (None, line.draft.period)
            ]

    def balance(self, account: str | int, year: int | None = None) -> Decimal:
        """Debit minus credit of an account, of all years or of one; a collective account has all its customers."""
        drafts = [line.draft for line in self.lines(year)]
        wanted = int(account)
        return sum((d.amount for d in drafts if wanted in (d.account.number, d.account.ledger_number)), NOTHING)

    def next_invoice_number(self, journal: str) -> int:
        """The number that a sales invoice of this journal gets that names none."""
        return self._invoice_numbers[journal] + 1

    def in_use(self, account: int) -> bool:
        """Whether anything was booked on an account."""
        with self.lock:
            return any(line.draft.account.number == account for line in self.lines())

    def trial_balance(
        self, year: int, start_period: int = 1, end_period: int | None = None
    ) -> tuple[TrialBalanceRow, ...]:
        """Turnover per ledger account that has any, by number; total debit always equals total credit."""
        turnover: dict[int, list[Draft]] = defaultdict(list)
        for line in self.lines(year):
            if start_period <= line.draft.period <= (end_period or line.draft.period):
                turnover[line.draft.account.ledger_number].append(line.draft)
        return tuple(
            TrialBalanceRow(
                account=self.administration.accounts[number],
                debit=sum((draft.debit for draft in drafts), NOTHING),
                credit=sum((draft.credit for draft in drafts), NOTHING),
            )
            for number, drafts in sorted(turnover.items())
        )

    def _check_open(self, batch_id: UUID) -> None:
        batch = self.batches.get(batch_id)
        for line in batch.lines if batch else ():
            if (line.draft.fiscal_year.year, line.draft.period) in self.closed:
                raise refusal(400, Code.CLOSED_PERIOD, "De batch staat in een afgesloten periode")

    def _entry_number(self, draft: Draft, entries: dict[tuple[str, int], int]) -> int:
        """The number sent, or one new number per batch, journal and year."""
        key = (draft.journal.code, draft.fiscal_year.year)
        if draft.entry_number is None and key in entries:
            return entries[key]
        number = draft.entry_number or self._entry_numbers[key] + 1
        self._entry_numbers[key] = max(self._entry_numbers[key], number)
        if draft.entry_number is None:
            entries[key] = number
        return number

    def _line(self, batch_id: UUID, draft: Draft, entry_number: int) -> Line:
        key = (draft.journal.code, draft.fiscal_year.year, draft.period)
        page, index = divmod(self._lines_of[key], USER_LINES_MAX)
        self._lines_of[key] += 1
        self._line_ids += 1
        return Line(
            id=str(self._line_ids),
            batch_id=batch_id,
            draft=draft,
            entry_number=entry_number,
            page_number=page + 1,
            line_number=index + 1,
        )

    def _with_invoice_numbers(self, drafts: Sequence[Draft], former: Batch | None) -> Iterator[Draft]:
        """Sales invoices without a number get one per batch and journal; a replacement keeps that of before."""
        given: dict[str, int] = {}
        for line in former.lines if former else ():
            if line.draft.invoice_number:
                given.setdefault(line.draft.journal.code, line.draft.invoice_number)
        invoiced = {draft.journal.code for draft in drafts if draft.account.kind == "customer"}
        for draft in drafts:
            code, number = draft.journal.code, draft.invoice_number
            if draft.journal.kind == "sales" and code in invoiced:
                number = number or given.setdefault(code, self.next_invoice_number(code))
                self._invoice_numbers[code] = max(self._invoice_numbers[code], number)
            yield draft if number == draft.invoice_number else replace(draft, invoice_number=number)

    def _automatic_lines(self, lines: Sequence[Line], vat: VatReading) -> Iterator[Line]:
        """VAT of the lines, and what a voucher leaves open, on the journal's contra account (inferred)."""
        vouchers: dict[tuple[str, int, int, int], list[Line]] = defaultdict(list)
        for line in lines:
            draft = line.draft
            vouchers[draft.journal.code, draft.fiscal_year.year, draft.period, line.entry_number].append(line)
        for voucher in vouchers.values():
            first, rest = voucher[0], sum((line.draft.amount for line in voucher), NOTHING)
            for line in voucher:
                for draft in vat_drafts(line.draft, self.administration, vat):
                    rest += draft.amount
                    yield self._automatic(line, draft)
            if rest:
                account = self._contra_account(first.draft.journal)
                yield self._automatic(first, first.draft.with_amount(-rest, account, "Tegenrekening"))

    def _automatic(self, line: Line, draft: Draft) -> Line:
        key = (draft.journal.code, draft.fiscal_year.year, draft.period)
        self._automatic_lines_of[key] += 1
        self._line_ids += 1
        number = USER_LINES_MAX + self._automatic_lines_of[key]
        return replace(line, id=str(self._line_ids), draft=draft, line_number=number)

    def _contra_account(self, journal: Journal) -> LedgerAccount:
        return self.administration.accounts[journal.contra_account]
