"""Says at the end of a run what it did: a sentence and a table for people, fields for machines."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from connector_kit.live_line import is_terminal
from connector_kit.structured import is_structured

__all__ = ["count_of", "tell"]

Counts = Mapping[str, float]
_NOTHING: Final = "-"


def tell(
    logger: logging.Logger,
    sentence: str,
    facts: Mapping[str, Any],
    streams: Mapping[str, Counts],
    *,
    headings: Mapping[str, str],
) -> None:
    """Say it in the log, in the way that suits who reads: structured, on a terminal, or as a line of JSON.

    Args:
        logger: Of the plugin.
        sentence: The totals, in words.
        facts: The totals, by name.
        streams: Counts of each stream; those that are 0 are left out.
        headings: Headings of the table, by the names of the counts, in order.
    """
    counted = {
        name: {field: count for field, count in counts.items() if count}
        for name, counts in streams.items()
        if any(count for field, count in counts.items() if field != "seconds")
    }
    all_facts = {**facts, "streams": counted}
    if is_structured(logger):
        logger.info("Summary: %s", sentence, extra={"summary": all_facts})
    elif is_terminal():
        logger.info("Summary: %s\n%s", sentence, "\n".join(_table(counted, headings)))
    else:
        logger.info("Summary %s", json.dumps(all_facts))


def count_of(number: float, noun: str = "") -> str:
    """Write a number for people, with what is counted: `1 record`, `14,000 records`."""
    shown = f"{number:,.1f}" if number % 1 else f"{number:,.0f}"
    return f"{shown} {noun}{'' if number == 1 else 's'}" if noun else shown


def _table(streams: Mapping[str, Counts], headings: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the table: columns in which anything is counted, numbers right."""
    columns = [field for field in headings if any(field in counts for counts in streams.values())]
    rows = [["stream", *(headings[field] for field in columns)]]
    for name, counts in streams.items():
        rows.append([name, *(count_of(counts[field]) if field in counts else _NOTHING for field in columns)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return (_line(row, widths) for row in rows)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers = (width for width in widths)
    return "  ".join([cells[0].ljust(first), *map(str.rjust, cells[1:], numbers)]).rstrip()
