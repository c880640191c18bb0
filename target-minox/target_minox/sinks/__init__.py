"""Who writes which stream: a table of rows, one per stream, put together from those of each area."""

from collections.abc import Iterable, Mapping
from types import new_class
from typing import Any, Final, cast

from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.posting import Kind
from connector_kit.posting.sink import BooksSink

from target_minox import operations as op
from target_minox.sinks import bookings, documents, ledger, parties, trade
from target_minox.sinks.names import uuid_of_the_operation
from target_minox.sinks.row import Row

__all__ = ["SINKS", "Row", "accepted_streams", "scopes"]

SINKS: Final = (*bookings.ROWS, *parties.ROWS, *ledger.ROWS, *trade.ROWS, *documents.ROWS)

_EDIT_BY_HAND: Final = "is at Minox with another content; set on_changed to update, or change it there by hand"
_ALWAYS: Final = (
    op.ADMINISTRATIONS,
    op.JOURNALS,
    op.LEDGER_ACCOUNTS,
    op.COST_CENTERS,
    op.VAT_CODES,
    op.NMBRS_LINK,
    op.LOKET_LINK,
)
"""What every run asks, and what reconciliation reads."""
_CONTROL: Final = (op.BOOKED_LINES, op.TRIAL_BALANCE)


def _sink(row: Row) -> type[BooksSink[Any, Any] | EntryLinesSink]:
    """The class of a row: the SDK asks for one per stream."""
    kind = Kind(noun=row.noun)
    if row.operations[0] is not op.WRITE_BATCH:
        shared = row.name_of is not uuid_of_the_operation
        kind = Kind(noun=row.noun, changed=_EDIT_BY_HAND, shared_identity=shared)
    members = {"contract": row.stream, "kind": kind, "row": row, "__doc__": f"Writes `{row.stream}`."}
    name = "".join(word.title() for word in row.stream.split("_"))
    return new_class(f"{name}Sink", (row.way,), exec_body=lambda namespace: namespace.update(members))


accepted_streams: Final[Mapping[str, type[BooksSink[Any, Any] | EntryLinesSink]]] = {
    row.stream: _sink(row) for row in SINKS
}
cast("type[EntryLinesSink]", accepted_streams["journal_entry_lines"]).entries = cast(
    "type[bookings.Entries]", accepted_streams["journal_entries"]
)


def scopes(streams: Iterable[str] | None = None) -> tuple[str, ...]:
    """The least that the main user must approve.

    Args:
        streams: What is to be written; without it everything but what is off, and no scope that is in no published
            list, because an unknown scope may spoil the whole login.
    """
    wanted = None if streams is None else set(streams)
    rows = [row for row in SINKS if (not row.is_off if wanted is None else row.stream in wanted)]
    used = [*_ALWAYS, *_CONTROL, *(operation for row in rows for operation in row.operations)]
    return tuple(dict.fromkeys(operation.scope for operation in used if operation.is_published or wanted is not None))
