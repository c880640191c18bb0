"""Fixtures of all tests."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.payroll import Payroll

pytest_plugins = ["tests.postgres"]
ROOT = Path(__file__).resolve().parents[1]


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
