"""Fixtures of all tests."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World
from typing_extensions import override
from xdist.scheduler import LoadScopeScheduling

from tests.payroll import Payroll

pytest_plugins = ["tests.postgres"]
ROOT = Path(__file__).resolve().parents[1]
PIPELINES = "tests/pipelines/"


class WholeFiles(LoadScopeScheduling):
    """A file goes to one process, which makes its fixtures once; the pipelines, which wait for each other, all to one."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return PIPELINES if nodeid.startswith(PIPELINES) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """Share the tests among the processes; in their order, for the longest files are not those with the most tests."""
    config.option.loadscopereorder = False
    return WholeFiles(config, log)


@pytest.fixture(scope="session")
def provider_specs() -> Path:
    """Folder of the vendors' specifications; they are not part of this repository."""
    folder = Path(os.environ.get("PROVIDER_SPECS") or ROOT.parent / "shared" / "specs")
    if not (folder / "nmbrs" / "nmbrs-rest-openapi.yaml").is_file():
        pytest.fail(
            f"The vendors' specifications are not in {folder}: "
            "let PROVIDER_SPECS name the folder that holds nmbrs/nmbrs-rest-openapi.yaml"
        )
    return folder


@pytest.fixture
def payroll(tmp_path: Path) -> Iterator[Payroll]:
    """The payroll pipeline, on a fresh world."""
    world = World.build(seed=1, debtors=1, companies=1, employees=6, today=date(2026, 11, 15))
    with NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox:
        yield Payroll(nmbrs=nmbrs, minox=minox, folder=tmp_path)
