"""The books of one administration: batches, numbered lines, balances. Everything is Decimal; no HTTP here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import RLock
from uuid import UUID

from provider_simulators.minox.administration import Administration, LedgerAccount
from provider_simulators.minox.booking import Draft
from provider_simulators.minox.messages import Code, refusal

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
        line_number: 1..8999, or from 9000 for an automatic line on the contra account.
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
        lock: Held by whoever reads and writes in one step.
    """

    def __init__(self, administration: Administration) -> None:
        self.administration = administration
        self.batches: dict[UUID, Batch] = {}
        self.closed: set[tuple[int, int]] = set()
        self.lock = RLock()
        self._line_ids = 0
        self._entry_numbers: Counter[tuple[str, int]] = Counter()
        self._lines_of: Counter[tuple[str, int, int]] = Counter()
        self._automatic_lines_of: Counter[tuple[str, int, int]] = Counter()

    def put(self, batch_id: UUID, drafts: Sequence[Draft]) -> Batch:
        """Create a batch, or replace all lines of the batch that has this id.

        Raises:
            RefusedError: 400 when the batch to be replaced lies in a closed period; the books stay as they were.
        """
        with self.lock:
            self._check_open(batch_id)
            entries: dict[tuple[str, int], int] = {}
            lines = tuple(self._line(batch_id, draft, self._entry_number(draft, entries)) for draft in drafts)
            batch = Batch(id=batch_id, lines=lines, contra_lines=tuple(self._contra_lines(lines)))
            self.batches[batch_id] = batch
            return batch

    def delete(self, batch_id: UUID) -> Batch | None:
        """Remove a batch for good.

        Raises:
            RefusedError: 400 when it lies in a closed period.
        """
        with self.lock:
            self._check_open(batch_id)
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
        """Debit minus credit of an account, of all years or of one."""
        drafts = [line.draft for line in self.lines(year) if line.draft.account.number == int(account)]
        return sum((draft.debit - draft.credit for draft in drafts), NOTHING)

    def trial_balance(
        self, year: int, start_period: int = 1, end_period: int | None = None
    ) -> tuple[TrialBalanceRow, ...]:
        """Turnover per account that has any, by number; total debit always equals total credit."""
        turnover: dict[int, list[Draft]] = defaultdict(list)
        last = end_period or self.administration.fiscal_years[year].periods
        for line in self.lines(year):
            if start_period <= line.draft.period <= last:
                turnover[line.draft.account.number].append(line.draft)
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

    def _contra_lines(self, lines: Iterable[Line]) -> Iterator[Line]:
        """What the lines of a voucher leave open lands on the journal's contra account (inferred)."""
        vouchers: dict[tuple[str, int, int, int], list[Line]] = defaultdict(list)
        for line in lines:
            draft = line.draft
            vouchers[draft.journal.code, draft.fiscal_year.year, draft.period, line.entry_number].append(line)
        for (journal, year, period, _), voucher in vouchers.items():
            rest = sum((line.draft.debit - line.draft.credit for line in voucher), NOTHING)
            if rest:
                first, key = voucher[0], (journal, year, period)
                self._automatic_lines_of[key] += 1
                self._line_ids += 1
                yield replace(
                    first,
                    id=str(self._line_ids),
                    draft=self._contra(first.draft, rest),
                    line_number=USER_LINES_MAX + self._automatic_lines_of[key],
                )

    def _contra(self, draft: Draft, rest: Decimal) -> Draft:
        return Draft(
            account=self.administration.accounts[draft.journal.contra_account],
            debit=max(-rest, NOTHING),
            credit=max(rest, NOTHING),
            journal=draft.journal,
            fiscal_year=draft.fiscal_year,
            period=draft.period,
            document_date=draft.document_date,
            description="Tegenrekening",
        )
