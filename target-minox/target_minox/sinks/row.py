"""A row of the table of streams."""

from dataclasses import dataclass
from typing import Any

from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.sink import BooksSink

from target_minox.operations import Operation
from target_minox.sinks.names import NameOf, uuid_of_the_operation

__all__ = ["Row"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One stream.

    Attributes:
        stream: Its name: of the books contract, or of a type that only Minox has.
        noun: What messages call a record.
        way: How it is written.
        how: What that way needs to know.
        operations: What it may ask of Minox; the first writes.
        name_of: Under which name it is written (`Records`).
        named_by: Members that are in the name, not in the body (`Records`).
        is_off: Not written unless the setting `streams` names it.
    """

    stream: str
    noun: str
    way: type[BooksSink[Any, Any] | EntryLinesSink]
    how: object
    operations: tuple[Operation, ...]
    name_of: NameOf = uuid_of_the_operation
    named_by: tuple[str, ...] = ("id",)
    is_off: bool = False
