"""What is asked for to read a list: for whom, in which slice of time, in which order."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from tap_ons.listing import Listing
from tap_ons.windows import Slice, Span, spans

__all__ = ["Ask", "asks"]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One list that is asked for.

    Attributes:
        parent: Id of whose list it is.
        ids: Ids of those whose lists are asked for together.
        variant: Value of the listing's variants.
        span: Slice of time.
    """

    parent: Any = None
    ids: tuple[Any, ...] = ()
    variant: int | None = None
    span: Span | None = None


def asks(
    listing: Listing,
    part: Slice | None,
    *,
    due: Sequence[Any],
    among: Sequence[Any],
    unknown: AbstractSet[Any],
    unknown_ids: AbstractSet[Any],
) -> Iterator[Ask]:
    """Give what is asked for to read a slice of a list.

    Args:
        listing: The row of the table.
        part: The slice; None: all there is.
        due: Ids of the parents that have something to be read, one by one.
        among: Ids of those who are asked for many at once.
        unknown: Parents that Ons does not know, as far as that has been seen when the turn of each comes.
        unknown_ids: The same of those who are asked for many at once.
    """
    variants = listing.variants.values if listing.variants else (None,)
    windows = spans(listing.window, part) if listing.window and part else [None]
    for parent in due if listing.parent else (None,):
        if listing.parent and parent in unknown:
            continue
        for ids in _chunks(among, unknown_ids, size=listing.ids.at_most) if listing.ids else [()]:
            for variant in variants:
                for span in windows:
                    yield Ask(parent=parent, ids=ids, variant=variant, span=span)


def _chunks(ids: Sequence[Any], unknown: AbstractSet[Any], *, size: int) -> Iterator[tuple[Any, ...]]:
    known = [one for one in ids if one not in unknown]
    yield from (tuple(known[place : place + size]) for place in range(0, len(known), size))
