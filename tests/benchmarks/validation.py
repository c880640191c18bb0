"""What checking a record against the books contract costs, beside the validator that the SDK would take.

    python -m tests.benchmarks.validation

Times are the best of several rounds, both validators in the same run; a journal entry has two, 20 and 200 lines.
"""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import click
from connector_kit.books import contracts
from connector_kit.posting.validation import RecordValidator
from singer_sdk.sinks.core import JSONSchemaValidator

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS: Final = 7
CALLS: Final = 200


def entry(lines: int) -> dict[str, Any]:
    """A journal entry."""
    pairs = ({"debit": Decimal("12.34")}, {"credit": Decimal("12.34")})
    texts = {"account": "4000", "description": "Salaries", "cost_center": "120", "due_date": None}
    members = {"key": "run-1", "date": "2026-01-31", "journal": "LOON", "currency": "EUR", "period": 1}
    return members | {"lines": [texts | pairs[number % 2] for number in range(lines)]}


def seconds(validate: Callable[[dict[str, Any]], Any], record: dict[str, Any]) -> float:
    """Seconds of one call, in the best round."""
    calls = max(CALLS // len(record["lines"]), 5)

    def once() -> float:
        started = time.perf_counter()
        for _ in range(calls):
            validate(record)
        return (time.perf_counter() - started) / calls

    return min(once() for _ in range(ROUNDS))


def ratio(lines: int) -> tuple[float, float]:
    """Seconds of our validator and of the SDK's default."""
    schema = contracts.schema("journal_entries")
    ours, theirs = RecordValidator(schema), JSONSchemaValidator(schema)
    return seconds(ours.validate, entry(lines)), seconds(theirs.validate, entry(lines))


@click.command()
def main() -> None:
    """Print a row per size."""
    click.echo(f"{'lines':>6} {'compiled':>12} {'SDK default':>12} {'times':>6}")
    for lines in (2, 20, 200):
        ours, theirs = ratio(lines)
        click.echo(f"{lines:>6} {ours * 1e6:>9.1f} µs {theirs * 1e6:>9.1f} µs {theirs / ours:>6.1f}")


if __name__ == "__main__":
    main()
