"""What the demo runs: the simulators, and Meltano. None of it outlives the demo, however that ends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from demo.leash import on_leash

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
READY_SECONDS = 30


class DemoError(Exception):
    """Something that the demo needs did not work; the message says where to look."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The simulators in the background, and the settings with which the connectors reach them."""

    folder: Path
    urls: dict[str, str]
    environment: dict[str, str] = field(repr=False)

    def meltano(self, *words: str, log: str) -> None:
        """Run `meltano` in environment `demo`; what it prints goes to a log file.

        Raises:
            DemoError: It ended with another exit code than 0.
        """
        path = self.folder / f"{log}.log"
        with path.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 (fixed words)
                on_leash([str(BIN / "meltano"), "--environment=demo", *words]),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            code = process.wait()
        if process.stdin:
            process.stdin.close()
        if code:
            tail = "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            raise DemoError(f"meltano {' '.join(words)} ended with exit code {code}; its last lines ({path}):\n{tail}")

    def ask(self, provider: str, page: str) -> Any:
        """What a simulator says of itself: `log` or `books`."""
        answer = requests.get(f"{self.urls[provider]}/_simulator/{page}", timeout=30)
        answer.raise_for_status()
        return answer.json(parse_float=Decimal)


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Start the simulators, on free ports, and stop them afterwards."""
    env_file = folder / "simulators.env"
    command = [
        *(str(BIN / "simulate"), "up", "--any-port", "--exit-with-stdin"),
        *("--env-file", str(env_file), "--log-dir", str(folder)),
    ]
    with (
        (folder / "simulators.log").open("wb") as output,
        subprocess.Popen(  # noqa: S603 (fixed words)
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            settings = _wait_for(env_file, process)
            yield Stage(
                folder=folder,
                urls={
                    name.removeprefix("SIMULATOR_").removesuffix("_URL").lower(): value
                    for name, value in settings.items()
                    if name.startswith("SIMULATOR_")
                },
                environment=os.environ | settings | _meltano_keeps_to(folder),
            )
        finally:
            if process.stdin:
                process.stdin.close()
            process.wait(READY_SECONDS)


def _wait_for(env_file: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    """The settings that `simulate up` writes once every simulator answers."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if env_file.exists():
            lines = env_file.read_text(encoding="utf-8").splitlines()
            return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        time.sleep(0.05)
    raise DemoError(f"the simulators did not start; see {env_file.with_name('simulators.log')}")


def _meltano_keeps_to(folder: Path) -> dict[str, str]:
    """What the demo's runs leave behind stays in its folder: a fresh start, and no lock of a killed one."""
    return {
        "TAP_NMBRS_TOKEN_STORE": f"{folder}/nmbrs-token.json",
        "TARGET_MINOX_TOKEN_STORE": f"{folder}/minox-token.json",
        "TARGET_MINOX_LEDGER": f"{folder}/minox-ledger.sqlite",
        "TARGET_MINIMAX_LEDGER": f"{folder}/minimax-ledger.sqlite",
        "TARGET_DUCKDB_FILEPATH": f"{folder}/warehouse.duckdb",
        "MELTANO_DATABASE_URI": f"sqlite:///{folder}/meltano.db",
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        "MELTANO_CLI_LOG_FORMAT": "plain",
        "NO_COLOR": "1",
    }


def end_with_parent() -> None:
    """End when the process that started us is gone: `make` may be killed without a word to its children."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)  # closes the pipes; the leashes do the rest

    threading.Thread(target=watch, daemon=True).start()
