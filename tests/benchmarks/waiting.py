"""How near the taps come to what the limits allow, when every answer takes 50 ms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tap_nmbrs.rest.operations import OPERATIONS

from tests.benchmarks.bare_client import processor_of_requests, repeated
from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.provider import provider
from tests.benchmarks.sync import Sync, sync

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.provider import Provider

LATENCY_SECONDS: Final = 0.05
AT_ONCE: Final = 4
RATIO_MAX: Final = 1.1
FOUR_AT_ONCE: Final = {"concurrent_requests": AT_ONCE}
COMPANY_WIDE: Final = {row.stream for row in OPERATIONS if row.parent is None and row.per == "company"} - {
    "payroll_runs"
}


def row(what: str, done: Sync, source: Provider, **headers: str) -> Row:
    """Compare with calls x latency / concurrent requests, and with threads that only repeat the calls."""
    least = done.calls.count * LATENCY_SECONDS / AT_ONCE
    program = done.cost.wall_seconds
    before = source.processor_seconds
    bare = repeated(source, done.asked, threads=AT_ONCE, headers=headers)
    simulator = source.processor_seconds - before
    of_requests = processor_of_requests(source, done.asked, threads=AT_ONCE, headers=headers)
    return Row(
        cells=(
            what,
            f"{done.calls.count:,}",
            f"{done.records:,}",
            f"{least:.1f} s",
            f"{bare.seconds:.1f} s, {bare.seconds / least:.2f} x",
            f"{done.calls.seconds:.1f} s, {done.calls.seconds / bare.seconds:.2f} x the bare client",
            f"{program:.1f} s, {program / least:.2f} x",
            f"{1000 * done.cost.processor_seconds / done.calls.count:.1f} ms",
            f"{1000 * of_requests:.1f} ms",
            f"{1000 * simulator / bare.count:.1f} ms",
        ),
        goals=(Goal(figure=done.calls.seconds / least, unit="x the least possible", at_most=RATIO_MAX),),
    )


def nmbrs(folder: Path, *, companies: int) -> Iterator[Row]:
    world = {"debtors": 1, "companies": companies, "employees": 5}
    with provider("nmbrs", folder, latency_seconds=LATENCY_SECONDS, latency_path="^/api/", **world) as source:
        settings = FOUR_AT_ONCE | {"start_date": "2026-10-01", "token_store": str(folder / "token.json")}
        done = sync("tap-nmbrs", source, folder, streams=COMPANY_WIDE, settings=settings, path="/api/")
        token = json.loads((folder / "token.json").read_text("utf-8"))["access_token"]
        headers = {"Authorization": f"Bearer {token}", "X-Subscription-Key": source.settings["subscription_key"]}
        yield row(f"Nmbrs, {companies:,} companies, all company-wide lists", done, source, **headers)


def ons(folder: Path, *, employees: int) -> Iterator[Row]:
    days, lists = 60, "presence_logs"
    world = {"companies": 2, "employees": employees}
    with provider("ons", folder, latency_seconds=LATENCY_SECONDS, latency_path=lists, **world) as source:
        start = {"start_date": f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}"}
        done = sync("tap-ons", source, folder, streams={lists}, settings=start, path=lists)
        yield row(f"Ons, hours of {employees:,} employees, {days} days", done, source)


def remunerations(folder: Path, *, hirers: int) -> Iterator[Row]:
    switches = {"crowd": hirers}
    with provider("inlenersbeloning", folder, switches=switches, latency_seconds=LATENCY_SECONDS) as source:
        settings = FOUR_AT_ONCE | {"company_ids": source.settings["company_ids"][:1]}
        state = None
        for what in ("everything", "nothing has changed"):
            done = sync("tap-inlenersbeloning", source, folder, streams=None, settings=settings, state=state)
            state = done.state
            token = f"Bearer {source.settings['token']}"
            yield row(f"Inlenersbeloning, {hirers:,} hirers, {what}", done, source, Authorization=token)


def measure(size: Size) -> Iterator[Row]:
    small = size is Size.SMALL
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield from nmbrs(folder / "nmbrs", companies=4 if small else 200)
        yield from remunerations(folder / "remunerations", hirers=50 if small else 1000)
        yield from ons(folder / "ons", employees=50 if small else 1000)


BENCHMARK: Final = Benchmark(
    name="waiting",
    title="Waiting well",
    text="The simulators answer every call 50 ms after it came, their own work included; four requests at a time. The "
    "least possible is calls x 50 ms / 4. The bare client sends the same calls once more, by four threads that keep "
    "their connections and look at no answer: what the wire and the machine need of their own. The goal is measured "
    "from the first call to the end of the last, by the log of the simulator; the whole program, with its start, "
    "stands beside it. A call costs processor time too: the whole tap's, with its start and all that becomes of an "
    "answer; that of `requests` alone, which sends the calls and throws the answers away; and the simulator's.",
    columns=(
        "what",
        "calls",
        "records",
        "least possible",
        "bare client",
        "first to last call",
        "whole program",
        "processor per call, tap",
        "`requests` alone",
        "simulator",
    ),
    measure=measure,
    libraries=("singer-sdk", "requests", "urllib3"),
)
