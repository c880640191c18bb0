"""How near tap-nmbrs comes to what the limits allow: all company-wide lists, against a simulator that is slow to answer.

    python -m tests.benchmarks.nmbrs_lists --companies 200

Prints the number of calls, the time they take at best (calls x delay / concurrent requests), the time they took, and
the processor time of the tap per call. Exits with 1 if the ratio is above `--ratio`.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import click
import requests
from connector_kit.extract import ExactWriter
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.tap import TapNmbrs

if TYPE_CHECKING:
    from collections.abc import Iterator

SIMULATE = Path(sysconfig.get_path("scripts")) / "simulate"


class Discarded(ExactWriter):
    """Encodes messages and counts them."""

    written = 0

    def write_message(self, message: Any) -> None:
        self.serialize_message(message)
        self.written += 1


@contextmanager
def simulator(folder: Path, *, companies: int, employees: int, delay: float) -> Iterator[dict[str, str]]:
    """Run a slow simulator; gives its environment file."""
    plan, env = folder / "plan.yml", folder / "simulators.env"
    plan.write_text(json.dumps([{"action": "delay", "path": "^/api/", "seconds": delay, "times": None}]))
    world = ["--debtors", "1", "--companies", str(companies), "--employees", str(employees)]
    command = [str(SIMULATE), "nmbrs", "--port", "0", "--faults", str(plan), "--env-file", str(env), *world]
    with subprocess.Popen(
        [*command, "--exit-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as p:
        _first_line(p.stdout)
        lines = (line.removeprefix("export ").partition("=") for line in env.read_text().splitlines() if "=" in line)
        yield {name.strip(): value.strip().strip("'\"") for name, _, value in lines}
        p.terminate()


def _first_line(stream: IO[str] | None) -> None:
    if stream is None or not stream.readline():
        raise click.ClickException("the simulator did not start")


def calls(url: str) -> int:
    """Ask the simulator how many calls of the API it has had."""
    log = requests.get(f"{url}/_simulator/log", params={"after": 0}, timeout=60).json()
    records = log["records"] if isinstance(log, dict) else log
    return sum(record.get("record") == "request" and record["path"].startswith("/api/") for record in records)


@click.command()
@click.option("--companies", default=200)
@click.option("--employees", default=5)
@click.option("--concurrent", default=4)
@click.option("--delay", default=0.05, help="Seconds that each answer takes.")
@click.option("--ratio", default=1.2, help="Above it the exit code is 1.")
def main(*, companies: int, employees: int, concurrent: int, delay: float, ratio: float) -> None:
    """Measure."""
    logging.disable(logging.INFO)
    with (
        TemporaryDirectory() as name,
        simulator(Path(name), companies=companies, employees=employees, delay=delay) as env,
    ):
        settings = {key.removeprefix("TAP_NMBRS_").lower(): value for key, value in env.items() if "TAP_NMBRS" in key}
        options = {"requests_per_second": 100_000, "concurrent_requests": concurrent, "start_date": "2026-10-01"}
        config = {**settings, **options, "token_store": str(Path(name) / "token.json")}
        writer = Discarded()
        tap = TapNmbrs(config=config, message_writer=writer)
        wide = {row.stream for row in OPERATIONS if row.parent is None and row.per == "company"} - {"payroll_runs"}
        for stream in tap.streams.values():
            stream.selected = stream.name in wide
        wall, processor = time.perf_counter(), time.process_time()
        tap.sync_all()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        count = calls(env["SIMULATOR_NMBRS_URL"])
    best = count * delay / concurrent
    click.echo(
        f"{count} calls, {writer.written} messages: at best {best:.1f} s, took {wall:.1f} s, ratio {wall / best:.2f}"
    )
    click.echo(f"processor time per call: {1000 * processor / count:.1f} ms")
    sys.exit(wall / best > ratio)


if __name__ == "__main__":
    main()
