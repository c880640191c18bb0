"""Everything that must be right before the first write: one line for the user, and nothing written."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.books import COUNTS_PAGES, Books, customer
from tests.target_minimax.conftest import Command

THREE = tuple(customer(key) for key in ("K1", "K2", "K3"))
TOKEN = "(?i)/oauth20/token"


@pytest.mark.holds_unless("lock_after=1", why="after one wrong password Minimax refuses the right one, too")
@pytest.mark.parametrize("rejection", ["text", "json"])
def test_a_wrong_password_is_tried_once_and_never_again(open_books: Callable[..., Books], rejection: str) -> None:
    books = open_books(rejection=rejection)
    ended = books.deliver("customers", *THREE, password="wrong-password")
    assert (ended.code, books.logins, books.calls) == (13, 1, 0)
    assert "Minimax refuses these credentials" in ended.message
    assert "profile" in ended.message
    again = books.deliver("customers", *THREE, password="wrong-password")
    assert (again.code, books.logins) == (13, 1)
    assert "Minimax has refused these credentials on 20" in again.message
    assert "remove " in again.message
    assert "wrong-password" not in ended.log + again.log
    # others than these may be tried
    assert books.deliver("customers", *THREE).code == 0
    assert books.codes == ["K1", "K2", "K3"]


def test_the_memory_is_shared_by_the_organisations_of_a_login_and_tells_no_password(books: Books) -> None:
    books.deliver("customers", *THREE, password="wrong-password")
    other = str(books.folder / "another-ledger.sqlite3")
    assert books.deliver("customers", *THREE, password="wrong-password", ledger=other, organisation_id=5).code == 13
    assert books.logins == 1
    memory = books.folder / "minimax-rejected-logins.json"
    assert memory.stat().st_mode & 0o777 == 0o600
    assert "wrong-password" not in memory.read_text()
    memory.unlink()
    assert books.deliver("customers", *THREE, password="wrong-password").code == 13
    assert books.logins == 2


def test_where_the_memory_stands_is_a_setting(books: Books) -> None:
    place = books.folder / "elsewhere" / "logins.json"
    books.deliver("customers", password="wrong-password", login_memory=str(place))
    assert len(json.loads(place.read_text())["refused"]) == 1


@pytest.mark.parametrize("content", ["{}", "[]", "nothing", '{"salt": "x", "refused": {}}'])
def test_a_damaged_memory_is_not_taken_for_an_empty_one(books: Books, content: str) -> None:
    (books.folder / "minimax-rejected-logins.json").write_text(content)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.logins) == (16, 0)
    assert "is damaged" in ended.message


def test_a_memory_that_cannot_be_written_stops_before_the_login(books: Books) -> None:
    (books.folder / "file").write_text("")
    ended = books.deliver("customers", *THREE, login_memory=str(books.folder / "file" / "logins.json"))
    assert (ended.code, books.logins) == (16, 0)
    assert "login_memory: " in ended.message


def test_a_token_endpoint_that_fails_for_a_while_is_asked_again_and_not_counted(books: Books) -> None:
    books.simulator.faults.add(action="status", status=503, path=TOKEN)
    books.simulator.faults.add(action="reset_before", path=TOKEN, nth=2)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.logins) == (0, 3), ended.log
    assert json.loads((books.folder / "minimax-rejected-logins.json").read_text())["refused"] == {}


def test_a_login_without_api_right_is_explained(open_books: Callable[..., Books]) -> None:
    books = open_books(api_right=False)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.writes) == (13, 0)
    assert "reaches no organisation" in ended.message
    assert "API right" in ended.message
    assert "licence" in ended.message


def test_an_organisation_without_the_right_or_licence_is_explained(open_books: Callable[..., Books]) -> None:
    books = open_books(without_right=frozenset({21001}))
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.writes) == (13, 0)
    assert "no API right on organisation 21001" in ended.message


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
    books: Books, settings: dict[str, Any], code: int, message: str
) -> None:
    ended = books.deliver("customers", *THREE, **settings)
    assert message in ended.message
    assert (ended.code, ended.states, books.writes) == (code, [], 0)


def test_an_address_without_the_first_api_says_what_to_check(books: Books) -> None:
    ended = books.deliver("customers", *THREE, api_url=books.config()["api_url"].removesuffix("/API"))
    assert (ended.code, books.writes) == (1, 0)
    assert "api_url, which ends in /API" in ended.message


def test_a_token_refused_in_the_middle_of_a_run_is_renewed_once(books: Books) -> None:
    books.simulator.faults.add(action="status", status=401, method="POST", path="/customers", nth=2)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.codes, books.logins) == (0, ["K1", "K2", "K3"], 2), ended.log


def test_a_token_that_ends_is_renewed_before_it_does(open_books: Callable[..., Books]) -> None:
    books = open_books(token_seconds=61)
    ended = books.deliver("customers", *THREE)
    assert ended.code == 0, ended.log
    assert books.codes == ["K1", "K2", "K3"]


def test_a_right_that_is_taken_away_in_the_middle_of_a_run_rejects_nothing(books: Books) -> None:
    books.simulator.faults.add(
        action="status", status=403, method="POST", path="/customers", nth=2, times=None, body='{"Message": "Ne."}'
    )
    ended = books.deliver("customers", *THREE)
    assert (ended.code, ended.states, ended.letters) == (13, [1], []), ended.log
    assert "in_doubt_in_ledger" not in ended.counts


@COUNTS_PAGES
@pytest.mark.parametrize("answer", ["bare", "retry_after", "text"])
def test_used_up_calls_end_the_run_and_the_next_one_goes_on(open_books: Callable[..., Books], answer: str) -> None:
    books = open_books(calls_per_day=8, limit_answer=answer)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, ended.states, ended.letters) == (12, [1, 2], []), ended.log
    assert "calls are used up" in ended.message
    books.simulator.clock.advance(25 * 3600)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.codes) == (0, ["K1", "K2", "K3"]), ended.log


def test_the_command_shows_every_check_as_a_table(books: Books, command: Command) -> None:
    run = command("preflight")
    assert run.code == 0
    assert [line.split()[:2] for line in run.stdout.splitlines()] == [
        ["ok", subject] for subject in ("login", "organisation", "countries", "currencies")
    ]
    assert "ok    organisation     organisation 21001 (Bakkerij De Gouden Korst B.V.)" in run.stdout
    assert books.writes == 0
    assert not (books.folder / "ledger.sqlite3").exists()


def test_the_command_ends_with_the_code_of_the_first_failure(command: Command) -> None:
    run = command("preflight", organisation_id=5)
    assert run.code == 16
    assert [line.split()[0] for line in run.stdout.splitlines()] == ["ok", "fail"]
