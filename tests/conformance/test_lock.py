from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.lock import DAGSTER_LOCK, LOCK, PEER_LOCKS, command, compile_lock, dagster_command, peer_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCKS = [LOCK, DAGSTER_LOCK, *PEER_LOCKS]
COMPILED = [(LOCK, command), (DAGSTER_LOCK, dagster_command), *((lock, peer_command) for lock in PEER_LOCKS)]


@pytest.mark.parametrize(("lock", "compiling"), COMPILED, ids=lambda part: getattr(part, "name", ""))
def test_the_lock_is_current(lock: Path, compiling: Callable[[Path], list[str]], tmp_path: Path) -> None:
    """Compiling it again, with the versions that it names, changes nothing."""
    again = tmp_path / lock.name
    shutil.copy(lock, again)
    compile_lock(compiling(again))
    assert again.read_text() == lock.read_text(), "run: make lock"


def test_what_both_environments_have_is_the_same_version() -> None:
    locks = (LOCK, DAGSTER_LOCK)
    ours, dagsters = ({line.split()[0] for line in lock.read_text().splitlines() if "==" in line} for lock in locks)
    names = {pin.split("==")[0] for pin in ours} & {pin.split("==")[0] for pin in dagsters}
    assert {pin for pin in dagsters if pin.split("==")[0] in names} <= ours


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_the_lock_names_no_index_and_no_path(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert not [line for line in lines if re.search(r"://|--index|--find-links|^-e|^/", line)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_of_the_lock_has_an_exact_version_and_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert len(blocks) > 30
    for block in blocks:
        assert re.match(r"[a-z0-9_.\[\]-]+==\S+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]
