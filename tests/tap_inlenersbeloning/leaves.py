"""Accounts for every value of a document: where it is in the records, by what their schemas say of themselves.

It knows nothing of how records are made: only which column is from where (`x-source-name`), and that `_extra` has the
rest in the provider's spelling.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tap_inlenersbeloning.documents import DOCUMENT_STREAMS
from tap_inlenersbeloning.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tap_inlenersbeloning.blocks import Source

Record = dict[str, Any]
Leaf = tuple[str, tuple[str, Any]]
STREAMS = {stream.name: stream for stream in DOCUMENT_STREAMS if stream.sources}
COLUMNS = {
    name: {
        column: declared["x-source-name"]
        for column, declared in SCHEMAS.get_schema(name)["properties"].items()
        if "x-source-name" in declared
    }
    for name in STREAMS
}
ITSELF, KEY = "$", "$key"


def exact(value: Any) -> tuple[str, Any]:
    """A value with its type: true is not 1, and "1" is not 1."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, (int, Decimal)):
        return "number", Decimal(value)
    return "text", value


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All values that are not null, with the members on the way to them."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{path}[]")
    elif value is not None:
        yield path, value


def told(records: Iterable[tuple[str, Record]]) -> Iterator[tuple[str, Any]]:
    """What the streams of the blocks tell of a document: values with their paths; without `raw` and the long table."""
    for name, record in records:
        if name not in STREAMS:
            continue
        stream = STREAMS[name]
        (source,) = [s for s in stream.sources if not stream.kind or s.kind == record[stream.kind]]
        for column, member in COLUMNS[name].items():
            value = record["publish_date_given" if column == "publish_date" else column]
            for path, leaf in leaves(value, _spelled(member, source, record)):
                yield f"{source.path}.{path}".removeprefix("."), leaf
        for path, leaf in leaves(record["_extra"] or {}, source.path):
            yield path.replace(f".{ITSELF}", ""), leaf


def _spelled(member: str, source: Source, record: Record) -> str:
    """The member as the document's list has it."""
    prefixed = {"incrementType", "incrementTypeID", "percentage", "date", "explanation"}
    return f"{source.prefix}{member[0].upper()}{member[1:]}" if source.prefix and member in prefixed else member


def missing(document: Record, records: Iterable[tuple[str, Record]]) -> list[str]:
    """Paths of the values that no record tells at their place. A number may be told as its digits."""
    found = Counter((path, exact(value)) for path, value in told(records))
    return [path for path, value in leaves(document) if not _take(found, path, value)]


def missing_anywhere(document: Record, records: Iterable[tuple[str, Record]]) -> list[str]:
    """As `missing`, for documents whose lists have odd forms: a value may be told anywhere below its member's name."""
    named: Counter[Leaf] = Counter()
    for path, value in told(records):
        named[_member(path), exact(value)] += 1
    lost = [(path, value) for path, value in leaves(document) if not _take(named, _member(path), value)]
    rest: Counter[Leaf] = Counter()
    for (_, value), count in named.items():
        rest["", value] += count
    return [path for path, value in lost if not _take(rest, "", value)]


def _member(path: str) -> str:
    return path.replace("[]", "").rpartition(".")[2]


def _take(found: Counter[Leaf], path: str, value: Any) -> bool:
    kinds = [exact(value)]
    if kinds[0][0] == "number":
        kinds.append(("text", format(value, "f") if isinstance(value, Decimal) else str(value)))
    for kind in kinds:
        if found[path, kind] > 0:
            found[path, kind] -= 1
            return True
    return False
