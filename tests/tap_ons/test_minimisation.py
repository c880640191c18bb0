"""What the Technical Design does not select or grant, and what the settings leave out of what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from singer_sdk.exceptions import FatalAPIError
from tap_ons.auth import ClientCertificate
from tap_ons.client import DELETED_AT, SYNCED_AT
from tap_ons.resources import RESOURCES

from tests.tap_ons.conftest import tap_settings
from tests.tap_ons.warehouse import connected

if TYPE_CHECKING:
    from provider_simulators.ons import OnsSimulator


def design(simulator: OnsSimulator, **parts: Any) -> None:
    """Approve another Technical Design."""
    name = ClientCertificate.from_settings(tap_settings(simulator)).name
    assert name is not None
    simulator.backend.approve(name.connector, **parts)


def test_a_field_that_is_not_selected_is_absent_and_not_null(synced: Any) -> None:
    _, syncs = synced("employees", hidden_fields=frozenset({"Employee.dateOfBirth"}), sparse=False)
    records = syncs.sync()
    assert all("date_of_birth" not in record for record in records)
    assert any(value is None for record in records for name, value in record.items() if name != DELETED_AT)


@pytest.mark.parametrize("nested_filter", ["fields", "object"])
def test_fields_of_inner_objects_may_be_missing_too(nested_filter: str, synced: Any) -> None:
    _, syncs = synced(
        "care_orders", hidden_fields=frozenset({"finance.CareOrderProduct.id"}), nested_filter=nested_filter
    )
    products = [product for record in syncs.sync() for product in record.get("care_order_products") or []]
    assert all("id" not in product for product in products)


@pytest.mark.parametrize(
    ("stream", "field", "named"),
    [
        ("teams", "Team.id", "id"),
        ("invoice_row_finance_logs", "finance.InvoiceRowFinanceLog.financeLogId", "financeLogId"),
    ],
)
def test_a_key_that_is_not_selected_is_asked_for(stream: str, field: str, named: str, synced: Any) -> None:
    _, syncs = synced(stream, hidden_fields=frozenset({field}))
    with pytest.raises(FatalAPIError, match=f"{stream}: a row has no {named}: select that field"):
        syncs.sync()


def test_fields_that_never_arrived_are_named_once(ons: Any, bulk: Any) -> None:
    simulator = ons(hidden_fields=frozenset({"Team.name"}))
    run = bulk(tap_settings(simulator), "teams", "locations")
    lines = [line for line in run.stderr.splitlines() if "never arrived" in line]
    assert len(lines) == len([line for line in lines if "teams: " in line or "locations: " in line])
    (line,) = [line for line in lines if "teams: " in line]
    assert "name" in line.rpartition(": ")[2].split(", ")
    assert "never arrived" not in bulk(tap_settings(simulator), "teams", state=run.state).stderr


def test_a_wider_selection_is_read_from_the_beginning(synced: Any) -> None:
    """Ons does not send older rows again when a field is selected."""
    simulator, syncs = synced("teams", hidden_fields=frozenset({"Team.name"}))
    syncs.sync()
    assert all("name" not in row for row in syncs.warehouse.rows.values())
    design(simulator)
    assert syncs.sync() == []
    simulator.backend.create("teams", name="new")
    syncs.sync()
    assert all("name" in row for row in syncs.warehouse.rows.values())
    assert syncs.warehouse.rows == syncs.everything()
    assert len(syncs.sync()) <= 1


@pytest.mark.parametrize("status", [403, 404, 401])
def test_a_table_that_is_not_granted_is_named_once_and_the_others_go_on(status: int, ons: Any, bulk: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="/xstream/employees/", status=status, times=None)
    run = bulk(tap_settings(simulator), "employees", "teams")
    assert run.code == ExitCode.OK, run.stderr
    (line,) = [line for line in run.stderr.splitlines() if "Not granted" in line]
    assert f"employees: HTTP {status}: " in line
    assert "/v0/xstream/employees/data" in line
    assert "Technical Design" in line
    assert run.records("teams")
    assert not run.state["bookmarks"].get("employees")
    assert [request["path"] for request in simulator.log.requests()].count("/v0/xstream/employees/data") == 1


def test_not_granted_is_an_error_if_the_settings_say_so(ons: Any, bulk: Any) -> None:
    simulator = ons(granted=frozenset({"teams"}))
    run = bulk({**tap_settings(simulator), "fail_on_forbidden": True}, "employees", "teams")
    assert run.code == ExitCode.LOGIN
    assert run.complaint.startswith("employees: HTTP 403: /v0/xstream/employees/data is not granted")


def test_when_nothing_is_granted_the_run_fails(ons: Any, bulk: Any) -> None:
    simulator = ons(granted=frozenset({"clients"}))
    run = bulk(tap_settings(simulator), "employees", "teams")
    assert run.code == ExitCode.LOGIN
    assert run.complaint.startswith("none of the selected streams is granted")


@pytest.mark.parametrize("status", [495, 403])
def test_a_certificate_that_is_disabled_in_mid_run_is_not_a_missing_grant(status: Any, ons: Any, bulk: Any) -> None:
    simulator = ons(revoked_status=status)
    settings = tap_settings(simulator)
    serial = ClientCertificate.from_settings(settings).leaf.serial_number

    def revoke(reading: Any) -> None:
        if reading.resource == "locations":
            simulator.backend.revoke(serial)

    simulator.backend.while_reading = revoke
    run = bulk(settings, "locations", "teams")
    assert run.code == ExitCode.LOGIN
    assert "refuses the client certificate" in run.complaint
    assert f"HTTP {status}" in run.complaint
    assert run.records("locations")
    assert not run.state["bookmarks"].get("teams")


def test_deletions_that_are_not_granted_wait_until_they_are(synced: Any) -> None:
    simulator, syncs = synced("teams")
    syncs.sync()
    design(simulator, granted=["/v0/xstream/teams/data", "/v0/xstream/teams/updates"])
    simulator.backend.delete("teams", simulator.backend.records["teams"][0]["id"])
    simulator.clock.advance(86_400)
    syncs.sync()
    simulator.clock.advance(86_400)
    syncs.sync()
    assert syncs.warehouse.rows != syncs.everything()
    design(simulator)
    syncs.sync()
    assert syncs.warehouse.rows == syncs.everything()
    assert syncs.bookmark["since"] == syncs.bookmark["deletes_since"]


def test_without_a_feed_of_changes_everything_is_read(synced: Any) -> None:
    simulator, syncs = synced("teams")
    syncs.sync()
    design(simulator, granted=["/v0/xstream/teams/data", "/v0/xstream/teams/deletes"])
    simulator.backend.update("teams", simulator.backend.records["teams"][0]["id"], name="changed")
    assert len(syncs.sync()) == 4
    assert syncs.warehouse.rows == syncs.everything()


def test_settings_of_personal_data_that_change_are_read_from_the_beginning(synced: Any) -> None:
    simulator, syncs = synced("employees")
    syncs.sync()
    assert not any("gender" in row for row in syncs.warehouse.rows.values())
    assert simulator is not None
    _, wider = synced("employees", {"include_personal_data": ["special"]})
    wider.bookmark, wider.warehouse = syncs.bookmark, syncs.warehouse
    wider.sync()
    assert all(row.get("gender") for row in wider.warehouse.rows.values() if row.get("first_name"))


def test_a_citizen_number_never_leaves_unless_it_is_asked_for(ons: Any, bulk: Any) -> None:
    settings = tap_settings(ons())
    streams = [resource.stream for resource in RESOURCES]
    asked_for = bulk({**settings, "include_personal_data": ["bsn"]}, "relations").records("relations")
    numbers = {record["bsn"]["number"] for record in asked_for if record.get("bsn")}
    assert numbers
    run = bulk({**settings, "include_personal_data": ["health", "special", "secret"]}, *streams)
    assert run.code == ExitCode.OK, run.stderr
    assert len(run.records("relations")) == len(asked_for)
    assert not any("bsn" in record for record in run.records("relations"))
    assert [number for number in numbers if number in run.stdout + run.stderr] == []


def test_pseudonyms_are_equal_in_all_streams(ons: Any, bulk: Any) -> None:
    settings = tap_settings(ons())
    hidden = {"pseudonymise": ["name", "identifier"], "pseudonym_key": "of a test"}
    plain, run = (bulk(each, "employees", "users") for each in (settings, {**settings, **hidden}))
    pseudonyms: dict[str, set[str]] = {}
    for stream in ("employees", "users"):
        for before, after in zip(plain.records(stream), run.records(stream), strict=True):
            for field in ("first_name", "last_name"):
                if before.get(field):
                    pseudonyms.setdefault(before[field], set()).add(after[field])
    assert len(pseudonyms) > 10
    assert all(len(values) == 1 for values in pseudonyms.values())
    assert not [name for name in pseudonyms if len(name) > 4 and f'"{name}"' in run.stdout]


def onsdb(simulator: OnsSimulator, *tables: str, version: int | None = 4223) -> dict[str, Any]:
    versions = {} if version is None else {"onsdb_schema_version": version}
    return {
        **tap_settings(simulator),
        "onsdb_tables": list(tables),
        "onsdb_path": "/v0/onsdb/{table}",
        **versions,
    }


def test_a_table_of_the_reporting_database_arrives_as_it_is(ons: Any, bulk: Any) -> None:
    simulator = ons()
    run = bulk(onsdb(simulator, "contracts"), "onsdb_contracts")
    assert run.code == ExitCode.OK, run.stderr
    records = run.records("onsdb_contracts")
    assert records
    assert all(record["raw"] and record.keys() == {"raw", SYNCED_AT} for record in records)


def test_a_version_of_the_data_model_that_has_gone_is_named(ons: Any, bulk: Any) -> None:
    run = bulk(onsdb(ons(), "contracts", version=4000), "onsdb_contracts")
    assert run.code == ExitCode.SETTINGS
    assert "onsdb_contracts: HTTP 400" in run.complaint
    assert "onsdb_schema_version" in run.complaint


@pytest.mark.parametrize(
    ("tables", "version", "named"),
    [(["contracts"], None, "onsdb_schema_version is missing"), (["a/../b"], 4223, "onsdb_tables: 'a/../b'")],
)
def test_tables_of_the_reporting_database_need_a_version_and_a_name(
    tables: list[str], version: int | None, named: str, ons: Any, tap_ons: Any
) -> None:
    run = tap_ons(onsdb(ons(), *tables, version=version))
    assert run.code == ExitCode.SETTINGS
    assert named in run.complaint


def test_who_acts_is_told_only_if_it_is_set(ons: Any) -> None:
    settings = tap_settings(ons())
    with connected({**settings, "user_name": "reader", "active_identity": "12"}) as connection:
        headers = connection.prepare("/ping").headers
    assert headers["X-Cupido-User-Name"] == "reader"
    assert headers["X-Cupido-Active-Identity"] == "12"
    with connected(settings) as connection:
        assert not [name for name in connection.prepare("/ping").headers if name.startswith("X-Cupido")]
