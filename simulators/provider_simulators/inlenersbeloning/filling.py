"""Documents of a wanted size."""

from collections.abc import Iterator
from typing import Any

from provider_simulators.inlenersbeloning.encoding import compact
from provider_simulators.inlenersbeloning.oddities import FREE_TEXTS, LONGEST_TEXT

Document = dict[str, Any]

FILLER = "De voorwaarden zijn verzonnen. "


def fill(document: Document, size: int) -> None:
    """Add free text, wherever there can be some, until the document is that long in compact JSON."""
    places = list(_places(document))
    missing = size - len(compact(document))
    for place, (holder, name) in enumerate(places):
        share = min(missing // (len(places) - place), LONGEST_TEXT)
        if share > 0:
            before = len(compact(holder[name]))
            text = (holder[name] or "") + FILLER * (share // len(FILLER) + 1)
            holder[name] = text[: len(holder[name] or "") + share]
            missing -= len(compact(holder[name])) - before


def _places(value: Any) -> Iterator[tuple[Document, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name in FREE_TEXTS and (each is None or isinstance(each, str)):
                yield value, name
            yield from _places(each)
    elif isinstance(value, list):
        for each in value:
            yield from _places(each)
