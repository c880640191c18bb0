"""The log of writes, faults by operation, late writes, what people do meanwhile, and control from elsewhere."""

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from conftest import MinimaxCaller

ADD = "AddJournal"


def writes(caller: "MinimaxCaller", kind: str = "Journal") -> list[Any]:
    return caller.simulator.backend.writes.writes(kind)


def test_every_write_stands_in_the_log_with_the_request_that_made_it(still_minimax: "MinimaxCaller") -> None:
    number = still_minimax.add("journals", still_minimax.journal())
    again = still_minimax.add("journals", still_minimax.journal())
    still_minimax.delete(f"journals/{number}")

    made, twin, deleted = writes(still_minimax)
    assert (made.action, made.key, made.administration) == ("create", str(number), 21001)
    assert (made.origin.actor, made.origin.operation, made.origin.late) == ("api", ADD, False)
    assert (twin.key, twin.digest) == (str(again), made.digest)
    assert deleted.action == "delete"
    arrival = still_minimax.simulator.backend.writes.arrivals()[made.origin.request - 1]
    assert (arrival.method, arrival.status, arrival.whole) == ("POST", 201, True)


@pytest.mark.parametrize(("action", "booked"), [("reset_before", 0), ("reset_after", 1)])
def test_a_lost_answer_says_nothing_but_the_log_of_writes_does(
    still_minimax: "MinimaxCaller", action: str, booked: int
) -> None:
    still_minimax.simulator.disturb(ADD, action, nth=2)
    still_minimax.add("journals", still_minimax.journal())

    with pytest.raises(requests.RequestException):
        still_minimax.post("journals", still_minimax.journal())

    assert len(writes(still_minimax)) == 1 + booked
    assert still_minimax.simulator.backend.writes.arrivals()[-1].status is None


def test_a_fault_is_for_its_operation_only(still_minimax: "MinimaxCaller") -> None:
    sim = still_minimax.simulator
    for operation in ("GetJournals", "GetCustomer"):
        sim.disturb(operation, "status", status=503, times=None)
    sim.disturb(ADD, "status", status=429, retry_after="7")

    assert still_minimax.get("Journals").status_code == 503
    assert still_minimax.get("journals/journal-entries").status_code == 200
    assert still_minimax.get("customers/code(D001)").status_code == 200
    refused = still_minimax.post("journals", still_minimax.journal())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    sim.calm()
    assert still_minimax.get("journals").status_code == 200


def test_a_late_write_is_applied_when_its_time_has_come(still_minimax: "MinimaxCaller") -> None:
    sim = still_minimax.simulator
    sim.disturb(ADD, "apply_late", status=504, seconds=60)

    assert still_minimax.post("journals", still_minimax.journal()).status_code == 504
    assert still_minimax.rows("journals", Description="#a1b2c3") == []
    sim.logins.expire_access_tokens()
    sim.clock.advance(60)
    sim.settle()

    still_minimax.log_in()
    assert len(still_minimax.rows("journals", Description="#a1b2c3")) == 1
    (late,) = writes(still_minimax)
    assert late.origin.late
    assert still_minimax.simulator.log.effects("applied_late")[0]["status"] == 201


def test_who_does_not_get_in_leaves_no_late_write(still_minimax: "MinimaxCaller") -> None:
    sim = still_minimax.simulator
    sim.disturb(ADD, "apply_late", status=504, seconds=60)
    sim.logins.expire_access_tokens()

    assert still_minimax.post("journals", still_minimax.journal()).status_code == 401
    sim.clock.advance(60)
    sim.settle()
    assert writes(still_minimax) == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_error_after_the_commit_has_booked(still_minimax: "MinimaxCaller", status: int) -> None:
    still_minimax.simulator.incidents.add("status_after", ADD, status=status, retry_after=3)

    answer = still_minimax.post("journals", still_minimax.journal())

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
    assert len(writes(still_minimax)) == 1


def test_a_created_record_may_be_told_without_its_address(still_minimax: "MinimaxCaller") -> None:
    still_minimax.simulator.incidents.add("without_id", ADD)

    answer = still_minimax.post("journals", still_minimax.journal())

    assert (answer.status_code, answer.content) == (201, b"")
    assert "Location" not in answer.headers


def test_a_period_is_closed_a_right_withdrawn_a_day_spent_at_the_so_manieth_call(
    still_minimax: "MinimaxCaller",
) -> None:
    incidents, books = still_minimax.simulator.incidents, {"administration": 21001}
    incidents.add("close_period", ADD, nth=2, year=2026, period=10, **books)
    incidents.add("reopen_period", ADD, nth=3, year=2026, period=10, **books)
    incidents.add("withdraw_right", ADD, nth=4, **books)
    incidents.add("grant_right", ADD, nth=5, **books)
    incidents.add("expire_access_tokens", ADD, nth=6)
    incidents.add("spend_daily_budget", ADD, nth=7, **books)

    statuses = []
    for _ in range(7):
        statuses.append(still_minimax.post("journals", still_minimax.journal()).status_code)
        if statuses[-1] == 401:
            still_minimax.log_in()
    assert statuses == [201, 400, 201, 403, 201, 401, 429]


def test_a_person_edits_between_the_reading_and_the_writing(still_minimax: "MinimaxCaller") -> None:
    number = still_minimax.add("journals", still_minimax.journal())
    edit = {"administration": 21001, "journal": number, "entry": 1}
    still_minimax.simulator.incidents.add("edit_journal", "UpdateJournal", Description="Popravljeno", **edit)
    body = still_minimax.get(f"journals/{number}").json()

    assert still_minimax.put(f"journals/{number}", body).status_code == 409

    held = still_minimax.get(f"journals/{number}").json()
    assert held["JournalEntries"][0]["Description"] == "Popravljeno"
    assert [write.origin.actor for write in writes(still_minimax)] == ["api", "portal"]
    assert still_minimax.put(f"journals/{number}", held).status_code == 200


def test_a_person_books_deletes_and_blocks(still_minimax: "MinimaxCaller") -> None:
    portal = still_minimax.simulator.portal
    number = portal.book(21001, still_minimax.journal())["JournalId"]
    assert still_minimax.get(f"journals/{number}").status_code == 200
    portal.delete_record(21001, "Journal", number)
    assert still_minimax.get(f"journals/{number}").status_code == 404
    portal.block_account(21001, "4000")
    assert still_minimax.post("journals", still_minimax.journal()).status_code == 400


def test_all_of_it_works_from_another_process(still_minimax: "MinimaxCaller") -> None:
    root = f"{still_minimax.simulator.url}/_simulator"

    def control(name: str, **facts: Any) -> requests.Response:
        return requests.post(f"{root}/{name}", json=facts, timeout=10)

    assert control("disturb", operation=ADD, action="apply_late", status=504, seconds=30).ok
    assert control("portal/close_period", administration=21001, year=2026, period=9).ok
    assert still_minimax.post("journals", still_minimax.journal()).status_code == 504
    assert requests.get(f"{root}/late", timeout=10).json() == {"waiting": 1}
    assert control("clock", advance=30).ok
    told = requests.get(f"{root}/writes", timeout=10).json()
    assert [write["kind"] for write in told["writes"]] == ["Journal"]
    edit = {"administration": 21001, "journal": int(told["writes"][0]["key"]), "Debit": "5"}
    assert control("portal/edit_journal", **edit).ok
    assert control("incident", event="status_after", operation=ADD, status=500).ok
    assert control("calm").ok
    assert "NoSuchThing" in control("disturb", operation="NoSuchThing", action="cut").json()["error"]
    refused = control("portal/book", administration=21001, journal={})
    assert (refused.status_code, refused.json()[0]["PropertyName"]) == (400, "JournalType")


def test_the_months_calls_are_counted_too(still_minimax: "MinimaxCaller") -> None:
    budget, clock = still_minimax.simulator.backend.budget, still_minimax.simulator.clock
    for _ in range(20):
        budget.spend(21001)
        clock.advance(24 * 3600)
        if clock.now().month == 12 and budget.used_this_month(21001) == 0:
            break
    still_minimax.log_in()
    assert still_minimax.get("currencies").status_code == 200
    still_minimax.add("journals", still_minimax.journal(JournalDate="2026-12-01"))
    assert (budget.used_this_month(21001) % 1000, budget.journal_rows(21001)) == (2, 2)


def test_the_monthly_limit_refuses_until_the_month_ends(still_minimax: "MinimaxCaller") -> None:
    budget, clock = still_minimax.simulator.backend.budget, still_minimax.simulator.clock
    budget.spend(21001, 20_000)
    clock.advance(2 * 24 * 3600)
    still_minimax.log_in()
    assert (budget.used(21001), still_minimax.get("currencies").status_code) == (0, 429)
    clock.advance(14 * 24 * 3600)
    still_minimax.log_in()
    assert still_minimax.get("currencies").status_code == 200
