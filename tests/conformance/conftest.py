"""Sdists and wheels, built once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from scripts.artifacts import build
from scripts.lock import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str], tuple[Path, Path]]:
    """Sdist and wheel of the distribution in a folder; workers of one test run share them."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "artifacts"
    shared.mkdir(exist_ok=True)

    def of(folder: str) -> tuple[Path, Path]:
        place = shared / folder.replace("/", "-")
        with FileLock(f"{place}.lock"):
            made = sorted(place.glob("*"), key=lambda path: path.suffix)
            sdist, wheel = made or build(ROOT / folder, place)
        return sdist, wheel

    return of
