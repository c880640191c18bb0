"""Credentials of Minimax: a client half and a user half make a token for an hour (password grant)."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import requests
from connector_kit.errors import LoginRequiredError
from connector_kit.oauth import Token
from connector_kit.oauth.endpoint import RefusedError, TokenEndpoint
from connector_kit.oauth.token import retrying, shielded

from target_minimax.login_memory import LoginMemory
from target_minimax.settings import Settings

__all__ = ["PasswordTokens", "tokens"]

_SECONDS_LEFT_MIN: Final = 60
"""A token is renewed so long before its end, or after half its life if that is short: else each call would log in."""
_ADVICE: Final = (
    "Minimax locks an application password after a few wrong tries, so they are not tried again. Correct client_id, "
    "client_secret, username and password in the settings; username and password are those of the application in the "
    "user's Minimax profile, not of the web log-in"
)

logger = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class PasswordTokens:
    """Access tokens, kept in memory until shortly before they end (`connector_kit.oauth.AccessTokens`).

    The refresh tokens in Minimax' answers are not used: whether they work is not known, and the password does.

    Args:
        endpoint: The token endpoint, with the client half.
        username: User half.
        password: User half.
        scope: As the vendor's samples send it; seems to be ignored.
        memory: Credentials that were refused before.
        clock: The present in UTC.
        sleep: Waits between the attempts after a lost answer.
    """

    def __init__(
        self,
        *,
        endpoint: TokenEndpoint,
        username: str,
        password: str,
        scope: str,
        memory: LoginMemory,
        clock: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._grant = {"grant_type": "password", "username": username, "password": password, "scope": scope}
        self._credentials = (endpoint.token_url, endpoint.client_id, endpoint.client_secret, username, password)
        self._memory = memory
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._current: Token | None = None
        self._seconds_left_min: float = _SECONDS_LEFT_MIN

    def access_token(self) -> str:
        """Give a token that lives for another minute at least, or half its life.

        Raises:
            LoginRequiredError: Minimax refuses the credentials, or has refused them before; then nothing is asked.
            UnreachableError: The token endpoint cannot be reached.
            SettingError: The memory of refused log-ins cannot be read or written; nothing was asked.
        """
        with self._lock:
            if self._current is None or not self._current.is_fresh(self._clock(), seconds_left=self._seconds_left_min):
                self._current = self._logged_in()
            return self._current.access_token

    def replace(self, rejected: str) -> str:
        """Log in again after the API has refused this token, unless another thread already did.

        Raises: as `access_token`.
        """
        with self._lock:
            if self._current is None or self._current.access_token == rejected:
                self._current = self._logged_in()
            return self._current.access_token

    def worked(self, access_token: str) -> None:
        """Nothing to note."""

    def _logged_in(self) -> Token:
        # Shielded from signals: a refusal that is not remembered would be asked for again.
        return retrying(self._sleep)(shielded, self._log_in)

    def _log_in(self) -> Token:
        with self._memory.lock():
            if (day := self._memory.refused_on(self._credentials)) is not None:
                raise LoginRequiredError(
                    f"Minimax has refused these credentials on {day}: {_ADVICE}. If they are right after all, remove "
                    f"{self._memory.path}"
                )
            try:
                token = self._endpoint.request(self._grant)
            except RefusedError as refusal:
                self._memory.remember(self._credentials, at=self._clock())
                raise LoginRequiredError(f"Minimax refuses these credentials ({refusal.code}): {_ADVICE}") from None
        lives_for = (token.expires_at - self._clock()).total_seconds()
        self._seconds_left_min = min(_SECONDS_LEFT_MIN, lives_for / 2)
        logger.debug("Logged in at %s", self._endpoint.host)
        return token


def tokens(config: Mapping[str, Any], settings: Settings) -> PasswordTokens:
    """Tokens for the credentials in the settings."""
    session = requests.Session()
    session.headers["User-Agent"] = settings.user_agent
    return PasswordTokens(
        endpoint=TokenEndpoint(
            token_url=settings.token_url,
            client_id=config["client_id"],
            client_secret=config["client_secret"],
            client_auth="form",  # the vendor's default; the Basic header works too
            session=session,
            clock=_utc_now,
            refreshes=False,
        ),
        username=config["username"],
        password=config["password"],
        scope=settings.localisation.scope,
        memory=LoginMemory(settings.login_memory),
    )
