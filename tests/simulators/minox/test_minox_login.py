"""OAuth: three ways of sending credentials, codes that work once, refresh tokens that rotate, scopes, tenants."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from provider_simulators.faults import FaultPlan

Start = Callable[..., Any]


@pytest.mark.parametrize("style", ["form", "json", "basic"])
def test_a_code_is_exchanged_once_in_each_of_the_three_styles(minox: Any, style: str) -> None:
    url = f"{minox.settings['oauth_url']}/token"
    grant = {"grant_type": "authorization_code", "code": minox.code()}
    address = {"redirect_uri": "http://localhost:8765/callback"}
    secret = tuple(minox.credentials.values())
    request: dict[str, Any] = {
        "form": {"data": {**grant, **address, **minox.credentials}},
        "json": {"json": {**grant, **minox.credentials}},
        "basic": {"data": {**grant, **address}, "auth": secret},
    }[style]
    tokens = requests.post(url, **request, timeout=10).json()
    assert tokens["expires_in"] == 3600
    assert tokens["token_type"] == "bearer"
    assert tokens["scope"] == "transaction:read"
    again = requests.post(url, **request, timeout=10)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_basic_credentials_may_be_percent_encoded(minox: Any) -> None:
    name, secret = (requests.utils.quote(value, safe="") for value in minox.credentials.values())
    answer = requests.post(
        f"{minox.settings['oauth_url']}/token",
        data={"grant_type": "refresh_token", "refresh_token": minox.sim.connector_settings()["refresh_token"]},
        auth=(name, secret),
        timeout=10,
    )
    assert answer.status_code == 200


def test_a_code_lives_60_seconds(minox: Any) -> None:
    code = minox.code()
    minox.sim.clock.advance(61)
    answer = minox.ask_token(grant_type="authorization_code", code=code, **minox.credentials)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_secret_and_an_unknown_parameter_are_refused(minox: Any) -> None:
    wrong = minox.ask_token(
        grant_type="refresh_token", refresh_token="x", client_id="payroll-connector", client_secret="?"
    )
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    unknown = minox.ask_token(grant_type="refresh_token", refresh_token="x", audience="y", **minox.credentials)
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid_request")


def test_an_unknown_scope_is_told_to_the_redirect_address(minox: Any) -> None:
    answer = requests.get(
        f"{minox.settings['oauth_url']}/authorize",
        params={
            "response_type": "code",
            "client_id": "payroll-connector",
            "redirect_uri": "http://localhost:8765/callback",
            "scope": "*",
        },
        allow_redirects=False,
        timeout=10,
    )
    assert answer.headers["Location"] == "http://localhost:8765/callback?error=invalid_scope"


def test_using_a_refresh_token_twice_ends_the_consent(minox: Any) -> None:
    first = minox.sim.connector_settings()["refresh_token"]
    second = minox.refresh(first).json()["refresh_token"]
    assert second != first
    assert minox.refresh(first).status_code == 400
    assert minox.refresh(second).status_code == 400
    assert minox.get("/journal").status_code == 401


def test_with_grace_the_old_refresh_token_gives_the_newest_for_60_seconds(start_minox: Start) -> None:
    minox = start_minox(refresh="rotate_grace")
    first = minox.sim.connector_settings()["refresh_token"]
    second = minox.refresh(first).json()["refresh_token"]
    assert minox.refresh(first).json()["refresh_token"] == second
    minox.sim.clock.advance(61)
    assert minox.refresh(first).status_code == 400
    assert minox.refresh(second).status_code == 200


def test_static_refresh_tokens_stay(start_minox: Start) -> None:
    minox = start_minox(refresh="static")
    token = minox.sim.connector_settings()["refresh_token"]
    assert [minox.refresh(token).json()["refresh_token"] for _ in range(2)] == [token, token]


def test_a_lost_refresh_answer_leaves_the_client_with_a_dead_token(start_minox: Start) -> None:
    minox = start_minox()
    minox.sim.faults.add(action="reset_after", path="/oauth/token")
    token = minox.sim.connector_settings()["refresh_token"]
    with pytest.raises(requests.ConnectionError):
        minox.refresh(token)
    assert minox.sim.connector_settings()["refresh_token"] != token
    assert minox.refresh(token).status_code == 400


def test_access_tokens_live_an_hour(minox: Any) -> None:
    minox.sim.clock.advance(3590)
    assert minox.get("/journal").status_code == 200
    minox.sim.clock.advance(20)
    assert minox.get("/journal").status_code == 401
    minox.log_in()
    assert minox.get("/journal").status_code == 200


def test_a_revoked_consent_is_over(minox: Any) -> None:
    minox.sim.authority.revoke_consent()
    assert minox.get("/journal").status_code == 401
    assert minox.refresh(minox.sim.connector_settings()["refresh_token"]).status_code == 400


def test_the_scheme_of_the_header_may_be_in_lower_case(minox: Any) -> None:
    minox.session.headers["Authorization"] = minox.session.headers["Authorization"].replace("Bearer", "bearer")
    assert minox.get("/journal").status_code == 200


def test_a_missing_scope_is_named_in_a_message(start_minox: Start, payroll: Any) -> None:
    minox = start_minox(scopes=("transaction:read", "journal:read"))
    answer = minox.book(payroll())
    assert answer.status_code == 403
    assert "transaction:write" in answer.json()[0]["message"]
    assert minox.get("/journal").status_code == 200
    assert minox.books.batches == {}


@pytest.mark.parametrize("status", [403, 404])
def test_another_tenant_or_administration_is_out_of_reach(start_minox: Start, status: int) -> None:
    minox = start_minox(not_linked_status=status)
    for path in ("/tenant/480002/administration", "/tenant/480001/administration/77777/journal"):
        answer = minox.get(path)
        assert answer.status_code == status
        assert answer.json()[0].keys() == {"message_code", "message_type", "message"}


def test_inspect_tells_the_tenants_of_a_living_token(minox: Any) -> None:
    url = f"{minox.settings['api_url']}/inspect"
    secret = tuple(minox.credentials.values())
    token = minox.session.headers["Authorization"].split()[1]
    assert requests.post(url, json={"token": token}, timeout=10).status_code == 401
    ask = lambda: requests.post(url, json={"token": token}, auth=secret, timeout=10).json()  # noqa: E731 (asked twice)
    assert ask() == {"linked_tenants": [{"tenant_id": 480001}]}
    minox.sim.clock.advance(3601)
    assert ask() == {"linked_tenants": []}


def test_no_token_reaches_the_log(start_minox: Start) -> None:
    minox = start_minox(faults=FaultPlan())
    minox.ask_token(grant_type="authorization_code", code=minox.code(), **minox.credentials)
    text = str(minox.sim.log.records())
    assert "minox-" not in text
    assert minox.credentials["client_secret"] not in text
