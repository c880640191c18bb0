"""The results of a run for people, and for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from orchestration.ending import OK, described, gravest, known
from orchestration.tenants import Result

__all__ = ["as_json", "as_table", "one_line"]

_NUMBERS = ("records", "booked", "changed", "skipped", "rejected", "waiting", "in_doubt", "calls")


def as_table(results: Sequence[Result]) -> str:
    """A line per tenant, then what those need that are not well, then how many ended how."""
    rows = [("tenant", "ended", *(name.replace("_", " ") for name in _NUMBERS), "seconds")]
    rows += [_row(result) for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(_aligned(cell, width, place) for place, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    troubles = [f"{result.tenant}: {result.message}" for result in results if result.message]
    endings = Counter(described(result.code) for result in results)
    total = ", ".join(f"{count} {words}" for words, count in endings.most_common())
    tenants = "1 tenant" if len(results) == 1 else f"{len(results)} tenants"
    return "\n".join([*lines, *(["", *troubles] if troubles else []), "", f"{tenants}: {total}"])


def as_json(results: Sequence[Result]) -> str:
    """One object: the exit code, and all of each tenant."""
    tenants = [
        {
            "tenant": result.tenant,
            "code": result.code,
            "ended": described(result.code),
            "message": result.message,
            "step": result.step,
            **asdict(result.tally),
            "seconds": result.seconds,
        }
        for result in results
    ]
    return json.dumps({"code": gravest(result.code for result in results), "tenants": tenants}, indent=1)


def one_line(result: Result) -> str:
    """For whoever watches the run."""
    return f"{result.tenant}: {described(result.code)}, {result.tally.records} records, {result.seconds} s"


def _row(result: Result) -> tuple[str, ...]:
    code = known(result.code)
    ended = described(code) if code == OK else f"{code} {described(code)}"
    numbers = (getattr(result.tally, name) for name in _NUMBERS)
    return (result.tenant, ended, *("-" if number is None else str(number) for number in numbers), str(result.seconds))


def _aligned(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place < 2 else cell.rjust(width)  # noqa: PLR2004 (names left, numbers right)
