"""Runs programs to their end and says what they have cost: seconds, processor, memory. For Linux: it reads `/proc`."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Cost", "Program", "run"]

SAMPLE_SECONDS: Final = 0.02
KILL_SECONDS: Final = 0.1
KIBIBYTES_PER_MB: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Program:
    """What one program has cost, with all that it has started and waited for.

    Attributes:
        processor_seconds: User and system time.
        memory_mb: The most that it had in memory, together with its children.
        exit_code: Negative: the signal that ended it.
    """

    processor_seconds: float
    memory_mb: float
    exit_code: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a program has cost, or a pipe of several.

    Attributes:
        wall_seconds: From the start of the first to the end of the last.
        memory_mb: The most that all had in memory at one moment.
        programs: Each by itself, in the order of the pipe.
    """

    wall_seconds: float
    memory_mb: float
    programs: tuple[Program, ...]

    @property
    def processor_seconds(self) -> float:
        """User and system time of all together."""
        return sum(program.processor_seconds for program in self.programs)

    @property
    def exit_code(self) -> int:
        """That of the first program that has failed; 0: none has."""
        return next((program.exit_code for program in self.programs if program.exit_code), 0)


def run(
    *commands: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: Path | None = None,
    stdout: Path | None = None,
    log: Path | None = None,
    timeout_seconds: float = 3600,
    killed_when: Callable[[], bool] = lambda: False,
) -> Cost:
    """Run a program, or a pipe of several, to the end.

    Args:
        commands: One program and its arguments; several are a pipe.
        env: Variables, beside those of this process.
        folder: Where it works.
        stdin: What the first reads; nothing when left out.
        stdout: Where the last writes to; nowhere when left out.
        log: Where all standard errors are appended; nowhere when left out.
        timeout_seconds: After which all are killed: their exit codes are -9.
        killed_when: The same as soon as this is true; asked several times a second.
    """
    with ExitStack() as files:

        def opened(path: Path | None, mode: str) -> IO[Any]:
            return files.enter_context((path or Path(os.devnull)).open(mode))

        variables, errors = {**os.environ, **(env or {})}, opened(log, "ab")
        began, running, source = time.perf_counter(), list[subprocess.Popen[bytes]](), opened(stdin, "rb")
        for command in commands:
            target = opened(stdout, "wb") if len(running) + 1 == len(commands) else subprocess.PIPE
            process = subprocess.Popen(
                list(map(str, command)), stdin=source, stdout=target, stderr=errors, env=variables, cwd=folder
            )
            source.close()
            running.append(process)
            if process.stdout:
                source = process.stdout
        memory = _Memory([process.pid for process in running])
        killer = _Killer(running, deadline=began + timeout_seconds, when=killed_when)
        with memory, killer:
            usages = [_end(process) for process in running]
            wall = time.perf_counter() - began
    programs = tuple(
        Program(
            processor_seconds=usage.ru_utime + usage.ru_stime,
            memory_mb=memory.most[process.pid] / KIBIBYTES_PER_MB,
            exit_code=process.returncode,
        )
        for process, usage in zip(running, usages, strict=True)
    )
    return Cost(wall_seconds=wall, memory_mb=memory.most_together / KIBIBYTES_PER_MB, programs=programs)


def _end(process: subprocess.Popen[bytes]) -> Any:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


class _Beside(ABC):
    """Looks at programs again and again while they run, in a thread."""

    def __init__(self, *, every_seconds: float) -> None:
        self._every_seconds = every_seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=type(self).__name__)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(self._every_seconds):
            self._look()

    @abstractmethod
    def _look(self) -> None:
        """Do what is to be done each time."""


class _Killer(_Beside):
    """Ends programs at a deadline, or when something is so."""

    def __init__(
        self, running: Sequence[subprocess.Popen[bytes]], *, deadline: float, when: Callable[[], bool]
    ) -> None:
        super().__init__(every_seconds=KILL_SECONDS)
        self._running = running
        self._deadline = deadline
        self._when = when

    @override
    def _look(self) -> None:
        if self._when() or time.perf_counter() > self._deadline:
            for process in self._running:
                process.kill()
            self._done.set()


class _Memory(_Beside):
    """Looks at the memory of programs and their children while they run.

    `ru_maxrss` will not do: a program starts with what the one that has started it had at most, and it does not add
    up children.
    """

    def __init__(self, pids: Sequence[int]) -> None:
        super().__init__(every_seconds=SAMPLE_SECONDS)
        self.most = dict.fromkeys(pids, 0)
        self.most_together = 0

    @override
    def _look(self) -> None:
        together = 0
        for pid in self.most:
            (peak, now), *children = [_status(member) for member in _family(pid)]
            family = now + sum(child for _, child in children)
            self.most[pid] = max(self.most[pid], family, peak)
            together += family
        self.most_together = max(self.most_together, together, *self.most.values())


def _family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in file.read_text().split():
                yield from _family(int(child))


def _status(pid: int) -> tuple[int, int]:
    """The most that a process has had in memory, and what it has now, in KiB; a process that has ended has nothing."""
    found = {"VmHWM": 0, "VmRSS": 0}
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in found:
                found[name] = int(value.split()[0])
    return found["VmHWM"], found["VmRSS"]
