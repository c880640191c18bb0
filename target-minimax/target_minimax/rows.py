"""What a row of the table in `sinks` says about a stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector_kit.books.entry_errors import Problems
from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.sink import BooksSink

from target_minimax.resources import Document, Resource

__all__ = ["Check", "Parent", "PeriodOf", "Row"]

PeriodOf = Callable[[Document], dict[str, str]]
Check = Callable[[dict[str, Any], Problems], None]


@dataclass(frozen=True, kw_only=True)
class Parent:
    """What a record belongs to.

    Attributes:
        member: Member of the record that names it.
        target: It has a code at Minimax.
        stream: It is known by its business key of this stream.
        named_in: Member of the document that names it too.
    """

    member: str
    target: str | None = None
    stream: str | None = None
    named_in: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One stream.

    Attributes:
        stream: Its name: of the books contract, or of a type that only Minimax has.
        noun: What messages call a record.
        reads: Class that reads and writes records.
        way: How records are found again.
        resource: Where they are.
        model: Minimax' model.
        is_own: A type that only Minimax has.
        reads_back: Read what was written, even where it is never changed.
        learned: Its codes are references of others.
        period: Filters that narrow the search (`Marked`).
        parent: What it belongs to.
        named_by: Members that no two of them share (`Named`).
        one_name: The first of them that is there is enough.
        defaults: Members that records need not say.
        required: Members that records must say beside those of the model.
        dated_by: Day on which codes are valid.
        check: Rules between members.
    """

    stream: str
    noun: str
    reads: type[BooksSink[Any, Any] | EntryLinesSink]
    way: Any = None
    resource: Resource | None = None
    model: str = ""
    is_own: bool = False
    reads_back: bool = False
    learned: str | None = None
    period: PeriodOf | None = None
    parent: Parent | None = None
    named_by: tuple[str, ...] = ()
    one_name: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    dated_by: str | None = None
    check: Check | None = None
