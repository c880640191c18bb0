"""What one stream reads that is not in bulk, as a row of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, auto
from typing import Final

__all__ = ["KEY", "RAW", "TODAY", "End", "Ids", "Job", "Kind", "Listing", "Paging", "Parent", "Variants", "Window"]

KEY: Final = "_ons_key"
"""Column of the hash that is the key of records for which Ons has none."""
RAW: Final = "raw"
"""Column of the whole record where no description of its fields could be read."""
TODAY: Final = "{today}"
"""Value of a query parameter: the day of the sync, in Amsterdam."""


class Paging(StrEnum):
    """How a long list is continued, beside `limit`; the value is the query parameter."""

    PAGE = auto()
    """Pages are counted, from 0."""
    OFFSET = auto()
    """Rows are counted, from 0."""


class Kind(StrEnum):
    """How a window of time is written in a request."""

    DATE = auto()
    DATETIME = auto()
    MONTH_END = auto()
    """One parameter: the last day of a month."""
    YEAR = auto()
    """One parameter: a calendar year."""


class End(StrEnum):
    """Whether the day or moment that ends a window belongs to it."""

    EXCLUSIVE = auto()
    INCLUSIVE = auto()
    UNKNOWN = auto()
    """Not published: windows touch, and records that come twice are given once."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Slices of time that a list is asked for, one request each.

    Attributes:
        begins: Query parameter of the first day or moment, or of the one month end or year.
        ends: Query parameter of the end.
        kind: How they are written.
        end: Whether the end belongs to the window.
        at_most: Longest window that Ons answers, or that is wise; None: that of the settings.
        ahead: Whether days to come are asked for, too, as many as the settings say.
        calendar_months: Windows are months, because a record tells about the whole window and its key must not depend
            on the day of the sync.
        column: Column that gets the first day of the window, for the record does not tell it.
    """

    begins: str = "valid_from"
    ends: str | None = "valid_to"
    kind: Kind = Kind.DATE
    end: End = End.UNKNOWN
    at_most: timedelta | None = None
    ahead: bool = False
    calendar_months: bool = False
    column: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parent:
    """Whose list it is: one request for each of them.

    Attributes:
        stream: Name of the stream, bulk resource or plain list, whose ids are asked for; it need not be selected.
        parameter: Parameter that takes the id: in the path if the path has it in braces, else in the query.
        column: Column that gets the id, for the record does not tell it.
        verified_until: Field of the parent, in the provider's spelling, with the day up to which its records have been
            verified: later ones still change, however old.
    """

    stream: str
    parameter: str
    column: str | None = None
    verified_until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ids:
    """Many of whom are asked for at once, by a repeated query parameter; unknown ones make Ons answer 404.

    Attributes:
        stream: As in `Parent`.
        parameter: Query parameter, repeated.
        at_most: Ids in one request.
    """

    stream: str
    parameter: str = "id"
    at_most: int = 100


@dataclass(frozen=True, kw_only=True)
class Variants:
    """A query parameter that must be given, with all its values: one request for each of them.

    Attributes:
        parameter: Query parameter.
        values: All that there are.
        column: Column that gets the value, for the record does not tell it.
    """

    parameter: str
    values: tuple[int, ...]
    column: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list that Ons gives, and the stream that it becomes.

    Attributes:
        stream: Name of the stream, and of its schema file.
        path: Path of the list; braces name the parameter of the parent.
        model: The provider's name of what a row is; None: no description of it could be read, so that the record is the
            key and `raw`, all that has come.
        primary_keys: Columns of the key.
        hashed: Fields, in the provider's spelling, whose values become the key `_ons_key` of a record without one.
        parent: For whom it is asked, one by one.
        ids: For whom it is asked, many at once; with a parent: all of them for each parent.
        variants: A parameter of which every value is asked for.
        window: Slices of time that it is asked for.
        paging: How it is continued.
        parameters: Query parameters of every request; a tuple is a repeated one.
        options: Query parameters that are true if a setting is, by parameter.
        single: Whether the answer is one record instead of a list.
        inner: Member of the one object in the answer that holds the records, in the provider's spelling.
        absent: Statuses that say of one parent that there is nothing to read.
        selected: Whether the stream is selected unless the catalog says otherwise.
        personal_data: A class of personal data without which there is nothing to tell; the stream exists only if
            that class is asked for.
    """

    stream: str
    path: str
    model: str | None
    primary_keys: tuple[str, ...] = ("id",)
    hashed: tuple[str, ...] = ()
    parent: Parent | None = None
    ids: Ids | None = None
    variants: Variants | None = None
    window: Window | None = None
    paging: Paging | None = None
    parameters: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    single: bool = False
    inner: str | None = None
    absent: frozenset[int] = frozenset({404})
    selected: bool = True
    personal_data: str | None = None

    @property
    def stamped(self) -> tuple[str, ...]:
        """Columns that tell for what a record was asked, since it does not say so itself."""
        sources = (self.parent, self.variants, self.window)
        return tuple(source.column for source in sources if source and source.column)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A list that Ons prepares on request: `{path}/collect`, `{path}/status/{uuid}`, `{path}/result/{uuid}`.

    Attributes:
        stream: Name of the stream, and of its schema file.
        path: What the three paths have in common.
        model: The provider's name of what a row is.
        hashed: As in `Listing`; the key is `_ons_key`.
        instead_of: Stream whose place it takes if the settings say so.
        selected: Whether the stream is selected unless the catalog says otherwise.
    """

    stream: str
    path: str
    model: str
    hashed: tuple[str, ...]
    instead_of: str
    selected: bool = False
