"""Days and moments as Ons writes and reads them: Amsterdam's wall clock with its offset."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def moment(value: datetime) -> str:
    """A date-time with three decimals and Amsterdam's offset (vendor OpenAPI)."""
    return value.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")


def midnight(day: date) -> str:
    """Local midnight with its offset (vendor OpenAPI): in UTC it lies on the day before."""
    return moment(local(day))


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of a day on Amsterdam's clock; hours from 24 lie on the next day."""
    days, hour = divmod(hour, 24)
    return datetime.combine(day + timedelta(days=days), time(hour, minute), AMSTERDAM)


def clock_time(hour: int, minute: int = 0) -> str:
    """A time of day (vendor OpenAPI: `HH:mm:ss.SSS`)."""
    return f"{hour:02}:{minute:02}:00.000"


def day_of(value: date | datetime | str | None) -> date | None:
    """The day in Amsterdam of a date, or of a moment as Ons writes it."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.astimezone(AMSTERDAM).date() if isinstance(value, datetime) else value


def instant(value: date | datetime | str, *, naive_is_local: bool) -> datetime:
    """The moment in UTC that a text names.

    Args:
        value: A date-time, or its text; a date is its local midnight.
        naive_is_local: Read a date-time without offset as Amsterdam's wall clock, else as UTC.

    Raises:
        ValueError: It is no date-time.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if not isinstance(value, datetime):
        value = local(value)
    if value.tzinfo is None:
        value = value.replace(tzinfo=AMSTERDAM if naive_is_local else UTC)
    return value.astimezone(UTC)


def overlaps(begin: date | str | None, end: date | str | None, first: date, last: date) -> bool:
    """Whether a period, open where it has no end, touches the days from first to last (inclusive)."""
    began, ended = day_of(begin), day_of(end)
    return (began is None or began <= last) and (ended is None or ended >= first)
