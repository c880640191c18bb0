"""How fast remuneration documents become records, beside a plain way of doing it."""

from __future__ import annotations

import copy
import json
import os
import time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import msgspec
from connector_kit.extract import ExactWriter, PersonalDataPolicy
from singer_sdk.helpers.jsonpath import extract_jsonpath
from singer_sdk.singerlib import RecordMessage
from tap_inlenersbeloning.documents import DOCUMENT_STREAMS, DocumentKeys, DocumentReader
from tap_inlenersbeloning.drift import Drift
from tap_inlenersbeloning.schemas import SCHEMAS

from tests.benchmarks.page import ROOT, Benchmark, Goal, Row, Size
from tests.benchmarks.provider import provider
from tests.benchmarks.sync import sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEYS = DocumentKeys(company_id="x1y2z3", partner_id="rc1abc", remuneration_id="16c1799c-7d5a-42a5-a37e-cd6dfda05b5a")
MEGABYTE: Final = 1_000_000
DOCUMENT_KILOBYTES: Final = 150
MEMORY_MB_MAX: Final = 200
Document = dict[str, Any]


def large(specification: Path) -> Document:
    """Grow the invented document to the shape of the largest recorded ones."""
    path = specification / "samples_synthetic" / "remuneration_gen2_full.json"
    document: Document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    (group, *_) = document["functionGroups"]
    group["steps"] = _numbered(group["steps"], 34, "index")
    group["functions"] = _numbered(group["functions"], 12, "id")
    document["functionGroups"] = _numbered([group], 9, "id")
    for block, name, count in (
        ("allowances", "allowances", 8),
        ("reimbursementsData", "reimbursements", 8),
        ("leave", "specialLeave", 12),
        ("leave", "holidays", 10),
        ("paymentsData", "anniversaryPayments", 6),
    ):
        rows = _numbered(document[block][name], count, "id")
        for row in rows:
            row["description"] = row["conditions"] = "Geldt voor iedereen.\r\n" * 12
        document[block][name] = rows
    return document


def _numbered(rows: list[Document], count: int, key: str) -> list[Document]:
    numbers = range(1, count + 1)
    return [{**copy.deepcopy(rows[n % len(rows)]), key: n if key == "index" else f"{key}-{n:032d}"} for n in numbers]


def ours() -> Callable[[Document], int]:
    """The tap's own way."""
    streams = [stream.name for stream in DOCUMENT_STREAMS]
    reader = DocumentReader(PersonalDataPolicy(), streams=streams, drift=Drift())
    writer = ExactWriter()

    def convert(document: Document) -> int:
        return sum(
            len(writer.serialize_message(RecordMessage(stream, record)))
            for stream, record in reader.records(document, KEYS)
        )

    return convert


def plain() -> Callable[[Document], int]:
    """A path per stream and per column, looked up by the SDK, as taps do that declare their columns."""
    encode = msgspec.json.Encoder(decimal_format="number").encode
    streams = [
        (stream.name, f"$.{source.path.replace('[]', '[*]')}".rstrip("."), SCHEMAS.get_schema(stream.name))
        for stream in DOCUMENT_STREAMS
        for source in stream.sources
    ]
    columns = {
        name: [
            (column, f"$.{declared['x-source-name']}")
            for column, declared in schema["properties"].items()
            if "x-source-name" in declared
        ]
        for name, _, schema in streams
    }

    def convert(document: Document) -> int:
        written = 0
        for name, path, _ in streams:
            for row in extract_jsonpath(path, document):
                record = {column: next(extract_jsonpath(inner, row), None) for column, inner in columns[name]}
                written += len(encode(RecordMessage(name, record).to_dict()))
        return written

    return convert


def megabytes_per_second(convert: Callable[[Document], int], document: Document, size: int, seconds: float) -> float:
    """Convert again and again; gives MB of JSON per second of processor time, of the best of three."""
    best = 0.0
    for _ in range(3):
        count, start = 0, time.process_time()
        while (took := time.process_time() - start) < seconds:
            convert(document)
            count += 1
        best = max(best, count * size / took / MEGABYTE)
    return best


def measure(size: Size) -> Iterator[Row]:
    seconds = 0.2 if size is Size.SMALL else 2.0
    specs = Path(os.environ.get("PROVIDER_SPECS") or ROOT.parent / "shared" / "specs")
    document = large(specs / "inlenersbeloning")
    length = len(msgspec.json.encode(document, enc_hook=str))
    rate = megabytes_per_second(ours(), document, length, seconds)
    other = megabytes_per_second(plain(), document, length, seconds / 4)
    sizes = (f"{length / 1000:.0f} kB", f"{ours()(document) / 1000:.0f} kB")
    goals = (
        Goal(figure=rate, unit="MB/s", at_least=10),
        Goal(figure=rate / other, unit="x a path per column", at_least=5),
    )
    yield Row(cells=("tap-inlenersbeloning, all streams", *sizes, f"{rate:.1f} MB/s"), goals=goals)
    yield Row(cells=("a path per column", sizes[0], "", f"{other:.2f} MB/s"))
    yield whole_sync(20 if size is Size.SMALL else 1000)


def whole_sync(documents: int) -> Row:
    """The tap over large documents, for the memory."""
    switches = {"crowd": documents, "document_kilobytes": DOCUMENT_KILOBYTES}
    with TemporaryDirectory() as name, provider("inlenersbeloning", Path(name), switches=switches) as source:
        settings = {"concurrent_requests": 4, "company_ids": source.settings["company_ids"][:1]}
        done = sync("tap-inlenersbeloning", source, Path(name), streams=None, settings=settings)
    cells = (
        f"a sync of {documents:,} documents",
        f"{DOCUMENT_KILOBYTES} kB",
        f"{done.bytes_written / MEGABYTE:,.0f} MB",
        f"{done.cost.wall_seconds:.0f} s, {done.cost.processor_seconds:.0f} s of processor",
    )
    return Row(cells=cells, goals=(Goal(figure=done.cost.memory_mb, unit="MB of memory", at_most=MEMORY_MB_MAX),))


BENCHMARK: Final = Benchmark(
    name="remunerations",
    title="Pay conditions",
    text="An invented remuneration document of the largest recorded size becomes encoded records of all streams: JSON "
    "per second of processor time. Beside it the plain way: each stream and column is picked by a path, as the SDK "
    "looks them up, without the long table and what has no column.",
    columns=("how", "document", "records", "speed"),
    measure=measure,
)
