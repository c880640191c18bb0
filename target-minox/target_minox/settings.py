"""The settings of target-minox, declared once and read once."""

import re
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
from target_minox.invoices import AmountBasis
from target_minox.open_periods import REFUSAL_PATTERN, ClosedPeriod, ClosedPeriods

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
        "streams",
        th.ArrayType(th.StringType),
        title="Streams",
        description="What may be written, and what `target-minox login` asks scopes for, such as "
        '["journal_entries"]. Without it everything but journals.',
    ),
    th.Property(
        "sales_journal",
        th.StringType,
        title="Sales journal",
        description="Code of the journal for sales invoices and new customers, where there is more than one.",
    ),
    th.Property(
        "purchase_journal",
        th.StringType,
        title="Purchase journal",
        description="Code of the journal for purchase invoices and new suppliers, where there is more than one.",
    ),
    th.Property(
        "amount_basis",
        th.StringType,
        default="gross",
        allowed_values=["gross", "net_with_vat"],
        title="Amounts of invoices",
        description="gross: lines of invoices are booked with their VAT, and Minox splits it off by the VAT code of "
        "the ledger account. net_with_vat: without it, and a line of VAT on the ledger account of each VAT code.",
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
        description="Everything before this day is closed, and not even sent. Minox does not say which periods are "
        "closed.",
    ),
    th.Property(
        "closed_period",
        th.StringType,
        default="defer",
        allowed_values=["defer", "reject", "next_open"],
        title="Closed periods",
        description="What to do with bookings in a closed period, be it before min_booking_date or by a refusal of "
        "Minox. defer: a later run books them, once the period is open. reject: they are rejected. next_open: they are "
        "booked on the first day of the next period, with their own date in the text.",
    ),
    th.Property(
        "closed_period_pattern",
        th.StringType,
        title="Refusals of closed periods",
        description="Regular expression that is found in a refusal of Minox (its code, a space, its text; upper and "
        "lower case alike) when the period is closed. How Minox says it is not published; without the setting the "
        "usual words are looked for, Dutch and English.",
    ),
    th.Property(
        "correction_periods",
        th.IntegerType(minimum=0, maximum=9),
        default=0,
        title="Correction periods",
        description="How many periods after the last one of a year records may name (period 13 or 14 of twelve).",
    ),
    th.Property(
        "rounding_account",
        th.StringType,
        title="Rounding account",
        description="Ledger account for differences of an entry up to `rounding_cents_max`, as a line of its own. "
        "Without it an entry that does not balance is rejected.",
    ),
    th.Property(
        "rounding_cents_max",
        th.IntegerType(minimum=1, maximum=100),
        default=5,
        title="Largest rounding difference",
        description="In cents; only with `rounding_account`.",
    ),
    th.Property(
        "strict_vat",
        th.BooleanType,
        default=False,
        title="Strict VAT",
        description="Reject lines of a memorial on ledger accounts with a VAT code, which Minox would split.",
    ),
    th.Property(
        "truncate_descriptions",
        th.BooleanType,
        default=False,
        title="Cut long descriptions",
        description="Cut descriptions to 40 characters; without it they are sent as they are, with a warning.",
    ),
    th.Property(
        "allow_change_of_paid",
        th.BooleanType,
        default=False,
        title="Change what is paid",
        description="Let a change replace a booking whose invoice is paid, or partly paid.",
    ),
    th.Property(
        "adopt_existing",
        th.BooleanType,
        default=False,
        title="Take over what is there",
        description="Change master data that Minox already has under the same number, code or external id into what "
        "the record says. Without it such a record is rejected: it may be somebody else's.",
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
    streams: tuple[str, ...] | None
    sales_journal: str | None
    purchase_journal: str | None
    amount_basis: AmountBasis
    rounding_account: str | None
    rounding_cents_max: int
    allow_change_of_paid: bool
    adopt_existing: bool

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
                closed=ClosedPeriods(
                    policy=ClosedPeriod(config["closed_period"]),
                    earliest=_day(config.get("min_booking_date")),
                    pattern=_pattern(config.get("closed_period_pattern") or REFUSAL_PATTERN),
                ),
                lines_max=config["lines_per_entry_max"],
                correction_periods=config["correction_periods"],
                strict_vat=config["strict_vat"],
                truncate_descriptions=config["truncate_descriptions"],
            ),
            streams=tuple(config["streams"]) if config.get("streams") else None,
            sales_journal=config.get("sales_journal") or None,
            purchase_journal=config.get("purchase_journal") or None,
            amount_basis=AmountBasis(config["amount_basis"]),
            rounding_account=config.get("rounding_account") or None,
            rounding_cents_max=config["rounding_cents_max"],
            allow_change_of_paid=config["allow_change_of_paid"],
            adopt_existing=config["adopt_existing"],
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


def _pattern(value: str) -> re.Pattern[str]:
    try:
        return re.compile(value, re.IGNORECASE)
    except re.error as error:
        raise SettingError(f"setting closed_period_pattern: no regular expression, {error}") from None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise SettingError("setting min_booking_date: expected a date like 2026-01-31") from None
