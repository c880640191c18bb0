"""Simulated Ons environments, and the tap as a process against them, over real mutual TLS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.ons import Certificates, OnsSimulator, OnsSwitches
from provider_simulators.world import World
from tap_ons.tap import TapOns

from tests.patience import seconds
from tests.tap_ons.warehouse import Syncs, connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Settings = dict[str, Any]
TAP = Path(sys.executable).with_name("tap-ons")


def tap_settings(simulator: OnsSimulator, **options: Any) -> Settings:
    """Settings with which the simulator lets the tap in."""
    return simulator.connector_settings(**options)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of the program left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def messages(self) -> list[dict[str, Any]]:
        """All messages, without the moment in which they were written."""
        messages = [json.loads(line) for line in self.stdout.splitlines()]
        return [{name: value for name, value in m.items() if name != "time_extracted"} for m in messages]

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]

    @property
    def bookmarks(self) -> list[str]:
        """Streams that any state names."""
        states = [m["value"] for m in self.messages if m["type"] == "STATE"]
        return sorted({stream for state in states for stream in state.get("bookmarks", {})})

    @property
    def state(self) -> dict[str, Any]:
        """The last state."""
        states: list[dict[str, Any]] = [m["value"] for m in self.messages if m["type"] == "STATE"]
        return states[-1]

    @property
    def complaints(self) -> list[str]:
        """Lines of stderr that are no log lines: the program's own last word, or a traceback."""
        return [line for line in self.stderr.splitlines() if " | " not in line]

    @property
    def complaint(self) -> str:
        """The one line that says why it failed."""
        assert "Traceback" not in self.stderr, self.stderr
        (line,) = self.complaints
        assert line.startswith("tap-ons: ")
        return line.removeprefix("tap-ons: ")


@pytest.fixture
def tap_ons(tmp_path: Path) -> Callable[..., Run]:
    """Run `tap-ons [command] --config ...` with these settings."""

    def run(settings: Settings, *arguments: str, **environment: str) -> Run:
        config = tmp_path / "settings.json"
        config.write_text(json.dumps(settings), encoding="utf-8")
        done = subprocess.run(
            [TAP, *arguments, "--config", config],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds(60),
            env={**os.environ, **environment},
        )
        return Run(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run


@pytest.fixture
def bulk(tap_ons: Callable[..., Run], tmp_path: Path) -> Callable[..., Run]:
    """Sync these streams and no others."""

    def run(settings: Settings, *streams: str, state: dict[str, Any] | None = None, **environment: str) -> Run:
        return tap_ons(settings, *chosen(tmp_path, settings, streams, state=state), **environment)

    return run


def chosen(
    folder: Path, settings: Settings, streams: Iterable[str], *, state: dict[str, Any] | None = None
) -> list[str]:
    """Arguments that choose these streams and no others, and go on from a state."""
    catalog = TapOns(config=settings).catalog_dict
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"]["selected"] = entry["tap_stream_id"] in streams
    files = {"catalog": catalog, "state": state or {}}
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return [part for name in files for part in (f"--{name}", str(folder / f"{name}.json"))]


@pytest.fixture(scope="session")
def ons_certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of one set for all: keys of 4096 bits take their time."""
    folder = tmp_path_factory.mktemp("certificates")
    Certificates.in_folder(folder)
    return folder


@pytest.fixture
def synced(ons: Callable[..., OnsSimulator]) -> Iterator[Callable[..., tuple[OnsSimulator, Syncs]]]:
    """A simulator with these switches, and syncs of one bulk table of it."""
    with ExitStack() as running:

        def start(stream: str, settings: Settings | None = None, **switches: Any) -> tuple[OnsSimulator, Syncs]:
            simulator = ons(**switches)
            connection = running.enter_context(connected(tap_settings(simulator)))
            return simulator, Syncs(connection, stream, **(settings or {}))

        yield start


@pytest.fixture
def ons(ons_certificates: Path) -> Iterator[Callable[..., OnsSimulator]]:
    """Start a simulator with these switches."""
    with ExitStack() as running:

        def start(**switches: Any) -> OnsSimulator:
            simulator = OnsSimulator(
                World.build(seed=1), certificates=ons_certificates, switches=OnsSwitches(**switches)
            )
            return running.enter_context(simulator)

        yield start
