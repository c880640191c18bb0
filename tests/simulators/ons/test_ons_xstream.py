import json
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import requests
from provider_simulators.faults import Action, Fault
from provider_simulators.world import EmployeeType, World

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

LIST_KEYS = {
    "locations": "locations",
    "teams": "teams",
    "employees": "employees",
    "contract_types": "contractTypes",
}


@pytest.mark.parametrize(("resource", "list_key"), LIST_KEYS.items())
def test_a_list_is_an_object_with_one_array(ons_caller: "OnsCaller", resource: str, list_key: str) -> None:
    answer = ons_caller.data(resource)

    assert list(answer.json()) == [list_key]
    assert answer.json()[list_key]
    (effect,) = ons_caller.simulator.log.effects("read")
    assert (effect["resource"], effect["records"]) == (resource, len(answer.json()[list_key]))


@pytest.mark.parametrize("resource", LIST_KEYS)
def test_ndjson_has_the_same_records_one_a_line(ons_caller: "OnsCaller", resource: str) -> None:
    answer = ons_caller.data(resource, Accept="application/x-ndjson")

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == ons_caller.data(resource).json()[
        LIST_KEYS[resource]
    ]


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/xml", None),
        ("application/xml, application/json;q=0.5", "application/json"),
        ("application/x-ndjson, application/json;q=0.9", "application/x-ndjson"),
        ("application/json, application/x-ndjson;q=0.9", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_the_preferred_media_type_is_given_or_406(ons_caller: "OnsCaller", accept: str, given: str | None) -> None:
    answer = ons_caller.data("teams", Accept=accept)

    assert answer.status_code == (200 if given else 406)
    assert given is None or answer.headers["Content-Type"].startswith(given)


def test_accept_is_required_unless_switched(start_ons: "StartOns") -> None:
    assert [_status_without_accept(start_ons(accept_absent=each)) for each in ("refuse", "json")] == [406, 200]


def _status_without_accept(caller: "OnsCaller") -> int:
    request = requests.Request("GET", f"{caller.simulator.url}/v0/xstream/teams/data").prepare()
    return caller.session.send(request, cert=caller.session.cert, verify=caller.settings["ca_bundle"]).status_code


def test_employees_are_those_of_the_worlds_home_care_organisation(
    ons_caller: "OnsCaller", simulated_world: World
) -> None:
    company = simulated_world.companies[1]
    expected = {
        str(person.number)
        for person in company.employees
        if person.type not in (EmployeeType.APPLICANT, EmployeeType.REJECTED_APPLICANT)
    }

    employees = ons_caller.data("employees").json()["employees"]

    assert company.name == "Thuiszorg Veluwezoom"
    assert {employee["identificationNo"] for employee in employees} == expected
    assert {employee["teamName"] for employee in employees} <= {
        team["name"] for team in ons_caller.data("teams").json()["teams"]
    }


def test_midnights_are_local_and_codes_keep_their_leading_zeros(ons_caller: "OnsCaller") -> None:
    locations = ons_caller.data("locations").json()["locations"]
    contract_types = ons_caller.data("contract_types").json()["contractTypes"]

    assert {location["beginDate"] for location in locations} == {"2018-07-01T00:00:00.000+02:00"}
    assert "2025-10-26T00:00:00.000+02:00" in [location.get("endDate") for location in locations]
    assert "007" in [contract_type["importCode"] for contract_type in contract_types]


def test_empty_members_are_left_out_or_stand_as_null(start_ons: "StartOns") -> None:
    sparse = start_ons().data("contract_types").json()["contractTypes"]
    full = start_ons(sparse=False).data("contract_types").json()["contractTypes"]

    assert Counter(len(each) for each in full) == {5: 4}
    assert [each.get("removed", False) for each in sparse] == [each["removed"] for each in full]
    assert "removed" not in sparse[0]


def test_fields_that_are_not_selected_are_missing_in_nested_models_too(start_ons: "StartOns") -> None:
    hidden = frozenset({"Employee.dateOfBirth", "EmployeePrivacySettings.employeeObjectId", "Team.id"})
    caller = start_ons(hidden_fields=hidden, sparse=False)

    for employee in caller.data("employees").json()["employees"]:
        assert "dateOfBirth" not in employee
        assert "employeeObjectId" not in employee["employeePrivacySettings"]
        assert "shareResidence" in employee["employeePrivacySettings"]
    assert all("id" not in team for team in caller.data("teams").json()["teams"])


@pytest.mark.parametrize("status", [403, 404])
def test_a_resource_outside_the_technical_design_is_refused_though_ping_is_fine(
    start_ons: "StartOns", status: int
) -> None:
    caller = start_ons(granted=frozenset({"teams"}), not_granted_status=status)

    assert caller.get("/ping").status_code == 200
    assert caller.data("teams").status_code == 200
    answer = caller.data("employees")
    assert answer.status_code == status
    assert answer.json()["errorResponseEntries"]


def test_an_empty_list_may_be_null(start_ons: "StartOns") -> None:
    answers = []
    for null_arrays in (False, True):
        caller = start_ons(null_arrays=null_arrays)
        caller.simulator.backend.records["teams"] = []
        answers.append(caller.data("teams").json())

    assert answers == [{"teams": []}, {"teams": None}]


def test_a_world_without_companies_has_empty_lists(start_ons: "StartOns") -> None:
    assert start_ons(world=World.build(companies=0)).data("employees").json() == {"employees": []}


def test_a_list_may_be_a_bare_array(start_ons: "StartOns") -> None:
    assert isinstance(start_ons(lists="bare").data("teams").json(), list)


def test_ndjson_may_have_blank_lines(start_ons: "StartOns") -> None:
    lines = start_ons(blank_line=True).data("teams", Accept="application/x-ndjson").text.split("\n")

    assert lines.count("") == 3
    assert sum(bool(line) for line in lines) == 4


def test_a_cut_body_ends_inside_a_line(ons_caller: "OnsCaller") -> None:
    ons_caller.simulator.faults.add(Fault(action=Action.CUT, path="/employees/data", at_byte=1000))

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="1000 bytes read"):
        ons_caller.data("employees", Accept="application/x-ndjson")
    assert ons_caller.data("employees").status_code == 200


@pytest.mark.parametrize("retry_after", [None, 2])
def test_a_certificate_has_four_requests_at_a_time(start_ons: "StartOns", retry_after: int | None) -> None:
    caller = start_ons(retry_after=retry_after)
    caller.simulator.faults.add(Fault(action=Action.DELAY, path="/teams/data", seconds=0.5, times=None))
    answers: list[requests.Response] = []

    def ask() -> None:
        with requests.Session() as session:
            url, ca_bundle = f"{caller.simulator.url}/v0/xstream/teams/data", caller.settings["ca_bundle"]
            headers = {"Accept": "application/json"}
            answers.append(session.get(url, headers=headers, cert=caller.session.cert, verify=ca_bundle, timeout=10))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(answer.status_code for answer in answers) == {200: 4, 429: 2}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.headers.get("Retry-After") for answer in refused} == {str(retry_after) if retry_after else None}
    assert Counter(request["status"] for request in caller.simulator.log.requests()) == {200: 4, 429: 2}
    assert caller.data("employees").status_code == 200


def test_old_paths_are_gone_and_unknown_ones_are_said_to_be_not_simulated(ons_caller: "OnsCaller") -> None:
    assert ons_caller.get("/t/employees").status_code == 404
    assert ons_caller.get("/v0/dossier/clients/50001/bsn").status_code == 501


def test_the_page_shows_what_it_holds(ons_caller: "OnsCaller") -> None:
    resources = ons_caller.get("/_simulator/books").json()["resources"]

    assert {row["resource"] for row in resources} >= set(LIST_KEYS)
    assert len(resources) == 48
