"""Compile `requirements.lock`: every distribution and tool, exact versions with hashes, no index address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"


def distributions() -> list[str]:
    """The folders of all distributions."""
    manifests = (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("loaders/*/pyproject.toml"))
    return sorted(str(path.parent.relative_to(ROOT)) for path in manifests)


def command(output: Path, *options: str) -> list[str]:
    """The uv call that writes the lock to `output`; versions that `output` already holds are kept."""
    return [
        str(Path(sys.executable).with_name("uv")),
        *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
        *("--no-emit-package", "singer-connector-kit"),
        *("--group", "dev", "--group", "pipelines", "pyproject.toml"),
        *(f"{folder}/pyproject.toml" for folder in distributions()),
        *("--output-file", str(output)),
        *options,
    ]


def main() -> None:
    """Write the lock; `--upgrade` lets versions move."""
    subprocess.run(command(LOCK, *sys.argv[1:]), cwd=ROOT, check=True)  # noqa: S603 (our own uv, fixed words)


if __name__ == "__main__":
    main()
