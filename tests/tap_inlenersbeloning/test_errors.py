"""Everything that goes wrong ends in one clear line, with the exit code that says what to do."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import LoginRequiredError, SettingError
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, Right
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError

from tests.tap_inlenersbeloning.conftest import Settings, always, paths, run_tap, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
CONCURRENT = 8
"""Calls that may be under way or waiting when it is clear that all are refused."""
PARTNERS = "GET /partner/{company_id} of company "
REMUNERATIONS = "GET /remuneration/{company_id}/{partner_id} of company "
DOCUMENT = "GET /remuneration/{company_id}/{partner_id}/{remuneration_id} of company "


def failure(settings: Settings, *streams: str, error: type[Exception]) -> str:
    with pytest.raises(error) as raised:
        sync(settings, *streams)
    assert type(raised.value) is error
    assert "\n" not in str(raised.value)
    return str(raised.value)


def said(settings: Settings, folder: Path) -> tuple[str, int]:
    """The one line of a run that must fail, and its exit code."""
    ended = run_tap(settings, folder)
    assert "Traceback" not in ended.stderr
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("tap-inlenersbeloning: ")]
    assert ended.stderr.splitlines()[-1] == line
    return line.removeprefix("tap-inlenersbeloning: "), ended.returncode


def test_a_revoked_token_says_where_to_make_another(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers()
    line, code = said({**settings, "token": f"cmp_{'0' * 64}"}, tmp_path)
    assert code == 13
    assert line.startswith(f"{PARTNERS}{settings['company_ids'][0]}: HTTP 401: the token is unknown or revoked")
    assert "put it in the settings (token, or companies)" in line
    assert len(paths(simulator)) == 1


def test_without_the_right_to_partners_nothing_works_and_it_is_named(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(rights=frozenset(Right) - {Right.PARTNERS})
    line, code = said(settings, tmp_path)
    assert code == 1
    assert line.startswith(PARTNERS)
    words = '"Partners (inleners)", all partners of one company'
    assert f"HTTP 403: the token may not do this: tick its right {words} in the portal" in line


def test_without_the_right_to_remunerations_the_partners_come_and_the_right_is_named_once(
    hirers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = hirers(rights=frozenset({Right.PARTNERS}))
    done = sync(settings)
    assert done.some("partners")
    assert done.records("remuneration_index") == done.records("remunerations") == []
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(told) == len(settings["company_ids"])
    for warning, company_id in zip(told, settings["company_ids"], strict=True):
        assert warning.startswith(f"Left out: {REMUNERATIONS}{company_id}")
        assert 'tick its right "Inlenersbeloning (data)", get a remuneration' in warning


def test_a_missing_right_is_fatal_where_the_settings_say_so_or_nothing_else_is_selected(hirers: Start) -> None:
    _, settings = hirers(rights=frozenset({Right.PARTNERS}))
    assert REMUNERATIONS in failure({**settings, "fail_on_forbidden": True}, error=FatalAPIError)
    assert REMUNERATIONS in failure(settings, "remunerations", "salary_steps", error=FatalAPIError)


def test_documents_that_may_not_be_read_leave_the_lists_alone_and_are_read_when_the_right_is_there(
    hirers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    simulator, settings = hirers()
    expected = sync(settings, "remunerations").records("remunerations")
    simulator.faults.add(action="status", path="/remuneration/[^/]*/[^/]*/", status=403, times=None)
    before = len(paths(simulator))
    done = sync(settings)
    assert done.some("remuneration_index")
    assert done.records("remunerations") == []
    assert sum(path.count("/") == 4 for path in paths(simulator)[before:]) <= 2 * (3 + CONCURRENT)
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len([one for one in warnings if one.startswith(f"Left out: {DOCUMENT}")]) == len(settings["company_ids"])
    simulator.faults.clear()
    assert sync(settings, state=done.state).records("remunerations") == expected


def test_a_company_of_another_token_is_named(hirers: Start) -> None:
    _, settings = hirers()
    _, own = hirers(credential="company")
    (other,) = set(settings["company_ids"]) - set(own["company_ids"])
    message = failure({**own, "company_ids": [other]}, "partners", error=FatalAPIError)
    assert message.startswith(f"{PARTNERS}{other}: HTTP 403")
    assert "check that company_ids names the token's company" in message


def test_an_unknown_company_is_no_empty_list(hirers: Start) -> None:
    simulator, settings = hirers()
    simulator.faults.add(action="status", path="/partner/", status=404, times=None)
    message = failure(settings, "partners", error=FatalAPIError)
    assert message.endswith("HTTP 404: it does not exist (any more); check the settings company_ids and api_url")


@pytest.mark.parametrize(("path", "named"), [("/partner/", PARTNERS), ("/remuneration/[^/]*/[^/]*/", DOCUMENT)])
def test_a_page_instead_of_json_is_asked_again_and_then_named(hirers: Start, path: str, named: str) -> None:
    simulator, settings = hirers()
    page = "<html>Log in, Jansen</html>"
    always(simulator, path, page, content_type="text/html; charset=utf-8", times=1)
    assert sync(settings).records("remunerations")
    always(simulator, path, page, content_type="text/html; charset=utf-8")
    message = failure(settings, error=RetriableAPIError)
    assert message.startswith(named)
    assert f"HTTP 200 with text/html, {len(page)} bytes, is no JSON" in message
    assert "Jansen" not in message


@pytest.mark.parametrize("action", ["empty", "wrong_json", "reset_before", "cut"])
def test_a_damaged_answer_is_asked_again(hirers: Start, action: str) -> None:
    simulator, settings = hirers()
    expected = sync(settings).records("remunerations")
    simulator.faults.add(action=action, path="/remuneration/[^/]*/[^/]*/", at_byte=30)
    assert sync(settings).records("remunerations") == expected


def test_an_answer_that_stays_empty_is_an_error_and_not_an_empty_list(hirers: Start) -> None:
    simulator, settings = hirers()
    always(simulator, "/partner/", "")
    message = failure(settings, "partners", error=RetriableAPIError)
    assert "with application/json, 0 bytes, is no JSON" in message


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_failure_is_waited_for_and_a_lasting_one_given_up(hirers: Start, status: int) -> None:
    simulator, settings = hirers()
    simulator.faults.add(action="status", path="/partner/", status=status, retry_after="0", times=2)
    assert sync(settings, "partners").records("partners")
    simulator.faults.clear()
    before = len(paths(simulator))
    simulator.faults.add(action="status", path="/partner/", status=status, retry_after="0", times=None)
    assert f": HTTP {status}: the provider " in failure(settings, "partners", error=RetriableAPIError)
    assert len(paths(simulator)) - before == 5


def test_a_limit_of_the_provider_is_kept_to(hirers: Start) -> None:
    _, settings = hirers(requests_per_second=20, retry_after=0)
    assert sync(settings).records("remunerations")


@pytest.mark.parametrize("status", [302, 400, 405, 422])
def test_a_refusal_is_asked_once(hirers: Start, status: int) -> None:
    simulator, settings = hirers()
    always(simulator, "/partner/", {"message": "Jansen"}, status=status)
    message = failure(settings, "partners", error=FatalAPIError)
    assert message.startswith(PARTNERS)
    assert message.endswith(f"HTTP {status}: the provider refuses the request")
    assert len(paths(simulator)) == 1


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/partner/", {"user": "Jansen", "total": 3}, "found no list in an object with the keys user, total"),
        ("/remuneration/[^/]*/[^/]*$", [{"title": "Jansen"}], "has no id: an object with the keys title"),
        ("/remuneration/[^/]*/[^/]*/", [], "expected one object with an id, got a list of 0"),
        ("/remuneration/[^/]*/[^/]*/", "Jansen", "is no JSON"),
    ],
)
def test_an_answer_of_unknown_shape_names_its_keys_and_no_values(
    hirers: Start, path: str, body: Any, words: str
) -> None:
    simulator, settings = hirers()
    always(simulator, path, body)
    with pytest.raises((FatalAPIError, RetriableAPIError)) as raised:
        sync(settings)
    assert words in str(raised.value)
    assert "Jansen" not in str(raised.value)


def test_a_host_that_is_not_there_is_one_line(hirers: Start) -> None:
    _, settings = hirers()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api/v6"
    with pytest.raises(Exception, match=r"cannot reach 127\.0\.0\.1:\d+ .* after 5 attempts$"):
        sync({**settings, "api_url": url}, "partners")


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("companies", [{"company_id": "abc", "token": ""}, {"company_id": "abc"}], "setting companies[1]: company abc"),
        ("paths", {"list_things": "/x"}, "setting paths: no operation list_things"),
        ("records_paths", {"list_partners": "$.a["}, "setting records_paths.list_partners: expected a JSONPath"),
        ("api_url", "http://mijn.example.com/api/v6", "setting api_url: must be https"),
        ("token", "cmp_12\n34", "setting token: has blanks, line breaks or letters that no token has"),
        ("pseudonymise", ["name"], "setting pseudonym_key is missing"),
    ],
)
def test_a_setting_that_cannot_work_is_named(hirers: Start, setting: str, value: Any, words: str) -> None:
    simulator, settings = hirers()
    assert words in failure({**settings, setting: value}, error=SettingError)
    assert paths(simulator) == []


def test_missing_settings_are_named_before_the_first_request(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers()
    line, code = said({"api_url": settings["api_url"], "pseudonymise": ["faces"]}, tmp_path)
    assert code == 16
    assert "setting pseudonymise" in line
    line, code = said({"api_url": settings["api_url"]}, tmp_path)
    assert code == 16
    assert line.startswith("setting token is missing (with company_ids), or companies with a token for each")
    line, code = said({**settings, "token": f"cmp_{'0' * 64}", "company_ids": []}, tmp_path)
    assert code == 16
    assert line.startswith("setting company_ids is missing: name the companies that the portal shows")
    assert paths(simulator) == []


def test_something_else_than_a_token_is_tried_with_a_warning(hirers: Start, caplog: pytest.LogCaptureFixture) -> None:
    _, settings = hirers()
    failure({**settings, "token": "the-secret-beside-it"}, "partners", error=LoginRequiredError)
    assert "Setting token does not look like a token" in caplog.text
    assert "the-secret-beside-it" not in caplog.text
