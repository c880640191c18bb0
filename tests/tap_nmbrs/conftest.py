"""A simulated Nmbrs, and syncs of the tap against it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.extract import ExactWriter
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.world import World
from tap_nmbrs.tap import TapNmbrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Settings = dict[str, Any]


class Collected(ExactWriter):
    """Keeps the lines that would go to stdout."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write_message(self, message: Any) -> None:
        self.lines.append(self.serialize_message(message))


@dataclass
class Sync:
    """What one sync wrote, and the error that ended it."""

    lines: list[bytes]
    error: Exception | None = None
    messages: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.messages = [json.loads(line) for line in self.lines]

    def records(self, stream: str) -> list[dict[str, Any]]:
        return [m["record"] for m in self.messages if m["type"] == "RECORD" and m["stream"] == stream]

    @property
    def state(self) -> dict[str, Any]:
        states = [m["value"] for m in self.messages if m["type"] == "STATE"]
        assert states, "no state was written"
        return json.loads(json.dumps(states[-1]))  # as it comes back from a file


def sync(settings: Settings, *streams: str, state: dict[str, Any] | None = None, fails: bool = False) -> Sync:
    """Sync the named streams, or all; an error is only welcome if it is announced."""
    writer = Collected()
    tap = TapNmbrs(config=dict(settings), state=state, message_writer=writer)
    for name, stream in tap.streams.items():
        stream.selected = not streams or name in streams
    error = None
    try:
        tap.sync_all()
    except Exception as failure:
        if not fails:
            raise
        error = failure
    assert fails == (error is not None)
    return Sync(writer.lines, error)


@pytest.fixture
def nmbrs(tmp_path: Path) -> Iterator[Callable[..., tuple[NmbrsSimulator, Settings]]]:
    """Start a simulator with these switches; gives it and the settings of a tap that is fast with it."""
    with ExitStack() as running:

        def start(
            *, debtors: int = 1, companies: int = 2, employees: int = 5, **switches: Any
        ) -> tuple[NmbrsSimulator, Settings]:
            world = World.build(seed=1, debtors=debtors, companies=companies, employees=employees)
            simulator = NmbrsSimulator(world, switches=NmbrsSwitches(**{"document_polls": 0, **switches}))
            running.enter_context(simulator)
            return simulator, tap_settings(simulator, tmp_path)

        yield start


def tap_settings(simulator: NmbrsSimulator, folder: Path) -> Settings:
    """Settings for the tap; the world's present is November 2026."""
    return {
        **simulator.connector_settings(),
        "token_store": str(folder / "token.json"),
        "start_date": "2026-01-01",
        "requests_per_second": 1000,
    }


def paths(simulator: NmbrsSimulator) -> list[str]:
    """What was asked from the API, in order, without the pages' parameters."""
    return [request["path"] for request in simulator.log.requests() if request["path"].startswith("/api/")]
