"""The payroll runs of every company, listed once per sync for all streams that need them."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final, Protocol

import msgspec
from connector_kit.extract import PartitionedPrefetch
from singer_sdk.exceptions import SkippableAPIError

from tap_nmbrs.reading import Request
from tap_nmbrs.runs import Run

__all__ = ["RunLists", "RunsReader"]

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class RunsReader(Protocol):
    """A stream that needs runs."""

    def run_years(self, company_id: str) -> Iterable[int]:
        """Give the years whose runs it needs of a company."""


class RunLists:
    """Lists are asked for ahead, kept packed, and given in the order of the years.

    Args:
        companies: In the order in which their runs are asked for.
        readers: The streams that need runs; the years of all of them are listed.
        read: Reads the runs of a company in a year.
        workers: Requests at the same moment.
    """

    def __init__(
        self,
        companies: Sequence[str],
        *,
        readers: Sequence[RunsReader],
        read: Callable[[Request], list[dict[str, Any]]],
        workers: int,
    ) -> None:
        self._readers = readers
        self._read = read
        self._prefetch = PartitionedPrefetch(companies, self._jobs, workers=workers)
        self._lists: dict[str, bytes | SkippableAPIError] = {}

    def of(self, company_id: str) -> list[Run]:
        """Give the runs of a company, each once.

        Raises:
            SkippableAPIError: The company's runs are not available; and the other errors of `Source.rows`.
        """
        if company_id not in self._lists:
            try:
                runs = [run for listed in self._prefetch.results(company_id) for run in listed]
                by_id = {run["payroll_run_id"]: run for run in runs}
                self._lists[company_id] = zlib.compress(_encode(list(by_id.values())), level=1)
            except SkippableAPIError as error:
                self._lists[company_id] = error
        kept = self._lists[company_id]
        if isinstance(kept, SkippableAPIError):
            raise kept
        unpacked: list[Run] = json.loads(zlib.decompress(kept), parse_float=Decimal)
        return unpacked

    def _jobs(self, company_id: str) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        years = sorted({year for reader in self._readers for year in reader.run_years(company_id)})
        for year in years:
            yield partial(self._read, Request(keys={"company_id": company_id}, window={"year": year}))
