"""A sync of a tap as it really runs: chosen streams, from a simulator, into a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.benchmarks.process import Cost, run
from tests.benchmarks.provider import SCRIPTS, Calls, Provider

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

__all__ = ["Sync", "chosen", "sync"]

UNHURRIED = {"requests_per_second": 100_000}
"""The simulators have no limits; how many requests are under way at once is limited all the same."""


@dataclass(frozen=True, kw_only=True)
class Sync:
    """What a sync came to.

    Attributes:
        cost: Of the tap.
        asked: What the provider was asked, as it stands in its log.
        calls: What that comes to.
        records: Records that were written.
        bytes_written: All messages together.
        state: The last state, None: none was written.
    """

    cost: Cost
    asked: list[dict[str, Any]]
    calls: Calls
    records: int
    bytes_written: int
    state: dict[str, Any] | None

    @property
    def state_bytes(self) -> int:
        """Length of the state as it is kept."""
        return len(json.dumps(self.state)) if self.state else 0


def chosen(command: Sequence[str | Path], folder: Path, streams: Collection[str]) -> Path:
    """Write a catalog in which these streams are selected, and no others."""
    discovered, catalog = folder / "discovered.json", folder / "catalog.json"
    run([*command, "--discover"], stdout=discovered)
    document = json.loads(discovered.read_text(encoding="utf-8"))
    for stream in document["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] in streams
    catalog.write_text(json.dumps(document), encoding="utf-8")
    return catalog


def sync(
    tap: str,
    source: Provider,
    folder: Path,
    *,
    streams: Collection[str] | None,
    settings: Mapping[str, Any],
    state: dict[str, Any] | None = None,
    path: str = "/",
) -> Sync:
    """Run a tap.

    Args:
        tap: Its program.
        source: Where it reads.
        folder: Where files are made.
        streams: What it reads; None: what it reads unless told otherwise.
        settings: Beside those with which it logs in.
        state: What it goes on from.
        path: Calls with that in their path are counted.
    """
    config, remembered, output, log = (folder / name for name in ("config.json", "state.json", "out.singer", "log.txt"))
    config.write_text(json.dumps({**source.settings, **UNHURRIED, **settings}), encoding="utf-8")
    command = [SCRIPTS / tap, "--config", config]
    if streams is not None:
        command += ["--catalog", chosen(command, folder, streams)]
    if state is not None:
        remembered.write_text(json.dumps(state), encoding="utf-8")
        command += ["--state", remembered]
    log.unlink(missing_ok=True)
    source.records()
    cost = run(command, stdout=output, log=log)
    assert not cost.exit_code, log.read_text(encoding="utf-8")
    records, last = 0, None
    with output.open("rb") as lines:
        for line in lines:
            records += b'"RECORD"' in line[:100]
            last = line if b'"STATE"' in line[:100] else last
    asked = source.requests(path)
    return Sync(
        cost=cost,
        asked=asked,
        calls=source.counted(asked),
        records=records,
        bytes_written=output.stat().st_size,
        state=json.loads(last)["value"] if last else None,
    )
