"""Customers, connectors, and what each of them is shown."""

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from provider_simulators.ons import Certificates, Environment
from provider_simulators.ons.certificates import PASSWORD

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

STAGING, PRODUCTION = Environment.STAGING, Environment.PRODUCTION


@pytest.mark.parametrize("environment", [STAGING, PRODUCTION])
def test_each_customer_has_data_of_its_own(start_ons: "StartOns", environment: Environment) -> None:
    caller = start_ons(environment=environment)
    first = caller.data("employees").json()["employees"]
    caller.use(caller.simulator.certificates.client(environment, "other_customer"))
    second = caller.data("employees").json()["employees"]

    assert caller.get("/ping").status_code == 200
    assert {row["id"] for row in first}.isdisjoint(row["id"] for row in second)
    assert caller.get(f"/v0/administration/employees/{first[0]['id']}/contracts").status_code == 404
    assert caller.get(f"/v0/administration/employees/{second[0]['id']}/contracts").status_code == 200


def test_changes_of_a_customer_stay_with_it(start_ons: "StartOns") -> None:
    caller = start_ons(environment=PRODUCTION)
    caller.simulator.backend.create("teams", customer="DF7305", name="Van de ander")
    assert "Van de ander" not in caller.data("teams").text

    caller.use(caller.simulator.certificates.client(PRODUCTION, "other_customer"))
    assert "Van de ander" in caller.data("teams").text


def test_a_name_against_the_rule_is_refused(ons_caller: "OnsCaller") -> None:
    ons_caller.use(ons_caller.simulator.certificates.client(Environment.DEVELOPMENT, "wrong_name"))

    assert ons_caller.get("/ping").status_code == 403


def test_a_design_holds_for_one_connector_and_can_change_between_runs(start_ons: "StartOns") -> None:
    caller = start_ons(sparse=False)
    backend, certificates = caller.simulator.backend, caller.simulator.certificates
    backend.approve("payroll_export", granted=["teams"], hidden_fields=["Team.name"])

    assert all("name" not in team for team in caller.data("teams").json()["teams"])
    assert caller.data("employees").status_code == 403
    caller.use(certificates.client(Environment.DEVELOPMENT, "other_connector"))
    assert all("name" in team for team in caller.data("teams").json()["teams"])
    assert caller.data("employees").status_code == 200

    caller.use(certificates.client(Environment.DEVELOPMENT))
    backend.approve("payroll_export")
    assert all("name" in team for team in caller.data("teams").json()["teams"])
    assert caller.data("employees").status_code == 200


@pytest.mark.parametrize("status", [403, 404])
def test_single_feeds_and_other_endpoints_are_granted_by_path_or_name(start_ons: "StartOns", status: int) -> None:
    granted = frozenset({"/v0/xstream/teams/updates", "account_types", "/v0/administration/holidays"})
    caller = start_ons(granted=granted, not_granted_status=status)

    paths = {
        "/v0/xstream/teams/updates?since=2026-01-01T00:00:00.000": 200,
        "/v0/xstream/teams/data": status,
        "/v0/administration/account_types": 200,
        "/v0/administration/holidays": 200,
        "/v0/administration/hour_types": status,
        "/v0/plannen_roosteren/units": status,
        "/ping": 200,
    }
    assert {path: caller.get(path).status_code for path in paths} == paths


def test_fields_are_hidden_at_any_depth(start_ons: "StartOns") -> None:
    hidden = frozenset({"Bsn.number", "CareAllocation.comments", "Debtor.organizationName", "Person.name"})
    caller = start_ons(hidden_fields=hidden, sparse=False)

    for relation in caller.data("relations").json()["clientContactRelations"]:
        assert "number" not in relation["bsn"]
        assert relation["bsn"]["idNumber"]
    for client in caller.data("clients").json()["clients"]:
        assert all("comments" not in each for each in client["careAllocations"])
        assert "name" not in client
    assert "organizationName" not in caller.data("insurances").text
    assert "organizationName" not in caller.data("debtors").text


def test_a_nested_model_may_be_left_out_whole(start_ons: "StartOns") -> None:
    caller = start_ons(hidden_fields=frozenset({"Bsn.number"}), nested_filter="object")

    assert all("bsn" not in relation for relation in caller.data("relations").json()["clientContactRelations"])


def test_windowed_endpoints_are_filtered_too(start_ons: "StartOns") -> None:
    caller = start_ons(hidden_fields=frozenset({"PresenceLog.id", "PresenceLogProduct.description"}))
    path = "/v0/administration/employees/40101/presence_logs?valid_from=2026-10-01&valid_to=2026-10-31"

    logs = caller.get(path).json()["presenceLogs"]
    assert logs
    assert all("id" not in log for log in logs)
    assert not any("description" in product for log in logs for product in log.get("products", []))


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_debtors_and_insurances_stand_in_each_other_so_deep(start_ons: "StartOns", depth: int) -> None:
    debtors = start_ons(sparse=False, insurance_depth=depth).data("debtors").json()["debtors"]
    found, debtor = 0, debtors[2]
    while debtor["insurances"]:
        found, debtor = found + 1, debtor["insurances"][0]["insurer"]

    assert found == depth


def test_an_archive_of_old_ciphers_has_the_same_certificate(ons_certificates: Certificates) -> None:
    paths = (ons_certificates.pkcs12(PRODUCTION), ons_certificates.legacy_pkcs12(PRODUCTION))
    certificates = [pkcs12.load_key_and_certificates(path.read_bytes(), PASSWORD.encode())[1] for path in paths]

    assert certificates[0] == certificates[1] is not None
