"""The access token of an API whose refresh token changes at every use: renewed once for all threads and processes."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import requests
import tenacity

from connector_kit.errors import AlreadyRunningError, ConnectorError, LoginRequiredError, SettingError
from connector_kit.oauth.endpoint import ClientAuth, LostAnswerError, RefusedError, TokenEndpoint
from connector_kit.oauth.store import Token, TokenStore
from connector_kit.redaction import protect

SECONDS_LEFT_MIN: Final = 60  # clocks differ, and a request takes its time
ATTEMPTS_MAX: Final = 4

logger = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


class AccessTokens(Protocol):
    """Where an API client gets its access token from."""

    def access_token(self) -> str:
        """Give a token that is good for the next request."""
        ...

    def replace(self, rejected: str) -> str:
        """Give another token after the API has refused this one."""
        ...

    def worked(self, access_token: str) -> None:
        """Take note that the API has accepted this token."""
        ...


class GivenToken:
    """An access token handed in by an orchestrator, which nobody here can renew.

    Args:
        access_token: The token.
        setting: The name of its setting, for the message.
    """

    def __init__(self, access_token: str, *, setting: str = "access_token") -> None:
        protect(access_token)
        self._access_token = access_token
        self._setting = setting

    def access_token(self) -> str:
        """Give the token."""
        return self._access_token

    def replace(self, rejected: str) -> str:  # noqa: ARG002  # the protocol's signature
        """Fail: there is no other token.

        Raises:
            LoginRequiredError: Always.
        """
        raise LoginRequiredError(f"setting {self._setting}: the API refuses this token; hand in a new one")

    def worked(self, access_token: str) -> None:
        """Nothing to note."""


class RotatingToken:
    """The current access token; refreshes it under the store's lock and stores the new pair before its first use.

    Args:
        token_url: The provider's token endpoint.
        client_id: Of the registered application.
        client_secret: Of the registered application.
        store: Where the tokens live between runs.
        login_command: What a person must run when consent is gone, such as `tap-nmbrs login --config config.json`.
        client_auth: How the client identifies itself.
        session: For the token requests; TLS verification stays on.
        clock: The present in UTC.
        sleep: Waits between the attempts after a lost answer.
        keeps_refresh_token: The provider may answer without a new refresh token, which means: keep the old one.
    """

    def __init__(
        self,
        *,
        token_url: str,
        client_id: str,
        client_secret: str,
        store: TokenStore,
        login_command: str,
        client_auth: ClientAuth,
        session: requests.Session | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        keeps_refresh_token: bool = False,
    ) -> None:
        self._endpoint = TokenEndpoint(
            token_url=token_url,
            client_id=client_id,
            client_secret=client_secret,
            client_auth=client_auth,
            session=session or requests.Session(),
            clock=clock,
            keeps_refresh_token=keeps_refresh_token,
        )
        self._store = store
        self._login_command = login_command
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._current: Token | None = None
        self._proven_generation = -1

    def access_token(self) -> str:
        """Give an access token that lives for another minute at least.

        Raises:
            LoginRequiredError: There is no token, or the provider refuses it for good; names the login command.
            UnreachableError: The token endpoint cannot be reached; the old token is kept.
            SettingError: The store cannot be read or written; nothing was asked from the provider.
        """
        with self._lock:
            self._current = self._current or self._store.read()
            if self._current is None or not self._is_fresh(self._current):
                self._current = self._renewed(rejected=None)
            return self._current.access_token

    def replace(self, rejected: str) -> str:
        """Renew after the API has refused this access token, unless another thread or process already did.

        Raises: as `access_token`.
        """
        with self._lock:
            if self._current is None or self._current.access_token == rejected or not self._is_fresh(self._current):
                self._current = self._renewed(rejected=rejected)
            return self._current.access_token

    def worked(self, access_token: str) -> None:
        """Forget the previous refresh token once the API has accepted the new generation."""
        current = self._current
        if current is None or current.access_token != access_token or current.generation == self._proven_generation:
            return
        with self._lock:
            # Only tidying up: what is wrong with the store is said when it is needed.
            with contextlib.suppress(SettingError, AlreadyRunningError):
                if self._store.read_previous() is not None:
                    with self._store.lock():
                        self._store.forget_previous(current)
            self._proven_generation = current.generation

    def _is_fresh(self, token: Token) -> bool:
        return token.is_fresh(self._clock(), seconds_left=SECONDS_LEFT_MIN)

    def _renewed(self, *, rejected: str | None) -> Token:
        with self._store.lock():
            stored = self._store.read()
            if stored is None:
                raise LoginRequiredError(f"there is no token yet; run: {self._login_command}")
            if self._is_fresh(stored) and stored.access_token != rejected:
                return stored  # another process has renewed it while we waited for the lock
            self._store.check_writable()
            try:
                return self._refresh(stored)
            except RefusedError as refusal:
                return self._second_chance(stored, refusal)

    def _second_chance(self, refused: Token, refusal: RefusedError) -> Token:
        """Take the token of somebody who did not wait for the lock, or an unproven token's predecessor, once."""
        if refusal.code in {"invalid_client", "unauthorized_client"}:
            raise self._login_required(refusal)
        newest = self._store.read()
        if newest is not None and newest.refresh_token != refused.refresh_token:
            if self._is_fresh(newest):
                return newest
        else:
            newest = self._store.read_previous()
        if newest is None:
            raise self._login_required(refusal)
        try:
            return self._refresh(newest, successor_of=self._store.read())
        except RefusedError:
            raise self._login_required(refusal) from None

    def _refresh(self, token: Token, *, successor_of: Token | None = None) -> Token:
        """Ask for the next generation, again after a lost answer, and store it."""
        grant = {"grant_type": "refresh_token", "refresh_token": token.refresh_token}

        def request_and_store() -> Token:
            answer = self._endpoint.request(grant, refresh_token=token.refresh_token)
            # An answer without a scope means that of before (RFC 6749, 5.1).
            return self._store.replace(successor_of or token, replace(answer, scope=answer.scope or token.scope))

        renewed = retrying(self._sleep)(shielded, request_and_store)
        logger.info("Renewed the access token at %s (generation %d)", self._endpoint.host, renewed.generation)
        return renewed

    def _login_required(self, refusal: RefusedError) -> LoginRequiredError:
        host = self._endpoint.host
        if refusal.code in {"invalid_client", "unauthorized_client"}:
            reason = f"{host} refuses client_id and client_secret ({refusal.code}); correct the settings"
        else:
            reason = f"{host} no longer accepts the refresh token ({refusal.code}): it was used, expired or revoked"
        return LoginRequiredError(f"{reason}; then run: {self._login_command}")


def retrying(sleep: Callable[[float], None]) -> tenacity.Retrying:
    """Repeat a token request whose answer was lost, a few times; the last error is raised as it is."""

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_for = error.wait_seconds if isinstance(error, LostAnswerError) else 0
        return max(asked_for, 2.0 ** (state.attempt_number - 1))

    def report(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        logger.warning("Token request: %s; trying again in %.0f s", error, state.upcoming_sleep)

    return tenacity.Retrying(
        stop=tenacity.stop_after_attempt(ATTEMPTS_MAX),
        wait=wait,
        retry=tenacity.retry_if_exception_type(LostAnswerError),
        before_sleep=report,
        sleep=sleep,
        reraise=True,
    )


def shielded(work: Callable[[], Token]) -> Token:
    """Do work that must not be cut in two by a signal: Python raises those in the main thread, never in another.

    A signal that arrives meanwhile ends the program only after the work is done.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="token") as worker:
        return worker.submit(work).result()


class BearerAuth(requests.auth.AuthBase):
    """Puts the access token into each request's header.

    Args:
        tokens: Where the token comes from.
        api_url: The only origin (scheme, host, port) that may see the token, when given.
    """

    def __init__(self, tokens: AccessTokens, *, api_url: str | None = None) -> None:
        self._tokens = tokens
        self._origin = urlsplit(api_url)[:2] if api_url is not None else None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header.

        Raises:
            ConnectorError: The request goes to another origin than the API's.
            LoginRequiredError, UnreachableError, SettingError: as `RotatingToken.access_token`.
        """
        url = urlsplit(request.url or "")
        if self._origin is not None and url[:2] != self._origin:
            raise ConnectorError(f"refused to send the access token to {url.netloc}, which is not the API")
        token = self._tokens.access_token()
        request.headers["Authorization"] = f"Bearer {token}"

        def note(response: requests.Response, **_: Any) -> None:
            if response.ok:
                self._tokens.worked(token)

        request.register_hook("response", note)  # type: ignore[no-untyped-call]  # requests' stubs are silent here
        return request

    def renew(self, response: requests.Response) -> None:
        """Get a new token because the API has answered this request with 401; the caller repeats it once."""
        header = response.request.headers.get("Authorization", "")
        self._tokens.replace(header.removeprefix("Bearer "))
