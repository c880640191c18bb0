"""A simulated Inlenersbeloning.com, and syncs of the tap against it."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.extract import ExactWriter
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, InlenersbeloningSwitches
from provider_simulators.world import World
from tap_inlenersbeloning.tap import TapInlenersbeloning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TAP = Path(sysconfig.get_path("scripts")) / "tap-inlenersbeloning"
Settings = dict[str, Any]


class Collected(ExactWriter):
    """Keeps the lines that would go to stdout."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write_message(self, message: Any) -> None:
        self.lines.append(self.serialize_message(message))


@dataclass
class Sync:
    """What one sync wrote."""

    lines: list[bytes]
    messages: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.messages = [json.loads(line) for line in self.lines]

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]

    def some(self, stream: str) -> list[dict[str, Any]]:
        """The records of a stream that must have some."""
        records = self.records(stream)
        assert records, stream
        return records

    @property
    def state(self) -> dict[str, Any]:
        """The last state."""
        return self.states[-1]

    @property
    def states(self) -> list[dict[str, Any]]:
        return [m["value"] for m in self.messages if m["type"] == "STATE"]


def sync(settings: Settings, *streams: str, state: dict[str, Any] | None = None) -> Sync:
    """Sync the named streams, or those that are selected by default, in this process."""
    writer = Collected()
    tap = TapInlenersbeloning(config=dict(settings), message_writer=writer, state=deepcopy(state or {}))
    for name, stream in tap.streams.items():
        stream.selected = name in streams if streams else stream.selected_by_default
    tap.sync_all()
    return Sync(writer.lines)


def run_tap(settings: Settings, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the tap as Meltano does: a process of its own, with a settings file."""
    config = folder / "config.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    return subprocess.run(
        [str(TAP), "--config", str(config)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def output(ended: subprocess.CompletedProcess[str]) -> Sync:
    """What a process wrote, which must have ended well."""
    assert ended.returncode == 0, ended.stderr
    return Sync(ended.stdout.encode().splitlines())


def tap_settings(simulator: InlenersbeloningSimulator) -> Settings:
    """Settings of a tap that is fast with the simulator."""
    return {**simulator.connector_settings(), "requests_per_second": 1000}


def paths(simulator: InlenersbeloningSimulator) -> list[str]:
    """What was asked, in order, below the API's base URL."""
    return [request["path"].removeprefix("/api/v6") for request in simulator.log.requests()]


def always(simulator: InlenersbeloningSimulator, path: str, body: Any, **changes: Any) -> None:
    """From now on requests for the path are answered with this body."""
    text = body if isinstance(body, str) else json.dumps(body)
    answer = {"status": 200, "content_type": "application/json", "times": None, "retry_after": "0", "body": text}
    simulator.faults.add(action="status", path=path, **(answer | changes))


@pytest.fixture
def hirers() -> Iterator[Callable[..., tuple[InlenersbeloningSimulator, Settings]]]:
    """Start a simulator with these switches; gives it and the settings of a tap that is fast with it."""
    with ExitStack() as running:

        def start(**switches: Any) -> tuple[InlenersbeloningSimulator, Settings]:
            simulator = InlenersbeloningSimulator(World.build(seed=1), switches=InlenersbeloningSwitches(**switches))
            running.enter_context(simulator)
            return simulator, tap_settings(simulator)

        yield start
