"""Compile `requirements.lock`: every distribution and tool, exact versions with hashes, no index address.

Dagster has a lock of its own, for an environment of its own: only who runs many machines needs it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
DAGSTER_LOCK = ROOT / "orchestration" / "requirements-dagster.lock"
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


def main() -> None:
    """Write the locks; `--upgrade` lets versions move."""
    for words in (command(LOCK, *sys.argv[1:]), dagster_command(DAGSTER_LOCK, *sys.argv[1:])):
        subprocess.run(words, cwd=ROOT, check=True)  # noqa: S603 (our own uv, fixed words)


if __name__ == "__main__":
    main()
