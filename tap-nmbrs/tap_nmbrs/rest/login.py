"""`tap-nmbrs login`: a person consents in the browser, once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from connector_kit.oauth import Token, authorization_code_login, login_command

from tap_nmbrs.choice import STREAM_OPTIONS, chosen_streams, tap_of
from tap_nmbrs.rest.auth import identity_url, require, token_store
from tap_nmbrs.rest.scopes import asked_scopes

__all__ = ["login"]


def _log_in(
    settings: Mapping[str, Any], *, paste: bool, streams: tuple[str, ...], catalog: Path | None, everything: bool
) -> Token:
    require(settings, "client_id", "client_secret", "token_store")
    named = bool(streams or catalog or everything)
    tap = tap_of(settings, catalog=catalog)
    needed = chosen_streams(tap, named=streams, everything=everything) if named else []
    return authorization_code_login(
        authorize_url=f"{identity_url(settings)}/connect/authorize",
        token_url=f"{identity_url(settings)}/connect/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        redirect_uri=settings["redirect_uri"],
        scopes=asked_scopes(settings.get("scopes") or (), needed),
        store=token_store(settings),
        client_auth="basic",
        pkce=True,  # S256 is advertised by the identity server
        paste=paste,
    )


login: click.Command = login_command(_log_in, *STREAM_OPTIONS)
