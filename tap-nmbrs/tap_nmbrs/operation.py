"""What one stream reads, as a row of a table; the API (REST or SOAP) adds how it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

__all__ = ["Operation", "Parent", "Per", "Since", "Window"]


class Per(StrEnum):
    """For whom a list is asked: once, or once for each of them."""

    ACCOUNT = auto()
    DEBTOR = auto()
    COMPANY = auto()


class Window(StrEnum):
    """Which slices of time a list is asked for, one request each."""

    NONE = auto()
    YEAR = auto()
    PERIOD = auto()


@dataclass(frozen=True, kw_only=True)
class Parent:
    """The list whose records a list is asked for: hours of each employee, versions of each salary table.

    Attributes:
        stream: Name of the parent's stream.
        key: Field of its records that the request names; every value once per company.
    """

    stream: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Since:
    """A filter of the server for what is new.

    Attributes:
        parameter: Query parameter, inclusive: `createdFrom`, or `changedFrom`, which also finds changes.
        field: The field of the record that it looks at.
    """

    parameter: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A list that Nmbrs gives, and the stream that it becomes.

    Attributes:
        stream: Name of the stream, and of its schema file.
        primary_keys: Of the records.
        per: For whom it is asked.
        window: Years or payroll periods that it is asked for; they are stamped on the records.
        parent: The list whose records it is asked for, within a company.
        inner: Members of a row that lead to the records, in the provider's spelling: one object, or a list of them.
            Other members of the row are kept; of the levels between only the ids.
        may_lack_inner: Whether a row without the innermost member is one without records; else it is an error.
        since: How to ask only for what is new.
        parameters: Query parameters, and the settings that they take their values from.
        selected: Whether the stream is selected unless the catalog says otherwise.
        personal_data: A class of personal data without which there is nothing to tell; the stream exists only if
            the setting `include_personal_data` names it.
    """

    stream: str
    primary_keys: tuple[str, ...]
    per: Per = Per.COMPANY
    window: Window = Window.NONE
    parent: Parent | None = None
    inner: tuple[str, ...] = ()
    may_lack_inner: bool = False
    since: Since | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    selected: bool = True
    personal_data: str | None = None

    @property
    def call(self) -> str:
        """Name of the API's call: streams with the same one share its answers."""
        return self.stream

    def what(self, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> str:
        """Say what is asked for, in messages: `payroll_runs of company 12, year 2026`."""
        named = [f"{name.removesuffix('_id').replace('_', ' ')} {value}" for name, value in keys.items()]
        rest = "".join(f", {name} {parameters[name]}" for name in ("year", "period") if name in parameters)
        return f"{self.stream}{' of ' if named else ''}{', '.join(named)}{rest}"
