"""The one step a person takes: approve our access in the browser, once (authorization code grant, RFC 6749, 7636)."""

import base64
import hashlib
import secrets
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import click
import requests

from connector_kit.errors import ConnectorError, LoginRequiredError, SettingError
from connector_kit.oauth.endpoint import ClientAuth, RefusedError, TokenEndpoint, known_error
from connector_kit.oauth.store import Token, TokenStore
from connector_kit.oauth.token import shielded, utc_now
from connector_kit.redaction import protect
from connector_kit.service_url import is_loopback
from connector_kit.settings import settings_option

LOGIN_TIMEOUT_SECONDS: Final = 300
_PAGE: Final = "<!doctype html><meta charset=utf-8><title>{0}</title><h1>{0}</h1><p>You can close this window."


def _echo(text: str) -> None:
    click.echo(text, err=True)


def _ask() -> str:
    click.echo("Paste it here: ", nl=False, err=True)
    return sys.stdin.readline()


def authorization_code_login(
    *,
    authorize_url: str,
    token_url: str,
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    scopes: Sequence[str],
    store: TokenStore,
    client_auth: ClientAuth,
    pkce: bool,
    paste: bool = False,
    timeout_seconds: float = LOGIN_TIMEOUT_SECONDS,
    echo: Callable[[str], None] = _echo,
    ask: Callable[[], str] = _ask,
    session: requests.Session | None = None,
) -> Token:
    """Let a person approve the access, exchange the code and store the token.

    Shows the address to open. Waits for the browser on a loopback redirect address (http://localhost:port/path);
    any other redirect address, or `paste`, means that the person copies the address of the final page.

    Args:
        authorize_url: The provider's page.
        token_url: The provider's token endpoint.
        client_id: Of the registered application.
        client_secret: Of the registered application.
        redirect_uri: Exactly as registered at the provider.
        scopes: What we ask for.
        store: Where the token will live.
        client_auth: How the client identifies itself at the token endpoint.
        pkce: Send an S256 challenge; providers that do not know it are to be spared.
        paste: Do not wait for the browser, ask for the address of the final page.
        timeout_seconds: How long to wait for the person.
        echo: Shows a line to the person.
        ask: Asks the person for the pasted address.
        session: For the token request.

    Raises:
        LoginRequiredError: The person or the provider said no.
        SettingError: The store cannot be written, the redirect's port is taken, or the client is unknown.
        UnreachableError: The token endpoint cannot be reached.
    """
    with store.lock():
        store.check_writable()
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    protect(verifier)
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
    }
    if pkce:
        query |= {"code_challenge": _challenge(verifier), "code_challenge_method": "S256"}
    address = f"{authorize_url}?{urlencode(query)}"
    if paste or not _is_catchable(redirect_uri):
        code = _pasted_code(address, redirect_uri, state, echo=echo, ask=ask)
    else:
        code = _caught_code(address, redirect_uri, state, echo=echo, timeout_seconds=timeout_seconds)
    protect(code)
    endpoint = TokenEndpoint(
        token_url=token_url,
        client_id=client_id,
        client_secret=client_secret,
        client_auth=client_auth,
        session=session or requests.Session(),
        clock=utc_now,
    )
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    token = _exchanged(endpoint, grant | ({"code_verifier": verifier} if pkce else {}), store)
    if token.scope is not None and (missing := sorted(set(scopes) - set(token.scope.split()))):
        echo(f"Note: the provider did not grant {', '.join(missing)}")
    return token


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _exchanged(endpoint: TokenEndpoint, grant: dict[str, str], store: TokenStore) -> Token:
    def request_and_store() -> Token:
        answer = endpoint.request(grant)
        return store.start(answer)

    try:
        with store.lock():
            return shielded(request_and_store)
    except RefusedError as refusal:
        if refusal.code in {"invalid_client", "unauthorized_client"}:
            message = f"{endpoint.host} refuses client_id and client_secret ({refusal.code}); correct the settings"
            raise SettingError(message) from None
        message = f"{endpoint.host} refuses the code ({refusal.code}): it was used or expired; log in again"
        raise LoginRequiredError(message) from None


class _ForeignAnswerError(LoginRequiredError):
    """An answer to a question that was not ours."""


def _code_from(query: str, state: str) -> str:
    """Take the code from the redirect's query, if it is the answer to our question."""
    fields = parse_qs(query, keep_blank_values=True)
    if not secrets.compare_digest(fields.get("state", [""])[0].encode(), state.encode()):
        raise _ForeignAnswerError("this answer does not belong to this login (wrong state); log in again")
    if "error" in fields:
        raise LoginRequiredError(f"the login was refused at the provider: {known_error(fields['error'][0])}")
    code = fields.get("code", [""])[0]
    if not code:
        raise LoginRequiredError("the provider's answer holds no code; log in again")
    return code


def _pasted_code(
    address: str, redirect_uri: str, state: str, *, echo: Callable[[str], None], ask: Callable[[], str]
) -> str:
    echo(f"Open this address in a browser, log in and approve:\n\n  {address}\n")
    echo(f"The browser ends on {redirect_uri} (that page may fail to load). Copy its whole address.")
    pasted = ask().strip()
    if not pasted:
        raise LoginRequiredError("nothing was pasted; run the login in a terminal")
    if "://" in pasted or "code=" in pasted or "error=" in pasted:
        return _code_from(pasted.partition("#")[0].rpartition("?")[2], state)
    return pasted  # the bare code: without state, typed in by the person who asked for it


def _is_catchable(redirect_uri: str) -> bool:
    parts = urlsplit(redirect_uri)
    return parts.scheme == "http" and parts.hostname is not None and is_loopback(parts.hostname)


def _caught_code(
    address: str, redirect_uri: str, state: str, *, echo: Callable[[str], None], timeout_seconds: float
) -> str:
    parts = urlsplit(redirect_uri)
    try:
        server = _RedirectCatcher(parts.hostname or "", parts.port or 80, path=parts.path or "/", state=state)
    except OSError as error:
        raise SettingError(
            f"setting redirect_uri: cannot listen on port {parts.port or 80} ({error.strerror}); "
            "free the port or use --paste"
        ) from None
    with server:
        echo(f"Open this address in a browser, log in and approve:\n\n  {address}\n")
        echo(f"Waiting for the browser on {redirect_uri} (registered at the provider) ...")
        return server.wait(timeout_seconds)


class _RedirectCatcher(socketserver.TCPServer):
    """Listens on this machine only, until the one answer to our question arrives."""

    allow_reuse_address = True

    def __init__(self, host: str, port: int, *, path: str, state: str) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__(("127.0.0.1" if host.lower() == "localhost" else host, port), _RedirectHandler)
        self.path = path
        self.state = state
        self.outcome: str | ConnectorError | None = None

    def wait(self, timeout_seconds: float) -> str:
        end = time.monotonic() + timeout_seconds
        while self.outcome is None:
            self.timeout = end - time.monotonic()
            if self.timeout <= 0:
                raise LoginRequiredError(f"nobody approved the login within {timeout_seconds:g} s; log in again")
            self.handle_request()
        if isinstance(self.outcome, ConnectorError):
            raise self.outcome
        return self.outcome

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep waiting: a browser that hangs up is no reason to end."""


class _RedirectHandler(BaseHTTPRequestHandler):
    server: _RedirectCatcher
    timeout = 2  # seconds; browsers open connections that they do not use
    server_version = "login"
    sys_version = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != self.server.path:
            self._answer(404, "Not found")
            return
        try:
            self.server.outcome = _code_from(parts.query, self.server.state)
        except _ForeignAnswerError:
            self._answer(400, "This answer does not belong to the login that is waiting")
        except LoginRequiredError as error:
            self.server.outcome = error
            self._answer(400, "The login did not succeed")
        else:
            self._answer(200, "Approved")

    def _answer(self, status: int, text: str) -> None:
        body = _PAGE.format(text).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the address holds the code."""


def login_command(log_in: Callable[..., Token], *options: click.Option) -> click.Command:
    """Build the `login` sub-command of a connector, for `console.program`.

    Args:
        log_in: Logs in with the settings and `paste`: `authorization_code_login` with the provider's addresses.
        *options: Further options of the command, handed on to `log_in` by name.
    """

    @click.command("login")
    @settings_option
    @click.option("--paste", is_flag=True, help="Paste the final address instead of waiting for the browser.")
    def login(settings: dict[str, Any], *, paste: bool, **given: Any) -> None:
        """Approve the access in the browser, once, and store the token."""
        token = log_in(settings, paste=paste, **given)
        _echo(
            f"Logged in; the token is stored and lasts until {token.expires_at:%Y-%m-%d %H:%M} UTC, then renews itself."
        )

    login.params.extend(options)
    return login
