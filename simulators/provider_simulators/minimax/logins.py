"""Log-ins: a client half given by the vendor, a user half made by the user, lock-out, access tokens."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider_simulators.clock import Clock
from provider_simulators.minimax.switches import MinimaxSwitches

CLIENT_ID = "verzonnen-koppeling"
CLIENT_SECRET = "3f1d-client-geheim"  # noqa: S105 (invented)
USERNAME = "uvoz.plac@example.org"


class LoginError(Exception):
    """The log-in is refused.

    Attributes:
        error: OAuth's code for it.
    """

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """What the token endpoint hands out."""

    value: str
    refresh_token: str
    expires_at: datetime


class Logins:
    """One client and one user.

    Attributes:
        username: The user half; both parts are made by the user's profile page, and are not the web log-in.
        password: As above.
        locked: Whether the user half is locked: only making a new one helps (vendor's documentation).
    """

    def __init__(self, *, switches: MinimaxSwitches, clock: Clock, effect: Callable[..., None]) -> None:
        self._switches = switches
        self._clock = clock
        self._effect = effect
        self._wrong = 0
        self._made = 0
        self._tokens: dict[str, AccessToken] = {}
        self.recreate()

    def recreate(self) -> None:
        """The user deletes the access for applications and makes a new one: another pair, not locked."""
        self._made += 1
        self.username = USERNAME if self._made == 1 else f"{self._made}.{USERNAME}"
        self.password = secrets.token_urlsafe(12)
        self.locked = False
        self._wrong = 0

    def log_in(self, *, client_id: str, client_secret: str, username: str, password: str) -> AccessToken:
        """The password grant.

        Raises:
            LoginError: Wrong client, wrong user, or locked.
        """
        self._check_client(client_id, client_secret)
        if username != self.username or self.locked:
            raise self._refused("invalid_grant", locked=username == self.username)
        if not hmac.compare_digest(password.encode(), self.password.encode()):
            self._wrong += 1
            self.locked = self._wrong >= self._switches.lock_after
            raise self._refused("invalid_grant", locked=self.locked)
        self._wrong = 0
        return self._token()

    def refresh(self, *, client_id: str, client_secret: str, refresh_token: str) -> AccessToken:
        """The refresh grant, where a switch allows it.

        Raises:
            LoginError: It does not work, or the token is unknown.
        """
        self._check_client(client_id, client_secret)
        known = any(token.refresh_token == refresh_token for token in self._tokens.values())
        if not self._switches.refresh or not known:
            raise self._refused("invalid_grant" if self._switches.refresh else "unsupported_grant_type", locked=False)
        return self._token()

    def is_valid(self, access_token: str) -> bool:
        """Whether an access token is known and has not expired."""
        token = self._tokens.get(access_token)
        return token is not None and token.expires_at > self._clock.now()

    def expire_access_tokens(self) -> None:
        """All access tokens are invalid from now on."""
        self._tokens.clear()
        self._effect("access_tokens_expired")

    def _check_client(self, client_id: str, client_secret: str) -> None:
        if client_id != CLIENT_ID or not hmac.compare_digest(client_secret.encode(), CLIENT_SECRET.encode()):
            raise self._refused("invalid_client", locked=False)

    def _token(self) -> AccessToken:
        token = AccessToken(
            value=secrets.token_urlsafe(48),
            refresh_token=secrets.token_urlsafe(24),
            expires_at=self._clock.now() + timedelta(seconds=self._switches.token_seconds),
        )
        self._tokens[token.value] = token
        self._effect("logged_in")
        return token

    def _refused(self, error: str, *, locked: bool) -> LoginError:
        self._effect("login_refused", error=error, locked=locked)
        return LoginError(error)
