"""Credentials of Minox: client id and secret, and tokens that rotate at every refresh."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connector_kit.oauth import RotatingToken, Token, TokenStore, authorization_code_login
from connector_kit.service_url import service_url
from requests.auth import HTTPBasicAuth

__all__ = ["LOGIN_COMMAND", "approve", "client_credentials", "renew", "tokens"]

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


def approve(config: Mapping[str, Any], *, scopes: Sequence[str], paste: bool) -> Token:
    """Let the main user approve these scopes in the browser."""
    return authorization_code_login(
        authorize_url=f"{_oauth_url(config)}/authorize",
        token_url=f"{_oauth_url(config)}/token",
        client_id=config["client_id"],
        client_secret=config["client_secret"],
        redirect_uri=config["redirect_uri"],
        scopes=scopes,
        store=_store(config),
        client_auth=_CLIENT_AUTH,
        pkce=False,  # no client of Minox is known to send a challenge
        paste=paste,
    )


def renew(config: Mapping[str, Any]) -> Token:
    """Take the next tokens although the present ones still live: how long an unused one does is not known.

    Raises:
        LoginRequiredError: There is none, or Minox does not renew it: the main user has to approve again.
    """
    rotating, store = tokens(config), _store(config)
    rotating.replace(rotating.access_token())
    token = store.read()
    assert token is not None  # stored just now
    return token


def _store(config: Mapping[str, Any]) -> TokenStore:
    return TokenStore(config["token_store"], seed=config.get("refresh_token"))


def _oauth_url(config: Mapping[str, Any]) -> str:
    return service_url(config["oauth_url"], setting="oauth_url")
