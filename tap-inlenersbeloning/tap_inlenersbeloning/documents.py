"""From a remuneration document to the records of all its streams, in one go; nothing is dropped.

What has a column is typed, what has none is in the `_extra` of the nearest row, and the header has the whole document
as `raw`. Only personal data that the settings keep out is missing, and told.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from connector_kit.extract import PersonalDataPolicy

from tap_inlenersbeloning.answers import Row
from tap_inlenersbeloning.blocks import (
    COMPONENTS,
    DOCUMENT_BLOCKS,
    DOCUMENT_STREAMS,
    REMUNERATIONS,
    ROW_STREAMS,
    DocumentStream,
    Source,
    document_generation,
    has_extended_blocks,
    not_recorded_blocks,
)
from tap_inlenersbeloning.components import Components
from tap_inlenersbeloning.derived import DERIVED
from tap_inlenersbeloning.drift import Drift
from tap_inlenersbeloning.personal import PersonalDataFilter
from tap_inlenersbeloning.plans import Later, Rows, fill, plan_of
from tap_inlenersbeloning.rows import Document, Ignored, ListReader, Place, left_at
from tap_inlenersbeloning.schemas import SCHEMAS
from tap_inlenersbeloning.values import READERS
from tap_inlenersbeloning.wages import derive_hour_wages, rules_of

__all__ = [
    "DOCUMENT_BLOCKS",
    "DOCUMENT_STREAMS",
    "DocumentKeys",
    "DocumentReader",
    "has_extended_blocks",
    "lender_version",
]

Record = dict[str, Any]
_NO_VERSION: Final = 0


@dataclass(frozen=True, kw_only=True)
class DocumentKeys:
    """Where a document was read.

    Attributes:
        company_id: The agency's company.
        partner_id: The hirer, as listed.
        remuneration_id: As listed.
    """

    company_id: str
    partner_id: str
    remuneration_id: str


def lender_version(document: Row) -> int:
    """Give the version as the agency sees it; 0 if the document does not tell one."""
    _, read, _ = READERS["integer", None]
    version: int | None = read(document.get("lenderVersion")).value
    return _NO_VERSION if version is None else version


class DocumentReader:
    """Makes the records of the selected streams; for one thread.

    Args:
        policy: What happens to personal data.
        streams: Names of the document streams whose records are wanted.
        drift: Gets what was never seen before.
    """

    def __init__(self, policy: PersonalDataPolicy, *, streams: Collection[str], drift: Drift) -> None:
        self._drift = drift
        self._streams = frozenset(streams)
        self._properties = {
            stream.name: policy.schema(SCHEMAS.get_schema(stream.name))["properties"] for stream in DOCUMENT_STREAMS
        }
        header = self._properties[REMUNERATIONS.name]
        self._columns: Record = dict.fromkeys(header)
        self._opened = plan_of(header, "", drift, self._lists_of(REMUNERATIONS.sources[0]))
        self._filter = PersonalDataFilter(policy, header["raw"]["x-personal-data-in"], self._known_names())

    def records(self, document: Row, keys: DocumentKeys) -> Iterator[tuple[str, Record]]:
        """Convert a document: the header's record first, if it is wanted.

        Args:
            document: As decoded; numbers are int or Decimal. It is not changed.
            keys: Where it was read.
        """
        left_out: dict[str, None] = {}

        def leave_out(path: str, group: str) -> None:
            left_out[path] = None
            self._drift.left_out(path, group)

        return self._records(self._filter(document, leave_out), keys, sorted(left_out))

    def _records(self, source: Row, keys: DocumentKeys, left_out: list[str]) -> Iterator[tuple[str, Record]]:
        record = self._columns.copy()
        document = Document(source, self._keys(source, keys))
        if REMUNERATIONS.name in self._streams:
            document.records.append((REMUNERATIONS.name, record))
        later: list[Later] = []
        extra = fill(record, source, self._opened, later)
        extra = self._with_keys(record, source, document.keys, extra)
        generation = document_generation(source)
        self._drift.document(generation)
        given = source.get("publishDate")
        record |= {
            "publish_date_given": given if isinstance(given, str) else None,
            "document_generation": generation,
            "has_extended_blocks": has_extended_blocks(source),
            "not_recorded_blocks": not_recorded_blocks(source) or None,
            "personal_data_left_out": left_out or None,
            "raw": source or None,
        }
        for derive in DERIVED[REMUNERATIONS.name]:
            derive(record)
        place = Place(document, document.keys, source, record)
        for found in later:
            extra = left_at(extra, found.path, found.rows.take(found.value, place))
        record["_extra"] = extra
        return iter(document.records)

    def _keys(self, source: Row, keys: DocumentKeys) -> Record:
        return {
            "company_id": keys.company_id,
            "partner_id": keys.partner_id,
            "remuneration_id": keys.remuneration_id,
            "lender_version": lender_version(source),
        }

    def _with_keys(self, record: Record, source: Row, keys: Record, extra: Record | None) -> Record | None:
        """Put the keys into the header; an id inside the document that is another one is kept."""
        given = record["id"]
        record |= {name: keys[name] for name in ("company_id", "partner_id", "lender_version")}
        record["id"] = keys["remuneration_id"]
        if given is not None and given != record["id"]:
            self._drift.key(REMUNERATIONS.name, "not the one that was listed")
            extra = {**(extra or {}), "id": source["id"]}
        return extra

    def _lists_of(self, row: Source) -> Mapping[str, Callable[[], Rows]]:
        """Give the readers of the lists in a row, by their path from the row on."""
        lists: dict[str, Callable[[], Rows]] = {}
        for stream in ROW_STREAMS:
            for source in stream.sources:
                if _within(source) == row.path:
                    path = source.path.removeprefix(row.path).removeprefix(".").removesuffix("[]")
                    lists[path] = partial(self._reader, stream, source)
        return lists

    def _reader(self, stream: DocumentStream, source: Source) -> Rows:
        properties = self._properties[stream.name]
        opened = plan_of(properties, source.path, self._drift, self._lists_of(source))
        if not self._needs(stream, source):
            return Ignored(opened.plan.keys())
        keys = {"company_id", "partner_id", "remuneration_id", "lender_version", *stream.parent_keys}
        columns = {name: None for name in properties if name not in keys}
        if stream.kind:
            columns[stream.kind] = source.kind  # type: ignore[assignment]  # a template of any values
        is_line = stream.component_of(source) is not None and COMPONENTS.name in self._streams
        long_table = self._properties[COMPONENTS.name]
        return ListReader(
            stream=stream,
            source=source,
            opened=opened,
            columns=columns,
            is_wanted=stream.name in self._streams,
            components=Components(stream, source, properties, long_table) if is_line else None,
            derive=DERIVED.get(stream.name, ()),
            complete=_COMPLETED.get(stream.name),
            drift=self._drift,
        )

    def _needs(self, stream: DocumentStream, source: Source) -> bool:
        """Tell whether anything that is wanted is made of a list."""
        if stream.name in self._streams or _NEEDED_FOR.get(stream.name) in self._streams:
            return True
        if stream.component is not None and COMPONENTS.name in self._streams:
            return True
        inner = ((other, found) for other in ROW_STREAMS for found in other.sources if _within(found) == source.path)
        return any(self._needs(other, found) for other, found in inner)

    def _known_names(self) -> frozenset[str]:
        sources = (
            declared.get("x-source-name", "") for columns in self._properties.values() for declared in columns.values()
        )
        paths = (source.path.replace("[]", "") for stream in ROW_STREAMS for source in stream.sources)
        return frozenset(name for path in (*sources, *paths) for name in path.split("."))


def _within(source: Source) -> str:
    """Give the path of the row that a list is in; empty for the document."""
    paths = (other.path for stream in ROW_STREAMS for other in stream.sources)
    return max((path for path in paths if source.path.startswith(f"{path}.")), key=len, default="")


def _complete_steps(records: list[Record], group: Place) -> None:
    derive_hour_wages(records, rules_of(group.source, group.document.source.get("workingHours")))


def _complete_weekdays(records: list[Record], component: Place) -> None:
    component.record["weekdays"] = [record["value"] for record in records if record["value"] is not None] or None


_COMPLETED: Final[Mapping[str, Callable[[list[Record], Place], None]]] = {
    "salary_steps": _complete_steps,
    "allowance_weekdays": _complete_weekdays,
}
_NEEDED_FOR: Final = {"allowance_weekdays": "allowance_components"}
"""Streams that have columns made of the rows of another one."""
