"""A tap with a login, run as a real process by the login tests."""

from typing import Any

from connector_kit.console import program
from connector_kit.oauth import Token, TokenStore, authorization_code_login, login_command
from singer_sdk import Stream, Tap
from singer_sdk import typing as th
from typing_extensions import override


class TapLogin(Tap):
    """A tap that can only log in."""

    name = "tap-login"
    config_jsonschema = th.PropertiesList(
        th.Property("oauth_url", th.StringType, required=True),
        th.Property("client_id", th.StringType, required=True),
        th.Property("client_secret", th.StringType, required=True, secret=True),
        th.Property("refresh_token", th.StringType, secret=True),
        th.Property("token_store", th.StringType, required=True),
        th.Property("redirect_uri", th.StringType, required=True),
    ).to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        return []


def log_in(settings: dict[str, Any], *, paste: bool) -> Token:
    return authorization_code_login(
        authorize_url=f"{settings['oauth_url']}/authorize",
        token_url=f"{settings['oauth_url']}/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        redirect_uri=settings["redirect_uri"],
        scopes=["offline_access"],
        store=TokenStore(settings["token_store"], seed=settings.get("refresh_token")),
        client_auth="form",
        pkce=True,
        paste=paste,
    )


if __name__ == "__main__":
    program(TapLogin, login_command(log_in))()
