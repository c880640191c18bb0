"""The command `login`: the main user approves once; a schedule keeps the approval alive."""

from typing import Any

import click
from connector_kit.oauth import Token, login_command

from target_minox import auth
from target_minox.sinks import scopes

__all__ = ["login"]

_REFRESH_ONLY = click.Option(
    ["--refresh-only"], is_flag=True, help="Renew the stored token, for schedules; nobody is asked anything."
)


def _log_in(settings: dict[str, Any], *, paste: bool, refresh_only: bool) -> Token:
    if refresh_only:
        return auth.renew(settings)
    return auth.approve(settings, scopes=scopes(settings.get("streams") or None), paste=paste)


login = login_command(_log_in, _REFRESH_ONLY)
