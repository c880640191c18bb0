"""Documents that really are large, without being held more than once."""

from itertools import repeat

MEGABYTE = 1_000_000
UNITS_IN_A_BLOCK = 1_000


def padded(document: bytes, unit: bytes, *, before: bytes, megabytes: int) -> bytes:
    """The document with a unit repeated before the last such mark, until it is so large."""
    copies = max(0, megabytes * MEGABYTE - len(document)) // len(unit) + 1 if megabytes else 0
    at = document.rfind(before)
    if not copies or at < 0:
        return document
    blocks, rest = divmod(copies, UNITS_IN_A_BLOCK)
    # In blocks: joining costs memory for each part.
    return b"".join((document[:at], *repeat(unit * UNITS_IN_A_BLOCK, blocks), unit * rest, document[at:]))
