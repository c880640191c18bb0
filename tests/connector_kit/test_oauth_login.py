"""The person approves once: the redirect is caught or pasted, checked, exchanged and stored."""

import io
import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from connector_kit.errors import ConnectorError, LoginRequiredError, SettingError
from connector_kit.oauth import TokenStore, authorization_code_login

PROGRAM = Path(__file__).with_name("login_program.py")
Login = Callable[..., Any]


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "token.json", seed=None)


@pytest.fixture
def login(oauth_provider: Any, free_port: int, store: TokenStore) -> Login:
    def login(**changes: Any) -> Any:
        arguments = {
            "authorize_url": f"{oauth_provider.url}/authorize",
            "token_url": f"{oauth_provider.url}/token",
            "client_id": oauth_provider.client_id,
            "client_secret": oauth_provider.client_secret,
            "redirect_uri": f"http://localhost:{free_port}/callback",
            "scopes": ["offline_access", "company.info.read"],
            "store": store,
            "client_auth": "basic",
            "pkce": True,
            "timeout_seconds": 20,
        }
        return authorization_code_login(**(arguments | changes))

    return login


class Person:
    """Reads what the login shows, and goes where it says, like a browser."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.lines: list[str] = []
        self.addresses: queue.Queue[str] = queue.Queue()

    def __call__(self, text: str) -> None:
        self.lines.append(text)
        if match := re.search(r"http\S+/authorize\S+", text):
            self.addresses.put(match.group())

    def browse(self, **answer: str) -> threading.Thread:
        def run() -> None:
            redirect = self.provider.approve(self.addresses.get(timeout=20), answer=answer or None)
            favicon = requests.get(redirect.replace("/callback?", "/favicon.ico?"), timeout=10)
            foreign = requests.get(re.sub("state=[^&]+", "state=stolen", redirect), timeout=10)
            page = requests.get(redirect, timeout=10)
            self.statuses = [favicon.status_code, foreign.status_code, page.status_code]

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def paste(self, change: Callable[[str], str] = lambda address: address) -> Callable[[], str]:
        return lambda: change(self.provider.approve(self.addresses.get(timeout=1)))


@pytest.fixture
def person(oauth_provider: Any) -> Person:
    return Person(oauth_provider)


@pytest.mark.parametrize("pkce", [True, False])
def test_the_redirect_is_caught_and_the_token_stored(
    login: Login, person: Person, oauth_provider: Any, store: TokenStore, *, pkce: bool
) -> None:
    browser = person.browse()
    token = login(echo=person, pkce=pkce)
    browser.join()
    assert person.statuses == [404, 400, 200]
    assert store.read() == token
    assert token.refresh_token == oauth_provider.families[-1].current
    asked = oauth_provider.authorization
    assert asked["scope"] == "offline_access company.info.read"
    assert (asked.get("code_challenge_method") == "S256") == pkce
    assert ("code_verifier" in oauth_provider.grants[0]) == pkce
    assert asked["redirect_uri"] in "\n".join(person.lines)


@pytest.mark.parametrize("whole", [True, False])
def test_an_address_or_a_code_can_be_pasted(login: Login, person: Person, *, whole: bool) -> None:
    change: Callable[[str], str] = (
        (lambda a: f"  {a}#done \n") if whole else (lambda a: re.search("code=([^&]+)", a).group(1))  # type: ignore[union-attr]
    )
    token = login(echo=person, paste=True, ask=person.paste(change))
    assert token.generation == 1


def test_a_redirect_that_is_not_this_machine_is_asked_for(login: Login, person: Person) -> None:
    assert login(echo=person, redirect_uri="https://example.nl/done", ask=person.paste()).access_token


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: re.sub("state=[^&]+", "state=other", a), "does not belong to this login"),
        (lambda a: re.sub("&state=[^&]+", "", a), "does not belong to this login"),
        (lambda a: re.sub("code=[^&]+", "error=access_denied", a), "refused at the provider: access_denied"),
        (lambda a: re.sub("code=[^&]+", "error=Piet+Jansen", a), "refused at the provider: an unknown error"),
        (lambda a: re.sub("code=[^&]+", "code=", a), "holds no code"),
        (lambda _: "", "nothing was pasted"),
        (lambda _: "a-wrong-code", r"refuses the code \(invalid_grant\)"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(
    login: Login, person: Person, store: TokenStore, change: Callable[[str], str], message: str
) -> None:
    with pytest.raises(LoginRequiredError, match=message) as caught:
        login(echo=person, paste=True, ask=person.paste(change))
    assert "\n" not in str(caught.value)
    assert "Jansen" not in str(caught.value)
    assert store.read() is None


def test_a_refusal_in_the_browser_ends_the_login(login: Login, person: Person) -> None:
    browser = person.browse(error="access_denied")
    with pytest.raises(LoginRequiredError, match="refused at the provider: access_denied"):
        login(echo=person)
    browser.join()


def test_nobody_comes_is_an_end_too(login: Login, person: Person) -> None:
    with pytest.raises(LoginRequiredError, match=r"nobody approved the login within 0\.2 s"):
        login(echo=person, timeout_seconds=0.2)


def test_a_taken_port_names_the_setting(login: Login, person: Person, free_port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", free_port)),
        pytest.raises(SettingError, match="redirect_uri: cannot listen"),
    ):
        login(echo=person)


def test_a_wrong_client_names_the_settings(login: Login, person: Person) -> None:
    with pytest.raises(SettingError, match="client_id and client_secret"):
        login(echo=person, paste=True, ask=person.paste(), client_secret="wrong-secret")


def test_a_store_that_cannot_be_written_is_noticed_before_the_person_is_bothered(
    login: Login, person: Person, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConnectorError, match="token_store: cannot"):
        login(echo=person, store=TokenStore(tmp_path / "file" / "t.json", seed=None))
    assert person.lines == []


def test_a_smaller_consent_than_asked_for_is_said(login: Login, person: Person, oauth_provider: Any) -> None:
    oauth_provider.granted_scope = "offline_access"
    login(echo=person, paste=True, ask=person.paste())
    assert person.lines[-1] == "Note: the provider did not grant company.info.read"


def test_the_login_command_of_a_program_stores_the_token_and_shows_no_secret(
    oauth_provider: Any, tmp_path: Path, free_port: int
) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps(
            {
                "oauth_url": oauth_provider.url,
                "client_id": oauth_provider.client_id,
                "client_secret": oauth_provider.client_secret,
                "token_store": str(tmp_path / "token.json"),
                "redirect_uri": f"http://127.0.0.1:{free_port}/callback",
            }
        )
    )
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), "login", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"LOGLEVEL": "DEBUG"},
    ) as process:
        assert process.stderr
        assert process.stdout
        shown = io.StringIO()
        for line in process.stderr:
            shown.write(line)
            if match := re.search(r"http\S+/authorize\S+", line):
                address = match.group()
            if "Waiting for the browser" in line:
                requests.get(oauth_provider.approve(address), timeout=10)
        assert process.stdout.read() == ""
    assert process.returncode == 0, shown.getvalue()
    assert "Logged in; the token is stored" in shown.getvalue()
    assert TokenStore(tmp_path / "token.json", seed=None).read() is not None
    assert [secret for secret in oauth_provider.secrets if secret in shown.getvalue()] == []
