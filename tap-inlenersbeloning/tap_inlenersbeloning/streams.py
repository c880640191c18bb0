"""The streams of Inlenersbeloning.com whose operations were seen in a working client, and what all of them do alike."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from connector_kit.extract import DirectStream
from singer_sdk.metrics import Counter
from typing_extensions import override

from tap_inlenersbeloning.answers import Row
from tap_inlenersbeloning.codes import code_list_records
from tap_inlenersbeloning.headers import ItemConverter
from tap_inlenersbeloning.reading import REMUNERATIONS, VERSIONS
from tap_inlenersbeloning.schemas import SCHEMAS
from tap_inlenersbeloning.sightings import NO_REMUNERATION

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_inlenersbeloning.tap import TapInlenersbeloning

__all__ = [
    "CodeLists",
    "Declaration",
    "DocumentRows",
    "InlenersbeloningStream",
    "ListStream",
    "Partners",
    "RemunerationIndex",
]


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A stream.

    Attributes:
        name: Of the stream.
        primary_keys: Of the records.
        kind: Its class.
        selected: By default.
    """

    name: str
    primary_keys: tuple[str, ...]
    kind: "type[InlenersbeloningStream]"
    selected: bool = True

    @property
    def schema(self) -> dict[str, Any]:
        """Its schema as declared; older versions of remunerations are what the newest are."""
        return SCHEMAS.get_schema(REMUNERATIONS if self.name == VERSIONS else self.name)


class InlenersbeloningStream(DirectStream):
    """Records of Inlenersbeloning.com; all companies in one go.

    Not a `RESTStream`: one document feeds many streams, so requests belong to the tap and not to a stream.
    """

    state_partitioning_keys: ClassVar[tuple[str, ...] | None] = ()

    def __init__(self, tap: "TapInlenersbeloning", declaration: Declaration) -> None:
        self.shared = tap.shared
        self.declared = declaration.schema
        self.selected_by_default = declaration.selected
        super().__init__(tap, name=declaration.name, schema=tap.shared.policy.schema(self.declared))
        self.primary_keys = declaration.primary_keys

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        for record in self.records():
            self.shared.written += 1
            yield record
        self.shared.finish(self.name)

    @abstractmethod
    def records(self) -> Iterable["Record"]:
        """Give the records."""


class DocumentRows(InlenersbeloningStream):
    """What remuneration documents have of one kind.

    A document is read and converted once. So the first of these streams writes the records of the others as well, while
    the next documents are on their way; when the turn of the others comes, they have been written. In between only the
    schema of a stream comes before its records, as in any tap with parents and children.
    """

    def __init__(self, tap: "TapInlenersbeloning", declaration: Declaration) -> None:
        super().__init__(tap, declaration)
        self._has_schema = False
        self._written_before = 0

    @override
    def records(self) -> Iterator["Record"]:
        documents = self.shared.documents
        if self.name in documents.done:
            return
        others = {name: stream for name, stream in self._others() if name not in documents.done}
        for stream in others.values():
            stream._write_schema_message()  # noqa: SLF001  # of this class
        for name, record in documents.read({self.name, *others}, each_of=self.each_of):
            if name == self.name:
                yield record
            else:
                others[name].write(record)
        self.seen.left_out += documents.left_out

    def write(self, record: "Record") -> None:
        """Write a record before the turn of the stream has come."""
        self._write_record_message(record)
        self._written_before += 1
        self.shared.written += 1

    @override
    def get_record_counter(self, **options: Any) -> Counter:
        """Count what was written before, too."""
        counter = super().get_record_counter(**options)
        counter.value = self._written_before
        return counter

    @override
    def _write_schema_message(self) -> None:
        """Write it once."""
        if not self._has_schema:
            self._has_schema = True
            super()._write_schema_message()

    def _others(self) -> Iterator[tuple[str, "DocumentRows"]]:
        for name, stream in self._tap.streams.items():
            if isinstance(stream, DocumentRows) and stream.selected and stream is not self:
                yield name, stream


class CodeLists(InlenersbeloningStream):
    """Codes that the tap knows; asks for nothing."""

    @override
    def records(self) -> Iterable["Record"]:
        return code_list_records()


class ListStream(InlenersbeloningStream):
    """Items of the provider's lists, with the item itself as `raw`."""

    def __init__(self, tap: "TapInlenersbeloning", declaration: Declaration) -> None:
        super().__init__(tap, declaration)
        self._convert = ItemConverter(self.name, self.declared, tap.shared.policy)

    def record(self, item: Row, **ours: Any) -> "Record":
        """Make a record of an item."""
        return self._convert(item, ours)


class Partners(ListStream):
    """Partners of every company, and those that have left."""

    @override
    def records(self) -> Iterator["Record"]:
        directory = self.shared.directory
        for company in directory.companies:
            for partner_id, partner in directory.partners(company.id):
                yield self.record(partner, company_id=company.id, id=partner_id)
        yield from self.shared.sightings.partners_gone()


class RemunerationIndex(ListStream):
    """What each partner shares now, and what it shares no longer."""

    @override
    def records(self) -> Iterator["Record"]:
        directory = self.shared.directory
        for shares in self.each_of(directory.shares(), len(directory.hirers), "partners"):
            self.seen.left_out += shares.listed is None
            keys = {"company_id": shares.hirer.company.id, "partner_id": shares.hirer.partner_id}
            for listed in shares.listed or ():
                for header in listed.headers:
                    yield self.record(header, **keys, remuneration_id=listed.id, has_remuneration=True)
            if shares.listed == ():
                yield self.record({}, **keys, remuneration_id=NO_REMUNERATION, has_remuneration=False)
        yield from self.shared.sightings.withdrawn(written_only=False)
