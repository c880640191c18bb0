"""`care-to-minox`, a job of two steps, frozen by Meltano and run without it.

Not part of `make test`, which runs the same job under Meltano. `make orchestration` runs this.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minox import MinoxSimulator
from provider_simulators.ons import OnsSimulator

from tests.orchestration.meltano_project import project_in
from tests.warehouse.care import CareBooks, CareWorld, care_world, tap_settings
from tests.warehouses import BIN, DuckDB

if TYPE_CHECKING:
    from pathlib import Path

JOB = "care-to-minox"
SECOND = "tap-care-books-to-target-minox"
pytestmark = pytest.mark.timeout(1800)


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def test_a_job_of_two_steps_books_once_without_meltano(tmp_path: Path) -> None:
    world = care_world()
    project = project_in(tmp_path)
    with OnsSimulator(world) as ons, MinoxSimulator(world) as minox:
        warehouse = DuckDB(folder=project / "var", schema="ons")
        warehouse.path.parent.mkdir(exist_ok=True)
        care = CareBooks(warehouse=warehouse, database=str(warehouse.path))
        own = {"token_store": str(tmp_path / "minox.json"), "ledger": str(tmp_path / "minox.sqlite"), "journal": "MEMO"}
        plugins = {
            "tap-ons--care": tap_settings(ons),
            "tap-care-books": {name: value for name, value in care.config().items() if name != "database"},
            "target-minox": minox.connector_settings() | own | {"requests_per_second": 100},
        }
        environment = os.environ | {
            f"{plugin}_{name}".replace("-", "_").upper(): text(value)
            for plugin, settings in plugins.items()
            for name, value in settings.items()
        }
        environment |= {"MELTANO_ENVIRONMENT": "production", "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false"}

        def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
            command = [BIN / "pipelines", "--project", project, *words]
            return subprocess.run(
                command, env=environment | variables, capture_output=True, text=True, check=False, timeout=900
            )

        def ended(**variables: str) -> dict[str, Any]:
            result = run("run", JOB, "--json", **variables)
            (only,) = json.loads(result.stdout)["tenants"]
            return only

        frozen = run("freeze", JOB)
        assert frozen.returncode == 0, frozen.stderr
        assert frozen.stdout.startswith("tap-ons--care | target-duckdb, then tap-care-books | target-minox: ")
        kept = (project / "var" / "pipelines" / f"{JOB}.json").read_text()
        for secret in (tap_settings(ons)["pseudonym_key"], minox.connector_settings()["client_secret"]):
            assert secret not in kept

        wrong = ended(TAP_CARE_BOOKS_RATES_FILE=str(tmp_path / "missing.csv"))
        assert (wrong["code"], wrong["step"]) == (16, SECOND), wrong
        assert wrong["message"].startswith(f"step {SECOND}: tap-care-books: ")

        first = ended()
        assert first["code"] == 0, first
        rows = warehouse.rows("SELECT kind, month, counted FROM care_books.totals")
        totals = {(row["kind"], f"{row['month']:%Y-%m}"): row["counted"] for row in rows}
        assert totals == CareWorld(customer=next(iter(ons.backend.customers.values()))).totals()
        assert len(minox.log.effects("batch_saved")) == 12

        again = ended()
        assert (again["code"], again["booked"]) == (0, 0), again
        assert len(minox.log.effects("batch_saved")) == 12
