"""`reconcile`: source, ledger and books beside each other; writes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from connector_kit.books.money import EXACT, total
from connector_kit.errors import ExitCode, SettingError
from connector_kit.posting.commands.comparison import AGREEING, Comparison, Finding, Verdict, compare
from connector_kit.posting.commands.ledger_rows import entries_of
from connector_kit.posting.commands.look_ups import look_up
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.rehearsal import Planned, Rehearsal, rehearsal
from connector_kit.posting.commands.report import Cell, Column, Report, Row, Section, Tone
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.takeover import look_at_own
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.commands.totals import AccountPeriod, balance
from connector_kit.posting.held import HeldLine
from connector_kit.posting.ledger import Entry, State
from connector_kit.posting.ledger.database import ledger_database
from connector_kit.posting.ledger.steps import ADOPT
from connector_kit.settings import settings_option

__all__ = ["reconcile"]

_MEANING: Final = {
    Verdict.MISSING: "not in the books, though it was booked",
    Verdict.NOT_BOOKED: "not booked yet",
    Verdict.AMOUNT: "other accounts or amounts",
    Verdict.EDITED: "changed by somebody",
    Verdict.CHANGED: "the source has changed since",
    Verdict.DUPLICATE: "booked more than once",
    Verdict.UNKNOWN: "booked, though the ledger does not say so",
    Verdict.FOREIGN: "booked by somebody else in our journal",
    Verdict.REJECTED: "cannot be booked as it is",
    Verdict.IN_DOUBT: "in doubt",
    Verdict.NEEDS_HUMAN: "waits for a person",
    Verdict.SAME: "agrees",
    Verdict.PRESENT: "in ledger and books",
    Verdict.ADOPTED: "as a person has accepted it",
    Verdict.UNCHECKED: "its period was not read",
}
_TONES: Final = dict.fromkeys((Verdict.FOREIGN, Verdict.NOT_BOOKED, Verdict.CHANGED, Verdict.REJECTED), Tone.WARN)


class _Reconciliation:
    """A comparison, and how it is shown.

    Args:
        compared: What was found.
        place: Where.
        allowed: Findings that are no difference here.
    """

    def __init__(self, compared: Comparison, place: str, allowed: set[Verdict]) -> None:
        self._compared = compared
        self._place = place
        self._agreeing = AGREEING | allowed
        self._wrong_totals = list(self._differing_totals())

    @property
    def differences(self) -> Sequence[Finding]:
        """What does not agree."""
        return [finding for finding in self._compared.findings if finding.verdict not in self._agreeing]

    @property
    def exit_code(self) -> ExitCode:
        """11 if all that is open is in doubt, 14 for any difference."""
        verdicts = {finding.verdict for finding in self.differences}
        if self._wrong_totals or verdicts - {Verdict.IN_DOUBT}:
            return ExitCode.DIFFERENCE
        return ExitCode.IN_DOUBT if verdicts else ExitCode.OK

    def report(self) -> Report:
        """Show it, differences first."""
        count = len(self.differences)
        agree = sum(self._compared.counts[verdict] for verdict in (Verdict.SAME, Verdict.PRESENT, Verdict.ADOPTED))
        accounts = f", and {len(self._wrong_totals)} totals" if self._wrong_totals else ""
        differ = f"{count} entries differ{accounts}" if count or accounts else "No differences"
        return Report(
            title=f"Source, ledger and books: {self._place}",
            verdict=f"{differ}; {agree} entries agree.",
            tone=Tone.GOOD if self.exit_code is ExitCode.OK else Tone.BAD,
            facts={_MEANING[verdict]: count for verdict, count in self._compared.counts.items() if count},
            sections=list(self._sections()),
            data=self._data(),
        )

    def _sections(self) -> Iterator[Section]:
        short = {"stream", "period"}
        titles = ("difference", "key", "stream", "period", "in the books", "detail")
        columns = [Column(title=title, short=title in short) for title in titles]
        amounts = (Column(title="expected", numeric=True), Column(title="held", numeric=True))
        yield Section(
            title="Differences",
            columns=(*columns, *amounts),
            rows=[_row(finding) for finding in self.differences],
            empty="None.",
        )
        yield Section(
            title="Totals per account and period",
            columns=(
                Column(title="period", short=True),
                Column(title="account"),
                *(Column(title=title, numeric=True) for title in ("source", "ours there", "difference", "books")),
            ),
            rows=[*self._totals()],
        )
        agreeing = [finding for finding in self._compared.findings if finding.verdict in self._agreeing]
        yield Section(
            title="Entries that agree",
            columns=(*columns, *amounts),
            rows=[_row(finding) for finding in agreeing],
            folded=True,
        )

    def _places(self) -> Iterable[AccountPeriod]:
        compared = self._compared
        wrong = dict.fromkeys(sorted(self._wrong_totals))
        return dict.fromkeys([*wrong, *sorted({*compared.source, *compared.ours})])

    def _totals(self) -> Iterator[Row]:
        compared = self._compared
        for place in self._places():
            period, account = place
            source = balance(compared.source.get(place)) if compared.complete else None
            ours = balance(compared.ours.get(place))
            difference = None if source is None else EXACT.subtract(source, ours)
            cells: tuple[Cell, ...] = (period, account, source, ours, difference, balance(compared.books.get(place)))
            yield Row(cells=cells, tone=Tone.BAD if place in self._wrong_totals else Tone.PLAIN)

    def _differing_totals(self) -> Iterator[AccountPeriod]:
        """Accounts on which source and books differ, or on which the lines are not what the provider adds up."""
        compared = self._compared
        for place in sorted({*compared.source, *compared.ours, *compared.read, *compared.books}):
            read, books = compared.read.get(place), compared.books.get(place)
            source, ours = compared.source.get(place), compared.ours.get(place)
            if balance(read) != balance(books) or (compared.complete and balance(source) != balance(ours)):
                yield place

    def _data(self) -> dict[str, Any]:
        names = ("period", "account", "source", "ours", "difference", "books")
        return {
            "differences": len(self.differences) + len(self._wrong_totals),
            "counts": {str(verdict): count for verdict, count in self._compared.counts.items()},
            "totals": [dict(zip(names, row.cells, strict=True)) for row in self._totals()],
            "differing_totals": [{"period": period, "account": account} for period, account in self._wrong_totals],
            "entries": [
                {
                    "verdict": str(finding.verdict),
                    "stream": finding.stream,
                    "key": finding.key,
                    "entity_key": finding.entity_key,
                    "booking": finding.booking,
                    "period": finding.period,
                    "detail": finding.detail,
                    "expected": _amount(finding.expected),
                    "held": _amount(finding.held),
                }
                for finding in self._compared.findings
            ],
        }


def _row(finding: Finding) -> Row:
    tone = Tone.PLAIN if finding.verdict in AGREEING else _TONES.get(finding.verdict, Tone.BAD)
    return Row(
        cells=(
            _MEANING[finding.verdict],
            finding.key or (finding.entity_key or "")[:16],
            finding.stream,
            finding.period,
            finding.booking,
            finding.detail,
            _amount(finding.expected),
            _amount(finding.held),
        ),
        tone=tone,
    )


def _amount(lines: Sequence[HeldLine]) -> Decimal | None:
    return total(line.debit for line in lines) if lines else None


@click.command(
    "reconcile",
    help="Compare source, ledger and books, and write nothing. Says what is missing, doubled, changed or unknown, and "
    "the totals per account and period. The source is read from Singer messages, if there are any. Ends with 14 if "
    "anything differs.",
)
@settings_option
@input_option
@click.option(
    "--period", "periods", multiple=True, metavar="PERIOD", help="Look in this period too (2026-10); may be repeated."
)
@click.option("--allow-foreign", is_flag=True, help="Bookings of others in our journals are no difference.")
@output_options
@click.pass_context
def reconcile(
    context: click.Context,
    *,
    settings: dict[str, Any],
    file: Path | None,
    periods: tuple[str, ...],
    allow_foreign: bool,
    as_json: bool,
    html: Path | None,
) -> int:
    """Read all three, compare and show."""
    with (
        Source(file, required=False) as source,
        watched(source.lines(), "Reading the source") as lines,
        rehearsal(target_of(context), settings, lines) as rehearsed,
    ):
        if not (rehearsed.planned or periods or ledger_database(rehearsed.ledger_target).exists()):
            missing = f"ledger: {rehearsed.ledger_target} is not there, and there are no records to compare"
            raise SettingError(f"{missing}; name the right ledger, or give records")
        compared = compare_with_books(rehearsed, periods)
        administration = rehearsed.target.administration()
    place = f"{administration.provider} administration {administration.number}"
    found = _Reconciliation(compared, place, {Verdict.FOREIGN} if allow_foreign else set())
    show(found.report(), as_json=as_json, html=html)
    return found.exit_code


def compare_with_books(rehearsed: Rehearsal, periods: Iterable[str] = ()) -> Comparison:
    """Read ledger and books, and compare them with the source; what has no lines is looked up one by one.

    Raises:
        SettingError: There are lines to compare, and the target cannot read what the books hold.
        ConnectorError: The books cannot be read.
    """
    loose = [one for one in rehearsed.planned if one.posting and not one.lines]
    with rehearsed.ledger() as ledger:
        ledger_rows = {entry.entity_key: entry for entry in entries_of(ledger)}
    looked_up = list(look_up(loose, ledger_rows, rehearsed.endpoints))
    apart = {one.posting.entity_key for one in loose if one.posting}
    entries = [entry for key, entry in ledger_rows.items() if key not in apart]
    source = [one for one in rehearsed.planned if not one.posting or one.lines]
    compared = _compare_lines(rehearsed, source, entries, periods)
    return replace(compared, findings=[*compared.findings, *looked_up])


def _compare_lines(
    rehearsed: Rehearsal, source: Sequence[Planned], entries: Sequence[Entry], periods: Iterable[str]
) -> Comparison:
    held = rehearsed.held
    if held is None:
        if entries or source or periods:
            raise SettingError(f"{rehearsed.target.name} cannot read the lines that the books hold")
        return compare((), (), (), {}, periods=set())
    wanted = {*periods, *(line.period for one in source for line in one.lines)}
    wanted |= {entry.period for entry in entries if entry.period}
    books = {
        (period, account): amounts
        for period in sorted(wanted)
        for account, amounts in held.trial_balance(period).items()
    }
    lines = [line for period in sorted(wanted) for line in held.lines(period)]
    adopted = _standing(rehearsed, source, entries)
    return compare(source, entries, lines, books, periods=wanted, adopted=adopted)


def _standing(rehearsed: Rehearsal, source: Sequence[Planned], entries: Sequence[Entry]) -> set[str]:
    """Find what was taken over and has still the version that it had then; each is read."""
    postings = {one.entity_key: one.posting for one in source}
    standing = set()
    for entry in entries:
        posting = postings.get(entry.entity_key)
        if posting and entry.operation == ADOPT and entry.state is State.CONFIRMED:
            held = look_at_own(entry, posting, rehearsed.endpoints[posting.stream])
            if held.row_version == entry.row_version:
                standing.add(entry.entity_key)
    return standing
