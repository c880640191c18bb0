"""Booking beside naive booking: what it costs, and what stands in the books afterwards, calm and disturbed."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import requests
from connector_kit.books import contracts

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import Cost, run
from tests.benchmarks.provider import SCRIPTS, Provider, provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

RECORDS: Final = {Size.SMALL: 40, Size.USUAL: 500, Size.LARGE: 5_000}
LATENCIES: Final = {Size.SMALL: (0.02,), Size.USUAL: (0.05, 0.1), Size.LARGE: (0.01,)}
"""Seconds: of a near package, and of one that takes its time."""
LEAST_MAX: Final = 1.1
RECORDS_PER_STATE: Final = 20
TIMEOUT_SECONDS: Final = 5
STARTS_MAX: Final = 12
STREAM: Final = "journal_entries"
FAULTS: Final[tuple[Mapping[str, Any], ...]] = (
    {"action": "status", "status": 503},
    {"action": "apply_late", "status": 502, "seconds": 0},
    {"action": "reset_before"},
    {"action": "status", "status": 429, "retry_after": "1"},
    {"action": "reset_after"},
    {"action": "delay_answer", "seconds": TIMEOUT_SECONDS + 2},
    {"action": "cut_reset", "at_byte": 5},
)
"""Refused, booked and answered as refused, lost on the way, told to wait, and three times an answer that is lost."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """A bookkeeping package.

    Attributes:
        name: Of its simulator.
        method: Of the request that books.
        path: Regular expression of its path.
        kind: Of a booking in the log of writes.
        lines: Its lines.
        text: Member of a line that says its entry.
        amount: Member of a line that is summed.
        accounts: Debit and credit.
        journal: Journal, or its type.
        settings: More settings of our target.
        switches: Of the simulator.
    """

    name: str
    method: str
    path: str
    kind: str
    lines: Callable[[Any], list[dict[str, Any]]]
    text: str
    amount: str
    accounts: tuple[str, str]
    journal: str
    settings: Mapping[str, Any]
    switches: Mapping[str, Any]


PACKAGES: Final = (
    Package(
        name="minox",
        method="PUT",
        path="/transaction_line_batch/",
        kind="transaction_line_batch",
        lines=list,
        text="description",
        amount="debit",
        accounts=("1720", "1700"),
        journal="LOON",
        settings={},
        switches={},
    ),
    Package(
        name="minimax",
        method="POST",
        path="/journals$",
        kind="Journal",
        lines=lambda content: list(content["JournalEntries"]),
        text="Description",
        amount="Debit",
        accounts=("1000", "7690"),
        journal="OP",
        settings={"budget_day": 1_000_000, "budget_month": 1_000_000, "journal_rows_month": 1_000_000},
        switches={"calls_per_day": 1_000_000, "calls_per_month": 1_000_000},
    ),
)


def amount(number: int) -> Decimal:
    """Of the so-manieth entry."""
    return Decimal(number * 37 + 1) / 100


def messages(package: Package, numbers: range) -> Iterator[str]:
    """What a tap delivers: entries of two lines, and a STATE after a few."""
    schema = contracts.schema(STREAM)
    yield json.dumps({"type": "SCHEMA", "stream": STREAM, "key_properties": ["key"], "schema": schema})
    for number in numbers:
        debit, credit = package.accounts
        text = {"description": f"E{number:05}"}
        lines = [{"account": debit, "debit": "#", **text}, {"account": credit, "credit": "#", **text}]
        record = {"key": f"E{number:05}", "date": "2026-02-28", "journal": package.journal, "lines": lines}
        message = json.dumps({"type": "RECORD", "stream": STREAM, "record": record})
        yield message.replace('"#"', f"{amount(number):.2f}")
        if number % RECORDS_PER_STATE == 0 or number == numbers[-1]:
            yield json.dumps({"type": "STATE", "value": {"bookmarks": {STREAM: {"booked": number}}}})


@dataclass(frozen=True, kw_only=True)
class Books:
    """What stands in the books, beside what should.

    Attributes:
        doubled: Bookings too many.
        lost: Entries without a booking.
        wrong: Bookings with another amount.
    """

    doubled: int
    lost: int
    wrong: int


def books(package: Package, at: Provider, records: int) -> Books:
    """Read them, as the provider itself noted each write."""
    held = {}
    for write in requests.get(f"{at.url}/_simulator/writes", timeout=60).json()["writes"]:
        if write["kind"] == package.kind:
            held[write["key"]] = package.lines(write["content"])
    found = Counter(lines[0][package.text] for lines in held.values())
    wrong = sum(
        sum(Decimal(str(line[package.amount])) for line in lines) != amount(int(lines[0][package.text][1:]))
        for lines in held.values()
    )
    lost = sum(f"E{number:05}" not in found for number in range(1, records + 1))
    return Books(doubled=sum(found.values()) - len(found), lost=lost, wrong=wrong)


class Program:
    """A target with its settings, which delivers what comes after the last STATE.

    Args:
        package: Where it books.
        at: The simulator.
        folder: For its files.
        ours: Our target; else the plain one.
        records: Entries.
    """

    def __init__(self, package: Package, at: Provider, folder: Path, *, ours: bool, records: int) -> None:
        name = package.name
        self.name = f"target-{name}" if ours else "plain SDK target"
        self.ours = ours
        self.package = package
        self.at = at
        self.records = records
        self._folder = folder
        self._config = folder / "config.json"
        settings = {**at.settings, "journal": package.journal, "request_timeout_seconds": TIMEOUT_SECONDS}
        if ours:
            own = {"requests_per_second": 1000, "ledger": str(folder / "ledger.sqlite3")}
            settings |= {**package.settings, **own, "token_store": str(folder / "tokens.json")}
            self.command: list[str | Path] = [SCRIPTS / f"target-{name}", "--config", self._config]
        else:
            module = "tests.benchmarks.peers.plain_posting"
            self.command = [sys.executable, "-m", module, name, "--config", self._config]
        self._config.write_text(json.dumps(settings))

    def know_books(self) -> None:
        """Tell our ledger that all that is booked is in it, as it knows from the first run on."""
        if self.ours:
            empty = self._folder / "nothing.singer"
            empty.write_text("\n".join(messages(self.package, range(0))) + "\n")
            command = [*self.command, "--input", empty, "--complete"]
            command.insert(1, "rebuild")
            cost = run(command, log=self._folder / "log.txt")
            assert cost.exit_code == 0, (self._folder / "log.txt").read_text()
            self.at.records()

    def deliver(self, *, after: int = 0, until: int | None = None) -> tuple[Cost, int]:
        """Run it.

        Args:
            after: The entry of the last STATE.
            until: It is killed when the provider has been asked to book so many.

        Returns:
            What it cost, and the entry of the newest STATE.
        """
        source, out = self._folder / "messages.singer", self._folder / "states.jsonl"
        with source.open("w") as file:
            file.writelines(f"{line}\n" for line in messages(self.package, range(after + 1, self.records + 1)))
        asked = f'"{self.package.method}"'

        def half() -> bool:
            return until is not None and self.at.log.read_text(encoding="utf-8").count(asked) >= until

        cost = run(self.command, stdin=source, stdout=out, log=self._folder / "log.txt", killed_when=half)
        states = out.read_text().splitlines()
        newest = json.loads(states[-1])["bookmarks"][STREAM]["booked"] if states else after
        return cost, newest

    def pass_time(self) -> None:
        """As if `settle_minutes` had passed."""
        if self.ours:
            self._config.write_text(json.dumps(json.loads(self._config.read_text()) | {"settle_minutes": 0}))


def row(program: Program, what: str, costs: list[Cost], *, latency: float | None = None) -> Row:
    """What deliveries have cost, and what stands in the books after them."""
    calls, held = program.at.calls(), books(program.package, program.at, program.records)
    wall, processor = (sum(getattr(cost, name) for cost in costs) for name in ("wall_seconds", "processor_seconds"))
    memory = max(cost.memory_mb for cost in costs)
    codes = ", ".join("killed" if cost.exit_code < 0 else str(cost.exit_code) for cost in costs)
    goals = [Goal(figure=held.doubled + held.lost + held.wrong, unit="doubled, lost or wrong", at_most=0)]
    each = calls.seconds / calls.count
    if latency:
        goals.append(Goal(figure=each / latency, unit="x calls x latency", at_most=LEAST_MAX))
    return Row(
        cells=(
            *(program.package.name.capitalize(), what, program.name),
            *(f"{wall:.1f} s", f"{processor:.1f} s", f"{memory:.0f} MB", f"{calls.count:,}"),
            f"{each * 1000:.1f} ms" if latency else "-",
            *(f"{held.doubled:,}", f"{held.lost:,}", f"{held.wrong:,}", codes),
        ),
        goals=tuple(goals) if program.ours else (),
    )


def calm(package: Package, folder: Path, size: Size, *, ours: bool) -> Iterator[Row]:
    """Deliver once, at each latency, and after the first the same once more."""
    for latency in LATENCIES[size]:
        options: dict[str, Any] = {"switches": package.switches, "latency_seconds": latency, "employees": 3}
        here = folder / str(latency)
        with provider(package.name, here / "provider", **options) as at:
            program = Program(package, at, here, ours=ours, records=RECORDS[size])
            program.know_books()
            yield row(program, f"once, answers take {latency * 1000:.0f} ms", [program.deliver()[0]], latency=latency)
            if latency == LATENCIES[size][0]:
                yield row(program, "a second time", [program.deliver()[0]])


def disturbed(package: Package, folder: Path, size: Size, *, ours: bool) -> Iterator[Row]:
    """Deliver with faults and a kill, until it ends well; then the same once more."""
    records, rounds = RECORDS[size], 1 if size is Size.SMALL else 3
    distance = records // (rounds * len(FAULTS) + 1)
    faults = [
        {"method": package.method, "path": package.path, "nth": (place + 1) * distance, **fault}
        for place, fault in enumerate(FAULTS * rounds)
    ]
    with provider(package.name, folder / "provider", switches=package.switches, faults=faults, employees=3) as at:
        program = Program(package, at, folder, ours=ours, records=records)
        program.know_books()
        cost, booked = program.deliver(until=records // 2)
        costs = [cost]
        while costs[-1].exit_code != 0 and len(costs) < STARTS_MAX:
            cost, booked = program.deliver(after=booked)
            costs.append(cost)
            program.pass_time()
        yield row(program, "disturbed, killed", costs)
        yield row(program, "and a second time", [program.deliver()[0]])


def measure(size: Size) -> Iterator[Row]:
    """All rows."""
    for package in PACKAGES:
        for situation in (calm, disturbed):
            for ours in (False, True):
                with TemporaryDirectory() as name:
                    yield from situation(package, Path(name), size, ours=ours)


BENCHMARK: Final = Benchmark(
    name="posting",
    title="Booking, and booking again",
    text=(
        f"{RECORDS[Size.USUAL]:,} journal entries of two lines ({RECORDS[Size.LARGE]:,} with `--large`), and what then "
        "stands in the books of the simulated package. Beside each target a plain SDK target "
        "(`tests/benchmarks/peers/plain_posting.py`): one request per record, the SDK's own check of records, five "
        "tries with growing pauses. Both send one request at a time; a call is what one takes from the first to the last, with the simulator's own time. Calm: every answer takes 50 "
        "ms, or 100; our ledger knows the books (`rebuild --complete`). Disturbed: "
        "at even distances a write is refused with 503, booked and answered with 502, lost on the way, told to wait "
        "(429), or its answer is lost: by a reset, a time-out, in the middle. When half is booked the program is "
        "killed, unless it has ended by itself by then, and started anew from its last STATE until it ends with 0; from the third start on as if "
        "`settle_minutes` had passed. Last, everything is delivered a second time, as after a lost STATE."
    ),
    columns=(
        *("package", "delivered", "by", "wall", "processor", "memory", "calls", "a call"),
        *("doubled", "lost", "wrong amounts", "exit codes"),
    ),
    measure=measure,
    after=(
        "What ours takes of a call beyond the wire, some 4 ms, are three steps that are on disk before the next "
        "begins, and all that decides whether an entry may be sent: the same at any latency. "
        "The plain target draws a new identifier for each record that it reads, so what is delivered again is booked "
        "again. At Minox an identifier that is derived from the key would prevent that; Minimax takes none."
    ),
    libraries=("singer-sdk", "requests", "sqlalchemy", "python-backoff"),
)
