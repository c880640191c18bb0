"""From the rows of one list of a document to records, with their keys, what no column holds, and the lists inside."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tap_inlenersbeloning.blocks import COMPONENTS, DocumentStream, Identity, Source
from tap_inlenersbeloning.components import Components
from tap_inlenersbeloning.containers import ITSELF, KEY, NOTHING, Item, as_object, items_of
from tap_inlenersbeloning.derived import Derive
from tap_inlenersbeloning.drift import Drift
from tap_inlenersbeloning.plans import Later, Opened, fill

__all__ = ["Document", "Ignored", "ListReader", "Place", "left_at"]

Record: TypeAlias = dict[str, Any]
Row: TypeAlias = Mapping[str, Any]


@dataclass(slots=True)
class Document:
    """A document on its way to records.

    Attributes:
        source: In the provider's spelling, as everybody may see it.
        keys: Of the remuneration, as child rows have them.
        records: What came of it, with the names of their streams.
        lines: How many lines of the long table there are.
    """

    source: Row
    keys: Record
    records: list[tuple[str, Record]] = field(default_factory=list)
    lines: int = 0


@dataclass(slots=True)
class Place:
    """A row with lists inside.

    Attributes:
        document: That it is in.
        keys: That the rows of its lists have.
        source: The row, in the provider's spelling.
        record: What it became.
        line: Its line in the long table.
    """

    document: Document
    keys: Record
    source: Row
    record: Record
    line: Record | None = None


Complete: TypeAlias = Callable[[list[Record], Place], None]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A list of which no selected stream needs anything.

    Attributes:
        known: Names of members that a row has.
    """

    known: AbstractSet[str]

    def take(self, _value: Any, _parent: Place) -> Any:
        """Take the list."""
        return NOTHING


@dataclass(kw_only=True)
class ListReader:
    """Reads the rows of one list.

    Attributes:
        stream: Whose rows they are.
        source: The list.
        opened: What happens to the members of a row.
        columns: All columns, with nulls.
        is_wanted: Whether the records are wanted, or only what is made of them.
        components: Makes the lines of the long table, if they are wanted.
        derive: Fill in columns that follow from others of the row.
        complete: Fills in columns that need all rows of the list, or their parent.
        drift: Notes what is unknown.
    """

    stream: DocumentStream
    source: Source
    opened: Opened
    columns: Record
    is_wanted: bool
    components: Components | None
    derive: tuple[Derive, ...]
    complete: Complete | None
    drift: Drift
    has_position: bool = field(init=False)

    def __post_init__(self) -> None:
        self.has_position = "position" in self.columns

    @property
    def known(self) -> AbstractSet[str]:
        """Names of members that a row has."""
        return self.opened.plan.keys()

    def take(self, value: Any, parent: Place) -> Any:
        """Read what stands in the place of the list; gives back what of it is no row."""
        if self.stream.identity is Identity.WHOLE:
            return self._take_object(value, parent)
        seen: set[Any] = set()
        items = items_of(value, self.known)
        records = [self._read(item, seen, parent) for item in items.rows]
        if self.complete is not None:
            self.complete(records, parent)
        if items.rest is not NOTHING:
            self.drift.value(self.opened.path, "a list")
        return items.rest

    def _take_object(self, value: Any, parent: Place) -> Any:
        found = as_object(value)
        if found:
            self._read(Item(1, found), set(), parent)
            return NOTHING
        if not value and isinstance(value, (list, Mapping)):
            return NOTHING
        self.drift.value(self.opened.path, "an object")
        return value

    def _read(self, item: Item, seen: set[Any], parent: Place) -> Record:
        """Make the record of a row, and those of the lists inside it."""
        record = {**parent.keys, **self.columns}
        if self.is_wanted:
            parent.document.records.append((self.stream.name, record))
        if self.has_position:
            record["position"] = item.position
        source, aside = self._object(item.value, item.key)
        names = _unprefixed(source, self.source.prefix) if self.source.prefix else None
        members = source if names is None else {name: source[given] for name, given in names.items()}
        later: list[Later] = []
        extra = fill(record, members, self.opened, later)
        given = record.get("id")
        identity, extra = self._identify(record, members, item, seen, extra)
        for derive in self.derive:
            derive(record)
        if later or self.components is not None:
            place = Place(parent.document, parent.keys, source, record)
            if self.components is not None:
                raw = {**aside, **source} if ITSELF in aside else source
                place.line = self.components.line(parent.document.keys, record, raw, parent.line)
                place.line["id"] = given or None
                place.line["component_key"] = self._key_of_line(identity, parent)
            extra = self._read_inside(later, place, identity, extra)
        if names is not None and extra is not None:
            extra = {names.get(name, name): left for name, left in extra.items()}
        record["_extra"] = {**aside, **(extra or {})} if aside else extra
        return record

    def _read_inside(self, later: list[Later], place: Place, identity: Any, extra: Record | None) -> Record | None:
        """Read the lists in a row, then keep its line of the long table, unless lines inside it say it all."""
        lines = place.document.lines
        if later and self.stream.as_parent:
            place.keys = {**place.keys, self.stream.as_parent: identity}
        for found in later:
            extra = left_at(extra, found.path, found.rows.take(found.value, place))
        has_inner_lines = bool(self.stream.as_parent) and place.document.lines > lines
        if place.line is not None and self.components and self.components.is_line(place.record) and not has_inner_lines:
            place.document.lines += 1
            place.document.records.append((COMPONENTS.name, place.line))
        return extra

    def _object(self, value: Any, key: str | None) -> tuple[Row, Record]:
        """Give the row as an object, and what of it the object does not tell."""
        aside: Record = {} if key is None else {KEY: key}
        if type(value) is dict or isinstance(value, Mapping):
            return value, aside
        self.drift.value(self.opened.path, "an object")
        is_id = self.stream.identity is Identity.ID and isinstance(value, (str, int)) and not isinstance(value, bool)
        return ({"id": value} if is_id else {}), {**aside, ITSELF: value}

    def _identify(
        self, record: Record, source: Row, item: Item, seen: set[Any], extra: Record | None
    ) -> tuple[Any, Record | None]:
        """Give the row a key that no other row of the list has; one that is not the provider's is told as such."""
        kind = self.stream.identity
        if kind in (Identity.POSITION, Identity.WHOLE):
            return item.position, extra
        column = str(kind)
        given = record[column]
        if given in (None, ""):
            self.drift.key(self.stream.name, "missing")
            identity = item.position if kind is Identity.INDEX else item.key or f"#{item.position}"
        else:
            identity = given
        if identity in seen:
            self.drift.key(self.stream.name, "double")
            identity = _free(identity, item.position, seen)
        seen.add(identity)
        if identity != given:
            record[column] = identity
            if source.get(column) is not None:
                extra = {**(extra or {}), column: source[column]}
        return identity, extra

    def _key_of_line(self, identity: Any, parent: Place) -> str:
        own = identity.replace("/", "%2F") if isinstance(identity, str) else f"#{identity}"
        return f"{parent.line['component_key']}/{own}" if self.stream.parent and parent.line else own


def _free(identity: Any, position: int, seen: set[Any]) -> Any:
    """Give a key beside one that is taken."""
    if isinstance(identity, int):
        return position if position not in seen else max(seen) + 1
    number = 2
    while f"{identity}#{number}" in seen:
        number += 1
    return f"{identity}#{number}"


def _unprefixed(source: Row, prefix: str) -> dict[str, str]:
    """Give the names that members have in the stream's other lists, and their own; never one name to two."""
    names: dict[str, str] = {}
    for name in source:
        rest = name.removeprefix(prefix)
        short = rest[:1].lower() + rest[1:] if rest and rest != name else name
        is_free = short not in names and (short == name or short not in source)
        names[short if is_free else name] = name
    return names


def left_at(extra: Record | None, path: tuple[str, ...], left: Any) -> Record | None:
    """Put what was left of a list back in its place."""
    if left is NOTHING:
        return extra
    extra = {} if extra is None else extra
    inner = extra
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = left
    return extra
