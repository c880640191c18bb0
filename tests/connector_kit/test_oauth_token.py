"""One refresh for everybody; what each answer of the token endpoint means; no secret in any message."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from connector_kit.errors import ConnectorError, LoginRequiredError, SettingError, UnreachableError
from connector_kit.oauth import BearerAuth, GivenToken, RotatingToken, TokenStore

LOGIN = "tap-example login --config c.json"
Make = Callable[..., RotatingToken]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 15, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def make(oauth_provider: Any, tmp_path: Path, clock: Clock, naps: list[float]) -> Make:
    seed = oauth_provider.consent()

    def make(**changes: Any) -> RotatingToken:
        arguments = {
            "token_url": f"{oauth_provider.url}/token",
            "client_id": oauth_provider.client_id,
            "client_secret": oauth_provider.client_secret,
            "store": TokenStore(tmp_path / "token.json", seed=seed),
            "login_command": LOGIN,
            "client_auth": "basic",
            "clock": clock,
            "sleep": naps.append,
        }
        return RotatingToken(**(arguments | changes))

    return make


@pytest.mark.parametrize("client_auth", ["basic", "form"])
def test_both_ways_of_identifying_the_client_work(make: Make, oauth_provider: Any, client_auth: str) -> None:
    token = make(client_auth=client_auth).access_token()
    assert token in oauth_provider.families[0].access_tokens
    assert ("client_secret" in oauth_provider.grants[0]) == (client_auth == "form")


def test_a_token_is_renewed_only_when_less_than_a_minute_is_left(make: Make, oauth_provider: Any, clock: Clock) -> None:
    rotating = make()
    first = rotating.access_token()
    clock.now += timedelta(seconds=3539)
    assert rotating.access_token() == first
    assert make().access_token() == first
    clock.now += timedelta(seconds=2)
    assert rotating.access_token() != first
    assert len(oauth_provider.grants) == 2


def test_threads_get_one_refresh_for_all(make: Make, oauth_provider: Any) -> None:
    rotating = make()
    first = rotating.access_token()
    oauth_provider.revoke_access_tokens()
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(rotating.replace(first))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tokens)) == 1
    assert len(oauth_provider.grants) == 2


def test_a_rejected_token_is_not_renewed_twice_by_two_processes(make: Make, oauth_provider: Any) -> None:
    one, other = make(), make()
    first = one.access_token()
    assert other.access_token() == first
    assert one.replace(first) == other.replace(first) != first
    assert len(oauth_provider.grants) == 2


@pytest.mark.parametrize("fault", ["drop", "500", "503", "429"])
def test_an_answer_that_never_came_is_asked_for_again_with_the_old_token(
    make: Make, oauth_provider: Any, naps: list[float], fault: str
) -> None:
    oauth_provider.faults = [fault, fault]
    assert make().access_token() in oauth_provider.families[0].access_tokens
    assert naps == ([7, 7] if fault == "429" else [1, 2])


def test_an_answer_that_names_no_scope_keeps_that_of_before(make: Make, oauth_provider: Any, tmp_path: Path) -> None:
    oauth_provider.granted_scope = "things.read"
    token = make()
    first = token.access_token()
    oauth_provider.granted_scope = None
    assert token.replace(first) != first
    stored = TokenStore(tmp_path / "token.json", seed=None).read()
    assert stored is not None
    assert stored.scope == "things.read"


def test_the_attempts_are_bounded_and_the_old_token_is_kept(make: Make, oauth_provider: Any, naps: list[float]) -> None:
    oauth_provider.faults = ["503"] * 4
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:\d+ answers the token request with status 503"):
        make().access_token()
    assert len(naps) == 3
    assert make().access_token() in oauth_provider.families[0].access_tokens


def test_a_lost_answer_of_a_provider_that_revokes_on_reuse_needs_a_login(make: Make, oauth_provider: Any) -> None:
    oauth_provider.faults = ["lose"]
    with pytest.raises(LoginRequiredError, match=f"run: {LOGIN}"):
        make().access_token()


def test_expired_consent_names_the_command(make: Make, oauth_provider: Any) -> None:
    oauth_provider.families[0].revoked = True
    with pytest.raises(LoginRequiredError, match=rf"no longer accepts the refresh token \(invalid_grant\).*{LOGIN}"):
        make().access_token()
    assert len(oauth_provider.grants) == 1


def test_a_wrong_client_is_a_matter_of_settings(make: Make, oauth_provider: Any) -> None:
    with pytest.raises(LoginRequiredError, match="refuses client_id and client_secret"):
        make(client_secret="wrong-secret").access_token()
    assert len(oauth_provider.grants) == 1


def test_somebody_who_refreshed_without_the_lock_is_followed(
    make: Make, oauth_provider: Any, tmp_path: Path, clock: Clock
) -> None:
    """A login, or another machine with a copy of the folder, replaces the file while our answer is on its way."""
    make().access_token()
    path = tmp_path / "token.json"
    old = path.read_text()
    clock.now += timedelta(hours=2)
    newest = make().access_token()
    renewed = path.read_text()
    path.write_text(old)
    oauth_provider.before_token = lambda: path.write_text(renewed)
    assert make().access_token() == newest


def test_an_unproven_token_that_is_refused_falls_back_to_its_predecessor_once(
    make: Make, oauth_provider: Any, clock: Clock
) -> None:
    """The provider answered, and then forgot (its own crash): the token before is still good there."""
    family = oauth_provider.families[0]
    make().access_token()
    before = family.current
    clock.now += timedelta(hours=2)
    make().access_token()
    family.current, family.used = before, set()
    clock.now += timedelta(hours=2)
    assert make().access_token() in family.access_tokens


def test_a_token_that_has_worked_makes_its_predecessor_forgotten(
    make: Make, oauth_provider: Any, tmp_path: Path
) -> None:
    rotating = make()
    rotating.access_token()
    store = TokenStore(tmp_path / "token.json", seed=None)
    assert store.read_previous() is not None
    response = requests.get(f"{oauth_provider.url}/api", auth=BearerAuth(rotating), timeout=10)
    assert response.status_code == 200
    assert store.read_previous() is None
    assert rotating.access_token() == store.read().access_token  # type: ignore[union-attr]  # it was just written


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("body:<html>refresh-error-canary", "something that is not JSON"),
        ("body:[]", "something that is not an object"),
        ("body:{}", "no usable access_token"),
        ('body:{"access_token": "a b", "refresh_token": "r", "expires_in": 1}', "no usable access_token"),
        ('body:{"access_token": "abc", "expires_in": 1}', "no usable refresh_token"),
        ('body:{"access_token": "abc", "refresh_token": "r"}', "no usable expires_in"),
        ('body:{"access_token": "abc", "refresh_token": "r", "expires_in": true}', "no usable expires_in"),
        ('body:{"access_token": "abc", "refresh_token": "r", "expires_in": -1}', "no usable expires_in"),
        ("body:" + " " * 70000, "too many bytes"),
        ("307", "status 307"),
        ("404", "status 404"),
    ],
)
def test_an_answer_that_is_no_token_is_a_clear_error_and_changes_nothing(
    make: Make, oauth_provider: Any, tmp_path: Path, fault: str, message: str
) -> None:
    oauth_provider.faults = [fault]
    with pytest.raises(ConnectorError, match=message) as caught:
        make().access_token()
    assert "canary" not in str(caught.value)
    assert not (tmp_path / "token.json").exists()
    assert make().access_token() in oauth_provider.families[0].access_tokens


def test_a_provider_that_keeps_refresh_tokens_may_leave_them_out(
    make: Make, oauth_provider: Any, tmp_path: Path
) -> None:
    oauth_provider.faults = ['body:{"access_token": "abcdef", "expires_in": "600"}']
    assert make(keeps_refresh_token=True).access_token() == "abcdef"
    stored = TokenStore(tmp_path / "token.json", seed=None).read()
    assert stored is not None
    assert stored.refresh_token == oauth_provider.families[0].current


def test_an_unreachable_token_endpoint_is_named_by_its_host(make: Make) -> None:
    with pytest.raises(UnreachableError, match=r"cannot reach 127\.0\.0\.1:9: "):
        make(token_url="http://127.0.0.1:9/token?x=hidden").access_token()


def test_a_store_that_cannot_be_written_fails_before_the_provider_is_asked(
    make: Make, oauth_provider: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "token.json", Path("/proc/tokens/token.json")):
        store = TokenStore(path, seed=oauth_provider.families[0].current)
        with pytest.raises(SettingError, match="setting token_store: cannot"):
            make(store=store).access_token()
    assert oauth_provider.grants == []


def test_without_seed_and_store_the_login_command_is_named(make: Make, tmp_path: Path) -> None:
    with pytest.raises(LoginRequiredError, match=f"there is no token yet; run: {LOGIN}"):
        make(store=TokenStore(tmp_path / "none.json", seed=None)).access_token()


def test_the_users_netrc_is_not_sent_to_the_provider(
    make: Make, oauth_provider: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert make(client_auth="form").access_token()


def test_tls_verification_cannot_be_turned_off(make: Make) -> None:
    session = requests.Session()
    session.verify = False
    with pytest.raises(ValueError, match="TLS verification"):
        make(session=session)


def test_bearer_auth_renews_once_and_stays_at_its_origin(make: Make, oauth_provider: Any) -> None:
    auth = BearerAuth(make(), api_url=oauth_provider.url)
    api = f"{oauth_provider.url}/api"
    assert requests.get(api, auth=auth, timeout=10).status_code == 200
    oauth_provider.revoke_access_tokens()
    refused = requests.get(api, auth=auth, timeout=10)
    assert refused.status_code == 401
    auth.renew(refused)
    auth.renew(refused)
    assert requests.get(api, auth=auth, timeout=10).status_code == 200
    assert len(oauth_provider.grants) == 2
    with pytest.raises(ConnectorError, match=r"refused to send the access token to 127\.0\.0\.2"):
        requests.get("http://127.0.0.2/api", auth=auth, timeout=10)


def test_a_given_token_is_used_as_it_is_and_never_renewed() -> None:
    given = GivenToken("given-token")
    assert given.access_token() == "given-token"
    with pytest.raises(LoginRequiredError, match="setting access_token: the API refuses this token"):
        given.replace("given-token")


def test_nothing_is_logged_that_is_secret(
    make: Make, oauth_provider: Any, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rotating = make()
    rotating.access_token()
    oauth_provider.faults = ["503", "drop"]
    clock.now += timedelta(hours=2)
    rotating.access_token()
    assert "Renewed the access token" in caplog.text
    assert [secret for secret in oauth_provider.secrets if secret in caplog.text] == []
    assert [secret for secret in oauth_provider.secrets if secret in repr(TokenStore.read(rotating._store))] == []
