"""Credentials of Minox: client id and secret, and tokens that rotate at every refresh."""

from collections.abc import Mapping
from typing import Any, Final

from connector_kit.oauth import RotatingToken, Token, TokenStore, authorization_code_login, login_command
from connector_kit.service_url import service_url
from requests.auth import HTTPBasicAuth

from target_minox.operations import SCOPES

__all__ = ["LOGIN_COMMAND", "client_credentials", "login", "tokens"]

LOGIN_COMMAND: Final = "target-minox login --config <settings file>"
_CLIENT_AUTH: Final = "form"
"""Id and secret in the form, as the vendor's demo sends them; Basic was refused for a time (seen in 2019)."""


def tokens(config: Mapping[str, Any]) -> RotatingToken:
    """Access tokens, refreshed under a lock and stored before their first use."""
    return RotatingToken(
        token_url=f"{_oauth_url(config)}/token",
        client_id=config["client_id"],
        client_secret=config["client_secret"],
        store=_store(config),
        login_command=LOGIN_COMMAND,
        client_auth=_CLIENT_AUTH,
    )


def client_credentials(config: Mapping[str, Any]) -> HTTPBasicAuth:
    """Client id and secret as HTTP Basic, which only `/inspect` asks for."""
    return HTTPBasicAuth(config["client_id"].encode(), config["client_secret"].encode())


def _log_in(settings: dict[str, Any], *, paste: bool) -> Token:
    return authorization_code_login(
        authorize_url=f"{_oauth_url(settings)}/authorize",
        token_url=f"{_oauth_url(settings)}/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        redirect_uri=settings["redirect_uri"],
        scopes=SCOPES,
        store=_store(settings),
        client_auth=_CLIENT_AUTH,
        pkce=False,  # no client of Minox is known to send a challenge
        paste=paste,
    )


login = login_command(_log_in)


def _store(config: Mapping[str, Any]) -> TokenStore:
    return TokenStore(config["token_store"], seed=config.get("refresh_token"))


def _oauth_url(config: Mapping[str, Any]) -> str:
    return service_url(config["oauth_url"], setting="oauth_url")
