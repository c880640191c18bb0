"""A simulated provider as a process of its own: its settings for a connector, and what its log says of the calls."""

from __future__ import annotations

import json
import shlex
import subprocess
import sysconfig
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["SCRIPTS", "Calls", "Provider", "provider"]

SCRIPTS: Final = Path(sysconfig.get_path("scripts"))
INTEGER_DIGITS_MAX: Final = 9


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What a provider was asked.

    Attributes:
        count: Calls.
        at_once_most: Most of them that were under way together.
        seconds: From the beginning of the first to the end of the last.
    """

    count: int
    at_once_most: int
    seconds: float


class Provider:
    """A simulator that runs.

    Args:
        url: Its base URL.
        environment: Variables of its env file: `TAP_NMBRS_API_URL` and so on.
        log: Its log.
        process: What runs.
        latency_seconds: How long each answer takes at least.
    """

    def __init__(
        self,
        *,
        url: str,
        environment: Mapping[str, str],
        log: Path,
        process: subprocess.Popen[str],
        latency_seconds: float,
    ) -> None:
        self.url = url
        self.environment = environment
        self.log = log
        self._process = process
        self._latency_seconds = latency_seconds
        self._seen = 0

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Settings of its connector, by their own names and with their types."""
        texts = {name: value for name, value in self.environment.items() if name.startswith(("TAP_", "TARGET_"))}
        return {name.split("_", 2)[2].lower(): _value(value) for name, value in texts.items()}

    @property
    def processor_seconds(self) -> float:
        """What the simulator itself has needed so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return times.user + times.system

    def records(self) -> list[dict[str, Any]]:
        """Requests and effects since they were last asked for."""
        with self.log.open(encoding="utf-8") as file:
            file.seek(self._seen)
            found = [json.loads(line) for line in file]
            self._seen = file.tell()
        return found

    def requests(self, path: str = "/") -> list[dict[str, Any]]:
        """The requests with that in their path since the log was last read."""
        return [each for each in self.records() if each["record"] == "request" and path in each["path"]]

    def calls(self, path: str = "/") -> Calls:
        """What the requests with that in their path come to, since the log was last read."""
        return self.counted(self.requests(path))

    def counted(self, requests: Sequence[Mapping[str, Any]]) -> Calls:
        """What requests come to."""
        moments = [datetime.fromisoformat(each["at"]) for each in requests]
        return Calls(
            count=len(requests),
            at_once_most=max((each["concurrent"] for each in requests), default=0),
            seconds=(max(moments) - min(moments)).total_seconds() + self._latency_seconds if moments else 0.0,
        )


def _value(text: str) -> Any:
    plain_integer = text.isdecimal() and len(text) <= INTEGER_DIGITS_MAX and str(int(text)) == text
    return json.loads(text) if plain_integer or text.startswith(("[", "{")) else text


@contextmanager
def provider(
    name: str,
    folder: Path,
    *,
    switches: Mapping[str, object] | None = None,
    faults: Sequence[Mapping[str, Any]] = (),
    latency_seconds: float = 0.0,
    latency_path: str = "",
    **options: object,
) -> Iterator[Provider]:
    """Run a simulator until the end of the block.

    Args:
        name: `nmbrs`, `ons` and so on.
        folder: Where its files are; one per simulator.
        switches: As in the simulators' README.
        faults: A fault plan, beside the latency.
        latency_seconds: How long each answer takes, from the request on; more if the simulator needs more.
        latency_path: Regular expression: only answers to such paths take that long.
        options: Further ones of `simulate`: `companies=200`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan, env, log = folder / "faults.yml", folder / "simulator.env", folder / "log.jsonl"
    slow = {"action": "latency", "path": latency_path, "seconds": latency_seconds, "times": None}
    plan.write_text(json.dumps([*([slow] if latency_seconds else []), *faults]), encoding="utf-8")
    log.unlink(missing_ok=True)
    log.touch()
    options = {"port": 0, "faults": plan, "env-file": env, "log": log} | options
    command = [str(SCRIPTS / "simulate"), name, "--exit-with-stdin"]
    command += [f"--{option}={value}" for option, value in options.items()]
    command += [f"--switch={switch}={_word(value)}" for switch, value in (switches or {}).items()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError(f"the simulator of {name} did not start")
        variables = dict(line.split("=", 1) for line in env.read_text(encoding="utf-8").splitlines() if "=" in line)
        environment = {variable: shlex.split(value)[0] for variable, value in variables.items()}
        try:
            yield Provider(
                url=environment[f"SIMULATOR_{name.upper()}_URL"],
                environment=environment,
                log=log,
                process=process,
                latency_seconds=latency_seconds,
            )
        finally:
            process.terminate()


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
