import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

CALLBACK = "http://localhost:8765/callback"
SCOPES = "company.info.read offline_access"


def authorize(caller: Any, **query: str) -> dict[str, str]:
    """Go to the consent screen; the query of the redirect."""
    asked = {
        "client_id": caller.settings["client_id"], "redirect_uri": CALLBACK, "response_type": "code",
        "scope": SCOPES, "state": "xyz",
    } | query  # fmt: skip
    answer = requests.get(f"{caller.simulator.url}/connect/authorize", params=asked, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def redeem(caller: Any, code: str, **form: str) -> requests.Response:
    return caller.token(**{"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | form)


def test_a_code_becomes_tokens_once(nmbrs_caller: Any) -> None:
    redirect = authorize(nmbrs_caller)
    assert redirect["state"] == "xyz"
    answer = redeem(nmbrs_caller, redirect["code"])
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert set(tokens["scope"].split()) == set(SCOPES.split())
    assert tokens["access_token"].count(".") == 2
    again = redeem(nmbrs_caller, redirect["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_lives_five_minutes(nmbrs_caller: Any) -> None:
    code = authorize(nmbrs_caller)["code"]
    nmbrs_caller.simulator.clock.advance(301)
    assert redeem(nmbrs_caller, code).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_its_redirect_uri(nmbrs_caller: Any) -> None:
    code = authorize(nmbrs_caller)["code"]
    assert redeem(nmbrs_caller, code, redirect_uri="http://localhost:9999/").json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("verifier", "status"), [("v" * 64, 200), ("w" * 64, 400)])
def test_pkce_is_optional_and_checked_when_used(nmbrs_caller: Any, verifier: str, status: int) -> None:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 64).digest()).rstrip(b"=").decode()
    code = authorize(nmbrs_caller, code_challenge=challenge, code_challenge_method="S256")["code"]
    assert redeem(nmbrs_caller, code, code_verifier=verifier).status_code == status


def test_without_offline_access_there_is_no_refresh_token(nmbrs_caller: Any) -> None:
    code = authorize(nmbrs_caller, scope="company.info.read")["code"]
    assert "refresh_token" not in redeem(nmbrs_caller, code).json()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"scope": "openid company.info.read"}, "invalid_scope"),
        ({"scope": "company.info.raed"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "abc", "code_challenge_method": "plain"}, "invalid_request"),
        ({"colour": "blue"}, "invalid_request"),
    ],
)
def test_a_wrong_authorization_request_comes_back_as_an_error(nmbrs_caller: Any, query: Any, error: str) -> None:
    redirect = authorize(nmbrs_caller, **query)
    assert redirect == {"error": error, "state": "xyz"}


@pytest.mark.parametrize("query", [{"client_id": "somebody"}, {"redirect_uri": "http://localhost:8765/callback/"}])
def test_an_unknown_client_or_redirect_uri_is_never_redirected_to(nmbrs_caller: Any, query: Any) -> None:
    asked = {"client_id": nmbrs_caller.settings["client_id"], "redirect_uri": CALLBACK} | query
    answer = nmbrs_caller.session.get(
        f"{nmbrs_caller.simulator.url}/connect/authorize", params=asked, allow_redirects=False, timeout=5
    )
    assert answer.status_code == 400


def test_the_person_may_grant_less_or_decline(start_nmbrs: Any) -> None:
    less = start_nmbrs(granted_scopes=frozenset(SCOPES.split()))
    assert set(authorize(less, scope=f"{SCOPES} employee.info.read")["scope"].split()) == set(SCOPES.split())
    assert authorize(start_nmbrs(auto_approve=False))["error"] == "access_denied"


def test_a_refresh_token_works_once_and_brings_the_next(nmbrs_caller: Any) -> None:
    first = nmbrs_caller.settings["refresh_token"]
    assert nmbrs_caller.refresh().status_code == 200
    second = nmbrs_caller.settings["refresh_token"]
    assert first != second
    used = nmbrs_caller.token(grant_type="refresh_token", refresh_token=first)
    assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")
    assert nmbrs_caller.refresh().status_code == 200


def test_a_refresh_token_dies_after_thirty_days(nmbrs_caller: Any) -> None:
    nmbrs_caller.simulator.clock.advance(30 * 24 * 3600 + 1)
    assert nmbrs_caller.refresh().json()["error"] == "invalid_grant"


def test_an_access_token_dies_after_an_hour_or_sooner(start_nmbrs: Any) -> None:
    for caller, seconds in ((start_nmbrs(), 3600), (start_nmbrs(access_token_seconds=5), 5)):
        assert caller.get("/api/debtors").status_code == 200
        caller.simulator.clock.advance(seconds)
        assert caller.get("/api/debtors").json()["code"] == 40102


def test_basic_needs_percent_encoded_halves(nmbrs_caller: Any) -> None:
    def refresh(client_id: str, secret: str) -> requests.Response:
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        form = {"grant_type": "refresh_token", "refresh_token": nmbrs_caller.settings["refresh_token"]}
        url = f"{nmbrs_caller.simulator.url}/connect/token"
        return requests.post(url, data=form, headers={"Authorization": f"Basic {pair}"}, timeout=5)

    client_id, secret = nmbrs_caller.settings["client_id"], nmbrs_caller.settings["client_secret"]
    plain = refresh(client_id, secret)
    assert (plain.status_code, plain.json()["error"]) == (401, "invalid_client")
    assert refresh(quote(client_id, safe=""), quote(secret, safe="")).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"grant_type": "refresh_token", "refresh_token": "ABC"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "ABC", "client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "refresh_token", "colour": "blue"}, "invalid_request"),
    ],
)
def test_the_token_endpoint_refuses_in_the_words_of_the_rfc(nmbrs_caller: Any, form: Any, error: str) -> None:
    answer = nmbrs_caller.token(**form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_json_body_is_no_form(nmbrs_caller: Any) -> None:
    answer = nmbrs_caller.session.post(f"{nmbrs_caller.simulator.url}/connect/token", json={}, timeout=5)
    assert answer.json()["error"] == "invalid_request"


def test_a_revoked_token_is_dead(nmbrs_caller: Any) -> None:
    settings = nmbrs_caller.settings
    form = {"client_id": settings["client_id"], "client_secret": settings["client_secret"]}
    url = f"{nmbrs_caller.simulator.url}/connect/revocation"
    assert requests.post(url, data={**form, "token": settings["refresh_token"]}, timeout=5).status_code == 200
    assert requests.post(url, data={**form, "token": "unknown"}, timeout=5).status_code == 200
    assert nmbrs_caller.refresh().json()["error"] == "invalid_grant"


def test_a_consent_taken_back_kills_everything_until_the_next_one(nmbrs_caller: Any) -> None:
    nmbrs_caller.simulator.backend.grants.revoke_consent()
    assert nmbrs_caller.get("/api/debtors").json()["code"] == 40102
    assert nmbrs_caller.refresh().json()["error"] == "invalid_grant"
    tokens = redeem(nmbrs_caller, authorize(nmbrs_caller)["code"]).json()
    nmbrs_caller.settings["refresh_token"] = tokens["refresh_token"]
    assert nmbrs_caller.refresh().status_code == 200


def test_no_token_and_no_secret_is_in_the_log(nmbrs_caller: Any) -> None:
    redirect = authorize(nmbrs_caller)
    tokens = redeem(nmbrs_caller, redirect["code"]).json()
    log = str(nmbrs_caller.simulator.log.records())
    for secret in (
        redirect["code"],
        tokens["access_token"],
        tokens["refresh_token"],
        nmbrs_caller.settings["client_secret"],
    ):
        assert secret not in log


def test_reuse_of_a_refresh_token_ends_that_consent_only(start_nmbrs: Any) -> None:
    caller = start_nmbrs(refresh_token_reuse="ends_consent")
    grants = caller.simulator.backend.grants
    one, other = grants.seed(frozenset(SCOPES.split())), grants.seed(frozenset(SCOPES.split()))

    def refresh(token: str) -> requests.Response:
        return caller.token(grant_type="refresh_token", refresh_token=token)

    first = refresh(one).json()
    assert refresh(one).json()["error"] == "invalid_grant"
    assert refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert grants.scopes_of(first["access_token"]) is None
    assert refresh(other).status_code == 200
