from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from scripts.lock import LOCK, ROOT, command

if TYPE_CHECKING:
    from pathlib import Path


def test_the_lock_is_current(tmp_path: Path) -> None:
    """Compiling it again, with the versions that it names, changes nothing."""
    again = tmp_path / LOCK.name
    shutil.copy(LOCK, again)
    subprocess.run(command(again), cwd=ROOT, check=True)
    assert again.read_text() == LOCK.read_text(), "run: make lock"


def test_the_lock_names_no_index_and_no_path() -> None:
    lines = LOCK.read_text().splitlines()
    assert not [line for line in lines if re.search(r"://|--index|--find-links|^-e|^/", line)]


def test_every_requirement_of_the_lock_has_an_exact_version_and_hashes() -> None:
    blocks = re.split(r"\n(?=\S)", LOCK.read_text().strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"[a-z0-9_.\[\]-]+==\S+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]
