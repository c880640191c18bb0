"""The env file with which connectors and Meltano find the running simulators."""

import json
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provider_simulators.server import Simulator

FIRST_LINE = "# Settings of the running simulators; written by `simulate`, replaced when they start again."


def may_write(path: Path) -> bool:
    """Whether there is nothing at the path, or an earlier env file of ours: other files hold real credentials."""
    return not path.exists() or path.read_text(encoding="utf-8").startswith(FIRST_LINE)


def write_env_file(path: Path, simulators: Sequence[Simulator]) -> None:
    """Write `SIMULATOR_NMBRS_URL=...`, `TAP_NMBRS_API_URL=...` and so on: whole or not at all, only for our eyes."""
    lines = [FIRST_LINE]
    lines += [f"SIMULATOR_{simulator.provider.upper()}_URL={simulator.url}" for simulator in simulators]
    lines += [
        f"{simulator.connector.replace('-', '_')}_{name}".upper() + f"={shlex.quote(_text(value))}"
        for simulator in simulators
        for name, value in simulator.connector_settings().items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unfinished.replace(path)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
