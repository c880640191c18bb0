"""Documents of payroll runs: journals, as flat lines for a warehouse and as balanced entries for the books, and output.

A document is checked as a whole before its first record is given.
"""

import weakref
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import IO, TYPE_CHECKING, Any

from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_nmbrs.journals import JournalDocument, JournalLine, Split, Transaction
from tap_nmbrs.lists import current_period
from tap_nmbrs.reading import Request
from tap_nmbrs.run_streams import ReadRun, RunStream
from tap_nmbrs.runs import Run, last_day
from tap_nmbrs.source import HiddenError
from tap_nmbrs.wage_codes import WageCodeDocument
from tap_nmbrs.xml_documents import DocumentError

if TYPE_CHECKING:
    from tap_nmbrs.tap import TapNmbrs

__all__ = ["JournalEntries", "JournalStream", "PayrollRunJournals", "PayrollRunWageCodes", "RunDocumentStream"]


class RunDocumentStream(RunStream):
    """Records from documents that Nmbrs makes of a run."""

    replication_key = "run_created_at"
    check_sorted = False  # what is due says the mark

    def __init__(self, tap: "TapNmbrs") -> None:
        super().__init__(tap, self.name)

    @property
    @override
    def only_locked(self) -> bool:
        is_only_locked: bool = self.config["journals_only_locked"]
        return is_only_locked

    @property
    @abstractmethod
    def document_names(self) -> tuple[str, ...]:
        """Names of the documents of a run that the stream reads, as in `DocumentRequest.document`."""

    @abstractmethod
    def parse(self, name: str, document: IO[bytes], run: Run) -> Any:
        """Check a document from end to end.

        Raises:
            DocumentError: It cannot be read.
        """

    @abstractmethod
    def document_records(self, run: Run, parsed: Any) -> Iterable[dict[str, Any]]:
        """Give the records of a document."""

    @override
    def jobs(self, company_id: str) -> Iterator[Callable[[], ReadRun]]:
        later = self.shared.document_streams_after(self)
        due = {stream: {run["payroll_run_id"] for run in stream.due(company_id)} for stream in later}
        for run in self.due(company_id):
            others = [stream for stream in later if run["payroll_run_id"] in due[stream]]
            yield partial(self._read_documents, run, [name for stream in others for name in stream.document_names])

    @override
    def read_run(self, run: Run) -> ReadRun:
        return self._read_documents(run, ())

    @override
    def run_records(self, read: ReadRun) -> Iterator[dict[str, Any]]:
        for document, parsed in read.content:
            with document:
                is_empty = True
                for record in self.document_records(read.run, parsed):
                    is_empty = False
                    yield record
                if is_empty:
                    self.logger.warning("%s: the document is empty", self._what(read.run))

    def _read_documents(self, run: Run, later: Iterable[str]) -> ReadRun:
        documents = self.shared.run_documents.fetch(run, self.document_names, later=later)
        content, unavailable = [], None
        with ExitStack() as opened:  # if something goes wrong
            for document in documents.values():
                if not isinstance(document, Exception):
                    opened.enter_context(document)
            for name, document in documents.items():
                if isinstance(document, SkippableAPIError) and not isinstance(document, HiddenError):
                    unavailable = document
                elif isinstance(document, Exception):
                    raise document
                else:
                    content.append((document, self._parsed(name, document, run)))
            opened.pop_all()
        for document, parsed in content:
            weakref.finalize(parsed, document.close)  # if nobody comes to read it
        return ReadRun(run=run, content=content, unavailable=unavailable)

    def _parsed(self, name: str, document: IO[bytes], run: Run) -> Any:
        try:
            return self.parse(name, document, run)
        except DocumentError as error:
            parts = {"company": run["company_id"], "run": run["payroll_run_id"], "document": name}
            try:
                where = f"the document is kept in {self.shared.rejected_documents.keep(document, parts)}"
            except OSError:
                where = "the document could not be kept, check the setting rejected_documents"
            raise DocumentError(f"{self._what(run)}: {error}; {where}") from None

    def _what(self, run: Run) -> str:
        return f"{self.name} of company {run['company_id']}, run {run['payroll_run_id']}"


@dataclass(frozen=True, kw_only=True)
class _Journal:
    """A journal document, its split, and the day for transactions that have no date."""

    split: Split
    document: JournalDocument
    last_day: date | None


class JournalStream(RunDocumentStream):
    """Journals of runs."""

    noun = "journals"

    @property
    @abstractmethod
    def splits(self) -> tuple[Split, ...]:
        """The splits that the settings ask for."""

    @property
    @override
    def signature(self) -> str:
        return f"{super().signature} {','.join(self.splits)}"

    @property
    @override
    def document_names(self) -> tuple[str, ...]:
        return tuple(f"journals/{split}" for split in self.splits)

    @override
    def parse(self, name: str, document: IO[bytes], run: Run) -> _Journal:
        split = Split(name.removeprefix("journals/"))
        journal = JournalDocument(document, split=split)
        is_undated = any(transaction.date is None for transaction in journal.transactions)
        return _Journal(split=split, document=journal, last_day=self._last_day(run) if is_undated else None)

    def _last_day(self, run: Run) -> date | None:
        """Give the last day of a run, which takes a call; None: Nmbrs does not tell."""
        if run["year"] is None or run["period_end"] is None:
            return None
        operation = self.shared.operations["company_periods"]
        request = Request(keys={"company_id": run["company_id"]})
        try:
            rows = self.shared.reader(operation, self.convert).rows(request)
            return last_day(run["year"], run["period_end"], current_period(rows[0]).kind) if rows else None
        except SkippableAPIError:
            return None


class PayrollRunJournals(JournalStream):
    """Lines of run journals, flat. Source: getPayrollRunJournals and its four splits."""

    name = "payroll_run_journals"
    primary_keys = ("payroll_run_id", "split", "transaction_no", "line_no")

    @cached_property
    @override
    def splits(self) -> tuple[Split, ...]:
        named = self.config.get("journal_splits") or [self.config["journal_split"]]
        return tuple(Split(name) for name in dict.fromkeys(named))

    @override
    def document_records(self, run: Run, parsed: _Journal) -> Iterator[dict[str, Any]]:
        of_run = {
            "company_id": run["company_id"],
            "company_number": self.shared.directory.companies[run["company_id"]]["number"],
            "payroll_run_id": run["payroll_run_id"],
            "run_number": run["number"],
            "run_description": run["description"],
            "run_year": run["year"],
            "period_start": run["period_start"],
            "period_end": run["period_end"],
            "run_type": run["type"],
            "run_locked": run["locked"],
            "run_created_at": run["created_at"],
            "split": parsed.split.value,
        }
        for transaction, line in parsed.document.lines():
            yield {
                **of_run,
                "transaction_no": transaction.transaction_no,
                **_date(transaction, parsed, "journal_date"),
                "currency": transaction.currency,
                "line_no": line.line_no,
                **line.codes,
                "debit_credit": line.debit_credit,
                "amount": line.amount,
                "debit": line.debit,
                "credit": line.credit,
                "description": line.description,
                "is_balanced": transaction.is_balanced,
                "raw": {**line.raw, **({"header": transaction.raw} if transaction.raw else {})} or None,
            }


class JournalEntries(JournalStream):
    """Run journals as entries of the books contract, one per transaction. Source as of payroll_run_journals.

    Lines without an amount are left out. A line without ledger account has `account` null: map-books decides. Fiscal
    year and period stay open, so that the books find theirs by the date: the year of payroll need not be that of the
    books, and a company paid every four weeks may keep books by the month.
    """

    name = "journal_entries"
    primary_keys = ("key",)

    @cached_property
    @override
    def splits(self) -> tuple[Split, ...]:
        return (Split(self.config["journal_split"]),)

    @override
    def parse(self, name: str, document: IO[bytes], run: Run) -> _Journal:
        journal = super().parse(name, document, run)
        for transaction in journal.document.transactions:
            if transaction.date is None and journal.last_day is None:
                raise DocumentError(
                    f"transaction {transaction.transaction_no} has no date, and its run no known period"
                )
        return journal

    @override
    def document_records(self, run: Run, parsed: _Journal) -> Iterator[dict[str, Any]]:
        run_id, company_id = run["payroll_run_id"], run["company_id"]
        for transaction, journal_lines in parsed.document.entries():
            lines = [_contract_line(line) for line in journal_lines if line.amount]
            if not lines:
                continue
            yield {
                "key": f"nmbrs:{company_id}:{run_id}:{parsed.split}:{transaction.transaction_no}",
                **_date(transaction, parsed, "date"),
                "description": run["description"],
                "reference": str(run["number"]) if run["number"] is not None else None,
                "currency": transaction.currency or "EUR",
                "lines": lines,
                "company_id": company_id,
                "company_number": self.shared.directory.companies[company_id]["number"],
                "payroll_run_id": run_id,
                "run_created_at": run["created_at"],
            }


class PayrollRunWageCodes(RunDocumentStream):
    """What a run calculated for each employee, by wage code. Source: getPayrollRunWageCodes."""

    name = "payroll_run_wage_codes"
    noun = "output"
    primary_keys = ("payroll_run_id", "report_no", "line_no")
    selected_by_default = False

    @property
    @override
    def document_names(self) -> tuple[str, ...]:
        return ("wage_codes",)

    @override
    def parse(self, name: str, document: IO[bytes], run: Run) -> WageCodeDocument:
        return WageCodeDocument(document)

    @override
    def document_records(self, run: Run, parsed: WageCodeDocument) -> Iterator[dict[str, Any]]:
        for line in parsed.lines():
            yield {
                "company_id": run["company_id"],
                "payroll_run_id": run["payroll_run_id"],
                "run_created_at": run["created_at"],
                "report_no": line.report_no,
                "line_no": line.line_no,
                "employee_id": line.employee_id,
                "year": line.year,
                "period": line.period,
                "run_number": line.run_number,
                "code": line.code,
                "description": line.description,
                "value": line.value,
                "raw": line.raw or None,
            }


def _contract_line(line: JournalLine) -> dict[str, Any]:
    return {
        "account": line.codes.get("gl_account"),
        "debit": line.debit,
        "credit": line.credit,
        "description": line.description,
        "cost_center": line.codes.get("cost_center"),
        "cost_unit": line.codes.get("cost_unit"),
    }


def _date(transaction: Transaction, journal: _Journal, name: str) -> Mapping[str, Any]:
    """Give the date of a transaction, or the last day of its run, and which of them it is."""
    day = transaction.date or journal.last_day
    return {
        name: day.isoformat() if day else None,
        "journal_date_inferred": transaction.date is None and day is not None,
    }
