"""The env file with which connectors and Meltano find the running simulators."""

import json
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from provider_simulators.server import Simulator


def write_env_file(path: Path, simulators: Iterable[Simulator]) -> None:
    """Write `TAP_NMBRS_API_URL=...` and so on for all of them: whole or not at all, and only for our eyes."""
    lines = [
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
