"""What checking a record against the books contract costs, beside the validator that the SDK would take."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from connector_kit.books import contracts
from connector_kit.posting.validation import RecordValidator
from singer_sdk.sinks.core import JSONSchemaValidator

from tests.benchmarks.page import Benchmark, Goal, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.page import Size

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


def measure(_: Size) -> Iterator[Row]:
    for lines in (2, 20, 200):
        ours, theirs = ratio(lines)
        times = Goal(figure=theirs / ours, unit="x as fast", at_least=6)
        yield Row(cells=(str(lines), f"{ours * 1e6:,.1f} µs", f"{theirs * 1e6:,.1f} µs"), goals=(times,))


BENCHMARK: Final = Benchmark(
    name="validation",
    title="Validation",
    text="A journal entry is checked against the books contract, by the check that is compiled from it and by the "
    "validator that the SDK takes: the best of several rounds.",
    columns=("lines", "compiled", "default of the SDK"),
    measure=measure,
    libraries=("singer-sdk", "jsonschema"),
)
