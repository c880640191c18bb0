"""How near tap-inlenersbeloning comes to what the limits allow: many hirers, at a simulator that is slow to answer.

    python -m tests.benchmarks.remuneration_lists --partners 1000

A first sync reads all lists and documents; in a second one nothing has changed, so it asks for the lists only; a third
one is of large documents, without delay. Prints calls, the time they take at best (calls x delay / concurrent
requests), the time they took, and the most memory that a process had. Exits with 1 above `--ratio` or `--megabytes`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import click
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = Path(sysconfig.get_path("scripts"))
PREFIX = "TAP_INLENERSBELONING_"


@contextmanager
def simulator(folder: Path, *switches: str) -> Iterator[dict[str, str]]:
    """Run a simulator of its own; gives its environment file."""
    env = folder / "simulator.env"
    command = [str(SCRIPTS / "simulate"), "inlenersbeloning", "--port", "0", "--env-file", str(env)]
    for switch in switches:
        command += ["--switch", switch]
    with subprocess.Popen(
        [*command, "--exit-with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as p:
        _first_line(p.stdout)
        lines = (line.removeprefix("export ").partition("=") for line in env.read_text().splitlines() if "=" in line)
        yield {name.strip(): value.strip().strip("'\"") for name, _, value in lines}
        p.terminate()
    env.unlink()


def _first_line(stream: IO[str] | None) -> None:
    if stream is None or not stream.readline():
        raise click.ClickException("the simulator did not start")


def calls(url: str, after: int) -> tuple[int, int]:
    """Ask the simulator how many calls of the API it has had since, and where its log ends."""
    log = requests.get(f"{url}/_simulator/log", params={"after": after}, timeout=60).json()
    records = log["records"] if isinstance(log, dict) else log
    count = sum(record.get("record") == "request" and record["path"].startswith("/api/") for record in records)
    return count, max((record["seq"] for record in records), default=after)


def settings(env: dict[str, str], *, concurrent: int) -> dict[str, Any]:
    """Settings of the tap, with the first company only."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in env.items() if name.startswith(PREFIX)}
    company_ids = json.loads(given["company_ids"])
    options = {"requests_per_second": 100_000, "concurrent_requests": concurrent, "company_ids": company_ids[:1]}
    return {**given, **options}


@dataclass(frozen=True, kw_only=True)
class Done:
    """A sync: its seconds without the start of the program, what it wrote, and what the process took."""

    seconds: float
    processor_seconds: float
    megabytes: float
    bytes_written: int
    state: bytes


def sync(folder: Path, config: dict[str, Any], state: bytes | None) -> Done:
    """Run the tap as a process."""
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    command = [str(SCRIPTS / "tap-inlenersbeloning"), "--config", str(folder / "config.json")]
    if state is not None:
        (folder / "state.json").write_bytes(json.dumps(json.loads(state)["value"]).encode())
        command += ["--state", str(folder / "state.json")]
    size, last, began = 0, b"", 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        for line in process.stdout:
            began = began or time.perf_counter()  # the first schema: before it the program starts
            size += len(line)
            last = line if b'"type":"STATE"' in line[:200] else last
        seconds = time.perf_counter() - began
        _, process.returncode, usage = os.wait4(process.pid, 0)
    if process.returncode:
        raise click.ClickException("the tap failed")
    return Done(
        seconds=seconds,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        bytes_written=size,
        state=last,
    )


def report(what: str, count: int, seconds: float, *, delay: float, concurrent: int) -> float:
    """Print a line and give the ratio."""
    best = count * delay / concurrent
    click.echo(f"{what}: {count} calls, at best {best:.1f} s, took {seconds:.1f} s, ratio {seconds / best:.2f}")
    return seconds / best


@click.command()
@click.option("--partners", default=1000)
@click.option("--concurrent", default=4)
@click.option("--delay", default=0.05, help="Seconds that each answer takes.")
@click.option("--ratio", default=1.2, help="Above it the exit code is 1.")
@click.option("--documents", default=0, help="Large documents, for the memory; 0 leaves that out.")
@click.option("--kilobytes", default=150, help="Size of such a document.")
@click.option("--megabytes", default=200, help="More memory than that and the exit code is 1.")
def main(
    *, partners: int, concurrent: int, delay: float, ratio: float, documents: int, kilobytes: int, megabytes: int
) -> None:
    """Measure."""
    fails = False
    state: bytes | None
    with TemporaryDirectory() as name:
        folder = Path(name)
        with simulator(folder, f"crowd={partners}", f"latency_seconds={delay}") as env:
            url, config = env["SIMULATOR_INLENERSBELONING_URL"], settings(env, concurrent=concurrent)
            state, place = None, calls(env["SIMULATOR_INLENERSBELONING_URL"], 0)[1]
            for what in ("everything", "nothing has changed"):
                done = sync(folder, config, state)
                state = done.state
                count, place = calls(url, place)
                fails |= report(what, count, done.seconds, delay=delay, concurrent=concurrent) > ratio
                click.echo(f"  processor time per call: {1000 * done.processor_seconds / count:.1f} ms")
            click.echo(f"state: {len(state or b'') / 1000:.0f} kB")
        if documents:
            with simulator(folder, f"crowd={documents}", f"document_kilobytes={kilobytes}") as env:
                done = sync(folder, settings(env, concurrent=concurrent), None)
            click.echo(
                f"{documents} documents of {kilobytes} kB: {done.seconds:.0f} s, {done.bytes_written / 1e6:.0f} MB "
                f"written, at most {done.megabytes:.0f} MB of memory"
            )
            fails |= done.megabytes > megabytes
    sys.exit(fails)


if __name__ == "__main__":
    main()
