"""Documents of any size are read in flat memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("large_document.py")
MEBIBYTE = 1 << 20


@pytest.mark.parametrize(("kind", "lines_min"), [("journal", 60_000), ("wage_codes", 100_000)])
def test_a_document_of_twelve_megabytes_takes_less_than_half_of_that(kind: str, lines_min: int) -> None:
    answer = subprocess.run(
        [sys.executable, PROGRAM, kind, "12"], check=True, capture_output=True, text=True
    )  # our own program
    lines, grown = map(int, answer.stdout.split())
    assert lines > lines_min
    assert grown < 5 * MEBIBYTE  # as for one of fifty
