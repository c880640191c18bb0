"""Documents that really are large, without being held more than once."""

from itertools import repeat

MEGABYTE = 1_000_000


def padded(document: bytes, unit: bytes, *, before: bytes, megabytes: int) -> bytes:
    """The document with a unit repeated before the last such mark, until it is so large."""
    copies = max(0, megabytes * MEGABYTE - len(document)) // len(unit) + 1 if megabytes else 0
    at = document.rfind(before)
    if not copies or at < 0:
        return document
    return b"".join((document[:at], *repeat(unit, copies), document[at:]))
