"""Reads the documents of a sync, each once, and gives the records of all streams that are made of them."""

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

from connector_kit.extract import ordered_prefetch
from singer_sdk.exceptions import SkippableAPIError

from tap_inlenersbeloning.access import Access
from tap_inlenersbeloning.answers import Row
from tap_inlenersbeloning.changes import content_hash
from tap_inlenersbeloning.client import InlenersbeloningApi, NotThereError
from tap_inlenersbeloning.directory import Directory, Hirer, Listed, Shares
from tap_inlenersbeloning.documents import DocumentKeys, lender_version
from tap_inlenersbeloning.memory import Mark, Memory
from tap_inlenersbeloning.operations import GET_REMUNERATION, GET_VERSION
from tap_inlenersbeloning.sightings import Sightings

__all__ = ["REMUNERATIONS", "VERSIONS", "Documents", "Reader"]

REMUNERATIONS: Final = "remunerations"
VERSIONS: Final = "remuneration_versions"
Record = dict[str, Any]
logger = logging.getLogger(__name__)


class Reader(Protocol):
    """Makes records of documents, such as `DocumentReader`."""

    def records(self, document: Row, keys: DocumentKeys, /) -> Iterator[tuple[str, Record]]:
        """Give all records of one document, with the streams that they are of."""


@dataclass(frozen=True, kw_only=True)
class _Due:
    """A remuneration, and what there is to ask of it."""

    hirer: Hirer
    listed: Listed
    mark: Mark
    is_read: bool

    @property
    def ids(self) -> dict[str, str]:
        company_id, partner_id = self.hirer.company.id, self.hirer.partner_id
        return {"company_id": company_id, "partner_id": partner_id, "remuneration_id": self.listed.id}

    @property
    def keys(self) -> DocumentKeys:
        return DocumentKeys(**self.ids)


@dataclass(kw_only=True)
class _Answer:
    """What was answered.

    Attributes:
        due: What was asked.
        document: The newest version; None: it was not asked for, or not given.
        is_gone: It was withdrawn after it had been listed.
        older: Older versions.
        history: Below this number there are no older versions to read; None: that is as before.
    """

    due: _Due
    document: Row | None = None
    is_gone: bool = False
    older: tuple[Row, ...] = ()
    history: int | None = None


class Documents:
    """One reading of all documents that are due, for all streams that are made of them.

    Args:
        api: The API.
        access: Asks for what may be refused.
        directory: What there is.
        memory: What was known before.
        sightings: Where is noted what has been read.
        reader: Makes a reader for streams.
        signature: Of everything that decides what records hold.
        force: Whether every document is read and written.
        workers: Requests under way at the same moment.

    Attributes:
        done: Names of the streams whose records have been given.
    """

    def __init__(
        self,
        api: InlenersbeloningApi,
        access: Access,
        *,
        directory: Directory,
        memory: Memory,
        sightings: Sightings,
        reader: Callable[[Collection[str]], Reader],
        signature: str,
        force: bool,
        workers: int,
    ) -> None:
        self._api = api
        self._access = access
        self._directory = directory
        self._sightings = sightings
        self._reader = reader
        self._is_new_start = force or signature != memory.signature
        self._memory = memory
        self._workers = workers
        self.done: frozenset[str] = frozenset()
        self._counts = dict.fromkeys(("read", "unchanged", "left_out", "older"), 0)
        self._listings_tell = True

    @property
    def left_out(self) -> int:
        """How many documents could not be read."""
        return self._counts["left_out"]

    def read(
        self, streams: Collection[str], *, each_of: Callable[[Iterable[Shares], int, str], Iterable[Shares]]
    ) -> Generator[tuple[str, Record]]:
        """Read everything that is due, and give the records of streams, document by document.

        Args:
            streams: Their names.
            each_of: Goes through the partners, of which there are so many.

        Raises:
            FatalAPIError: As `InlenersbeloningApi.document`.
        """
        self._counts = dict.fromkeys(self._counts, 0)
        reader = self._reader({REMUNERATIONS if name == VERSIONS else name for name in streams})
        all_shares = each_of(self._directory.shares(), len(self._directory.hirers), "partners")
        for answer in ordered_prefetch(self._jobs(all_shares, VERSIONS in streams), workers=self._workers):
            for name, record in self._records_of(answer, reader):
                if name in streams:
                    yield name, record
        if REMUNERATIONS in streams:
            for record in self._sightings.withdrawn(written_only=True):
                yield REMUNERATIONS, record
        self._access.finish(GET_VERSION)
        self._report()
        self.done = frozenset(streams)

    def _jobs(self, all_shares: Iterable[Shares], with_versions: bool) -> Iterator[Callable[[], _Answer]]:  # noqa: FBT001  # one caller, above
        for shares in all_shares:
            known = self._memory.partners(shares.hirer.company.id).get(shares.hirer.partner_id, {})
            for listed in shares.listed or ():
                mark = known.get(listed.id, Mark())
                due = _Due(
                    hirer=shares.hirer, listed=listed, mark=mark, is_read=self._is_due(shares.hirer, listed, mark)
                )
                yield partial(self._ask, due, with_versions)

    def _is_due(self, hirer: Hirer, listed: Listed, mark: Mark) -> bool:
        if not listed.has_version:
            self._listings_tell = False
        return (
            self._is_new_start
            or not mark.content
            or not listed.has_version
            or mark.listed != listed.hash
            or self._directory.is_named(hirer, listed.id)
        )

    def _ask(self, due: _Due, with_versions: bool) -> _Answer:  # noqa: FBT001  # for `partial`
        """Ask for a document and its older versions; runs in a thread."""
        answer = _Answer(due=due)
        auth = due.hirer.company.auth
        if due.is_read:
            try:
                answer.document = self._access.ask(
                    due.hirer.company,
                    GET_REMUNERATION,
                    lambda: self._api.document(auth, GET_REMUNERATION, **due.ids),
                )
            except NotThereError as error:
                logger.warning("Left out, withdrawn since it was listed: %s", error)
                answer.is_gone = True
                return answer
            except SkippableAPIError:  # reported
                return answer
        version = due.mark.version if answer.document is None else lender_version(answer.document)
        if with_versions and version is not None:
            self._ask_older(answer, version)
        return answer

    def _ask_older(self, answer: _Answer, version: int) -> None:
        """Ask for older versions, the newest of them first: it is the likeliest to be kept.

        As long as nobody has had an answer a refusal tells nothing about the versions before it, and the next sync asks
        again.
        """
        due = answer.due
        first = 1 if self._is_new_start else max(1, due.mark.history)
        found: list[Row] = []
        for number in reversed(range(first, version)):
            try:
                document = self._access.ask(due.hirer.company, GET_VERSION, partial(self._older, due, number))
            except SkippableAPIError:  # reported, if all of them are
                if not self._access.answers(due.hirer.company, GET_VERSION):
                    return
                continue
            found.append(document)
        answer.older = tuple(reversed(found))
        answer.history = version

    def _older(self, due: _Due, number: int) -> Row:
        document = self._api.document(due.hirer.company.auth, GET_VERSION, **due.ids, version=str(number))
        if lender_version(document) != number:
            what = self._api.operation(GET_VERSION).what({**due.ids, "version": str(number)})
            raise NotThereError(f"{what}: answered with another version")
        return document

    def _records_of(self, answer: _Answer, reader: Reader) -> Iterable[tuple[str, Record]]:
        """Give the records of an answer, and note what has been read once they are written."""
        due, mark = answer.due, answer.due.mark
        for document in answer.older:
            self._counts["older"] += 1
            for name, record in reader.records(document, due.keys):
                yield (VERSIONS if name == REMUNERATIONS else name), record
        if answer.history is not None:
            mark = replace(mark, history=answer.history)
        if answer.document is not None:
            version, content = lender_version(answer.document), content_hash(answer.document)
            is_known = not self._is_new_start and (mark.version, mark.content) == (version, content)
            self._counts["unchanged" if is_known else "read"] += 1
            if not is_known:
                yield from reader.records(answer.document, due.keys)
            mark = replace(mark, version=version, listed=due.listed.hash, content=content)
        elif due.is_read:
            self._counts["left_out"] += 1
            mark = replace(mark, content="")
        self._sightings.note(**due.ids, mark=mark)

    def _report(self) -> None:
        if not self._listings_tell:
            logger.info(
                "The lists of remunerations show neither version nor date of some documents: these are read at every "
                "sync, and not written again where nothing has changed"
            )
        logger.info(
            "Documents: %(read)d read and written, %(unchanged)d read and unchanged, %(older)d older versions, "
            "%(left_out)d left out",
            self._counts,
        )
