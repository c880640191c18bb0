"""A simulated Minimax, and the target beside it: in this process, or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.world import World
from target_minimax.auth import PasswordTokens

from tests.target_minimax.books import Books
from tests.target_minimax.positions import ENVIRONMENT, positions
from tests.target_minimax.positions import switches as switches_of_tests

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("target-minimax")


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a process of the target ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def message(self) -> str:
        """The one line for the user."""
        lines = [line for line in self.stderr.splitlines() if line.startswith("target-minimax: ")]
        assert len(lines) == 1, self.stderr
        assert "Traceback" not in self.stderr
        return lines[0].removeprefix("target-minimax: ")

    @property
    def counts(self) -> dict[str, Any]:
        """The summary of the run."""
        summary = [line for line in self.stderr.splitlines() if "Summary {" in line]
        assert len(summary) == 1, self.stderr
        counts: dict[str, Any] = json.loads(summary[0][summary[0].index("{") :])
        return counts


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the readings that its marker names, a test is expected to fail; when it does not, the marker must go."""
    known, position = {each.text for each in positions()}, os.environ.get(ENVIRONMENT, "").split()
    for item in items:
        for marker in item.iter_markers("holds_unless"):
            assert known >= {*marker.args}, item.nodeid
            if {*marker.args} & {*position}:
                item.add_marker(pytest.mark.xfail(reason=marker.kwargs["why"], strict=True))


@pytest.fixture(scope="session")
def minimax_world() -> World:
    return World.build(seed=1, debtors=1, companies=1, employees=3)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are repeated as often as ever, with less time between."""
    monkeypatch.setattr("target_minimax.client._PAUSE_SECONDS", 0.005)
    defaults = PasswordTokens.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "sleep", lambda _seconds: None)


@pytest.fixture
def open_books(minimax_world: World, tmp_path: Path) -> Iterator[Callable[..., Books]]:
    """Open a simulated organisation with these switches."""
    with ExitStack() as running:

        def start(**switches: Any) -> Books:
            simulator = running.enter_context(MinimaxSimulator(minimax_world, switches=switches_of_tests(**switches)))
            return Books(simulator, tmp_path)

        yield start


@pytest.fixture
def books(open_books: Callable[..., Books]) -> Books:
    """The target in this process, beside a simulated Minimax in Slovenia."""
    return open_books()


Command = Callable[..., Run]


@pytest.fixture
def command(books: Books) -> Command:
    """Run the console script with the settings of the books, and changes of them."""

    def run(*arguments: str, stdin: str = "", environment: Mapping[str, str] | None = None, **changes: Any) -> Run:
        path = books.folder / "config.json"
        path.write_text(json.dumps(books.config(**changes)), encoding="utf-8")
        done = subprocess.run(
            [str(PROGRAM), *arguments, "--config", str(path)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=books.folder,
            env={**os.environ, **(environment or {})},
        )
        return Run(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run


@pytest.fixture(scope="session")
def killing() -> Iterator[Callable[..., int]]:
    """Run the target in a process of its own that kills itself at the nth pass of a failpoint; its exit code."""
    program = [sys.executable, "-W", "ignore", "-m", "tests.target_minimax.killed_run"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    with subprocess.Popen(program, **pipes) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None

        def run(config: dict[str, Any], messages: str, failpoint: str, nth: int) -> int:
            order = {"config": config, "messages": messages, "failpoint": failpoint, "nth": nth}
            nursery.stdin.write(json.dumps(order) + "\n")  # type: ignore[union-attr]  # asserted above
            nursery.stdin.flush()  # type: ignore[union-attr]  # asserted above
            return int(nursery.stdout.readline())  # type: ignore[union-attr]  # asserted above

        yield run
        nursery.stdin.close()
