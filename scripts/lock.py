"""Compile `requirements.lock`: every distribution and tool, exact versions with hashes, no index address.

Dagster has a lock of its own, for an environment of its own: only who runs many machines needs it. So has each tool
that the benchmarks compare ours with.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
DAGSTER_LOCK = ROOT / "orchestration" / "requirements-dagster.lock"
PEERS = ROOT / "tests" / "benchmarks" / "peers" / "locks"
PEER_LOCKS = (PEERS / "airbyte.lock", PEERS / "dlt.lock")
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
)


def distributions() -> list[str]:
    """The folders of all distributions."""
    manifests = (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("loaders/*/pyproject.toml"))
    return sorted(str(path.parent.relative_to(ROOT)) for path in manifests)


def command(output: Path, *options: str) -> list[str]:
    """The uv call that writes the lock to `output`; versions that `output` already holds are kept."""
    return [
        str(Path(sys.executable).with_name("uv")),
        *COMPILE,
        *("--no-emit-package", "singer-connector-kit"),
        *("--group", "dev", "--group", "pipelines", "pyproject.toml"),
        *(f"{folder}/pyproject.toml" for folder in distributions()),
        *("--output-file", str(output)),
        *options,
    ]


def dagster_command(output: Path, *options: str) -> list[str]:
    """The uv call that writes the lock of Dagster's environment; what both hold has the same version."""
    return [
        str(Path(sys.executable).with_name("uv")),
        *COMPILE,
        *("--extra", "dagster", "--extra", "postgresql", "--constraint", "requirements.lock"),
        "orchestration/pyproject.toml",
        *("--output-file", str(output)),
        *options,
    ]


def peer_command(output: Path, *options: str) -> list[str]:
    """The uv call that writes the lock of a peer's environment, which is called as its file with the requirement."""
    requirement = (PEERS / output.name).with_suffix(".in").relative_to(ROOT)
    return [
        str(Path(sys.executable).with_name("uv")),
        *COMPILE,
        str(requirement),
        "--output-file",
        str(output),
        *options,
    ]


def compile_lock(words: list[str]) -> None:
    """Run such a call; constraints of the surrounding environment do not count."""
    subprocess.run(words, cwd=ROOT, check=True, env={**os.environ, "UV_CONSTRAINT": ""})  # noqa: S603 (our own uv, fixed words)


def main() -> None:
    """Write the locks; `--upgrade` lets versions move."""
    options = sys.argv[1:]
    peers = (peer_command(lock, *options) for lock in PEER_LOCKS)
    for words in (command(LOCK, *options), dagster_command(DAGSTER_LOCK, *options), *peers):
        compile_lock(words)


if __name__ == "__main__":
    main()
