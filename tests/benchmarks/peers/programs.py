"""How each of the peers is called: commands, their settings, and where their records land."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.page import ROOT
from tests.benchmarks.peers.workloads import START
from tests.benchmarks.provider import SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.peers.workloads import Workload

__all__ = ["DESTINATIONS", "PEERS", "Landing", "Reader", "missing"]

HERE: Final = Path(__file__).parent
ENVIRONMENTS: Final = ROOT / ".venv-peers"
LOADERS: Final = ROOT / ".meltano" / "loaders"
FILES, DUCKDB, POSTGRES = DESTINATIONS = ("files", "duckdb", "postgres")
SCHEMA: Final = "peer"


@dataclass(frozen=True, kw_only=True)
class Landing:
    """Where records land.

    Attributes:
        kind: `files`, `duckdb` or `postgres`.
        address: A folder, a database file, or the URL of a database.
    """

    kind: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A program, or a pipe of two, that reads a workload.

    Attributes:
        commands: What is run.
        output: File for standard output, where that is the destination.
        env: Variables.
    """

    commands: tuple[tuple[str, ...], ...]
    output: Path | None = None
    env: Mapping[str, str] | None = None


def _written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _loader(landing: Landing, folder: Path) -> tuple[tuple[str, ...], ...]:
    """Our loaders as meltano.yml has them; none for files."""
    if landing.kind == FILES:
        return ()
    if landing.kind == DUCKDB:
        name, program = "target-duckdb", "target-duckdb-exact"
        settings: dict[str, Any] = {"filepath": landing.address}
    else:
        name, program = "target-postgres", "target-postgres-exact"
        address = landing.address.replace("postgresql://", "postgresql+psycopg://")
        settings = {"sqlalchemy_url": address, "use_copy": True, "validate_records": False}
    config = _written(folder / f"{name}.json", settings | {"default_target_schema": SCHEMA})
    return ((str(LOADERS / name / "venv" / "bin" / program), "--config", str(config)),)


def _singer(
    tap: tuple[str, ...], workload: Workload, settings: Mapping[str, Any], landing: Landing, folder: Path
) -> Reader:
    """A tap with a catalog of the streams, and a loader behind it."""
    command = (*tap, "--config", str(_written(folder / "tap.json", dict(settings))))
    found = subprocess.run([*command, "--discover"], check=True, capture_output=True, cwd=ROOT).stdout
    names, catalog = {stream.name for stream in workload.streams}, json.loads(found)
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] in names
    command = (*command, "--catalog", str(_written(folder / "catalog.json", catalog)))
    output = Path(landing.address) / "records.jsonl" if landing.kind == FILES else None
    return Reader(commands=(command, *_loader(landing, folder)), output=output)


def ours(workload: Workload, settings: Mapping[str, Any], landing: Landing, folder: Path) -> Reader:
    """Our tap."""
    known = {name: value for name, value in settings.items() if name != "end_date"}
    own = (
        {"token_store": str(folder / "token.json"), "start_date": START.isoformat()}
        if workload.provider == "nmbrs"
        else {}
    )
    tap = (str(SCRIPTS / f"tap-{workload.provider}"),)
    return _singer(tap, workload, {**known, **own, **workload.ours}, landing, folder)


def plain(workload: Workload, settings: Mapping[str, Any], landing: Landing, folder: Path) -> Reader:
    """The plain SDK tap, with the same loaders."""
    tap = (sys.executable, "-m", f"tests.benchmarks.peers.plain_{workload.provider}")
    return _singer(tap, workload, settings, landing, folder)


def dlt(workload: Workload, settings: Mapping[str, Any], landing: Landing, folder: Path) -> Reader:
    """dlt, into its own destinations."""
    address = landing.address
    if landing.kind == POSTGRES:  # it wants a host and a password beside the folder of the socket
        address = address.replace("postgres@/", "postgres:none@localhost/")
    options = {
        "source": workload.name,
        "settings": dict(settings),
        "destination": landing.kind,
        "address": address,
        "folder": str(folder / "dlt"),
    }
    command = (str(_python("dlt")), str(HERE / "dlt_pipeline.py"), str(_written(folder / "dlt.json", options)))
    return Reader(commands=(command,))


def airbyte(workload: Workload, settings: Mapping[str, Any], landing: Landing, folder: Path) -> Reader:
    """airbyte-cdk, to standard output."""
    streams = [
        {
            "stream": {"name": stream.name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "append",
        }
        for stream in workload.streams
    ]
    config = _written(folder / "airbyte.json", dict(settings))
    catalog = _written(folder / "airbyte_catalog.json", {"streams": streams})
    read = (str(HERE / "airbyte" / "read.py"), str(HERE / "airbyte" / f"{workload.provider}.yaml"), "read")
    command = (str(_python("airbyte")), *read, "--config", str(config), "--catalog", str(catalog))
    return Reader(commands=(command,), output=Path(landing.address) / "records.jsonl", env={"DO_NOT_TRACK": "true"})


def _python(name: str) -> Path:
    return ENVIRONMENTS / name / "bin" / "python"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Somebody who reads.

    Attributes:
        title: In the table.
        reader: How it is called.
        destinations: Where it can write to.
        environment: Its own environment, if it has one.
    """

    title: str
    reader: Callable[[Workload, Mapping[str, Any], Landing, Path], Reader]
    destinations: tuple[str, ...] = DESTINATIONS
    environment: str | None = None


PEERS: Final = {
    "plain": Peer(title="plain SDK tap", reader=plain),
    "dlt": Peer(title="dlt", reader=dlt, environment="dlt"),
    "airbyte": Peer(title="airbyte-cdk", reader=airbyte, destinations=(FILES,), environment="airbyte"),
    "ours": Peer(title="ours", reader=ours),
}


def missing() -> list[str]:
    """Peers whose environments are not there."""
    return [name for name, peer in PEERS.items() if peer.environment and not _python(peer.environment).exists()]
