"""Credentials of the Nmbrs REST API: a bearer token, rotated or handed in, and the application's subscription key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import click
import requests
from connector_kit.console import settings_option
from connector_kit.errors import LoginRequiredError, SettingError
from connector_kit.oauth import RotatingToken, TokenStore, authorization_code_login
from connector_kit.service_url import service_url
from requests.auth import AuthBase

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


class AccessToken(Protocol):
    """Where access tokens come from."""

    def access_token(self) -> str:
        """Give a token that should be accepted."""

    def replace(self, rejected: str) -> str:
        """Give another token than the one that the API has just called invalid."""


class FixedToken:
    """An access token handed in by an orchestrator; it cannot be renewed here."""

    def __init__(self, value: str) -> None:
        self._value = value

    def access_token(self) -> str:
        """Give the token."""
        return self._value

    def replace(self, rejected: str) -> str:  # noqa: ARG002  # the protocol's signature
        """Refuse.

        Raises:
            LoginRequiredError: Always.
        """
        raise LoginRequiredError("setting access_token: Nmbrs calls the token invalid or expired; hand in a new one")


class NmbrsAuth(AuthBase):
    """Sets both headers that every call needs (vendor documentation: both are mandatory in practice)."""

    def __init__(self, token: AccessToken, subscription_key: str) -> None:
        self._token = token
        self._subscription_key = subscription_key

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the headers; called by requests."""
        return self._with(r, self._token.access_token())

    def renew(self, request: requests.PreparedRequest) -> None:
        """Give the request another token, after the API has called its own invalid."""
        rejected = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self._with(request, self._token.replace(rejected))

    def _with(self, request: requests.PreparedRequest, token: str) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        request.headers["X-Subscription-Key"] = self._subscription_key
        return request


def auth_from_settings(settings: Mapping[str, Any]) -> NmbrsAuth:
    """Build the authentication from the settings.

    Raises:
        SettingError: Neither a token nor a place to keep a rotating one is set.
    """
    if not settings.get("subscription_key"):
        raise SettingError("setting subscription_key is missing: Nmbrs wants it with every call")
    return NmbrsAuth(_token(settings), settings["subscription_key"])


def _token(settings: Mapping[str, Any]) -> AccessToken:
    if settings.get("access_token"):
        return FixedToken(settings["access_token"])
    _require(settings, "client_id", "client_secret", "token_store")
    return RotatingToken(
        token_url=f"{_identity_url(settings)}/connect/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        store=TokenStore(Path(settings["token_store"]), seed=settings.get("refresh_token")),
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


@click.command(short_help="Give consent in the browser and keep the token.")
@settings_option
def login(settings: dict[str, Any]) -> None:
    """Open the consent page of Nmbrs, catch the answer, and write the token to the token store.

    Log in there as a client or company user: master logins of an accountant's environment cannot consent.
    """
    _require(settings, "client_id", "client_secret", "token_store")
    authorization_code_login(
        authorize_url=f"{_identity_url(settings)}/connect/authorize",
        token_url=f"{_identity_url(settings)}/connect/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        redirect_uri=settings["redirect_uri"],
        scopes=SCOPES,
        store=TokenStore(Path(settings["token_store"]), seed=settings.get("refresh_token")),
        client_auth="basic",
        pkce=True,
    )
