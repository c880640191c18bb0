"""The settings of target-minox, declared once and read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Final

from connector_kit.errors import SettingError
from connector_kit.service_url import service_url
from singer_sdk import typing as th

from target_minox.booking import LINES_MAX, BookingRules
from target_minox.booking_line import code_number

__all__ = ["DECLARATION", "Settings"]

DECLARATION: Final = th.PropertiesList(
    th.Property(
        "client_id",
        th.StringType,
        required=True,
        title="Client id",
        description="Sent by Minox after the application for the open API.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        required=True,
        secret=True,
        title="Client secret",
        description="Sent by Minox together with the client id.",
    ),
    th.Property(
        "tenant_id",
        th.IntegerType(minimum=1),
        required=True,
        title="Tenant",
        description="Customer number (klantnummer) of the Minox subscription.",
    ),
    th.Property(
        "administration_id",
        th.IntegerType(minimum=1, maximum=99999),
        required=True,
        title="Administration",
        description="Number of the administration that is booked in. There is no default: a token may reach many.",
    ),
    th.Property(
        "journal",
        th.StringType,
        title="Journal",
        description="Code of the journal (dagboek) for entries that name none, such as LOON.",
    ),
    th.Property(
        "refresh_token",
        th.StringType,
        secret=True,
        title="Refresh token",
        description="Seed of the token store, if it was not made by `target-minox login`. The store wins afterwards.",
    ),
    th.Property(
        "token_store",
        th.StringType,
        default="var/tokens/minox.json",
        title="Token store",
        description="File that keeps the rotating tokens; one per Minox connection, on a disk that survives the run.",
    ),
    th.Property(
        "redirect_uri",
        th.StringType,
        default="http://localhost:8765/callback",
        title="Redirect URI",
        description="Where the browser returns to after `target-minox login`; the one on the application form.",
    ),
    th.Property(
        "default_cost_center",
        th.StringType,
        title="Default cost center",
        description="Number of the cost center for lines without one on accounts with a cost type. "
        "Without it such entries are rejected.",
    ),
    th.Property(
        "min_booking_date",
        th.DateType,
        title="Earliest booking date",
        description="Entries dated before this day are rejected (closed_period). Minox does not say which periods "
        "are closed.",
    ),
    th.Property(
        "lines_per_entry_max",
        th.IntegerType(minimum=2, maximum=LINES_MAX),
        default=2000,
        title="Most lines of an entry",
        description="Longer entries are rejected, because an entry is never split.",
    ),
    th.Property(
        "allow_native_payroll_link",
        th.BooleanType,
        default=False,
        title="Allow Minox' own payroll link",
        description="Book although Minox' own Nmbrs or Loket link is on, or cannot be checked. Only if you know that "
        "it does not fetch this company: else payroll is booked twice.",
    ),
    th.Property(
        "verify",
        th.BooleanType,
        default=False,
        title="Verify",
        description="Read every booking back and compare it, one more request per entry.",
    ),
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        default=5,
        title="Requests per second",
        description="Our own ceiling; what Minox asks for (rate headers, status 429) is obeyed as well.",
    ),
    th.Property(
        "request_timeout_seconds",
        th.IntegerType(minimum=1),
        default=120,
        title="Request time-out",
        description="Seconds for one whole request.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default="https://app.minox.nl/api/1",
        title="API URL",
        description="Base URL of the API; that of the simulator in tests.",
    ),
    th.Property(
        "oauth_url",
        th.StringType,
        default="https://app.minox.nl/oauth",
        title="OAuth URL",
        description="Base URL of the authorization server.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in the types that the code works with; secrets stay in `auth`."""

    api_url: str
    tenant_id: int
    administration_id: int
    rules: BookingRules
    allow_native_payroll_link: bool
    verify: bool
    requests_per_second: float
    request_timeout_seconds: int
    user_agent: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Settings":
        """Read settings that have been validated against their declaration.

        Raises:
            SettingError: Names the setting whose value means nothing.
        """
        return cls(
            api_url=service_url(config["api_url"], setting="api_url"),
            tenant_id=config["tenant_id"],
            administration_id=config["administration_id"],
            rules=BookingRules(
                journal=config.get("journal") or None,
                default_cost_center=_cost_center(config.get("default_cost_center")),
                min_booking_date=_day(config.get("min_booking_date")),
                lines_max=config["lines_per_entry_max"],
            ),
            allow_native_payroll_link=config["allow_native_payroll_link"],
            verify=config["verify"],
            requests_per_second=config["requests_per_second"],
            request_timeout_seconds=config["request_timeout_seconds"],
            user_agent=config.get("user_agent") or f"target-minox/{version('target-minox')}",
        )


def _cost_center(value: str | None) -> int | None:
    if not value:
        return None
    cost_center = code_number(value)
    if cost_center is None:
        raise SettingError("setting default_cost_center: expected the number of a cost center")
    return cost_center


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise SettingError("setting min_booking_date: expected a date like 2026-01-31") from None
