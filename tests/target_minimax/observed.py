"""Pytest plugin: how each test ended, and which switches the simulator asked for in it.

`pytest -p tests.target_minimax.observed`; a line of JSON each, in the file that `MINIMAX_OBSERVED` names.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from tests.target_minimax.positions import AskedSwitches

OBSERVED: Final = "MINIMAX_OBSERVED"
_ENDED: Final[dict[str, tuple[str, str]]] = {}


def pytest_runtest_logstart(nodeid: str) -> None:
    AskedSwitches.asked.clear()
    _ENDED[nodeid] = ("passed", "")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Set-up, call and tear-down; what is not as expected in one of them counts."""
    if report.failed:
        _ENDED[report.nodeid] = ("failed", report.longreprtext)
    elif hasattr(report, "wasxfail"):  # by a `holds_unless` marker, which says why: that goes into docs/switches.md
        _ENDED[report.nodeid] = ("exempt", report.wasxfail.removeprefix("reason: "))


def pytest_runtest_logfinish(nodeid: str) -> None:
    ended, why = _ENDED[nodeid]
    told: dict[str, Any] = {"test": nodeid, "ended": ended, "why": why, "asked": sorted(AskedSwitches.asked)}
    with Path(os.environ[OBSERVED]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(told) + "\n")
