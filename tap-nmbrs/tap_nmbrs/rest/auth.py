"""Credentials of the Nmbrs REST API: a bearer token, rotated or handed in, and the application's subscription key."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import requests
from connector_kit.errors import SettingError
from connector_kit.oauth import AccessTokens, BearerAuth, GivenToken, RotatingToken, TokenStore
from connector_kit.redaction import protect
from connector_kit.service_url import service_url
from typing_extensions import override

from tap_nmbrs.rest.problems import read_problem
from tap_nmbrs.source import Consent

__all__ = ["LOGIN_COMMAND", "NmbrsAuth", "auth_from_settings", "identity_url", "require", "token_store"]

LOGIN_COMMAND: Final = "tap-nmbrs login --config <settings file>"
_KEY_HEADER: Final = "X-Subscription-Key"
_REFRESH_TOKEN_LIFE: Final = timedelta(days=30)
"""From issue (seen in a working client)."""

logger = logging.getLogger(__name__)


class NmbrsAuth(BearerAuth):
    """Sets both headers that every call needs: bearer token and subscription key (vendor documentation).

    Args:
        tokens: Where the bearer token comes from.
        api_url: The only origin that may see them.
        subscription_keys: The primary one, and perhaps the secondary, which is used from the moment on at which the
            gateway refuses the primary.
        store: Where the token is kept, if it is.
    """

    def __init__(
        self,
        tokens: AccessTokens,
        *,
        api_url: str,
        subscription_keys: Sequence[str],
        store: TokenStore | None = None,
    ) -> None:
        super().__init__(tokens, api_url=api_url)
        protect(*subscription_keys)
        self._keys = tuple(subscription_keys)
        self._key = self._keys[0]
        self._store = store

    @property
    def has_secondary_key(self) -> bool:
        """Whether there is another key than the primary one."""
        return len(self._keys) > 1

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers[_KEY_HEADER] = self._key
        return super().__call__(request)

    @override
    def renew(self, response: requests.Response) -> None:
        """Change what was refused: the key by the gateway, whose answers have no code, else the token."""
        if read_problem(response).code is not None:
            super().renew(response)
        elif self._key != self._keys[-1]:
            logger.warning("Nmbrs refuses the subscription_key; going on with the subscription_key_secondary")
            self._key = self._keys[-1]

    def consent(self) -> Consent:
        """What the token store knows of the consent.

        Raises:
            SettingError: The store cannot be read.
        """
        token = self._store.read() if self._store else None
        if token is None or token.scope is None:
            return Consent()
        return Consent(scopes=frozenset(token.scope.split()), ends_at=token.obtained_at + _REFRESH_TOKEN_LIFE)


def auth_from_settings(settings: Mapping[str, Any], *, api_url: str) -> NmbrsAuth:
    """Build the authentication from the settings.

    Raises:
        SettingError: Neither a token nor a place to keep a rotating one is set.
    """
    keys = [settings[name] for name in ("subscription_key", "subscription_key_secondary") if settings.get(name)]
    if not settings.get("subscription_key"):
        raise SettingError("setting subscription_key is missing: Nmbrs wants it with every call")
    if settings.get("access_token"):
        return NmbrsAuth(GivenToken(settings["access_token"]), api_url=api_url, subscription_keys=keys)
    require(settings, "client_id", "client_secret", "token_store")
    store = token_store(settings)
    tokens = RotatingToken(
        token_url=f"{identity_url(settings)}/connect/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        store=store,
        login_command=LOGIN_COMMAND,
        client_auth="basic",
    )
    return NmbrsAuth(tokens, api_url=api_url, subscription_keys=keys, store=store)


def require(settings: Mapping[str, Any], *names: str) -> None:
    """Make sure that the settings are there which a token needs.

    Raises:
        SettingError: Names those that are missing.
    """
    missing = [name for name in names if not settings.get(name)]
    if "token_store" in missing:
        raise SettingError(
            "setting token_store is missing: Nmbrs replaces the refresh token at every use, and without a file to keep "
            "the new one the connection would be lost (or hand in an access_token)"
        )
    if missing:
        raise SettingError(f"setting {', '.join(missing)} is missing: needed to get access tokens from Nmbrs")


def identity_url(settings: Mapping[str, Any]) -> str:
    """Where consent and tokens come from."""
    return service_url(settings["identity_url"], setting="identity_url")


def token_store(settings: Mapping[str, Any]) -> TokenStore:
    """Where the token lives between runs."""
    return TokenStore(settings["token_store"], seed=settings.get("refresh_token"))
