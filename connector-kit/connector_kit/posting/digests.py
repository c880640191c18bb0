"""What belongs to a key, for a million keys: some twenty bytes each, where a dict takes seven times that."""

from collections.abc import Hashable, Iterable
from typing import Final

__all__ = ["Digests"]

_BUCKETS: Final = 2**12
"""A million members make buckets of four kilobytes, which are searched in about a microsecond."""
_WIDTH: Final = 8
_ROW: Final = 2 * _WIDTH
_VALUE: Final = 2**63 - 1
_MARK: Final = 0x80
"""In the last byte of a value, beside its 63 bits."""


class Digests:
    """A map that can tell whether a key has a value, but not which: of both it keeps the hash, of 64 and of 63 bits.

    A key that is not there has the value None. Members can be marked. Of a million keys two meet by chance once in
    thirty million processes, which hash anew each: then a record is looked up, or refused until the next run, but never
    taken for booked, for which its content had to meet too.

    Args:
        members: What it holds at first; each key once.
    """

    def __init__(self, members: Iterable[tuple[Hashable, Hashable]] = ()) -> None:
        self._buckets: dict[int, bytearray] = {}
        for key, value in members:
            self._add(key, value)

    def holds(self, key: Hashable, value: Hashable) -> bool:
        """Whether a key has this value."""
        return self._value(key) == (None if value is None else _digest(value))

    def holds_other(self, key: Hashable, value: Hashable) -> bool:
        """Whether a key is there, with another value than this one."""
        return self._value(key) not in {None, _digest(value)}

    def set(self, key: Hashable, value: Hashable) -> None:
        """Give a key a value, without a mark."""
        bucket, place = self._find(key)
        if place == len(bucket):
            self._add(key, value)
        else:
            bucket[place : place + _ROW] = _row(key, value)

    def drop(self, key: Hashable) -> None:
        """Forget a key, if it is there."""
        bucket, place = self._find(key)
        del bucket[place : place + _ROW]

    def mark(self, key: Hashable) -> None:
        """Mark a key that is there."""
        bucket, place = self._find(key)
        bucket[place + _ROW - 1] |= _MARK

    def is_marked(self, key: Hashable) -> bool:
        """Whether a key is there and marked."""
        bucket, place = self._find(key)
        return place < len(bucket) and bucket[place + _ROW - 1] & _MARK != 0

    def _add(self, key: Hashable, value: Hashable) -> None:
        self._buckets.setdefault(hash(key) % _BUCKETS, bytearray()).extend(_row(key, value))

    def _value(self, key: Hashable) -> int | None:
        bucket, place = self._find(key)
        if place == len(bucket):
            return None
        return int.from_bytes(bucket[place + _WIDTH : place + _ROW], "little") & _VALUE

    def _find(self, key: Hashable) -> tuple[bytearray, int]:
        """Its bucket, and where in it the key stands; the end of it: nowhere."""
        number = hash(key)
        bucket = self._buckets.get(number % _BUCKETS)
        if not bucket:
            return bytearray(), 0
        name = number.to_bytes(_WIDTH, "little", signed=True)
        place = bucket.find(name)
        while place > 0 and place % _ROW:  # the bytes of other members, which happen to be the same
            place = bucket.find(name, place + 1)
        return bucket, len(bucket) if place < 0 else place


def _digest(value: Hashable) -> int:
    return hash(value) & _VALUE


def _row(key: Hashable, value: Hashable) -> bytes:
    return hash(key).to_bytes(_WIDTH, "little", signed=True) + _digest(value).to_bytes(_WIDTH, "little")
