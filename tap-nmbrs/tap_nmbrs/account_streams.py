"""Streams that exist once for a login, and lists that debtors keep."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from connector_kit.extract import ordered_prefetch
from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_nmbrs.operation import Operation, Per, Window
from tap_nmbrs.reading import Request
from tap_nmbrs.streams import NmbrsStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["AccountList", "DirectoryList"]


class AccountList(NmbrsStream):
    """A list that is asked for once, or once per debtor, and always as a whole."""

    def __init__(self, tap: "TapNmbrs", operation: Operation) -> None:
        self.operation = operation
        super().__init__(tap, operation.stream)
        self.primary_keys = operation.primary_keys
        self.selected_by_default = operation.selected

    @override
    def records(self, context: "Context | None") -> Iterator["Record"]:
        jobs = list(self._jobs())
        answers = ordered_prefetch(jobs, workers=self.config["concurrent_requests"])
        for answer in self.each_of(answers, len(jobs), "lists"):
            if isinstance(answer, SkippableAPIError):
                self.shared.count_skipped(self.name, answer)
            else:
                yield from answer

    def read(self, request: Request | None = None) -> "list[Record]":
        """Read one list."""
        request = request or Request()
        reader = self.shared.reader(self.operation, self.convert)
        return reader.records(request, reader.rows(request))

    def _jobs(self) -> Iterator[Callable[[], "list[Record] | SkippableAPIError"]]:
        whose: list[dict[str, str]] = [{}]
        if self.operation.per is Per.DEBTOR:
            whose = [{"debtor_id": str(debtor["debtor_id"])} for debtor in self.shared.directory.debtors]
        for keys in whose:
            for window in self._windows():
                yield partial(self._attempt, Request(keys=keys, window=window))

    def _windows(self) -> list[dict[str, int]]:
        return [{"year": year} for year in self.shared.years] if self.operation.window is Window.YEAR else [{}]

    def _attempt(self, request: Request) -> "list[Record] | SkippableAPIError":
        """Read one list; what is not available does not end the others."""
        try:
            return self.read(request)
        except SkippableAPIError as error:
            return error


class DirectoryList(AccountList):
    """Debtors or companies: those of this sync, asked for once whoever needs them."""

    @override
    def records(self, context: "Context | None") -> Iterator["Record"]:
        return map(dict, self.shared.directory.records(self.name))
