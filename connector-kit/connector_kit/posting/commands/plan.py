"""`plan`: what a run would do, with a digest by which `apply` makes sure that it does that and nothing else."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from connector_kit.books.identity import Administration
from connector_kit.books.money import canonical, total
from connector_kit.errors import ExitCode
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.planning import BOOKING, Planning
from connector_kit.posting.commands.rehearsal import Action, Rehearsal, rehearsal
from connector_kit.posting.commands.report import Column, Report, Row, Section, Tone
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.spool import Entry, SpooledRows
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.commands.totals import Totals, balance
from connector_kit.settings import settings_option

__all__ = ["Plan", "plan"]

_DIGEST_LENGTH: Final = 24
_ATTENTION: Final = (Action.REJECT, Action.IN_DOUBT, Action.DEFER)
"""These have a reason."""
_TONES: Final = {
    Action.CREATE: Tone.PLAIN,
    Action.UPDATE: Tone.WARN,
    Action.SKIP: Tone.QUIET,
    Action.REJECT: Tone.BAD,
    Action.IN_DOUBT: Tone.BAD,
    Action.DEFER: Tone.WARN,
    Action.STALE: Tone.QUIET,
}
_EXIT_CODES: Final = {
    Action.IN_DOUBT: ExitCode.IN_DOUBT,
    Action.REJECT: ExitCode.REJECTED,
    Action.DEFER: ExitCode.BUDGET,
}
"""The first that occurs decides, as it does after a run."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run over a source would do.

    Attributes:
        administration: Where.
        planning: What would become of the records.
        calls: Requests needed.
        calls_left: Requests that the budget still allows, and in a whole day; None without a budget.
        books: What the provider holds in the periods of the source, where the target can read it.
    """

    administration: Administration
    planning: Planning = field(repr=False)
    calls: int
    calls_left: tuple[int, int] | None = None
    books: Totals | None = field(default=None, repr=False)

    @classmethod
    def of(cls, rehearsed: Rehearsal, planning: Planning) -> "Plan":
        """Take it from a rehearsal; reads the provider's trial balance of each period that would be booked in.

        Raises:
            ConnectorError: It cannot be read.
        """
        held = rehearsed.held
        periods = sorted({period for period, _ in planning.totals()})
        books = (
            None
            if held is None
            else {
                (period, account): total for period in periods for account, total in held.trial_balance(period).items()
            }
        )
        return cls(
            administration=rehearsed.target.administration(),
            planning=planning,
            calls=rehearsed.calls,
            calls_left=rehearsed.calls_left(),
            books=books,
        )

    @property
    def counts(self) -> Mapping[Action, int]:
        """Records by what would become of them."""
        return {action: self.planning.counts[action] for action in Action}

    @property
    def runs(self) -> int:
        """Runs needed within the budget, one a day."""
        if self.calls_left is None or self.calls <= self.calls_left[0]:
            return 1
        left, whole = self.calls_left
        return 1 + -(-(self.calls - left) // max(whole, 1))

    @property
    def digest(self) -> str:
        """Names the plan: another source, mapping, ledger or state of the books makes another one."""
        entries = f"{self.planning.identity:x}"
        books = sorted(
            (*place, canonical(total.debit), canonical(total.credit)) for place, total in (self.books or {}).items()
        )
        administration = self.administration
        whole = [administration.provider, administration.tenant, administration.number, entries, books]
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]

    @property
    def exit_code(self) -> ExitCode:
        """As a run would end."""
        return next((code for action, code in _EXIT_CODES.items() if self.counts[action]), ExitCode.OK)

    def report(self) -> Report:
        """Show it."""
        counts = self.counts
        place = f"{self.administration.provider} administration {self.administration.number}"
        writes = counts[Action.CREATE] + counts[Action.UPDATE]
        bad = counts[Action.REJECT] + counts[Action.IN_DOUBT]
        later = f"{counts[Action.DEFER]} for a later run, " if counts[Action.DEFER] else ""
        verdict = f"{writes} to book, {counts[Action.SKIP]} booked already, {later}{bad} that need attention"
        return Report(
            title=f"Plan for {place}",
            verdict=f"{verdict}. Nothing has been written.",
            tone=Tone.BAD if bad else Tone.GOOD,
            facts={"digest": self.digest, "records": self.planning.counts.total(), "calls needed": self._calls_said()},
            sections=list(self._sections()),
            data=self._data(),
            entries=self.planning.spool.of(),
        )

    def _data(self) -> dict[str, Any]:
        return {
            "digest": self.digest,
            "administration": {
                "provider": self.administration.provider,
                "tenant": self.administration.tenant,
                "number": self.administration.number,
            },
            "counts": {str(action): count for action, count in self.counts.items()},
            "calls": {
                "needed": self.calls,
                "left": self.calls_left and self.calls_left[0],
                "runs": self.runs,
            },
            "totals": [
                {"period": row.cells[0], "account": row.cells[1], "debit": row.cells[2], "credit": row.cells[3]}
                for row in self._totals()
            ],
        }

    def _calls_said(self) -> str:
        if self.calls_left is None:
            return f"{self.calls}"
        return f"{self.calls}, {self.calls_left[0]} left today, {self.runs} runs"

    def _sections(self) -> Iterator[Section]:
        counts = [Row(cells=(str(a), n), tone=_TONES[a]) for a, n in self.counts.items() if n]
        yield Section(
            title="What a run would do",
            columns=(Column(title="action"), Column(title="records", numeric=True)),
            rows=counts,
            empty="The source holds no records.",
        )
        yield Section(
            title="What needs attention",
            columns=(
                Column(title="key"),
                Column(title="stream", short=True),
                Column(title="action", short=True),
                Column(title="reason"),
            ),
            rows=SpooledRows(self.planning.spool, _ATTENTION, _attention_row),
        )
        amounts = ("debit to book", "credit to book", "balance now", "balance then")
        yield Section(
            title="Totals per account and period",
            columns=(
                Column(title="period", short=True),
                Column(title="account"),
                *(Column(title=title, numeric=True) for title in (amounts if self.books is not None else amounts[:2])),
            ),
            rows=self._totals(),
        )
        for title, folded, actions in (("Entries to book", False, BOOKING), ("Booked already", True, {Action.SKIP})):
            rows = SpooledRows(self.planning.spool, actions, _entry_row)
            yield Section(title=title, columns=_ENTRY_COLUMNS, rows=rows, folded=folded)

    def _totals(self) -> list[Row]:
        totals = self.planning.totals()
        rows = []
        for (period, account), added in sorted(totals.items()):
            cells: tuple[Any, ...] = (period, account, added.debit, added.credit)
            if self.books is not None:
                now = balance(self.books.get((period, account)))
                cells = (*cells, now, total((now, balance(added))))
            rows.append(Row(cells=cells))
        return rows


_ENTRY_COLUMNS: Final = (
    Column(title="key"),
    *(Column(title=title, short=True) for title in ("stream", "action", "period")),
    Column(title="lines", numeric=True),
    Column(title="amount", numeric=True),
)


def _entry_row(entry: Entry) -> Row:
    amount = None if entry["amount"] is None else Decimal(entry["amount"])
    cells = (entry["key"], entry["stream"], entry["action"], entry["period"], entry["lines"] or None, amount)
    return Row(cells=cells, tone=_TONES[Action(entry["action"])])


def _attention_row(entry: Entry) -> Row:
    cells = (entry["key"], entry["stream"], entry["action"], entry["message"])
    return Row(cells=cells, tone=_TONES[Action(entry["action"])])


@click.command(
    "plan",
    help="Say what a run over these Singer messages would do, and write nothing. Per entry, per account and period, "
    "and in calls; nothing is written to the books or to the ledger, and no STATE is passed on. The digest "
    "is for `apply`. Ends as the run would: with 10 if records would be rejected, 11 if some are in doubt, 12 if some "
    "must wait.",
)
@settings_option
@input_option
@output_options
@click.pass_context
def plan(
    context: click.Context, *, settings: dict[str, Any], file: Path | None, as_json: bool, html: Path | None
) -> int:
    """Rehearse a run and show it."""
    with Planning() as planning:
        with (
            Source(file) as source,
            watched(source.lines(), "Planning") as lines,
            rehearsal(target_of(context), settings, lines, taking=planning.take) as rehearsed,
        ):
            made = Plan.of(rehearsed, planning)
        show(made.report(), as_json=as_json, html=html)
    return made.exit_code
