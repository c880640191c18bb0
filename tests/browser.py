"""A real browser for the pages that people look at."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM: Final = shutil.which("chromium")
# Installing a browser needs root, which `make test` does without; continuous integration installs it and skips nothing.
in_a_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed, so nobody can look at the pages (Debian: chromium)"
)
_QUIET: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=2000",
)


def browse(address: str, *options: str, profile: Path) -> str:
    """Load a page in a browser of its own, and give what it prints."""
    command = [str(CHROMIUM), *_QUIET, f"--user-data-dir={profile}", *options, address]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout


def words(content: str) -> str:
    """A page without styles and tags."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", content, flags=re.DOTALL))
