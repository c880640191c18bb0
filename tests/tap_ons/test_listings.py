"""Lists beside the bulk tables: for each parent, by many ids, in pages; what is stamped, missing or refused."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from singer_sdk.exceptions import FatalAPIError
from tap_ons.client import SYNCED_AT
from tap_ons.listing import KEY

from tests.tap_ons.conftest import tap_settings
from tests.tap_ons.lists import ListSyncs
from tests.tap_ons.warehouse import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provider_simulators.ons import OnsSimulator

TODAY = date(2026, 11, 15)
HEALTH = {"include_personal_data": ["health"]}


@pytest.fixture
def one_list(ons: Callable[..., OnsSimulator]) -> Iterator[Callable[..., ListSyncs]]:
    """A simulator with these switches, and syncs of one list of it."""
    with ExitStack() as running:

        def start(stream: str, settings: dict[str, Any] | None = None, **switches: Any) -> ListSyncs:
            simulator = ons(**switches)
            connection = running.enter_context(connected(tap_settings(simulator)))
            return ListSyncs(simulator, connection, stream, **{"start_date": "2026-10-01", **(settings or {})})

        yield start


def employees(syncs: ListSyncs) -> list[int]:
    return [row["id"] for row in syncs.simulator.backend.records["employees"]]


@pytest.mark.parametrize("lists", ["wrapper", "bare"])
def test_a_plain_list_is_read_with_one_request(lists: str, one_list: Any) -> None:
    syncs = one_list("hour_types", lists=lists)
    records = syncs.sync(TODAY)
    assert len(records) == len({record["id"] for record in records}) > 0
    assert len(syncs.asked()) == 1
    assert {record[SYNCED_AT] for record in records} == {records[0][SYNCED_AT]}
    assert syncs.bookmark == {}


def test_a_record_without_a_published_description_is_its_key_and_all_that_came(one_list: Any) -> None:
    syncs = one_list("report_types")
    rows = syncs.simulator.backend.records["report_types"]
    rows[0] |= {"bsn": "999900001", "someField": {"innerField": 1}}
    syncs.simulator.backend.records["report_types"] = rows
    records = [{name: value for name, value in record.items() if name != SYNCED_AT} for record in syncs.sync(TODAY)]
    known = {name: value for name, value in rows[0].items() if name != "bsn"}
    assert records[0] == {"id": 101, "raw": known}
    assert records[1] == {"id": 102, "raw": rows[1]}


def test_an_empty_list_is_no_error(one_list: Any) -> None:
    syncs = one_list("hour_types")
    syncs.simulator.faults.add(
        action="status", path="hour_types", status=200, body='{"hourTypes": null}', content_type="application/json"
    )
    assert syncs.sync(TODAY) == []


def test_lists_of_all_parents_come_in_their_order(one_list: Any) -> None:
    syncs = one_list("collective_agreement_assignments")
    records = syncs.sync(TODAY)
    told = list(dict.fromkeys(record["employee_id"] for record in records))
    assert told == [employee for employee in employees(syncs) if employee in told]
    assert len(syncs.asked("by_employee_id")) == len(employees(syncs))
    assert max(request["concurrent"] for request in syncs.asked()) <= 4


def test_parents_are_read_once_for_all_streams(ons: Any, bulk: Any) -> None:
    simulator = ons()
    settings = {**tap_settings(simulator), "start_date": "2026-11-01"}
    run = bulk(settings, "presence_logs", "expenses", "work_hours_balances")
    assert run.code == ExitCode.OK, run.stderr
    assert [one["path"] for one in simulator.log.requests()].count("/v0/xstream/employees/data") == 1


def test_a_list_of_another_list_is_read_for_each_of_its_rows(one_list: Any) -> None:
    syncs = one_list("collective_agreement_rules")
    agreements = {record["collective_agreement_id"] for record in syncs.sync(TODAY)}
    assert len(agreements) == 2
    assert len(syncs.asked("by_collective_agreement_id")) == 2


def test_records_that_do_not_tell_whose_they_are_are_stamped(one_list: Any) -> None:
    syncs = one_list("account_type_expirations")
    records = syncs.sync(TODAY)
    asked = syncs.asked("account_type_expire_statistics")
    assert len(asked) == 3 * len(employees(syncs))
    assert {request["query"]["date"] for request in asked} == {TODAY.isoformat()}
    assert {(record["employee_id"], record["sub_type"]) for record in records} <= {
        (employee, variant) for employee in employees(syncs) for variant in (0, 1, 2)
    }
    assert {record["sub_type"] for record in records} == {0, 1, 2}


def test_stamps_keep_to_the_policy_of_personal_data(one_list: Any) -> None:
    replaced = {"pseudonymise": ["health"], "pseudonym_key": "secret of the hash"}
    syncs = one_list("declarations_verified_until", replaced)
    records = syncs.sync(TODAY)
    clients = {str(row["id"]) for row in syncs.simulator.backend.records["clients"]}
    assert records
    assert not {str(record["client_id"]) for record in records} & clients


def test_a_single_answer_is_one_record(one_list: Any) -> None:
    syncs = one_list("employee_weeksheet_profiles")
    assert [record["employee_id"] for record in syncs.sync(TODAY)] == employees(syncs)


def test_days_inside_one_answer_are_records(one_list: Any) -> None:
    syncs = one_list("employee_schedules", {**HEALTH, "days_ahead": 0, "start_date": "2026-11-09"})
    keys = [(record["employee_id"], record["date"]) for record in syncs.sync(TODAY)]
    assert len(keys) == len(set(keys)) == 7 * len(employees(syncs))


def test_one_unknown_id_does_not_spoil_the_others(one_list: Any, caplog: pytest.LogCaptureFixture) -> None:
    syncs = one_list("workdays")
    unknown = employees(syncs)[4]
    syncs.simulator.faults.add(
        action="status", path=rf"workdays\?(.*&)?id={unknown}(&|$)", status=404, body="{}", times=None
    )
    records = syncs.sync(TODAY)
    assert {record["employee_object_id"] for record in records} == set(employees(syncs)) - {unknown}
    assert f"left out 1 of {len(employees(syncs))} employees, whom Ons does not know here" in caplog.text


def test_ids_are_asked_for_a_hundred_at_a_time(one_list: Any) -> None:
    syncs = one_list("workday_norms")
    for number in range(205 - len(employees(syncs))):
        syncs.simulator.backend.create("employees", id=90_000 + number)
    syncs.sync(TODAY)
    asked = syncs.asked("workday_norms")
    assert len(asked) == 3
    assert {request["status"] for request in asked} == {200}


def test_a_parent_that_ons_does_not_know_is_left_out_and_counted(
    one_list: Any, caplog: pytest.LogCaptureFixture
) -> None:
    syncs = one_list("expenses", {"window_days": 10})
    unknown = employees(syncs)[4]
    syncs.simulator.faults.add(action="status", path=rf"employees/{unknown}\?", status=404, body="{}", times=None)
    records = syncs.sync(TODAY)
    assert {record["employee_object_id"] for record in records} <= set(employees(syncs)) - {unknown}
    assert caplog.text.count("whom Ons does not know here") == 1
    assert len(syncs.asked(f"employees/{unknown}")) <= 2, "in later windows it is not asked for again"
    assert syncs.bookmark["until"] == "2026-11-16"


@pytest.mark.parametrize("status", [403, 404])
def test_what_is_not_granted_is_reported_once_and_the_others_go_on(status: int, ons: Any, bulk: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="/presence_logs", status=status, body="{}", times=None)
    settings = {**tap_settings(simulator), "start_date": "2026-11-01"}
    run = bulk(settings, "presence_logs", "expenses")
    assert run.code == ExitCode.OK, run.stderr
    assert run.stderr.count("Not granted") == 1
    assert "/v0/administration/employees/{employee_id}/presence_logs" in run.stderr
    assert run.records("expenses")
    assert not run.state["bookmarks"]["presence_logs"]


def test_parents_that_are_not_granted_are_what_to_ask_for(ons: Any, bulk: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="xstream/employees", status=403, body="{}", times=None)
    run = bulk({**tap_settings(simulator), "start_date": "2026-11-01"}, "presence_logs", "hour_types")
    assert run.code == ExitCode.OK, run.stderr
    assert "Not granted: ids of employees: HTTP 403: /v0/xstream/employees/data is not granted" in run.stderr


def test_a_key_that_is_not_selected_is_named(one_list: Any) -> None:
    syncs = one_list("expense_types", hidden_fields=frozenset({"expense.ExpenseType.id"}))
    with pytest.raises(FatalAPIError, match=r"^expense_types: a row has no id: select that field"):
        syncs.sync(TODAY)


def test_a_cut_list_is_asked_for_again(one_list: Any) -> None:
    syncs = one_list("hour_types")
    expected = syncs.sync(TODAY)
    syncs.simulator.faults.add(action="cut", path="hour_types", at_byte=100, times=1)
    assert [record["id"] for record in syncs.sync(TODAY)] == [record["id"] for record in expected]


def test_cut_ids_of_parents_are_asked_for_again(one_list: Any) -> None:
    syncs = one_list("employee_weeksheet_profiles")
    syncs.simulator.faults.add(action="cut", path="xstream/employees", at_byte=3000, times=1)
    assert len(syncs.sync(TODAY)) == len(employees(syncs))


def test_visits_without_a_key_get_one_that_stays(one_list: Any) -> None:
    syncs = one_list("planned_visits", {**HEALTH, "days_ahead": 0, "start_date": "2026-11-09"})
    first = {record[KEY]: record for record in syncs.sync(TODAY)}
    assert len(first) == len(syncs.records) > 0
    again = {record[KEY] for record in syncs.sync(TODAY, replication_method="FULL_TABLE")}
    assert again == set(first)
    moment = {record[SYNCED_AT] for record in syncs.records}
    assert len(moment) == 1, "what is older is no longer planned"


def test_visits_that_look_alike_are_told_apart(one_list: Any) -> None:
    syncs = one_list("planned_visits", {**HEALTH, "days_ahead": 0, "start_date": "2026-11-15"})
    visits = '[{"employeeId": 1, "date": "2026-11-15", "totalDuration": 60}, {"employeeId": 1, "date": "2026-11-15", '
    body = visits + '"totalDuration": 90}, {"employeeId": 1, "date": "2026-11-15", "totalDuration": 60}]'
    path = f"planned_visits/by_employee_id/{employees(syncs)[0]}"
    syncs.simulator.faults.add(action="status", path=path, status=200, body=body, content_type="application/json")
    alike = [record for record in syncs.sync(TODAY) if record.get("employee_id") == 1]
    assert [record["total_duration"] for record in alike] == [60, 90]
    assert len({record[KEY] for record in alike}) == 2


def test_pages_are_read_until_one_is_empty(one_list: Any) -> None:
    syncs = one_list("care_order_presence_logs")
    orders = [row["id"] for row in syncs.simulator.backend.records["care_orders"]]
    rows = ", ".join(f'{{"id": {number}}}' for number in range(100))
    for path, body in (("page=0", f"[{rows}]"), ("page=1", '[{"id": 100}]'), ("page=", "[]")):
        syncs.simulator.faults.add(
            action="status",
            path=rf"{orders[0] if path != 'page=' else ''}/presence_logs.*{path}",
            status=200,
            body=body,
            content_type="application/json",
            times=None,
        )
    assert [record["id"] for record in syncs.sync(TODAY)] == list(range(101))
    assert len(syncs.asked(f"/{orders[0]}/presence_logs")) == 3
    assert len(syncs.asked("/presence_logs")) == len(orders) + 2


def test_pages_that_are_shorter_than_asked_for_are_an_error(one_list: Any) -> None:
    syncs = one_list("care_order_presence_logs")
    syncs.simulator.faults.add(
        action="status",
        path="/presence_logs",
        status=200,
        body='[{"id": 1}]',
        content_type="application/json",
        times=None,
    )
    with pytest.raises(FatalAPIError, match="shorter than asked for"):
        syncs.sync(TODAY)
