"""`plan`: what a run would do, with a digest by which `apply` makes sure that it does that and nothing else."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final

import click

from connector_kit.books.identity import Administration
from connector_kit.books.money import canonical, total
from connector_kit.errors import ExitCode
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.rehearsal import Action, Planned, Rehearsal, rehearsal
from connector_kit.posting.commands.report import Column, Report, Row, Section, Tone
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.commands.totals import Totals, balance, totals_of
from connector_kit.posting.held import HeldLine
from connector_kit.settings import settings_option

__all__ = ["Plan", "plan"]

_DIGEST_LENGTH: Final = 24
_BOOKING: Final = {Action.CREATE, Action.UPDATE}
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
        planned: What would become of each record.
        calls: Requests needed.
        calls_left: Requests that the budget still allows, and in a whole day; None without a budget.
        books: What the provider holds in the periods of the source, where the target can read it.
    """

    administration: Administration
    planned: Sequence[Planned] = field(repr=False)
    calls: int
    calls_left: tuple[int, int] | None = None
    books: Totals | None = field(default=None, repr=False)

    @classmethod
    def of(cls, rehearsed: Rehearsal) -> "Plan":
        """Take it from a rehearsal; reads the provider's trial balance of each period that would be booked in.

        Raises:
            ConnectorError: It cannot be read.
        """
        held = rehearsed.held
        periods = sorted({line.period for line in _lines(rehearsed.planned, *_BOOKING)})
        books = (
            None
            if held is None
            else {
                (period, account): total for period in periods for account, total in held.trial_balance(period).items()
            }
        )
        return cls(
            administration=rehearsed.target.administration(),
            planned=rehearsed.planned,
            calls=rehearsed.calls,
            calls_left=rehearsed.calls_left(),
            books=books,
        )

    @property
    def counts(self) -> Mapping[Action, int]:
        """Records by what would become of them."""
        counted = Counter(planned.action for planned in self.planned)
        return {action: counted[action] for action in Action}

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
        entries = sorted(_identity(planned) for planned in self.planned)
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
            facts={"digest": self.digest, "records": len(self.planned), "calls needed": self._calls_said()},
            sections=list(self._sections()),
            data=self.data(),
        )

    def data(self) -> dict[str, Any]:
        """All of it, for machines."""
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
            "entries": [_entry(planned) for planned in self.planned],
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
            rows=[
                Row(cells=(one.key, one.stream, str(one.action), one.reason.message), tone=_TONES[one.action])
                for one in self.planned
                if one.reason
            ],
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
        for title, folded, actions in (("Entries to book", False, _BOOKING), ("Booked already", True, {Action.SKIP})):
            rows = [_entry_row(planned) for planned in self.planned if planned.action in actions]
            yield Section(title=title, columns=_ENTRY_COLUMNS, rows=rows, folded=folded)

    def _totals(self) -> list[Row]:
        totals = totals_of(_lines(self.planned, *_BOOKING))
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


def _entry_row(planned: Planned) -> Row:
    amount = total(line.debit for line in planned.lines) if planned.lines else None
    cells = (planned.key, planned.stream, str(planned.action), _period(planned), len(planned.lines) or None, amount)
    return Row(cells=cells, tone=_TONES[planned.action])


def _entry(planned: Planned) -> dict[str, Any]:
    return {
        "stream": planned.stream,
        "key": planned.key,
        "action": str(planned.action),
        "period": _period(planned),
        "lines": len(planned.lines),
        "amount": total(line.debit for line in planned.lines) if planned.lines else None,
        "code": planned.reason and planned.reason.code,
        "field": planned.reason and planned.reason.field,
        "message": planned.reason and planned.reason.message,
    }


def _period(planned: Planned) -> str | None:
    return planned.lines[0].period if planned.lines else None


def _identity(planned: Planned) -> tuple[str, ...]:
    posting = planned.posting
    document = (posting.entity_key, posting.content_hash, posting.mapping_version) if posting else (planned.key or "",)
    return (planned.stream, str(planned.action), planned.reason.code if planned.reason else "", *document)


def _lines(planned: Sequence[Planned], *actions: Action) -> Iterator[HeldLine]:
    return chain.from_iterable(one.lines for one in planned if one.action in actions)


@click.command(
    "plan",
    help="Say what a run over these Singer messages would do, and write nothing. Per entry, per account and period, "
    "and in calls; nothing is written to the books or to the ledger, and no STATE is passed on. The digest "
    "is for `apply`.",
)
@settings_option
@input_option
@output_options
@click.pass_context
def plan(
    context: click.Context, *, settings: dict[str, Any], file: Path | None, as_json: bool, html: Path | None
) -> int:
    """Rehearse a run and show it."""
    with (
        Source(file) as source,
        watched(source.lines(), "Planning") as lines,
        rehearsal(target_of(context), settings, lines) as rehearsed,
    ):
        made = Plan.of(rehearsed)
    show(made.report(), as_json=as_json, html=html)
    return made.exit_code
