"""One request to a provider's token endpoint (RFC 6749), and what its answer means."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote_plus, urlsplit

import requests

from connector_kit.errors import ConnectorError, UnreachableError
from connector_kit.limiter import retry_after_seconds
from connector_kit.oauth.store import Token
from connector_kit.redaction import protect

ClientAuth: TypeAlias = Literal["basic", "form"]
"""Where the client's id and secret stand: in the Authorization header, or in the form."""

# To connect, to read. A signal does not cut a token request in two, so a stopped run may wait for this long; but who
# gives up too early asks again with a refresh token that has been used, and may lose the consent for that.
TIMEOUT_SECONDS: Final = (5, 20)
ANSWER_BYTES_MAX: Final = 64 * 1024
_EXPIRES_IN_SECONDS_MAX: Final = 10 * 366 * 86400
_RETRY_AFTER_SECONDS_MAX: Final = 60
_RFC_ERRORS: Final = frozenset({
    "access_denied", "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "server_error",
    "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type",
})  # fmt: skip


class RefusedError(Exception):
    """The provider says no, for good; `code` is an error code of RFC 6749, or the HTTP status as text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LostAnswerError(UnreachableError):
    """Nobody knows what became of the request: no connection, time-out, cut off, or an error of the server."""

    def __init__(self, message: str, *, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


def known_error(code: object) -> str:
    """Give back an error code of the standard; anything else is the provider's text and not repeated."""
    return code if isinstance(code, str) and code in _RFC_ERRORS else "an unknown error"


@dataclass(frozen=True, kw_only=True)
class TokenEndpoint:
    """The token endpoint as this client sees it.

    Args:
        client_auth: "basic" sends id and secret percent-encoded in the header (RFC 6749, 2.3.1); "form" in the body.
        keeps_refresh_token: The provider says that an answer without a refresh token means: keep the old one.
        refreshes: Answers must hold a refresh token; not so for grants that are simply made again.
        clock: The present in UTC.
    """

    token_url: str
    client_id: str
    client_secret: str
    client_auth: ClientAuth
    session: requests.Session
    clock: Callable[[], datetime]
    keeps_refresh_token: bool = False
    refreshes: bool = True

    def __post_init__(self) -> None:
        if self.session.verify is False:
            raise ValueError("TLS verification cannot be turned off")
        protect(self.client_secret)

    @property
    def host(self) -> str:
        """The host, for messages."""
        return urlsplit(self.token_url).netloc

    def request(self, grant: Mapping[str, str], *, refresh_token: str | None = None) -> Token:
        """Ask once for a token; follows no redirect and repeats nothing.

        Args:
            grant: The form fields of the grant.
            refresh_token: The token to keep if the answer has none and the provider allows that.

        Raises:
            RefusedError: The provider refuses grant or client.
            LostAnswerError: The outcome is unknown; the same grant may be tried again.
            UnreachableError: The TLS connection is not acceptable.
            ConnectorError: The answer is not a token.
        """
        asked_at = self.clock()
        response = self._post(grant)
        status, body = response
        if status != HTTPStatus.OK:
            raise RefusedError(_error_code(body) or str(int(status)))
        return self._token(body, asked_at=asked_at, refresh_token=refresh_token)

    def _post(self, grant: Mapping[str, str]) -> tuple[int, bytes]:
        form, basic = dict(grant), None
        if self.client_auth == "basic":
            basic = requests.auth.HTTPBasicAuth(quote_plus(self.client_id), quote_plus(self.client_secret))
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        try:
            with self.session.post(
                self.token_url,
                data=form,
                headers={"Accept": "application/json", "Connection": "close"},  # an old connection may be dead
                auth=basic or _unchanged,  # without any, requests would look into the user's .netrc
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._limited_body(response)
        except requests.exceptions.SSLError:
            raise UnreachableError(f"cannot reach {self.host}: its TLS certificate is not acceptable") from None
        except requests.Timeout:
            raise LostAnswerError(f"no answer from {self.host} in time") from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            raise LostAnswerError(f"cannot reach {self.host}: name unknown, connection refused or cut") from None
        except requests.RequestException as error:
            raise ConnectorError(f"the token request to {self.host} failed: {type(error).__name__}") from None
        self._check_status(response)
        return response.status_code, body

    def _limited_body(self, response: requests.Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(8192):
            body += chunk
            if len(body) > ANSWER_BYTES_MAX:
                raise ConnectorError(f"{self.host} answers the token request with too many bytes")
        return bytes(body)

    def _check_status(self, response: requests.Response) -> None:
        """Tell apart: an answer (success or refusal), an outcome nobody knows, and something that is no token API."""
        status = response.status_code
        again = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in again:
            wait = retry_after_seconds(response.headers, now=self.clock(), default=0, maximum=_RETRY_AFTER_SECONDS_MAX)
            raise LostAnswerError(f"{self.host} answers the token request with status {status}", wait_seconds=wait)
        if status not in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            raise ConnectorError(f"{self.host} answers the token request with status {status}; check the token URL")

    def _token(self, body: bytes, *, asked_at: datetime, refresh_token: str | None) -> Token:
        try:
            answer = json.loads(body)
        except ValueError:
            raise ConnectorError(f"{self.host} answers the token request with something that is not JSON") from None
        if not isinstance(answer, dict):
            raise ConnectorError(f"{self.host} answers the token request with something that is not an object")
        kept = refresh_token if self.keeps_refresh_token and "refresh_token" not in answer else None
        return Token(
            access_token=self._text(answer, "access_token"),
            refresh_token=(kept or self._text(answer, "refresh_token")) if self.refreshes else "",
            expires_at=asked_at + timedelta(seconds=self._expires_in(answer)),
            obtained_at=asked_at,
            generation=0,
            scope=answer["scope"] if isinstance(answer.get("scope"), str) else None,
        )

    def _text(self, answer: Mapping[str, Any], name: str) -> str:
        value = answer.get(name)
        if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable() or " " in value:
            raise ConnectorError(f"the token answer of {self.host} has no usable {name}")
        return value

    def _expires_in(self, answer: Mapping[str, Any]) -> int:
        value = answer.get("expires_in")
        if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < 10:  # noqa: PLR2004  # digits
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _EXPIRES_IN_SECONDS_MAX:
            raise ConnectorError(f"the token answer of {self.host} has no usable expires_in")
        return value


def _error_code(body: bytes) -> str | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    code = answer.get("error") if isinstance(answer, dict) else None
    return code if code in _RFC_ERRORS else None


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
