"""What the conversion of one record costs: each field of a schema gets a value of its type; amounts are Decimal."""

from __future__ import annotations

import time
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import tap_nmbrs.schemas
import tap_ons.schemas
from connector_kit.extract import ExactWriter, PersonalDataPolicy, RecordConverter
from singer_sdk.singerlib import RecordMessage

from tests.benchmarks.page import Benchmark, Row, Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS: Final = 30
CALLS: Final = 500
TABLES: Final = (
    ("tap-nmbrs", "employees"),
    ("tap-nmbrs", "contracts"),
    ("tap-nmbrs", "fixed_wage_components"),
    ("tap-ons", "employees"),
    ("tap-ons", "contracts"),
)
SCHEMAS: Final = {"tap-nmbrs": tap_nmbrs.schemas.SCHEMAS, "tap-ons": tap_ons.schemas.SCHEMAS}
EXAMPLES: Final[dict[str, Any]] = {
    "string": "Nieuwegracht",
    "integer": 12,
    "number": Decimal("1234.56"),
    "boolean": True,
    "date": "2026-01-31",
    "date-time": "2026-01-31T10:08:00.000+01:00",
}


def example(declaration: dict[str, Any]) -> Any:
    """A value as the provider would send it."""
    types = declaration.get("type", [])
    (kind, *_) = {types} if isinstance(types, str) else [name for name in types if name != "null"] or ["string"]
    if kind == "object":
        source: dict[str, Any] = {}
        for name, inner in declaration.get("properties", {}).items():
            *path, last = inner.get("x-source-name", name).split(".")
            place = source
            for step in path:
                place = place.setdefault(step, {})
            place[last] = example(inner)
        return source
    if kind == "array":
        return [example(declaration.get("items", {}))]
    return EXAMPLES[declaration.get("format", kind)]


def microseconds(call: Callable[[], object], rounds: int) -> float:
    """Processor time of a call, at best."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(CALLS):
            call()
        best = min(best, time.process_time() - began)
    return best / CALLS * 1e6


def measure(size: Size) -> Iterator[Row]:
    rounds = 3 if size is Size.SMALL else ROUNDS
    for tap, stream in TABLES:
        schema = SCHEMAS[tap].get_schema(stream)
        convert = RecordConverter(stream, schema, PersonalDataPolicy())
        source = example(schema)
        message, writer = RecordMessage(stream, convert(source)), ExactWriter()
        conversion = microseconds(partial(convert, source), rounds)
        encoding = microseconds(partial(writer.serialize_message, message), rounds)
        fields = str(len(schema["properties"]))
        yield Row(cells=(tap, stream, fields, f"{conversion:.1f} µs", f"{encoding:.1f} µs"))


BENCHMARK: Final = Benchmark(
    name="converters",
    title="One record",
    text="Conversion (names, types, personal data) and encoding of a record in which every field has a value, without requests and without the SDK: processor time, the best of several rounds.",
    columns=("tap", "stream", "fields", "conversion", "encoding"),
    measure=measure,
)
