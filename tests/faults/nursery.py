"""Real processes that book into the simulated books, forked in milliseconds, killed at a failpoint."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.simulation.served import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    positions: Sequence[int]
    said: str
    passed: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Nursery:
    """Forks them.

    Attributes:
        process: The program that does.
        failpoints: All that are registered there.
    """

    process: subprocess.Popen[str]
    failpoints: tuple[str, ...]

    def run(
        self, folder: Path, config: dict[str, Any], messages: list[Any], kill: tuple[str, int] | None = None
    ) -> Ended:
        """Book messages in a process of its own."""
        files = {name: folder / f"run.{name}" for name in ("messages", "out", "err", "passed")}
        files["passed"].unlink(missing_ok=True)
        files["messages"].write_text(lines_of(messages))
        order = {name: str(file) for name, file in files.items()} | {"config": config, "kill": kill}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        stated = files["out"].read_text().splitlines()
        return Ended(
            code=code,
            positions=[json.loads(line)["position"] for line in stated],
            said=files["err"].read_text(),
            passed=json.loads(files["passed"].read_text()) if files["passed"].exists() else {},
        )


@contextmanager
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.simulation.nursery"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        failpoints = tuple(json.loads(process.stdout.readline()))
        try:
            yield Nursery(process=process, failpoints=failpoints)
        finally:
            process.stdin.close()
            process.wait(30)
