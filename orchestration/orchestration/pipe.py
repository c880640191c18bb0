"""Runs `tap | mapper | target` and keeps what the target says of STATE."""

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from orchestration.child import of_ours

__all__ = ["Command", "run_pipe"]

DRAIN_SECONDS: Final = 15.0
"""After the tap was asked to end: how long the others may take to finish what they have."""
STOP_SECONDS: Final = 27.0
"""After they were asked, too; the targets need ten at most, or 25 where the answer of a token endpoint is under way."""
_TICK_SECONDS: Final = 0.2
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Command:
    """One program of the pipe.

    Attributes:
        words: Its command line.
        environment: All its variables.
        log: The file that takes what it writes to stderr.
    """

    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path


def run_pipe(
    commands: Sequence[Command], *, folder: Path, keep: Callable[[str], None], stopping: threading.Event
) -> list[int]:
    """Run the programs at the same time, each reading what the one before writes.

    A run that is asked to stop ends in order: first the tap, so that the others see the end of their input and settle
    all that they have; then those that take too long. What a target says of STATE after it was itself asked to end is
    not kept: some claim more than they have written.

    Args:
        commands: From tap to target.
        folder: Where they run.
        keep: Takes every STATE that the target emits, as JSON, or the newest of several.
        stopping: Set by whoever wants the run to end.

    Returns:
        Their exit codes, negative for the signal that ended one. A program that had to end because the target had
        ended before it has none.
    """
    pipe = _Pipe(commands, folder=folder, keep=keep)
    try:
        pipe.start()
        pipe.follow(stopping)
    finally:
        codes = pipe.end()
    return codes


class _Pipe:
    def __init__(self, commands: Sequence[Command], *, folder: Path, keep: Callable[[str], None]) -> None:
        self._commands = commands
        self._folder = folder
        self._keep = keep
        self._processes: list[subprocess.Popen[bytes]] = []
        self._rest = b""
        self._at_end = False
        """Whether the target has closed its output: it is about to end by itself."""

    def start(self) -> None:
        source: IO[bytes] | int = subprocess.DEVNULL
        with ExitStack() as files:
            for command in self._commands:
                process = subprocess.Popen(  # noqa: S603 (programs of the frozen pipeline)
                    of_ours(command.words),
                    cwd=self._folder,
                    env=dict(command.environment),
                    stdin=source,
                    stdout=subprocess.PIPE,
                    stderr=files.enter_context(command.log.open("wb")),
                    start_new_session=True,  # Ctrl-C is ours to pass on, in order
                )
                self._processes.append(process)
                assert process.stdout is not None
                source = process.stdout
            for process in self._processes[:-1]:
                files.callback(_output(process).close)  # the next program has its own

    def follow(self, stopping: threading.Event) -> None:
        """Keep STATE until the target closes its output; stop in order when asked."""
        output = _output(self._processes[-1])
        deadline: float | None = None
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while deadline is None or time.monotonic() < deadline:
                if selector.select(_TICK_SECONDS):
                    chunk = os.read(output.fileno(), _CHUNK)
                    if not chunk:
                        self._at_end = True
                        return
                    self._take(chunk)
                if deadline is None and stopping.is_set():
                    self._processes[0].send_signal(signal.SIGTERM)
                    deadline = time.monotonic() + DRAIN_SECONDS

    def end(self) -> list[int]:
        """Leave no process behind, whatever has happened."""
        if not self._processes:
            return []
        target = self._processes[-1]
        if not self._at_end:
            for process in reversed(self._processes):
                process.send_signal(signal.SIGTERM)
            _output(target).close()
        _ended(target, seconds=STOP_SECONDS)
        late = [process for process in self._processes[:-1] if process.poll() is None]
        for process in late:
            if not _ended(process, seconds=_TICK_SECONDS, kill=False):
                process.send_signal(signal.SIGTERM)
        for process in late:
            _ended(process, seconds=STOP_SECONDS)
        _output(target).close()
        only_followed = late if target.returncode else []
        return [process.returncode for process in self._processes if process not in only_followed]

    def _take(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if whole := [line for line in lines if line.strip()]:
            self._keep(whole[-1].decode())


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _ended(process: subprocess.Popen[bytes], *, seconds: float, kill: bool = True) -> bool:
    """Wait until a process has ended, and end it for sure after so long."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        if not kill:
            return False
        process.kill()
        process.wait()
    return True
