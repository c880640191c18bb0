"""SOAP's whole numbers for the ids that are UUIDs elsewhere."""

from uuid import UUID

SMALLEST = 100_000
SPREAD = 2_000_000_000
"""Together they stay inside .NET's int."""


class Ids:
    """Numbers by kind of thing. They come from the UUIDs, so they are the same in every simulator of a world.

    Two things of a kind that would get the same number get neighbouring ones, in the order in which they are first
    seen. What is looked up by number alone is entered at the start, in the world's order.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, UUID], int] = {}
        self._things: dict[tuple[str, int], UUID] = {}

    def number(self, kind: str, thing: UUID) -> int:
        """The number of a thing."""
        known = self._numbers.get((kind, thing))
        if known is not None:
            return known
        number = SMALLEST + thing.int % SPREAD
        while (kind, number) in self._things:
            number += 1
        self._numbers[kind, thing] = number
        self._things[kind, number] = thing
        return number

    def thing(self, kind: str, number: int) -> UUID | None:
        """The thing that has the number."""
        return self._things.get((kind, number))
