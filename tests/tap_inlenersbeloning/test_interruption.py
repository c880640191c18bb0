"""A sync that is killed at any moment leaves the last state good: the next one writes all that is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.table import STREAMS

from tests.tap_inlenersbeloning.conftest import TAP, Settings, Sync, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
KEYS = {declaration.name: declaration.primary_keys for declaration in STREAMS}
SELECTED = [declaration.name for declaration in STREAMS if declaration.selected]


def killed(settings: Settings, folder: Path, *, after_lines: int, number: signal.Signals) -> Sync:
    """What a process had written when it was killed, a line that it had not finished left out."""
    config = folder / "config.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    with subprocess.Popen(
        [str(TAP), "--config", str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after_lines)]
        os.kill(process.pid, number)
        lines += process.stdout.readlines()
    return Sync([line for line in lines if line.endswith(b"\n")])


def rows(*syncs: Sync) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """What a loader has merged."""
    tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {name: {} for name in SELECTED}
    for done in syncs:
        for name, table in tables.items():
            table |= {tuple(record[key] for key in KEYS[name]): record for record in done.records(name)}
    return tables


@pytest.mark.parametrize("after_lines", [1, 8, 12, 60, 250])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_sync_loses_nothing(hirers: Start, tmp_path: Path, after_lines: int, number: signal.Signals) -> None:
    simulator, settings = hirers()
    whole = sync(settings)
    simulator.faults.add(action="delay", path="/remuneration/", seconds=0.02, times=None)
    first = killed(settings, tmp_path, after_lines=after_lines, number=number)
    state = first.states[-1] if first.states else {}
    assert rows(first, sync(settings, state=state)) == rows(whole)


@pytest.mark.parametrize("place", range(1, 8))
def test_a_failure_at_any_request_leaves_a_state_from_which_nothing_is_missing(hirers: Start, place: int) -> None:
    simulator, settings = hirers()
    whole = sync(settings)
    simulator.backend.republish(*_first(simulator))
    changed = sync(settings)
    simulator.faults.add(action="status", path="/api/", status=400, nth=place)
    with pytest.raises(Exception, match="HTTP 400"):
        sync(settings, state=whole.state)
    simulator.faults.clear()
    merged = rows(whole, sync(settings, state=whole.state))
    for name, table in rows(changed).items():
        assert table.items() <= merged[name].items()


def _first(simulator: InlenersbeloningSimulator) -> tuple[str, str, str]:
    company, shares = next(iter(simulator.backend.shares.items()))
    partner, share = next(iter(shares.items()))
    return company, partner, next(iter(share.remunerations))
