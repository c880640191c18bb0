"""Journals of payroll runs, twice: as flat lines for a warehouse, as balanced entries for the books."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_nmbrs.journals import JournalDocument, JournalLine, Split, Transaction
from tap_nmbrs.runs import Run, RunProgress
from tap_nmbrs.source import DocumentRequest
from tap_nmbrs.streams import CompanyStream, PayrollRuns
from tap_nmbrs.xml_documents import DocumentError

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["JournalEntries", "JournalStream", "PayrollRunJournals", "RunLists"]


@dataclass(frozen=True, kw_only=True)
class RunJournal:
    """A run with the transactions of its journal document, or the reason why there is none."""

    run: Run
    entries: tuple[tuple[Transaction, tuple[JournalLine, ...]], ...] = ()
    unavailable: SkippableAPIError | None = None


class JournalStream(CompanyStream):
    """Journals of the runs that are due: new ones, and those that were open when we last looked."""

    replication_key = "run_created_at"
    state_partitioning_keys = None  # by company: what the partitions consist of
    is_sorted = True  # by us, so that a state in between is good to resume from; what is due says RunProgress
    check_sorted = False  # runs that were open come before the bookmark

    def __init__(self, tap: "TapNmbrs") -> None:
        super().__init__(tap, self.name)
        self._runs_read = self._runs_open = 0
        # One line per company, about a bookmark that does not decide.
        self.logger.addFilter(lambda line: not str(line.msg).startswith("Starting incremental sync"))

    @property
    def split(self) -> Split:
        """The split that the setting asks for."""
        return Split(self.config["journal_split"])

    @override
    def company_records(self, company_id: str) -> Iterator["Record"]:
        context = {"company_id": company_id}
        runs = self._runs_in_scope(company_id)
        progress = self._progress(company_id)
        progress.begin(runs)
        for journal in self.results(company_id):
            if journal.unavailable is not None:
                self.shared.count_skipped(self.name, journal.unavailable)
                progress.postpone(journal.run)
                continue
            is_empty = True
            for transaction, lines in journal.entries:
                for record in self.transaction_records(journal.run, transaction, lines):
                    is_empty = False
                    yield self.convert(record)
            if is_empty:
                self.logger.warning("The journal of run %s of company %s is empty", *_names(journal.run))
            self._runs_read += 1
            progress.done(journal.run)
            progress.write(self.get_context_state(context))
        self._runs_open += len(progress.open)
        progress.write(self.get_context_state(context))

    @override
    def log_sync_costs(self) -> None:
        """Say at the end how many journals were read, and how many runs are still waited for."""
        if self.selected:
            self.logger.info("Read the journals of %d runs; %d runs are open", self._runs_read, self._runs_open)

    @abstractmethod
    def transaction_records(
        self, run: Run, transaction: Transaction, lines: tuple[JournalLine, ...]
    ) -> Iterable[dict[str, Any]]:
        """Give the records of one transaction."""

    @override
    def jobs(self, company_id: str) -> Iterator[Callable[[], RunJournal]]:
        due = self._progress(company_id).due(
            self._runs_in_scope(company_id), only_locked=self.shared.run_selection.only_locked
        )
        for run in due:
            yield partial(self._journal, company_id, run)

    def _runs_in_scope(self, company_id: str) -> list[Run]:
        return self.shared.run_selection.of(self.shared.run_lists.of(company_id))

    def _progress(self, company_id: str) -> RunProgress:
        return RunProgress.read(self.get_context_state({"company_id": company_id}), self.shared.run_selection)

    def _journal(self, company_id: str, run: Run) -> RunJournal:
        run_id = run["payroll_run_id"]
        what = f"{self.name} of company {company_id}, run {run_id}"
        request = DocumentRequest(
            document=f"journals/{self.split}",
            keys={"company_id": company_id, "payroll_run_id": run_id},
            parameters={"year": run["year"]},
            what=what,
        )
        (document,) = self.shared.source.documents([request], timeout_seconds=self.config["document_timeout_seconds"])
        try:
            if isinstance(document, Exception):
                raise document
            with document:
                return RunJournal(run=run, entries=tuple(JournalDocument(document, split=self.split).entries()))
        except SkippableAPIError as error:
            return RunJournal(run=run, unavailable=error)
        except DocumentError as error:
            raise DocumentError(f"{what}: {error}") from None


class RunLists:
    """The payroll runs of every company, listed once per sync for all streams that need them."""

    def __init__(self, stream: PayrollRuns) -> None:
        self._stream = stream
        self._lists: dict[str, list[Run] | SkippableAPIError] = {}

    def of(self, company_id: str) -> list[Run]:
        """Give the runs of a company.

        Raises:
            SkippableAPIError: The company's runs are not available.
        """
        if company_id not in self._lists:
            try:
                (self._lists[company_id],) = self._stream.results(company_id)
            except SkippableAPIError as error:
                self._lists[company_id] = error
        result = self._lists[company_id]
        if isinstance(result, SkippableAPIError):
            raise result
        return result


class PayrollRunJournals(JournalStream):
    """Lines of run journals, flat. Source: getPayrollRunJournals and its four splits."""

    name = "payroll_run_journals"
    primary_keys = ("payroll_run_id", "split", "transaction_no", "line_no")

    @override
    def transaction_records(
        self, run: Run, transaction: Transaction, lines: tuple[JournalLine, ...]
    ) -> Iterator[dict[str, Any]]:
        company = self.shared.directory.companies[run["company_id"]]
        for line in lines:
            yield {
                "company_id": run["company_id"],
                "company_number": company["number"],
                "payroll_run_id": run["payroll_run_id"],
                "run_number": run["number"],
                "run_description": run["description"],
                "run_year": run["year"],
                "period_start": run["period_start"],
                "period_end": run["period_end"],
                "run_type": run["type"],
                "run_locked": run["locked"],
                "run_created_at": run["created_at"],
                "split": self.split.value,
                "transaction_no": transaction.transaction_no,
                "journal_date": _iso(transaction),
                "line_no": line.line_no,
                **line.codes,
                "debit_credit": line.debit_credit,
                "amount": line.amount,
                "debit": line.debit,
                "credit": line.credit,
                "description": line.description,
                "is_balanced": transaction.is_balanced,
                "raw": {**transaction.raw, **line.raw} or None,
            }


class JournalEntries(JournalStream):
    """Run journals as entries of the books contract, one per transaction. Source as of payroll_run_journals.

    Lines without an amount are left out. A line without ledger account has `account` null: map-books decides. Fiscal
    year and period stay open, so that the books find theirs by the date: the year of payroll need not be that of the
    books, and a company paid every four weeks may keep books by the month.
    """

    name = "journal_entries"
    primary_keys = ("key",)

    @override
    def transaction_records(
        self, run: Run, transaction: Transaction, lines: tuple[JournalLine, ...]
    ) -> Iterator[dict[str, Any]]:
        contract_lines = [_contract_line(line) for line in lines if line.amount]
        if not contract_lines:
            return
        run_id, company_id = _names(run)
        yield {
            "key": f"nmbrs:{company_id}:{run_id}:{self.split}:{transaction.transaction_no}",
            "date": _iso(transaction),
            "description": run["description"],
            "reference": str(run["number"]) if run["number"] is not None else None,
            "currency": "EUR",
            "lines": contract_lines,
            "company_id": company_id,
            "company_number": self.shared.directory.companies[company_id]["number"],
            "payroll_run_id": run_id,
            "run_created_at": run["created_at"],
        }


def _names(run: Run) -> tuple[str, str]:
    return run["payroll_run_id"], run["company_id"]


def _contract_line(line: JournalLine) -> dict[str, Any]:
    return {
        "account": line.codes.get("gl_account"),
        "debit": line.debit,
        "credit": line.credit,
        "description": line.description,
        "cost_center": line.codes.get("cost_center"),
        "cost_unit": line.codes.get("cost_unit"),
    }


def _iso(transaction: Transaction) -> str | None:
    return transaction.date.isoformat() if transaction.date else None
