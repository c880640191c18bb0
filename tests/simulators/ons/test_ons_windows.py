"""Hours, expenses, leave and lists: windows, parameters, ids, pages."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.world import World

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

EMPLOYEE = 40_101
ADMINISTRATION = "/v0/administration"
LOGS = f"{ADMINISTRATION}/employees/{EMPLOYEE}/presence_logs"
EXPENSES = f"{ADMINISTRATION}/expenses/employees/{EMPLOYEE}"
ENTRIES = f"{ADMINISTRATION}/account_entries/by_employee_in_period/{EMPLOYEE}"
OCTOBER = "valid_from=2026-10-01&valid_to=2026-10-31"


def rows(caller: "OnsCaller", path: str) -> list[dict[str, Any]]:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json().values()
    return list(found)


def days(logs: list[dict[str, Any]]) -> list[str]:
    return [(log.get("startDate") or log["date"])[:10] for log in logs]


def test_a_window_has_the_same_rows_however_it_is_cut(start_ons: "StartOns") -> None:
    caller = start_ons(undocumented_ends="exclusive")
    whole = rows(caller, f"{LOGS}?valid_from=2026-09-01&valid_to=2026-11-01")
    parts = [
        row
        for first, until in (("2026-09-01", "2026-09-14"), ("2026-09-14", "2026-10-25"), ("2026-10-25", "2026-11-01"))
        for row in rows(caller, f"{LOGS}?valid_from={first}&valid_to={until}")
    ]

    assert parts == whole
    assert len({row["id"] for row in whole}) == len(whole) > 40


@pytest.mark.parametrize(("ends", "last"), [("inclusive", "2026-10-31"), ("exclusive", "2026-10-30")])
@pytest.mark.parametrize("path", [LOGS, ENTRIES])
def test_the_end_that_is_not_documented_is_in_or_out(start_ons: "StartOns", ends: str, last: str, path: str) -> None:
    backend = (caller := start_ons(undocumented_ends=ends)).simulator.backend
    for day in (30, 31):
        backend.create("presence_logs", employeeObjectId=EMPLOYEE, startDate=f"2026-10-{day}T22:00:00.000+01:00")
        backend.create("account_entries", employeeId=EMPLOYEE, date=date(2026, 10, day), minutes=-1)

    found = rows(caller, f"{path}?{OCTOBER}")
    own = [row["date"] for row in found if row.get("minutes") == -1] if path == ENTRIES else days(found)
    assert max(own) == last


def test_only_extended_logs_have_irregular_hours(ons_caller: "OnsCaller") -> None:
    night = next(
        employee["id"]
        for employee in ons_caller.data("employees").json()["employees"]
        if int(employee["identificationNo"]) % 6 == 0
    )
    path = f"{ADMINISTRATION}/employees/{night}/presence_logs?{OCTOBER}"
    plain, extended = rows(ons_caller, path), rows(ons_caller, f"{path}&extended=true")

    assert not any("ortHours" in log for log in plain)
    paid = [log for log in extended if "ortHours" in log]
    assert paid
    assert {hours["percentageDecimal"] for log in paid for hours in log["ortHours"]} <= {22, 44.5}
    assert [log["id"] for log in plain] == [log["id"] for log in extended]


def test_group_registrations_share_a_uuid_and_durations_have_no_times(start_ons: "StartOns") -> None:
    logs = rows(start_ons(sparse=False), f"{LOGS}?valid_from=2026-01-01&valid_to=2026-11-01")
    groups = [log for log in logs if log["activityObjectId"] == 12]

    assert len({log["uuid"] for log in groups}) * 2 == len(groups) > 0
    assert all(log["products"] for log in groups)
    for log in logs:
        assert log["hasRealTime"] is (log["startDate"] is not None) is (log["duration"] is None)
    assert {log["removed"] for log in logs} == {log["verified"] for log in logs} == {True, False}


@pytest.mark.parametrize(
    ("day", "offsets"), [("2026-03-28", ("+01:00", "+02:00")), ("2026-10-24", ("+02:00", "+01:00"))]
)
def test_a_night_in_which_the_clock_changes_has_both_offsets(
    start_ons: "StartOns", day: str, offsets: tuple[str, str]
) -> None:
    caller = start_ons()
    logs = [
        log
        for employee in caller.data("employees").json()["employees"]
        for log in rows(
            caller, f"{ADMINISTRATION}/employees/{employee['id']}/presence_logs?valid_from={day}&valid_to={day}"
        )
        if log.get("startDate", "").endswith(offsets[0]) and log["endDate"].endswith(offsets[1])
    ]

    assert logs
    for log in logs:
        start, end = (datetime.fromisoformat(log[name]) for name in ("startDate", "endDate"))
        assert (end - start).total_seconds() in (3 * 3_600, 5 * 3_600)


def test_hours_can_be_added_changed_and_taken_away(ons_caller: "OnsCaller") -> None:
    backend = ons_caller.simulator.backend
    before = rows(ons_caller, f"{LOGS}?{OCTOBER}")
    backend.update("presence_logs", before[0]["id"], verified=False, reason="Hersteld")
    backend.delete("presence_logs", before[1]["id"])
    backend.create("presence_logs", employeeObjectId=EMPLOYEE, startDate="2026-10-02T09:00:00.000+02:00")

    after = {row["id"]: row for row in rows(ons_caller, f"{LOGS}?{OCTOBER}")}
    assert after[before[0]["id"]]["reason"] == "Hersteld"
    assert before[1]["id"] not in after
    assert len(after) == len(before)


@pytest.mark.parametrize(
    "query", ["", "?valid_from=2026-10-01", "?valid_to=2026-10-01", "?valid_from=x&valid_to=2026-10-31"]
)
@pytest.mark.parametrize("path", [LOGS, ENTRIES])
def test_bounds_that_must_be_there_are_asked_for(ons_caller: "OnsCaller", path: str, query: str) -> None:
    assert ons_caller.get(f"{path}{query}").status_code == 400


def test_a_period_that_ends_before_it_begins_is_refused(ons_caller: "OnsCaller") -> None:
    assert ons_caller.get(f"{LOGS}?valid_from=2026-10-02&valid_to=2026-10-01").status_code == 400


def test_expenses_end_before_the_last_day_and_without_bounds_there_are_none(ons_caller: "OnsCaller") -> None:
    spent = rows(ons_caller, f"{EXPENSES}?valid_from=2026-01-01&valid_to=2026-11-15")
    last = max(row["expenseDate"] for row in spent)

    assert rows(ons_caller, f"{EXPENSES}?valid_from={last}&valid_to={last}") == []
    assert rows(ons_caller, EXPENSES) == []
    assert len(rows(ons_caller, f"{EXPENSES}?valid_from={last}")) >= 1
    assert all(row["amount"] == row["calculatedAmount"] + row.get("deviation", 0) for row in spent)


@pytest.mark.parametrize(
    "path",
    [
        "employees/1/presence_logs?" + OCTOBER,
        "expenses/employees/1?" + OCTOBER,
        "account_entries/by_employee/1",
        "work_hours_balances/by_employee/1",
        "collective_agreement_assignments/by_employee_id/1",
        "employees/1/contracts",
        "clients/1/presence_logs?" + OCTOBER,
        "clientAbsences/search_by_client?client_id=1&" + OCTOBER,
        "employees/by_identification_no/0",
        "account_types/1",
        "presence/presence_logs/1",
        "cost_centers/costCenterSelectionOptions?employee_id=1&date=2026-10-01",
    ],
)
def test_somebody_unknown_is_not_found(ons_caller: "OnsCaller", path: str) -> None:
    assert ons_caller.get(f"{ADMINISTRATION}/{path}").status_code == 404


def test_a_deleted_employee_has_no_hours_any_more(ons_caller: "OnsCaller") -> None:
    ons_caller.simulator.backend.delete("employees", EMPLOYEE)

    assert ons_caller.get(f"{LOGS}?{OCTOBER}").status_code == 404


def test_wrong_parameter_names_are_ignored_or_refused(start_ons: "StartOns") -> None:
    path = f"{LOGS}?{OCTOBER}&from=2026-10-01"

    assert [start_ons(unknown_parameters=each).get(path).status_code for each in ("ignore", "refuse")] == [200, 400]


def test_wide_windows_take_too_long_for_the_gateway(start_ons: "StartOns") -> None:
    caller = start_ons(window_days_max=15)

    answer = caller.get(f"{LOGS}?{OCTOBER}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html")
    assert caller.get(f"{LOGS}?valid_from=2026-10-01&valid_to=2026-10-16").status_code == 200


def test_balances_are_what_the_entries_add_up_to(ons_caller: "OnsCaller") -> None:
    entries = rows(ons_caller, f"{ADMINISTRATION}/account_entries/by_employee/{EMPLOYEE}")
    at = rows(ons_caller, f"{ADMINISTRATION}/work_hours_balances/by_employee_at_date/{EMPLOYEE}?date=2026-10-31")

    for balance in at:
        account = [row for row in entries if row["accountTypeId"] == balance["accountTypeId"]]
        assert balance["unverifiedBalance"] == sum(row["minutes"] for row in account if row["date"] <= "2026-10-31")
    one = ons_caller.get(
        f"{ADMINISTRATION}/work_hours_balances/by_employee_with_type_at_date/{EMPLOYEE}?date=2026-10-31&account_type_id=7202"
    )
    assert one.json() == next(row for row in at if row["accountTypeId"] == 7_202)


@pytest.mark.parametrize("path", ["employees/workday_norms/workdays", "employees/time_compensation_factors"])
def test_one_unknown_id_fails_a_bulk_call_and_so_do_too_many(ons_caller: "OnsCaller", path: str) -> None:
    known = [row["id"] for row in ons_caller.data("employees").json()["employees"]]
    window = f"{OCTOBER}&period_start=2026-10-01&period_end=2026-10-31"

    def status(ids: list[int]) -> int:
        return ons_caller.get(f"{ADMINISTRATION}/{path}?{'&'.join(f'id={each}' for each in ids)}&{window}").status_code

    assert status(known) == 200
    assert status([*known, 1]) == 404
    assert status([EMPLOYEE] * 100) == 200
    assert status([EMPLOYEE] * 101) == 400


def test_expertise_assignments_by_ids_need_one_to_a_hundred(ons_caller: "OnsCaller") -> None:
    path = f"{ADMINISTRATION}/expertise_profile_assignments/by_employee_ids"

    assert len(rows(ons_caller, f"{path}?id={EMPLOYEE}")) == 1
    assert ons_caller.get(path).status_code == 400
    assert ons_caller.get(f"{path}?{'&'.join(['id=40101'] * 101)}").status_code == 400


def test_workdays_are_the_days_with_hours(start_ons: "StartOns") -> None:
    caller = start_ons()
    (overview,) = rows(caller, f"{ADMINISTRATION}/employees/workday_norms/workdays?id={EMPLOYEE}&{OCTOBER}")

    assert (overview["startDate"], overview["endDate"]) == ("2026-10-01", "2026-10-31")
    assert sorted({*days(rows(caller, f"{LOGS}?{OCTOBER}"))}) == overview["workdays"]


def test_client_absences_include_both_bounds(ons_caller: "OnsCaller") -> None:
    absence = ons_caller.data("client_absences").json()["clientAbsences"][1]
    first, last = absence["beginDate"][:10], absence["endDate"][:10]
    path = f"{ADMINISTRATION}/clientAbsences/search_by_client?client_id={absence['clientId']}"

    assert [row["id"] for row in rows(ons_caller, f"{path}&valid_from=2020-01-01&valid_to={first}")] == [absence["id"]]
    assert [row["id"] for row in rows(ons_caller, f"{path}&valid_from={last}&valid_to=2027-01-01")] == [absence["id"]]
    assert ons_caller.get(f"{path}&valid_from=2020-01-01").status_code == 400


def test_searches_come_in_pages_of_ten(ons_caller: "OnsCaller") -> None:
    everybody = [row["id"] for row in ons_caller.data("employees").json()["employees"]]
    path = f"{ADMINISTRATION}/employees/find"
    pages = [[row["id"] for row in rows(ons_caller, f"{path}?offset={offset}")] for offset in (0, 10, 20, 30)]

    assert [len(page) for page in pages] == [10, 10, 3, 0]
    assert [each for page in pages for each in page] == everybody
    assert [row["id"] for row in rows(ons_caller, f"{path}?limit=100")] == everybody
    assert len(rows(ons_caller, f"{path}?limit=2&offset=4")) == 2


def test_logs_of_a_care_order_come_in_pages_from_nought(ons_caller: "OnsCaller") -> None:
    path = f"{ADMINISTRATION}/finance/care_orders/610006/presence_logs"
    whole = rows(ons_caller, f"{path}?limit=1000&page=0")
    first, second = (rows(ons_caller, f"{path}?limit=5&page={page}") for page in (0, 1))

    assert first + second == whole[:10]
    assert rows(ons_caller, f"{path}?limit=5&page=9999") == []


def test_holidays_between_cannot_look_ahead(ons_caller: "OnsCaller") -> None:
    path = f"{ADMINISTRATION}/holidays/between?valid_from=2026-01-01"

    assert [row["name"] for row in rows(ons_caller, f"{path}&valid_to=2026-11-15")] == ["Nieuwjaarsdag", "Koningsdag"]
    assert ons_caller.get(f"{path}&valid_to=2026-11-16").status_code == 400
    ons_caller.simulator.clock.advance(86_400)
    assert ons_caller.get(f"{path}&valid_to=2026-11-16").status_code == 200


@pytest.mark.parametrize("missing", ["unit_id", "finance_id", "start_period", "end_period"])
def test_what_is_declared_optional_and_missing_is_refused(ons_caller: "OnsCaller", missing: str) -> None:
    query = {"unit_id": 20_001, "finance_id": 8_101, "start_period": "2026-10-01", "end_period": "2026-10-31"}
    path = f"{ADMINISTRATION}/finance/client_financed_products/by_location_and_finance_type_in_period"

    def status(parts: dict[str, Any]) -> int:
        return ons_caller.get(f"{path}?{'&'.join(f'{name}={value}' for name, value in parts.items())}").status_code

    assert status(query) == 200
    assert status({name: value for name, value in query.items() if name != missing}) == 400


def test_averages_are_refused_for_who_is_not_under_contract(ons_caller: "OnsCaller") -> None:
    path = f"{ADMINISTRATION}/payable_hours_averages/per_week_in_period/{EMPLOYEE}"

    assert ons_caller.get(path).json()["value"] > 0
    assert ons_caller.get(f"{path}?valid_from=2001-01-01&valid_to=2001-02-01").status_code == 400


def test_the_people_of_a_large_world_answer_quickly(start_ons: "StartOns") -> None:
    caller = start_ons(world=World.build(employees=300))
    everybody = caller.data("employees").json()["employees"]

    assert len(everybody) > 250
    for employee in everybody[:20]:
        rows(caller, f"{ADMINISTRATION}/employees/{employee['id']}/presence_logs?{OCTOBER}")
