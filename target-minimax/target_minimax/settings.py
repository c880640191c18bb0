"""The settings of target-minimax, declared once and read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from connector_kit.service_url import service_url
from singer_sdk import typing as th

from target_minimax.localisation import LOCALISATIONS, Localisation

__all__ = ["DECLARATION", "Settings"]

_LOGIN_MEMORY: Final = "minimax-rejected-logins.json"
"""In the folder of the ledger, not one per ledger: one log-in serves many organisations."""

DECLARATION: Final = th.PropertiesList(
    th.Property(
        "localisation",
        th.StringType,
        required=True,
        allowed_values=list(LOCALISATIONS),
        title="Localisation",
        description="Country of the Minimax installation: SI, HR or RS.",
    ),
    th.Property(
        "organisation_id",
        th.IntegerType(minimum=1),
        required=True,
        title="Organisation",
        description="Number of the organisation that is written to. There is no default: a log-in may reach many. "
        "`target-minimax preflight` lists those that it reaches.",
    ),
    th.Property(
        "client_id",
        th.StringType,
        required=True,
        title="Client id",
        description="Sent by Minimax' support on request, one per integration.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        required=True,
        secret=True,
        title="Client secret",
        description="Sent by Minimax' support together with the client id.",
    ),
    th.Property(
        "username",
        th.StringType,
        required=True,
        title="User name",
        description="Of the application password that the user makes in the Minimax profile; not the one of the web "
        "log-in.",
    ),
    th.Property(
        "password",
        th.StringType,
        required=True,
        secret=True,
        title="Password",
        description="The application password from the Minimax profile; not the one of the web log-in.",
    ),
    th.Property(
        "login_memory",
        th.StringType,
        title="Memory of refused log-ins",
        description="File that remembers which credentials Minimax has refused (as a salted hash), so that they are "
        "not tried again: after a few wrong tries Minimax locks them for good. Let all organisations of a log-in "
        f"share it. By default {_LOGIN_MEMORY} in the folder of the ledger.",
    ),
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        default=5,
        title="Requests per second",
        description="Our own ceiling; Minimax publishes none. It allows 1,000 calls per organisation in 24 hours.",
    ),
    th.Property(
        "request_timeout_seconds",
        th.IntegerType(minimum=1),
        default=60,
        title="Request time-out",
        description="Seconds for one whole request.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        title="API URL",
        description="Base URL of the API, up to and with the first api of /API/api/; by default that of the "
        "localisation. That of the simulator in tests.",
    ),
    th.Property(
        "token_url",
        th.StringType,
        title="Token URL",
        description="Where tokens are given; by default that of the localisation.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in the types that the code works with; secrets stay in `auth`."""

    localisation: Localisation
    organisation_id: int
    api_url: str
    token_url: str
    login_memory: Path
    requests_per_second: float
    request_timeout_seconds: int
    user_agent: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Settings":
        """Read settings that have been validated against their declaration.

        Raises:
            SettingError: Names the setting whose value means nothing.
        """
        localisation = LOCALISATIONS[config["localisation"]]
        return cls(
            localisation=localisation,
            organisation_id=config["organisation_id"],
            api_url=service_url(config.get("api_url") or localisation.api_url, setting="api_url"),
            token_url=service_url(config.get("token_url") or localisation.token_url, setting="token_url"),
            login_memory=_login_memory(config),
            requests_per_second=config["requests_per_second"],
            request_timeout_seconds=config["request_timeout_seconds"],
            user_agent=config.get("user_agent") or f"target-minimax/{version('target-minimax')}",
        )


def _login_memory(config: Mapping[str, Any]) -> Path:
    if configured := config.get("login_memory"):
        return Path(configured).expanduser()
    ledger = config.get("ledger")
    folder = Path(ledger).expanduser().parent if ledger else Path("var") / "ledgers"
    return folder / _LOGIN_MEMORY
