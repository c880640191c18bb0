"""Lists on the wire: wrapper object, bare array or lines, in one piece or while they are made, compressed or not."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import simplejson  # type: ignore[import-untyped]  # it has no types of its own
from werkzeug.wrappers import Response

from provider_simulators.log import plain
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.resources import Resource

JSON, NDJSON = "application/json", "application/x-ndjson"
CONTENT_TYPES = {JSON: "application/json; charset=utf-8", NDJSON: NDJSON}
REPEATED_IDS = 10_000_000_000
"""Where ids of repeated records start: far above those that there are."""
MARK = 8_888_888_888_888_881
BLOCK_ROWS, PIECE_BYTES = 1000, 1 << 16


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the rows of a list stand in a body."""

    head: bytes
    between: bytes
    tail: bytes

    @classmethod
    def of(cls, media_type: str, list_key: str | None) -> "Layout":
        """Lines, or an array; in a wrapper object when there is a list key."""
        if media_type == NDJSON:
            return cls(head=b"", between=b"\n", tail=b"\n")
        if list_key is None:
            return cls(head=b"[", between=b", ", tail=b"]")
        return cls(head=b'{"%b": [' % list_key.encode(), between=b", ", tail=b"]}")


def encoded(document: object) -> bytes:
    """JSON in UTF-8; a Decimal with exactly its digits."""
    return _encoder()(document).encode()


@cache
def _encoder() -> Callable[[object], str]:
    encoder = simplejson.JSONEncoder(ensure_ascii=False, use_decimal=True, default=plain)
    return encoder.encode  # type: ignore[no-any-return]  # it has no types of its own


def listed(rows: Iterable[bytes], layout: Layout) -> Iterator[bytes]:
    """The body of a list, in pieces: rows that may be blank are lines only."""
    yield layout.head
    between = b""
    for row in rows:
        yield between + row
        between = layout.between
    yield layout.tail if between or layout.head else b""


def repeated(records: Sequence[Record], resource: Resource, count: int, layout: Layout) -> Iterator[bytes]:
    """The body of a list of so many rows: the records over and over, with ids of their own.

    One template holds all records with a gap for each id, so that thousands of rows are one formatting.
    """
    if not records or count <= 0:
        yield layout.head + layout.tail
        return
    times = -(-BLOCK_ROWS // len(records))
    rows = [_gapped(record, resource) for record in records] * times
    block = layout.between.join(rows)
    yield layout.head
    done = 0
    while done < count:
        size = min(len(rows), count - done)
        template = block if size == len(rows) else layout.between.join(rows[:size])
        ids = range(REPEATED_IDS + done, REPEATED_IDS + done + size)
        yield (layout.between if done else b"") + template % tuple(ids)
        done += size
    yield layout.tail


def _gapped(record: Record, resource: Resource) -> bytes:
    """The row with `%d` where its first key field stands; of a text, where its number stands."""
    field = resource.key[0]
    value = record.get(field)
    if value is None:  # the key is filtered away: there is nothing to tell rows apart by
        return encoded(record).replace(b"%", b"%%") + b"%.0a"
    rest = str(value).partition("@")[2]
    marked = {**record, field: f"{MARK}@{rest}" if isinstance(value, str) else MARK}
    return encoded(marked).replace(b"%", b"%%").replace(b"%d" % MARK, b"%d", 1)


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of a good size for a socket."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= PIECE_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes as gzip."""
    packer = zlib.compressobj(level=1, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def response(pieces: Iterable[bytes], media_type: str, *, packed: bool, streamed: bool) -> Response:
    """An answer with this body; streamed, it is made while it is sent."""
    body = gathered(compressed(pieces) if packed else pieces)
    answer = Response(body if streamed else b"".join(body), content_type=CONTENT_TYPES[media_type])
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
