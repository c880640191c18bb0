"""What programs cost, as it is measured."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.benchmarks.process import run

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTES = 60
FILLED = f"x = bytearray({MEGABYTES} * 2**20); x[::4096] = b'x' * len(x[::4096])"
WORKS = "import time\nwhile time.process_time() < 0.3: pass"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_last_of_a_pipe_writes_what_the_first_has_read(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("salary")
    copy = python("import sys; sys.stdout.write(sys.stdin.read())")

    cost = run(copy, copy, stdin=tmp_path / "in", stdout=tmp_path / "out")

    assert (tmp_path / "out").read_text() == "salary"
    assert [program.exit_code for program in cost.programs] == [0, 0]


def test_a_program_that_fails_is_told() -> None:
    assert run(python("raise SystemExit(11)"), python("import sys; sys.stdin.read()")).exit_code == 11


def test_a_program_that_does_not_end_is_killed() -> None:
    assert run(python("import time; time.sleep(600)"), timeout_seconds=0.1).exit_code == -9


def test_processor_time_is_that_of_children_too() -> None:
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WORKS!r}])"

    assert run(python(child)).processor_seconds >= 0.3


def test_memory_is_that_of_children_too_and_not_of_who_measures() -> None:
    held = bytearray(3 * MEGABYTES * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    child = f"import subprocess, sys; {FILLED}; subprocess.run([sys.executable, '-c', {f'{FILLED}; import time; time.sleep(0.5)'!r}])"

    assert 2 * MEGABYTES <= run(python(child)).memory_mb < 3 * MEGABYTES
