"""Credentials of the Nmbrs REST API: a bearer token, rotated or handed in, and the application's subscription key."""

from collections.abc import Mapping
from typing import Any, Final

import requests
from connector_kit.errors import SettingError
from connector_kit.oauth import (
    AccessTokens,
    BearerAuth,
    GivenToken,
    RotatingToken,
    Token,
    TokenStore,
    authorization_code_login,
    login_command,
)
from connector_kit.service_url import service_url
from typing_extensions import override

__all__ = ["LOGIN_COMMAND", "SCOPES", "NmbrsAuth", "auth_from_settings", "login"]

LOGIN_COMMAND: Final = "tap-nmbrs login --config <settings file>"
SCOPES: Final = (
    "offline_access",
    "company.info.read",
    "company.payrollsettings.read",
    "company.document.read",
    "document.read",
    "employee.info.read",
)
"""What consent is asked for: exactly what the streams need (vendor OpenAPI, security of each operation)."""


class NmbrsAuth(BearerAuth):
    """Sets both headers that every call needs: bearer token and subscription key (vendor documentation)."""

    def __init__(self, tokens: AccessTokens, *, api_url: str, subscription_key: str) -> None:
        super().__init__(tokens, api_url=api_url)
        self._subscription_key = subscription_key

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Subscription-Key"] = self._subscription_key
        return super().__call__(request)


def auth_from_settings(settings: Mapping[str, Any], *, api_url: str) -> NmbrsAuth:
    """Build the authentication from the settings.

    Raises:
        SettingError: Neither a token nor a place to keep a rotating one is set.
    """
    if not settings.get("subscription_key"):
        raise SettingError("setting subscription_key is missing: Nmbrs wants it with every call")
    return NmbrsAuth(_tokens(settings), api_url=api_url, subscription_key=settings["subscription_key"])


def _tokens(settings: Mapping[str, Any]) -> AccessTokens:
    if settings.get("access_token"):
        return GivenToken(settings["access_token"])
    _require(settings, "client_id", "client_secret", "token_store")
    return RotatingToken(
        token_url=f"{_identity_url(settings)}/connect/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        store=_store(settings),
        login_command=LOGIN_COMMAND,
        client_auth="basic",
    )


def _require(settings: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if not settings.get(name)]
    if "token_store" in missing:
        raise SettingError(
            "setting token_store is missing: Nmbrs replaces the refresh token at every use, and without a file to keep "
            "the new one the connection would be lost (or hand in an access_token)"
        )
    if missing:
        raise SettingError(f"setting {', '.join(missing)} is missing: needed to get access tokens from Nmbrs")


def _identity_url(settings: Mapping[str, Any]) -> str:
    return service_url(settings["identity_url"], setting="identity_url")


def _store(settings: Mapping[str, Any]) -> TokenStore:
    return TokenStore(settings["token_store"], seed=settings.get("refresh_token"))


def _log_in(settings: dict[str, Any], *, paste: bool) -> Token:
    _require(settings, "client_id", "client_secret", "token_store")
    return authorization_code_login(
        authorize_url=f"{_identity_url(settings)}/connect/authorize",
        token_url=f"{_identity_url(settings)}/connect/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        redirect_uri=settings["redirect_uri"],
        scopes=SCOPES,
        store=_store(settings),
        client_auth="basic",
        pkce=True,  # S256 is advertised by the identity server
        paste=paste,
    )


login = login_command(_log_in)
