"""`make demo`: the payroll pipelines against the simulators, twice; what landed, and that nothing doubled."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

import requests

from demo.facts import PACKAGES, bookings, books, warehouse_rows
from demo.report import Report, as_html, as_json, as_text
from demo.stage import ROOT, DemoError, end_with_parent, stage

JOBS = ("payroll-to-warehouse", "payroll-to-minox", "payroll-to-minimax")


def say(line: str) -> None:
    """One line for whoever watches."""
    print(line, flush=True)  # noqa: T201 (a program for a terminal)


def play(folder: Path) -> Report:
    """Run everything and gather what landed where."""
    with stage(folder) as running:
        say("simulators  " + "   ".join(f"{name} {running.urls[name]}/_simulator/" for name in ("nmbrs", *PACKAGES)))
        rows, booked = [], []
        for turn in ("first", "second"):
            already = bookings(running)
            started = time.monotonic()
            say(f"{f'{turn} run':<12}meltano run {' '.join(JOBS)}   (log: {folder / f'{turn}-run.log'})")
            running.meltano("run", *JOBS, log=f"{turn}-run")
            rows.append(warehouse_rows(folder / "warehouse.duckdb"))
            booked.append({name: number - already[name] for name, number in bookings(running).items()})
            say(f"            {sum(booked[-1].values())} new bookings, {time.monotonic() - started:.0f} s")
        return Report(
            first_rows=rows[0],
            second_rows=rows[1],
            first_bookings=booked[0],
            second_bookings=booked[1],
            books=books(running),
        )


def main() -> int:
    """Run the demo; exit code 0 only when everything landed and the second run added nothing."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo", help="where the demo keeps its files")
    folder: Path = parser.parse_args().folder.resolve()
    end_with_parent()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        report = play(folder)
    except (DemoError, requests.RequestException) as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201 (a program for a terminal)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped", file=sys.stderr)  # noqa: T201 (a program for a terminal)
        return 130
    (folder / "report.html").write_text(as_html(report), encoding="utf-8")
    (folder / "report.json").write_text(as_json(report), encoding="utf-8")
    say(as_text(report))
    say(f"report      {folder / 'report.html'}")
    return 0 if report.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
