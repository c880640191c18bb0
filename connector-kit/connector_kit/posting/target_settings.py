"""The settings that every bookkeeping target has, and what they mean for a run."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from singer_sdk.typing import IntegerType, NumberType, PropertiesList, Property, StringType

from connector_kit.posting.budget import Limit, Window
from connector_kit.posting.posting import OnChanged

__all__ = ["SETTINGS", "limits", "settle"]

SETTINGS: Final = PropertiesList(
    Property(
        "ledger",
        StringType,
        title="Ledger",
        description="File that remembers what was booked, or the URL of a PostgreSQL database "
        "(postgresql://USER@HOST/DATABASE?schema=NAME; a schema per administration). Keep it, and back it up. By "
        "default var/ledgers/PROVIDER-TENANT-ADMINISTRATION.sqlite3.",
    ),
    Property(
        "dead_letters",
        StringType,
        title="Dead letters",
        description="File to which rejected records are appended, complete, so with names and amounts; by default "
        "beside the ledger.",
    ),
    Property(
        "on_reject",
        StringType,
        default="hold",
        allowed_values=["hold", "advance"],
        title="STATE after a rejected record",
        description="hold: STATE stays before a rejected record, so the next run gets it again (what is booked costs "
        "no request). advance: STATE goes on, and the dead letters are the only place that has the record.",
    ),
    Property(
        "identity_secret",
        StringType,
        secret=True,
        title="Identity secret",
        description="Makes the keys in the ledger unguessable. Choose it before the first run, never change it, and "
        "keep a copy: with another secret everything would be booked again.",
    ),
    Property(
        "on_changed",
        StringType,
        allowed_values=[str(choice) for choice in OnChanged],
        title="Records that have changed after booking",
        description="skip: leave what is booked. reject: reject the record and say in what it differs. update: change "
        "what is booked, unless a person has changed it there. reverse: take it back with a booking the other way "
        "round, and book it anew. By default each stream does what is usual for it; where the provider cannot do it, "
        "the record is rejected.",
    ),
    Property(
        "settle_minutes",
        NumberType,
        default=15,
        title="How long a lost request may still arrive",
        description="A request without an answer may still be carried out. Where a second one would make a second "
        "booking, it is looked for after this time and once more after a quarter of it, before it is made again. Must "
        "be longer than the provider ever takes.",
    ),
    Property(
        "state_after",
        StringType,
        default="confirmed",
        allowed_values=["confirmed", "durable"],
        title="When STATE goes on",
        description="confirmed: past records that are booked (or rejected, as on_reject says). durable: also past "
        "records that are deferred or in doubt; these then stand in the dead letters, from where they are replayed.",
    ),
    Property(
        "limit",
        IntegerType,
        title="Most writes of one run",
        description="The first so many are written, the others are deferred: 1 tries the whole way with one record.",
    ),
    *(
        Property(
            f"budget_{window}",
            IntegerType,
            title=f"Most calls {words}",
            description=f"Calls to the provider {words}, those of earlier runs included. A tenth is kept for looking "
            "up what is in doubt. What does not fit is deferred to a later run.",
        )
        for window, words in (("day", "in 24 hours"), ("month", "in a calendar month"))
    ),
    Property(
        "budget_errors",
        IntegerType,
        title="Most refused calls in 24 hours",
        description="Some providers shut programs out that make many wrong calls; after so many refusals the rest is "
        "deferred.",
    ),
    Property(
        "user_agent",
        StringType,
        title="User agent",
        description="How we call ourselves. Default: the target's name and version.",
    ),
).to_dict()

_RESERVE: Final = 10


def settle(config: Mapping[str, Any]) -> timedelta:
    """How long a lost request may still arrive."""
    return timedelta(minutes=float(config["settle_minutes"]))


def limits(config: Mapping[str, Any]) -> Iterator[Limit]:
    """What may be spent at the provider."""
    errors = config.get("budget_errors")
    for window in (Window.DAY, Window.MONTH):
        calls = config.get(f"budget_{window}")
        tolerated = errors if window is Window.DAY else None
        if calls is not None or tolerated is not None:
            yield Limit(window=window, calls=calls, errors=tolerated, reserve=(calls or 0) // _RESERVE)
