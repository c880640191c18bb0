"""The settings of the tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from connector_kit.errors import SettingError
from singer_sdk import typing as th

from tap_care_books.sources import KINDS

__all__ = ["SETTINGS", "Settings"]

_MONTH: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_UNITS: Final = {"seconds": 1, "minutes": 60}


def _text(name: str, title: str, description: str, **options: Any) -> th.Property[str]:
    return th.Property(name, th.StringType, title=title, description=description, **options)


def _month(name: str, title: str, description: str, **options: Any) -> th.Property[str]:
    return th.Property(name, th.StringType(pattern=_MONTH), title=title, description=description, **options)


def _flag(name: str, title: str, description: str, *, default: bool) -> th.Property[bool]:
    return th.Property(name, th.BooleanType, default=default, title=title, description=description)


SETTINGS: Final[dict[str, Any]] = th.PropertiesList(
    _text(
        "database",
        "Database",
        "The warehouse: the file of a DuckDB database, or the URL of a PostgreSQL database "
        "(postgresql://USER:PASSWORD@HOST/DATABASE).",
        secret=True,
    ),
    _text("source_schema", "Source schema", "Schema into which the data of Ons was loaded.", default="ons"),
    _month(
        "first_month",
        "First month",
        "First month that is booked from here, such as 2026-01. What is older is left out.",
    ),
    _month("last_month", "Last month", "Last month that is booked. Default: the last one that is over."),
    _month(
        "closed_until",
        "Closed until",
        "Last month that is closed in the books: its entries stay as they were last given to them, and what comes late "
        "is booked in the month after it. Default: none is closed.",
    ),
    th.Property(
        "kinds",
        th.ArrayType(th.StringType(allowed_values=list(KINDS))),
        default=list(KINDS),
        title="Kinds",
        description="What is booked: hours, mileage, invoices.",
    ),
    _text(
        "accounts_file",
        "Table of accounts",
        "CSV with the columns kind, product, financing_law, account, counter_account, and optionally cost_unit.",
    ),
    _text(
        "cost_centers_file",
        "Table of cost centers",
        "CSV with the columns source_cost_center (as Ons has it) and cost_center (as the books have it).",
    ),
    _text(
        "rates_file",
        "Table of rates",
        "CSV with the columns kind, code, valid_from, rate: euros per hour of an hour type, and per unit of an expense "
        "type. Hours have no other rate.",
    ),
    th.Property(
        "smallest_group",
        th.IntegerType(minimum=0),
        default=10,
        title="Smallest group",
        description="Groups (month, product, law, location) of fewer people than this are merged into 'other'. 0 "
        "merges none. People are clients; employees where there is no client.",
    ),
    _flag(
        "only_verified", "Only verified", "Leave out hours and mileage until they are verified in Ons.", default=True
    ),
    th.Property(
        "work_time_unit",
        th.StringType(allowed_values=list(_UNITS)),
        default="seconds",
        title="Unit of work time",
        description="Of work time and durations in presence logs: Ons does not publish it. Compare a log with its "
        "begin and end.",
    ),
    _flag(
        "leave_out_faulty",
        "Leave out faulty records",
        "Book the others although some records have no date, no amount or no invoice; they stay in care_books.faulty.",
        default=False,
    ),
    _text("journal", "Journal", "Code of the journal (book). Default: that of the target."),
    _text(
        "key_prefix",
        "Prefix of keys",
        "Begins the key of every entry. Choose it once: with another one everything would be booked again.",
        default="ons",
    ),
).to_dict()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, read.

    Attributes:
        first_month: First day of the first month.
        last_month: First day of the last month.
        first_open_month: First day of the first month that is not closed.
        work_time_seconds: Of one unit of work time.
    """

    database: str
    source_schema: str
    first_month: date
    last_month: date
    first_open_month: date
    kinds: tuple[str, ...]
    accounts_file: str
    cost_centers_file: str
    rates_file: str | None
    smallest_group: int
    only_verified: bool
    work_time_seconds: int
    leave_out_faulty: bool
    journal: str | None
    key_prefix: str

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Read what the user has set.

        Raises:
            SettingError: Something is missing, the months contradict each other, or nothing is to be booked.
        """
        for name in ("database", "first_month", "accounts_file", "cost_centers_file"):
            if not config.get(name):
                raise SettingError(f"setting {name} is missing")
        today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
        first = _first_day(config["first_month"])
        last = _first_day(config["last_month"]) if config.get("last_month") else _before(today)
        closed = config.get("closed_until")
        if last < first:
            raise SettingError(f"setting first_month: {first:%Y-%m} is after the last month, {last:%Y-%m}")
        if not config["kinds"]:
            raise SettingError("setting kinds: name at least one")
        return cls(
            database=config["database"],
            source_schema=config["source_schema"],
            first_month=first,
            last_month=last,
            first_open_month=max(first, _after(_first_day(closed))) if closed else first,
            kinds=tuple(config["kinds"]),
            accounts_file=config["accounts_file"],
            cost_centers_file=config["cost_centers_file"],
            rates_file=config.get("rates_file"),
            smallest_group=config["smallest_group"],
            only_verified=config["only_verified"],
            work_time_seconds=_UNITS[config["work_time_unit"]],
            leave_out_faulty=config["leave_out_faulty"],
            journal=config.get("journal"),
            key_prefix=config["key_prefix"],
        )


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
