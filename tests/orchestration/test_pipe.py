"""The pipe itself: which STATE is kept, and how it ends."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from orchestration.pipe import Command, run_pipe

from orchestration import pipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
ENDLESS = "import time\nwhile True: print('{}', flush=True); time.sleep(0.05)"


def command(folder: Path, name: str, text: str) -> Command:
    words = [sys.executable, "-SE", "-c", text]
    return Command(words=words, environment=dict(os.environ), log=folder / f"{name}.log")


def run(
    folder: Path, *programs: str, stopping: threading.Event | None = None, keep: Callable[[str], None] | None = None
) -> tuple[list[int], list[str]]:
    kept: list[str] = []
    commands = [command(folder, str(place), text) for place, text in enumerate(programs)]
    codes = run_pipe(commands, folder=folder, keep=keep or kept.append, stopping=stopping or threading.Event())
    return codes, kept


def test_the_last_whole_line_is_the_state(tmp_path: Path) -> None:
    codes, kept = run(tmp_path, "print('{1}'); print('{2}'); print('{3', end='')", ECHO)

    assert codes == [0, 0]
    assert kept[-1] == "{2}"


def test_state_that_comes_in_pieces_is_put_together(tmp_path: Path) -> None:
    pieces = "import sys, time\nfor piece in ('{\"a', '\": ', '1}\\n'):\n sys.stdout.write(piece); sys.stdout.flush(); time.sleep(0.1)"

    _, kept = run(tmp_path, "pass", pieces)

    assert kept == ['{"a": 1}']


def test_a_target_that_ends_first_decides_and_an_endless_tap_is_ended(tmp_path: Path) -> None:
    codes, _ = run(tmp_path, ENDLESS, ECHO, "import sys; sys.stdin.readline(); sys.exit(12)")

    assert codes == [12]


def test_a_tap_that_fails_by_itself_counts_beside_the_target(tmp_path: Path) -> None:
    codes, _ = run(tmp_path, "import sys; sys.exit(13)", ECHO)

    assert codes == [13, 0]


def test_a_stopped_run_lets_the_target_finish_what_it_has(tmp_path: Path) -> None:
    stopping = threading.Event()
    kept: list[str] = []

    def keep(state: str) -> None:
        kept.append(state)
        stopping.set()

    slow = (
        "import sys, time\nfor line in sys.stdin: print('{1}', flush=True); time.sleep(0.01)\nprint('{2}', flush=True)"
    )
    codes, _ = run(tmp_path, ENDLESS, slow, stopping=stopping, keep=keep)

    assert codes[0] == -15
    assert codes[1] == 0
    assert kept[-1] == "{2}"


def test_what_a_target_claims_after_it_was_asked_to_end_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipe, "DRAIN_SECONDS", 0.2)
    monkeypatch.setattr(pipe, "STOP_SECONDS", 20)
    stopping = threading.Event()
    kept: list[str] = []

    def keep(state: str) -> None:
        kept.append(state)
        stopping.set()

    claims = """
import signal, sys, time
def end(*_):
    open('asked', 'w').close()
    print('{"claimed": "too much"}', flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print('{"true": 1}', flush=True)
time.sleep(60)
"""
    codes, _ = run(tmp_path, "pass", claims, stopping=stopping, keep=keep)

    assert (tmp_path / "asked").exists()
    assert kept == ['{"true": 1}']
    assert codes[0] == 0


def test_a_target_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "DRAIN_SECONDS", 0.2)
    monkeypatch.setattr(pipe, "STOP_SECONDS", 0.2)
    stopping = threading.Event()
    deaf = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('{}', flush=True)\nwhile True: time.sleep(1)"

    codes, _ = run(tmp_path, "pass", deaf, stopping=stopping, keep=lambda _: stopping.set())

    assert codes[-1] == -9


def test_when_state_cannot_be_kept_the_run_ends_and_leaves_no_process(tmp_path: Path) -> None:
    def keep(_: str) -> None:
        raise OSError("disk full")

    pid = "import os\nopen('pid', 'w').write(str(os.getpid()))\n"
    with pytest.raises(OSError, match="disk full"):
        run(tmp_path, pid + ENDLESS, ECHO, keep=keep)

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
