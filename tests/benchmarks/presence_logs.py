"""How long tap-ons takes for the presence logs of 1,000 employees when every answer takes 50 ms: `make latency`.

Ons lets four requests be under way per certificate, so calls x 50 ms / 4 is the least that there is. The simulator runs
in a process of its own; what it needs itself comes on top of the 50 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from tap_ons.client import CONCURRENT_REQUESTS
from tap_ons.tap import TapOns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LATENCY_SECONDS: Final = 0.05
RATIO_MAX: Final = 1.2
STREAM: Final = "presence_logs"
PROGRAMS: Final = Path(sys.executable).parent


class Requests(NamedTuple):
    """What the simulator has been asked for lists of hours."""

    calls: int
    seconds: float
    concurrent_most: int


@contextmanager
def simulator(folder: Path, *, employees: int) -> Iterator[dict[str, str]]:
    """A simulated Ons whose lists of hours take their time; gives the settings of the tap."""
    faults = [{"action": "delay", "path": STREAM, "seconds": LATENCY_SECONDS, "times": None}]
    (folder / "faults.yml").write_text(json.dumps(faults), encoding="utf-8")
    options = {
        "port": 0,
        "companies": 2,
        "employees": employees,
        "faults": folder / "faults.yml",
        "log": folder / "log.jsonl",
        "env-file": folder / "env",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [str(PROGRAMS / "simulate"), "ons", "--exit-with-stdin", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        lines = (folder / "env").read_text(encoding="utf-8").splitlines()
        settings = dict(line.split("=", 1) for line in lines if line.startswith("TAP_ONS_"))
        yield {name: value.strip("'\"") for name, value in settings.items()}
        assert process.stdin is not None
        process.stdin.close()


def asked(log: Path) -> Requests:
    """Read the simulator's log."""
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    requests = [entry for entry in entries if entry["record"] == "request" and STREAM in entry["path"]]
    moments = [datetime.fromisoformat(entry["at"]) for entry in requests]
    return Requests(
        calls=len(requests),
        seconds=(max(moments) - min(moments)).total_seconds() + LATENCY_SECONDS,
        concurrent_most=max(entry["concurrent"] for entry in requests),
    )


def sync(folder: Path, settings: Mapping[str, str], *, days: int) -> int:
    """Run the tap, and count the records."""
    catalog = TapOns(config={}).catalog_dict
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"]["selected"] = entry["tap_stream_id"] == STREAM
    (folder / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
    start = {"TAP_ONS_START_DATE": (date.today() - timedelta(days=days)).isoformat()}  # noqa: DTZ011  # any day will do
    with (folder / "records").open("w+b") as output:
        subprocess.run(
            [PROGRAMS / "tap-ons", "--config=ENV", f"--catalog={folder / 'catalog.json'}"],
            env={**os.environ, **settings, **start},
            stdout=output,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        output.seek(0)
        return sum(b'"RECORD"' in line for line in output)


def main() -> int:
    """Measure, print, and fail if it takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=1000)
    parser.add_argument("--days", type=int, default=60)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        with simulator(folder, employees=options.employees) as settings:
            begun = time.monotonic()
            records = sync(folder, settings, days=options.days)
            seconds = time.monotonic() - begun
        requests = asked(folder / "log.jsonl")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    least = requests.calls * LATENCY_SECONDS / CONCURRENT_REQUESTS
    print(f"{records} records in {requests.calls} calls, at most {requests.concurrent_most} at once")  # noqa: T201
    print(f"least possible {least:.1f} s")  # noqa: T201
    print(f"from first to last call {requests.seconds:.1f} s, {requests.seconds / least:.2f} x (allowed {RATIO_MAX} x)")  # noqa: T201
    print(f"the whole program {seconds:.1f} s, {seconds / least:.2f} x, with its start")  # noqa: T201
    print(  # noqa: T201
        f"processor {used.ru_utime + used.ru_stime:.1f} s, simulator included; load {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} cores"
    )
    return 0 if requests.seconds <= RATIO_MAX * least else 1


if __name__ == "__main__":
    sys.exit(main())
