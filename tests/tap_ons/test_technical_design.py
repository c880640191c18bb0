"""`tap-ons technical-design`: what is asked for is what is needed, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from singer_sdk.singerlib import Catalog
from tap_ons.listings import LISTINGS
from tap_ons.resources import RESOURCES
from tap_ons.tap import TapOns

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = {"environment": "development", "start_date": "2025-01-01"}


@pytest.fixture
def design(tap_ons: Any, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """The design for these streams, with these fields deselected."""

    def build(*streams: str, deselected: tuple[str, ...] = (), **settings: Any) -> dict[str, Any]:
        catalog = catalog_of(settings, *streams)
        for stream in streams:
            for field in deselected:
                catalog[stream].metadata["properties", field].selected = False
        path = tmp_path / "catalog.json"
        path.write_text(json.dumps(catalog.to_dict()), encoding="utf-8")
        run = tap_ons({**SETTINGS, **settings}, "technical-design", "--json", "--catalog", str(path))
        assert run.code == ExitCode.OK, run.stderr
        document: dict[str, Any] = json.loads(run.stdout)
        return document

    return build


def catalog_of(settings: dict[str, Any], *streams: str) -> Catalog:
    catalog = Catalog.from_dict(TapOns(config={**SETTINGS, **settings}).catalog_dict)
    for name, entry in catalog.items():
        entry.metadata.root.selected = name in streams
        if name in streams:
            for place, metadata in entry.metadata.items():
                if place:
                    metadata.selected = True
    return catalog


def paths(document: dict[str, Any]) -> list[str]:
    return [endpoint["path"] for endpoint in document["endpoints"]]


def test_a_bulk_stream_needs_its_feeds_and_the_fields_that_are_no_left_out_personal_data(
    design: Callable[..., dict[str, Any]],
) -> None:
    document = design("employees")
    assert paths(document) == [f"/v0/xstream/employees/{feed}" for feed in ("data", "deletes", "updates")]
    employee = document["models"]["Employee"]
    assert employee["keys"] == ["id"]
    assert {"id", "firstName", "emailAddress", "updatedAt"} <= set(employee["fields"])
    assert "gender" not in employee["fields"]
    assert employee["left_out"]["gender"] == "special"
    assert not any(name.startswith("_") for name in employee["fields"])


def test_a_class_that_is_asked_for_is_in_the_design(design: Callable[..., dict[str, Any]]) -> None:
    document = design("employees", include_personal_data=["special"])
    assert "gender" in document["models"]["Employee"]["fields"]
    assert document["models"]["Employee"]["left_out"] == {}


def test_a_class_that_becomes_a_pseudonym_is_in_the_design(design: Callable[..., dict[str, Any]]) -> None:
    document = design("employees", pseudonymise=["special"], pseudonym_key="a secret of ours")
    assert "gender" in document["models"]["Employee"]["fields"]


def test_a_field_that_the_catalog_deselects_is_not_in_the_design(design: Callable[..., dict[str, Any]]) -> None:
    fields = design("employees", deselected=("first_name",))["models"]["Employee"]["fields"]
    assert "firstName" not in fields
    assert "lastName" in fields


def test_nested_models_are_listed_by_themselves(design: Callable[..., dict[str, Any]]) -> None:
    document = design("employees")
    assert "employeePrivacySettings" in document["models"]["Employee"]["fields"]
    assert "shareResidence" in document["models"]["EmployeePrivacySettings"]["fields"]
    assert document["models"]["EmployeePrivacySettings"]["streams"] == ["employees"]


def test_the_citizen_number_of_relations_is_never_asked_for(design: Callable[..., dict[str, Any]]) -> None:
    document = design("relations", include_personal_data=["health", "special", "secret"])
    assert "bsn" not in document["models"]["ClientContactRelation"]["fields"]
    assert "Bsn" not in document["models"]


def test_hours_need_the_employees_that_they_are_asked_for(design: Callable[..., dict[str, Any]]) -> None:
    document = design("presence_logs")
    assert paths(document) == [
        "/v0/administration/employees/{employee_id}/presence_logs",
        "/v0/xstream/employees/data",
    ]
    assert document["models"]["Employee"]["fields"] == ["id", "verifiedUntilDate"]
    assert "id" in document["models"]["PresenceLog"]["keys"]


def test_tables_of_the_reporting_database_are_listed(design: Callable[..., dict[str, Any]]) -> None:
    document = design("onsdb_contracts", onsdb_tables=["contracts"], onsdb_schema_version=4223)
    assert document["onsdb_tables"] == ["contracts"]
    assert paths(document) == []


def test_the_design_of_everything_names_every_path(tap_ons: Any) -> None:
    settings = {**SETTINGS, "include_personal_data": ["health", "special", "secret", "bsn"]}
    run = tap_ons(settings, "technical-design", "--all", "--json")
    assert run.code == ExitCode.OK, run.stderr
    document = json.loads(run.stdout)
    expected = {resource.path(feed) for resource in RESOURCES for feed in resource.feeds}
    expected |= {listing.path for listing in LISTINGS}
    assert expected <= set(paths(document))
    models = {row.model for row in (*RESOURCES, *LISTINGS) if row.model}
    assert models <= set(document["models"])
    assert all(model["left_out"] == {} for model in document["models"].values())
    assert len(document["models"]["nexus.ClientEmployeeRelation"]["fields"]) > 1  # not selected by default, yet whole


def test_the_text_for_people_says_the_same(tap_ons: Any) -> None:
    run = tap_ons(SETTINGS, "technical-design")
    assert run.code == ExitCode.OK, run.stderr
    assert "| GET | `/v0/xstream/employees/updates` | employees |" in run.stdout
    heading = run.stdout.index("### Employee\n")
    assert run.stdout.index("**`id`**", heading) > heading
    assert "`gender` (special)" in run.stdout


def test_a_catalog_that_is_none_is_refused(tap_ons: Any, tmp_path: Path) -> None:
    path = tmp_path / "catalog.json"
    path.write_text("[]", encoding="utf-8")
    run = tap_ons(SETTINGS, "technical-design", "--catalog", str(path))
    assert run.code == 2
    assert "not a catalog as --discover writes it" in run.complaint


def test_with_what_the_design_grants_the_stream_can_be_read(
    design: Callable[..., dict[str, Any]], ons: Any, tap_ons: Any, tmp_path: Path
) -> None:
    granted = frozenset(paths(design("teams")))
    simulator = ons(granted=granted)
    catalog = tmp_path / "selected.json"
    catalog.write_text(json.dumps(catalog_of({}, "teams").to_dict()), encoding="utf-8")
    run = tap_ons(tap_settings(simulator), "--catalog", str(catalog))
    assert run.code == ExitCode.OK, run.stderr
    assert run.records("teams")
    assert "Not granted" not in run.stderr
