"""How fast tap-ons reads a bulk table, and in how much memory, next to a plain tap of the SDK that emits the same rows.

    python -m tests.benchmarks.ons_bulk --rows 1000000 --rounds 1

Both are processes of their own that read employees from the simulator, which streams them from a third, over mutual
TLS; they write to nowhere. Times are those of whole processes, with their start. Exits with 1 above the memory or
below the ratio that is promised.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS: Final = Path(sysconfig.get_path("scripts"))
STREAM: Final = "employees"
MEMORY_MB_MAX: Final = 250
RATIO_MIN: Final = 4.5
TAPS: Final = {
    "plain SDK tap": [sys.executable, str(Path(__file__).with_name("plain_tap.py"))],
    "tap-ons": [str(SCRIPTS / "tap-ons")],
}
LIBRARIES: Final = ("singer-sdk", "msgspec", "requests", "urllib3")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a process has cost."""

    rows: int
    wall_seconds: float
    processor_seconds: float
    memory_mb: float

    @property
    def row(self) -> str:
        return (
            f"{self.rows / self.wall_seconds:,.0f} | {self.rows / self.processor_seconds:,.0f} | {self.wall_seconds:.1f} s"
            f" | {self.processor_seconds:.1f} s | {self.memory_mb:.0f} MB"
        )


@contextmanager
def simulator(folder: Path, rows: int) -> Iterator[dict[str, str]]:
    """Simulate an Ons with so many employees, all fields of them given; gives the settings of the tap."""
    env = folder / "simulators.env"
    switches = [part for switch in (f"rows={rows}", "sparse=false") for part in ("--switch", switch)]
    command = [SCRIPTS / "simulate", "ons", "--port", "0", "--env-file", env, "--exit-with-stdin", *switches]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None or not process.stdout.readline():
            raise click.ClickException("the simulator did not start")
        yield {
            name.lower(): value.strip("'\"")
            for name, value in re.findall(r"TAP_ONS_(\w+)=(.*)", env.read_text("utf-8"))
        }
        process.terminate()


def arguments(folder: Path, settings: dict[str, str], tap: str) -> list[str]:
    """Write settings and a catalog that chooses the one table."""
    config, catalog = folder / "settings.json", folder / f"{tap}.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    command = [*TAPS[tap], "--config", str(config)]
    document = json.loads(subprocess.run([*command, "--discover"], check=True, capture_output=True).stdout)
    for stream in document["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] == STREAM
    catalog.write_text(json.dumps(document), encoding="utf-8")
    return [*command, "--catalog", str(catalog)]


def measured(command: list[str], folder: Path, rows: int) -> Run:
    """Run a tap to nowhere, and make sure that it has given all rows."""
    log = folder / "log.txt"
    with log.open("wb") as stderr, Path(os.devnull).open("wb") as stdout:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    counts = re.findall(r'"record_count","value":(\d+)', log.read_text("utf-8"))
    if process.returncode or sum(map(int, counts)) != rows:
        raise click.ClickException(f"{command[0]} ended with {process.returncode} after {counts} rows")
    return Run(
        rows=rows,
        wall_seconds=wall,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        memory_mb=usage.ru_maxrss / 1024,  # in KiB on Linux
    )


def machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"Python {platform.python_version()}, {libraries}; {os.cpu_count()} cores, {platform.machine()}"


@click.command()
@click.option("--rows", default=1_000_000, help="Rows of the table.")
@click.option("--rounds", default=1, help="How often both taps run, one after the other.")
@click.option("--ratio", default=RATIO_MIN, help="Below it the exit code is 1.")
def main(*, rows: int, rounds: int, ratio: float) -> None:
    """Measure."""
    click.echo(f"{rows:,} rows of {STREAM}; {machine()}\n")
    click.echo(
        "| tap | rows/s | rows per processor second | wall | processor | peak memory |\n|---|---|---|---|---|---|"
    )
    runs: dict[str, list[Run]] = {tap: [] for tap in TAPS}
    with TemporaryDirectory() as name, simulator(Path(name), rows) as settings:
        folder = Path(name)
        commands = {tap: arguments(folder, settings, tap) for tap in TAPS}
        for _ in range(rounds):
            for tap, command in commands.items():
                runs[tap].append(measured(command, folder, rows))
                click.echo(f"| {tap} | {runs[tap][-1].row} |")
    pairs = list(zip(*runs.values(), strict=True))
    wall = median(plain.wall_seconds / ours.wall_seconds for plain, ours in pairs)
    processor = median(plain.processor_seconds / ours.processor_seconds for plain, ours in pairs)
    memory = max(run.memory_mb for run in runs["tap-ons"])
    click.echo(
        f"\ntap-ons: {wall:.1f} x the rows per second, {processor:.1f} x by processor time, {memory:.0f} MB at most"
    )
    sys.exit(wall < ratio or memory > MEMORY_MB_MAX)


if __name__ == "__main__":
    main()
