"""`meltano run` beside `pipelines run`: the same job, the same settings, nothing new to do, in turns.

Runs in a project of its own, with the plugins of this one: `make plugins` first.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.orchestration.meltano_project import JOB, project_in
from tests.payroll import BIN, Payroll


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    world = World.build(debtors=1, companies=1, employees=6, today=date(2026, 11, 15))
    with (
        tempfile.TemporaryDirectory() as temporary,
        NmbrsSimulator(world) as nmbrs,
        MinoxSimulator(world) as minox,
    ):
        payroll = Payroll(nmbrs=nmbrs, minox=minox, folder=Path(temporary))
        project, variables = project_in(Path(temporary)), payroll.environment()
        measured(project, variables, "meltano", "run", JOB)  # books everything
        freezing = measured(project, variables, "pipelines", "freeze", JOB)
        measured(project, variables, "pipelines", "state-from-meltano", JOB)
        lean, whole = [], []
        for _ in range(rounds):
            whole.append(measured(project, variables, "meltano", "run", JOB))
            lean.append(measured(project, variables, "pipelines", "run", JOB))
    sys.stdout.write("| | seconds | processor seconds |\n|---|---|---|\n")
    for name, figures in (("meltano run", whole), ("pipelines run", lean), ("pipelines freeze, once", [freezing])):
        wall, processor = (statistics.median(column) for column in zip(*figures, strict=True))
        sys.stdout.write(f"| {name} | {wall:.1f} | {processor:.1f} |\n")
    ratios = [[m[place] / p[place] for m, p in zip(whole, lean, strict=True)] for place in (0, 1)]
    sys.stdout.write(
        "ratio, median of the rounds: " + ", ".join(f"{statistics.median(each):.1f}" for each in ratios) + "\n"
    )


def measured(project: Path, variables: dict[str, str], program: str, *words: str) -> tuple[float, float]:
    """Wall and processor seconds of a command, with all processes that it starts."""
    began, before = time.monotonic(), os.times()
    words = (str(shutil.which(program, path=str(BIN))), *words)
    result = subprocess.run(words, cwd=project, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, processor


if __name__ == "__main__":
    main()
