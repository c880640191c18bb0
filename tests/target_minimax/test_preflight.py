"""Everything that must be right before the first write: one line for the user, and nothing written."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.conftest import THREE, Register

TOKEN = "(?i)/oauth20/token"


@pytest.mark.parametrize("rejection", ["text", "json"])
def test_a_wrong_password_is_tried_once_and_never_again(open_register: Callable[..., Register], rejection: str) -> None:
    register = open_register(rejection=rejection)
    run = register.deliver(*THREE, password="wrong-password")
    assert (run.code, register.logins, register.calls) == (13, 1, 0)
    assert "Minimax refuses these credentials" in run.message
    assert "profile" in run.message
    again = register.deliver(*THREE, password="wrong-password")
    assert (again.code, register.logins) == (13, 1)
    assert "Minimax has refused these credentials on 20" in again.message
    assert "remove " in again.message
    assert register.command("preflight", password="wrong-password").code == 13
    assert register.logins == 1
    assert "wrong-password" not in run.stderr + again.stderr
    # others than these may be tried
    assert register.deliver(*THREE).code == 0
    assert register.codes == ["K1", "K2", "K3"]


def test_the_memory_is_shared_by_the_organisations_of_a_login_and_tells_no_password(register: Register) -> None:
    register.deliver(*THREE, password="wrong-password")
    other = str(register.folder / "another-ledger.sqlite3")
    assert register.deliver(*THREE, password="wrong-password", ledger=other, organisation_id=5).code == 13
    assert register.logins == 1
    memory = register.folder / "minimax-rejected-logins.json"
    assert memory.stat().st_mode & 0o777 == 0o600
    assert "wrong-password" not in memory.read_text()
    memory.unlink()
    assert register.deliver(*THREE, password="wrong-password").code == 13
    assert register.logins == 2


def test_where_the_memory_stands_is_a_setting(register: Register) -> None:
    place = register.folder / "elsewhere" / "logins.json"
    register.command("preflight", password="wrong-password", login_memory=str(place))
    assert len(json.loads(place.read_text())["refused"]) == 1


@pytest.mark.parametrize("content", ["{}", "[]", "nothing", '{"salt": "x", "refused": {}}'])
def test_a_damaged_memory_is_not_taken_for_an_empty_one(register: Register, content: str) -> None:
    (register.folder / "minimax-rejected-logins.json").write_text(content)
    run = register.deliver(*THREE)
    assert (run.code, register.logins) == (16, 0)
    assert "is damaged" in run.message


def test_a_memory_that_cannot_be_written_stops_before_the_login(register: Register) -> None:
    (register.folder / "file").write_text("")
    run = register.deliver(*THREE, login_memory=str(register.folder / "file" / "logins.json"))
    assert (run.code, register.logins) == (16, 0)
    assert "login_memory: " in run.message


def test_a_token_endpoint_that_fails_for_a_while_is_asked_again_and_not_counted(register: Register) -> None:
    register.simulator.faults.add(action="status", status=503, path=TOKEN)
    register.simulator.faults.add(action="reset_before", path=TOKEN, nth=2)
    run = register.deliver(*THREE)
    assert (run.code, register.logins) == (0, 3), run.stderr
    assert json.loads((register.folder / "minimax-rejected-logins.json").read_text())["refused"] == {}


def test_a_login_without_api_right_is_explained(open_register: Callable[..., Register]) -> None:
    register = open_register(api_right=False)
    run = register.deliver(*THREE)
    assert (run.code, register.writes) == (13, 0)
    assert "reaches no organisation" in run.message
    assert "API right" in run.message
    assert "licence" in run.message


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "wrong organisation": ({"organisation_id": 5}, 16, "does not reach organisation 5, only 21001"),
    "unreachable token endpoint": ({"token_url": "http://127.0.0.1:9/x"}, 1, "cannot reach 127.0.0.1:9"),
    "unreachable API": ({"api_url": "http://127.0.0.1:9/SI/API"}, 1, "127.0.0.1"),
    "unknown country of Minimax": ({"localisation": "NL"}, 16, "setting localisation: expected one of SI, HR, RS"),
    "no organisation": ({"organisation_id": ...}, 16, "setting organisation_id is missing"),
    "plain http": ({"api_url": "http://moj.minimax.si/SI/API"}, 16, "setting api_url: must be https"),
    "token over plain http": ({"token_url": "http://moj.minimax.si/x"}, 16, "setting token_url: must be https"),
}


@pytest.mark.parametrize(("settings", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_a_run_that_must_not_begin_says_so_in_one_line_and_writes_nothing(
    register: Register, settings: dict[str, Any], code: int, message: str
) -> None:
    run = register.deliver(*THREE, **settings)
    assert message in run.message
    assert (run.code, run.stdout, register.writes) == (code, "", 0)


def test_an_address_without_the_first_api_says_what_to_check(register: Register) -> None:
    run = register.deliver(*THREE, api_url=register.settings["api_url"].removesuffix("/API"))
    assert (run.code, register.writes) == (1, 0)
    assert "api_url, which ends in /API" in run.message


def test_a_token_refused_in_the_middle_of_a_run_is_renewed_once(register: Register) -> None:
    register.simulator.faults.add(action="status", status=401, method="POST", path="/customers", nth=2)
    run = register.deliver(*THREE)
    assert (run.code, register.codes, register.logins) == (0, ["K1", "K2", "K3"], 2), run.stderr


def test_a_token_that_ends_is_renewed_before_it_does(open_register: Callable[..., Register]) -> None:
    register = open_register(token_seconds=61)
    run = register.deliver(*THREE)
    assert run.code == 0, run.stderr
    assert register.codes == ["K1", "K2", "K3"]


def test_a_right_that_is_taken_away_in_the_middle_of_a_run_rejects_nothing(register: Register) -> None:
    register.simulator.faults.add(
        action="status", status=403, method="POST", path="/customers", nth=2, times=None, body='{"Message": "Ne."}'
    )
    run = register.deliver(*THREE)
    assert (run.code, run.states, register.dead_letters) == (13, ["1"], []), run.stderr
    assert run.counts["in_doubt_in_ledger"] == 0


@pytest.mark.parametrize("answer", ["bare", "retry_after", "text"])
def test_used_up_calls_end_the_run_and_the_next_one_goes_on(
    open_register: Callable[..., Register], answer: str
) -> None:
    register = open_register(calls_per_day=8, limit_answer=answer)
    run = register.deliver(*THREE)
    assert (run.code, run.states, register.dead_letters) == (12, ["1", "2"], []), run.stderr
    assert "calls are used up" in run.message
    register.simulator.clock.advance(25 * 3600)
    run = register.deliver(*THREE)
    assert (run.code, register.codes) == (0, ["K1", "K2", "K3"]), run.stderr


def test_the_command_shows_every_check_as_a_table(register: Register) -> None:
    run = register.command("preflight")
    assert run.code == 0
    assert [line.split()[:2] for line in run.stdout.splitlines()] == [
        ["ok", subject] for subject in ("login", "organisation", "countries", "currencies")
    ]
    assert "ok    organisation     organisation 21001 (Bakkerij De Gouden Korst B.V.)" in run.stdout
    assert register.writes == 0
    assert not (register.folder / "ledger.sqlite3").exists()


def test_the_command_ends_with_the_code_of_the_first_failure(register: Register) -> None:
    run = register.command("preflight", organisation_id=5)
    assert run.code == 16
    assert [line.split()[0] for line in run.stdout.splitlines()] == ["ok", "fail"]
