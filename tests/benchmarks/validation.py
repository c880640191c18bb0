"""What an unchanged record costs until it is known to be one, beside the validator alone that the SDK would take."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from connector_kit.books import contracts
from connector_kit.posting.known import Known
from connector_kit.posting.posting import Posted, Result
from connector_kit.posting.reader import BooksReader
from connector_kit.posting.validation import RecordValidator
from connector_kit.posting.wire_json import write_json
from singer_sdk.sinks.core import JSONSchemaValidator

from tests.benchmarks.page import Benchmark, Goal, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.page import Size

ROUNDS: Final = 7
CALLS: Final = 200
ENTRIES: Final = 100_000
TIMES_MIN: Final = 6


def entry(lines: int) -> dict[str, Any]:
    """A journal entry."""
    pairs = ({"debit": Decimal("12.34")}, {"credit": Decimal("12.34")})
    texts = {"account": "4000", "description": "Salaries", "cost_center": "120", "due_date": None}
    members = {"key": "run-1", "date": "2026-01-31", "journal": "LOON", "currency": "EUR", "period": 1}
    return members | {"lines": [texts | pairs[number % 2] for number in range(lines)]}


def seconds(work: Callable[[], Any], lines: int) -> float:
    """Processor seconds of one call, in the best round."""
    calls = max(CALLS // lines, 5)

    def once() -> float:
        started = time.process_time()
        for _ in range(calls):
            work()
        return (time.process_time() - started) / calls

    return min(once() for _ in range(ROUNDS))


def ratio(lines: int) -> tuple[float, float]:
    """Seconds of our validator and of the SDK's default."""
    schema, record = contracts.schema("journal_entries"), entry(lines)
    ours, theirs = RecordValidator(schema), JSONSchemaValidator(schema)
    return seconds(lambda: ours.validate(record), lines), seconds(lambda: theirs.validate(record), lines)


def read(lines: int) -> float:
    """Seconds for a line of the input to become a message with exact amounts."""
    line = write_json({"type": "RECORD", "stream": "journal_entries", "record": entry(lines)}).decode()
    reader = BooksReader()
    return seconds(lambda: reader.deserialize_json(line), lines)


def looked_up() -> float:
    """Seconds for the answer that an entry is booked with this content, of a ledger of many."""
    known = Known((f"{number:064}", "h" * 64, None) for number in range(ENTRIES))
    key, content = f"{ENTRIES // 2:064}", "h" * 64

    def look() -> None:
        assert not known.other_content(key, content)
        assert known.refused(key) is None
        assert known.is_booked(key, content, None)
        known.remember(key, content, Posted(result=Result.EXISTING))

    return seconds(look, 2)


def measure(_: Size) -> Iterator[Row]:
    """A row per size of an entry."""
    ledger = looked_up()
    for lines in (2, 20, 200):
        checked, theirs = ratio(lines)
        parts = (read(lines), checked, ledger)
        times = Goal(figure=theirs / sum(parts), unit="x as fast", at_least=TIMES_MIN)
        figures = (*parts, sum(parts), theirs)
        yield Row(cells=(str(lines), *(f"{figure * 1e6:,.1f} µs" for figure in figures)), goals=(times,))


BENCHMARK: Final = Benchmark(
    name="validation",
    title="Reader, validation and ledger",
    text="What an unchanged journal entry costs: its line is read with exact amounts, checked against the books "
    f"contract, and found among {ENTRIES:,} booked ones with the same content. Beside it the validator alone that the "
    "SDK takes, without reader and ledger. Entity key and content hash are not in it: they are in the whole run "
    "below. The best of several rounds.",
    columns=("lines", "reader", "validation", "ledger", "together", "the SDK's validation alone"),
    measure=measure,
    libraries=("singer-sdk", "jsonschema", "fastjsonschema"),
)
