"""A strict OAuth provider on a real socket: single-use refresh tokens, and the whole family dies when one is reused."""

import base64
import hashlib
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.connector_kit.commands_runs import commands  # fixture of the commands' tests
from tests.connector_kit.ledger_places import ledger_place  # on both databases
from tests.connector_kit.posting_runs import books_provider, target_runs  # fixtures of the posting tests

__all__ = ["OAuthProvider", "books_provider", "commands", "ledger_place", "oauth_provider", "target_runs"]


@dataclass
class Family:
    """One consent: at any time one refresh token is good, and some access tokens."""

    current: str
    used: set[str] = field(default_factory=set)
    access_tokens: set[str] = field(default_factory=set)
    revoked: bool = False


class OAuthProvider:
    client_id = "client:1/ë"
    client_secret = "cl13nt+s3cret/canary=="

    def __init__(self) -> None:
        self.families: list[Family] = []
        self.faults: list[str] = []
        self.grants: list[dict[str, str]] = []
        self.revocations = 0
        self.expires_in = 3600
        self.secrets = {self.client_secret}
        self.authorization: dict[str, str] = {}
        self.granted_scope: str | None = None
        self.before_token: Callable[[], object] = lambda: None
        self._codes: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def consent(self) -> str:
        """A person has approved elsewhere: the refresh token for the settings."""
        token = self._secret("refresh")
        self.families.append(Family(current=token))
        return token

    def approve(self, address: str, *, answer: dict[str, str] | None = None) -> str:
        """Play the browser: the address to which the provider redirects it."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.authorization = asked
        code = self._secret("code")
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"]} | (answer or {})
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def revoke_access_tokens(self) -> None:
        for family in self.families:
            family.access_tokens.clear()

    def __call__(self, environ: dict, start_response: Callable) -> Iterator[bytes]:
        request = Request(environ)
        with self._lock:
            response = self._answer(request)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/api":
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            good = any(token in family.access_tokens for family in self.families)
            return Response("{}", status=200 if good else 401)
        assert (request.path, request.method) == ("/token", "POST")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "drop":
            return self._cut(request)
        if fault.isdigit():
            headers = {"Retry-After": "7"} if fault == "429" else {"Location": "http://127.0.0.1:9/elsewhere"}
            return Response("<h1>refresh-error-canary</h1>", status=int(fault), headers=headers)
        if fault.startswith("body:"):
            return Response(fault.removeprefix("body:"), status=200)
        self.before_token()
        response = self._token(request)
        return self._cut(request) if fault == "lose" else response

    def _cut(self, request: Request) -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response("")

    def _token(self, request: Request) -> Response:
        form = request.form.to_dict()
        self.grants.append(form)
        if not self._client_is_known(request, form):
            return _error("invalid_client", 401)
        if form["grant_type"] == "authorization_code":
            asked = self._codes.pop(form["code"], None)
            if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
                return _error("invalid_grant")
            if "code_challenge" in asked and asked["code_challenge"] != _challenge(form.get("code_verifier", "")):
                return _error("invalid_grant")
            self.consent()
            return self._issue(self.families[-1])
        for family in self.families:
            if form["refresh_token"] in family.used:
                self.revocations += not family.revoked
                family.revoked = True
                family.access_tokens.clear()
            if form["refresh_token"] == family.current and not family.revoked:
                return self._issue(family)
        return _error("invalid_grant")

    def _issue(self, family: Family) -> Response:
        family.used.add(family.current)
        family.current, access = self._secret("refresh"), self._secret("access")
        family.access_tokens = {access}
        answer = {
            "access_token": access,
            "refresh_token": family.current,
            "expires_in": self.expires_in,
            "token_type": "Bearer",
            "scope": self.granted_scope,
        }
        return Response(json.dumps(answer), content_type="application/json")

    def _client_is_known(self, request: Request, form: dict[str, str]) -> bool:
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client_id, _, secret = base64.b64decode(pair).decode().partition(":")
            self.secrets.add(pair)
            return (unquote_plus(client_id), unquote_plus(secret)) == (self.client_id, self.client_secret)
        return (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)

    def _secret(self, kind: str) -> str:
        token = f"{kind}-{secrets.token_urlsafe(24)}"
        self.secrets.add(token)
        return token


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _error(code: str, status: int = 400) -> Response:
    return Response(json.dumps({"error": code, "error_description": "refresh-error-canary"}), status=status)


@pytest.fixture
def oauth_provider() -> Iterator[OAuthProvider]:
    provider = OAuthProvider()
    yield provider
    provider.close()
