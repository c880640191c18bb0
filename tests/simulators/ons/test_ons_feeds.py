"""What `updates` and `deletes` say of records that come, change and go at the simulator's clock."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
from provider_simulators.ons import Reading
from provider_simulators.ons.moments import AMSTERDAM

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

VERY_OLD = "2000-01-01T00:00:00.000"


def feed(
    caller: "OnsCaller", resource: str, name: str, since: str | datetime = VERY_OLD, **more: str
) -> requests.Response:
    text = since if isinstance(since, str) else since.replace(tzinfo=None).isoformat(timespec="milliseconds")
    url = f"{caller.simulator.url}/v0/xstream/{resource}/{name}"
    return caller.session.get(url, params={"since": text, **more}, timeout=10)


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    (found,) = answer.json().values()
    return list(found)


def ids(answer: requests.Response) -> list[Any]:
    return [row["id"] for row in rows(answer)]


def test_nothing_changed_is_an_empty_list(ons_caller: "OnsCaller") -> None:
    now = ons_caller.simulator.clock.now()

    assert feed(ons_caller, "contracts", "updates", now).json() == {"contracts": []}
    assert feed(ons_caller, "teams", "deletes").json() == {"teams": []}


def test_everything_has_changed_since_a_very_old_moment(ons_caller: "OnsCaller") -> None:
    for resource in ("employees", "contracts", "shifts", "free_field_assignments"):
        assert rows(feed(ons_caller, resource, "updates")) == rows(ons_caller.data(resource))


def test_what_is_created_changed_and_deleted_is_told_once_since_then(ons_caller: "OnsCaller") -> None:
    backend, clock = ons_caller.simulator.backend, ons_caller.simulator.clock
    changed, gone = ons_caller.data("teams").json()["teams"][1:3]
    clock.advance(60)
    before = clock.now()
    clock.advance(60)
    created = backend.create("teams", name="Wijkteam Zuid")
    backend.update("teams", changed["id"], name="Wijkteam Nóórd 🌷")
    backend.delete("teams", gone["id"])

    updates = {row["id"]: row["name"] for row in rows(feed(ons_caller, "teams", "updates", before))}
    assert updates == {created["id"]: "Wijkteam Zuid", changed["id"]: "Wijkteam Nóórd 🌷"}
    assert rows(feed(ons_caller, "teams", "deletes", before)) == [{"id": gone["id"]}]
    assert gone["id"] not in ids(ons_caller.data("teams"))
    clock.advance(60)
    assert rows(feed(ons_caller, "teams", "updates", clock.now())) == []
    assert rows(feed(ons_caller, "teams", "deletes", clock.now())) == []
    kinds = [effect["kind"] for effect in ons_caller.simulator.log.effects()]
    assert [kind for kind in kinds if kind.startswith("record_")] == [
        "record_created",
        "record_updated",
        "record_deleted",
    ]


def test_deletes_may_come_in_full(start_ons: "StartOns") -> None:
    caller = start_ons(deletes="full")
    shift = caller.data("shifts").json()["shifts"][0]
    caller.simulator.backend.delete("shifts", shift["id"])

    assert rows(feed(caller, "shifts", "deletes")) == [shift]


def test_created_records_may_be_missing_from_updates(start_ons: "StartOns") -> None:
    caller = start_ons(updates_include_created=False)
    before = caller.simulator.clock.now()
    caller.simulator.backend.create("teams", name="Nieuw")

    assert rows(feed(caller, "teams", "updates", before)) == []


def test_updated_at_follows_a_change_and_is_a_date_in_free_fields(ons_caller: "OnsCaller") -> None:
    backend = ons_caller.simulator.backend
    client = backend.update("clients", 50_001, hometown="Wijk en Aalburg")
    value = backend.update("free_field_assignments", 390_001, value="43")

    assert client["updatedAt"].startswith("2026-11-15T13:00:0")
    (row,) = rows(feed(ons_caller, "free_field_assignments", "updates", "2026-11-15T12:00:00.000"))
    assert (row["id"], row["updatedAt"], row["value"]) == (value["id"], "2026-11-15", "43")


@pytest.mark.parametrize(("bound", "found"), [("inclusive", 1), ("exclusive", 0)])
def test_a_change_of_that_very_moment_is_in_or_out(start_ons: "StartOns", bound: str, found: int) -> None:
    caller = start_ons(since_bound=bound)
    store = caller.simulator.backend.records
    caller.simulator.backend.update("teams", 3_001, name="Toen")
    moment = next(row.changed_at for row in store.rows("teams") if row.record["id"] == 3_001)

    answer = feed(caller, "teams", "updates", moment.replace(tzinfo=None).isoformat())
    assert len(rows(answer)) == found


@pytest.mark.parametrize("zone", ["utc", "amsterdam"])
def test_a_since_without_offset_is_read_as_utc_or_as_local_time(start_ons: "StartOns", zone: str) -> None:
    caller = start_ons(since_zone=zone)
    now = caller.simulator.clock.now()
    caller.simulator.backend.update("teams", 3_001, name="Nu")
    in_utc = now.replace(tzinfo=None)
    in_amsterdam = now.astimezone(AMSTERDAM).replace(tzinfo=None)

    for text in (in_utc, in_amsterdam):
        found = rows(feed(caller, "teams", "updates", text.isoformat(timespec="milliseconds")))
        assert len(found) == (0 if zone == "utc" and text == in_amsterdam else 1)
    for text in (f"{in_utc.isoformat(timespec='milliseconds')}Z", now.astimezone(AMSTERDAM).isoformat()):
        assert len(rows(feed(caller, "teams", "updates", text))) == 1


@pytest.mark.parametrize(
    "since", ["gisteren", "2026-11-15", "2026-02-30T00:00:00.000", "", "2026-11-15T00:00:00.000 01:00"]
)
@pytest.mark.parametrize("name", ["updates", "deletes"])
def test_garbage_in_since_is_refused(ons_caller: "OnsCaller", name: str, since: str) -> None:
    answer = feed(ons_caller, "teams", name, since)

    assert answer.status_code == 400
    assert answer.json()["errorResponseEntries"][0]["field"] == "since"


@pytest.mark.parametrize("name", ["updates", "deletes"])
def test_since_must_be_there(ons_caller: "OnsCaller", name: str) -> None:
    assert ons_caller.get(f"/v0/xstream/teams/{name}").status_code == 400


@pytest.mark.parametrize(
    "path",
    ["availability_types/updates", "contracts/deletes", "invoice_row_finance_logs/data", "groups/deletes"],
)
def test_a_feed_that_a_resource_does_not_have_is_not_found(ons_caller: "OnsCaller", path: str) -> None:
    answer = ons_caller.get(f"/v0/xstream/{path}?since={VERY_OLD}")

    assert answer.status_code == 404
    assert answer.json()["errorResponseEntries"]


def test_links_of_rows_and_logs_have_a_pair_for_a_key(ons_caller: "OnsCaller") -> None:
    links = rows(feed(ons_caller, "invoice_row_finance_logs", "updates"))
    ons_caller.simulator.clock.advance(60)
    now = ons_caller.simulator.clock.now()
    ons_caller.simulator.backend.create("invoice_row_finance_logs", invoiceRowId=650_001, financeLogId=660_099)

    assert all(link.keys() == {"invoiceRowId", "financeLogId"} for link in links)
    assert rows(feed(ons_caller, "invoice_row_finance_logs", "updates", now)) == [
        {"invoiceRowId": 650_001, "financeLogId": 660_099}
    ]


def test_feeds_may_reach_back_some_days_only(start_ons: "StartOns") -> None:
    caller = start_ons(feed_days=30)

    assert 0 < len(rows(feed(caller, "finance_logs", "updates"))) < len(rows(caller.data("finance_logs")))


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_changes_during_a_read_are_in_the_next_updates_only(ons_caller: "OnsCaller", accept: str) -> None:
    backend, clock = ons_caller.simulator.backend, ons_caller.simulator.clock
    everybody = ons_caller.data("employees").json()["employees"]
    first, last, gone = everybody[0], everybody[-1], everybody[-2]
    start = clock.now()
    seen: list[Reading] = []

    def meanwhile(reading: Reading) -> None:
        seen.append(reading)
        if reading.row == 3:
            clock.advance(5)
            backend.update("employees", first["id"], lastName="Gewijzigd")
            backend.update("employees", last["id"], lastName="Gewijzigd")
            backend.delete("employees", gone["id"])
            backend.create("employees", lastName="Nieuw")

    backend.while_reading = meanwhile
    answer = ons_caller.data("employees", Accept=accept)
    backend.while_reading = None

    found = answer.json()["employees"] if accept.endswith("/json") else list(map(json.loads, answer.text.splitlines()))
    assert found == everybody
    assert seen[3] == Reading(resource="employees", feed="data", row=3)
    updates = rows(feed(ons_caller, "employees", "updates", start))
    assert [row["lastName"] for row in updates] == ["Gewijzigd", "Gewijzigd", "Nieuw"]
    assert rows(feed(ons_caller, "employees", "deletes", start)) == [{"id": gone["id"]}]


def test_the_date_header_is_the_simulators_clock(ons_caller: "OnsCaller") -> None:
    ons_caller.simulator.clock.advance(timedelta(days=3).total_seconds())

    assert ons_caller.get("/ping").headers["Date"].startswith("Wed, 18 Nov 2026 12:00:")
    assert ons_caller.data("teams").headers["Date"].startswith("Wed, 18 Nov 2026 12:00:")
