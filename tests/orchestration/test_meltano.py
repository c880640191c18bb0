"""A job under Meltano and without it: the same settings, and a STATE that goes both ways."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.orchestration.meltano_project import JOB, STATE_ID, project_in
from tests.payroll import PREFIXES, Payroll

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(900)
BIN = Path(sys.executable).parent


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Payroll]:
    world = World.build(seed=1, debtors=1, companies=1, employees=4, today=date(2026, 4, 20))
    with NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox:
        yield Payroll(nmbrs=nmbrs, minox=minox, folder=tmp_path)


def test_a_state_of_meltano_is_continued_without_it_and_handed_back(office: Payroll, tmp_path: Path) -> None:
    project, variables = project_in(tmp_path), office.environment()

    def run(*words: str | Path) -> str:
        result = subprocess.run(
            [str(word) for word in words],
            cwd=project,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    run(BIN / "meltano", "run", JOB)
    office.assert_booked_exactly_once()
    writes = office.writes()

    run(BIN / "pipelines", "freeze", JOB)
    frozen = json.loads((project / "var" / "pipelines" / f"{JOB}.json").read_text())
    (step,) = frozen["steps"]
    for plugin in step["plugins"]:
        if plugin["name"] in PREFIXES:  # the mapper's are those of meltano.yml
            given = office.settings()[plugin["name"]]
            plain = {name: str(value) for name, value in given.items() if name not in plugin["secret"]}
            assert {name: str(plugin["settings"][name]) for name in plain} == plain
        assert not set(plugin["settings"]) & set(plugin["secret"])
    run(BIN / "pipelines", "state-from-meltano", JOB)

    (result,) = json.loads(run(BIN / "pipelines", "run", JOB, "--json"))["tenants"]
    assert (result["code"], result["records"], office.writes()) == (0, 0, writes)

    # What the lean way has learned Meltano knows then: a run more at the source is sent by neither of them twice.
    run(BIN / "pipelines", "state-to-meltano", JOB)
    own = json.loads((project / "var" / "pipelines" / JOB / "state.json").read_text())
    kept = json.loads(run(BIN / "meltano", "state", "get", STATE_ID))
    assert kept["singer_state"] == own
