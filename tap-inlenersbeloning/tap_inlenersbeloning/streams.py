"""What can be read from Inlenersbeloning.com: the table of streams, and the one class that they all are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from singer_sdk.exceptions import FatalAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.streams import Stream
from typing_extensions import override

from tap_inlenersbeloning.answers import Row, shape
from tap_inlenersbeloning.directory import Directory
from tap_inlenersbeloning.documents import DocumentConverter, has_extended_blocks
from tap_inlenersbeloning.schemas import SCHEMAS

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_inlenersbeloning.tap import TapInlenersbeloning

__all__ = ["NO_REMUNERATION", "STREAMS", "CompanyStream", "Declaration", "Found"]

NO_REMUNERATION: Final = ""
"""Stands for the id of a remuneration in the row of a partner without one; a key cannot be null."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An object of the provider, and what we know of it beside it.

    Attributes:
        document: In the provider's spelling.
        ours: Columns of our own, in our spelling.
    """

    document: Row = field(default_factory=dict)
    ours: Row


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A stream.

    Attributes:
        name: Of the stream, and of its schema file.
        primary_keys: Of the records.
        find: Gives what a company has of it.
    """

    name: str
    primary_keys: tuple[str, ...]
    find: Callable[[Directory, str], Iterable[Found]]


def _partners(directory: Directory, company_id: str) -> Iterator[Found]:
    for partner_id, partner in directory.partners(company_id).items():
        yield Found(document=partner, ours={"company_id": company_id, "id": partner_id})


def _remuneration_index(directory: Directory, company_id: str) -> Iterator[Found]:
    for partner_id in directory.partners(company_id):
        keys = {"company_id": company_id, "partner_id": partner_id}
        headers = directory.remunerations(company_id, partner_id)
        for remuneration_id, header in headers.items():
            yield Found(document=header, ours={**keys, "remuneration_id": remuneration_id, "has_remuneration": True})
        if not headers:
            yield Found(ours={**keys, "remuneration_id": NO_REMUNERATION, "has_remuneration": False})


def _remunerations(directory: Directory, company_id: str) -> Iterator[Found]:
    for partner_id in directory.partners(company_id):
        for remuneration_id in directory.remunerations(company_id, partner_id):
            document = directory.document(company_id, partner_id, remuneration_id)
            if document is not None:
                keys = {"company_id": company_id, "partner_id": partner_id, "id": remuneration_id}
                yield Found(document=document, ours={**keys, "has_extended_blocks": has_extended_blocks(document)})


STREAMS: Final = (
    Declaration(name="partners", primary_keys=("company_id", "id"), find=_partners),
    Declaration(
        name="remuneration_index",
        primary_keys=("company_id", "partner_id", "remuneration_id"),
        find=_remuneration_index,
    ),
    Declaration(
        name="remunerations",
        primary_keys=("company_id", "partner_id", "id", "lender_version"),
        find=_remunerations,
    ),
)


class CompanyStream(Stream):
    """A row of the table as a stream: full table, company by company.

    Not a `RESTStream`: one document will feed many streams, so requests belong to the tap and not to a stream.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the converter does it
    state_partitioning_keys: ClassVar[tuple[str, ...] | None] = ()

    def __init__(self, tap: "TapInlenersbeloning", declaration: Declaration) -> None:
        self.shared = tap.shared
        self.declaration = declaration
        declared = SCHEMAS.get_schema(declaration.name)
        super().__init__(tap, name=declaration.name, schema=tap.shared.policy.schema(declared))
        self.primary_keys = declaration.primary_keys
        self.convert = DocumentConverter(self.name, declared, tap.shared.policy, self._warn_of_misfit)
        self._misfits: set[str] = set()

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"company_id": company_id} for company_id in self.shared.company_ids]

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        for found in self.declaration.find(self.shared.directory, (context or {})["company_id"]):
            record = self.convert(found.document, found.ours)
            missing = [name for name in self.primary_keys if record[name] is None]
            if missing:
                raise FatalAPIError(f"{self.name}: no usable {', '.join(missing)} in {shape(found.document)}")
            yield record

    def _warn_of_misfit(self, column: str, expected: str) -> None:
        if column not in self._misfits:
            self._misfits.add(column)
            self.logger.warning("Column %s is null where the provider's value is not %s; raw has it", column, expected)
