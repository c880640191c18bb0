"""Records that have no lines, such as customers: each is looked up, as its endpoint does it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from connector_kit.books import identity
from connector_kit.posting.answer import LostError, NotSentError
from connector_kit.posting.commands.comparison import Finding, Verdict
from connector_kit.posting.commands.rehearsal import Action, Planned
from connector_kit.posting.ledger import Entry, State
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read
from connector_kit.posting.posting import Posting
from connector_kit.posting.strategies import strategy

__all__ = ["Written", "asked", "look_up"]

_UNKNOWN_YET: Final = "the provider does not say whether it is there"


@dataclass(frozen=True, kw_only=True)
class Written:
    """The names of a write that the ledger does not know, as they are derived from its record."""

    operation_id: str
    client_id: UUID
    marker: str | None
    period: str | None

    @classmethod
    def of(cls, posting: Posting[Any], *, version: int = 1) -> Self:
        """Derive them for this content of the fact, counted from 1."""
        operation_id = identity.operation_id(posting.entity_key, version=version, operation="create")
        client_id, marker = identity.client_id(operation_id), identity.marker(operation_id)
        return cls(operation_id=operation_id, client_id=client_id, marker=marker, period=posting.period)


def look_up(
    planned: Iterable[Planned], entries: Mapping[str, Entry], endpoints: Mapping[str, Any]
) -> Iterator[Finding]:
    """Look records up, and say what was found.

    Args:
        planned: Records whose documents have no lines.
        entries: The ledger.
        endpoints: The endpoints of the record types.
    """
    for one in planned:
        if one.posting and one.action is not Action.REJECT:
            yield _finding(one, one.posting, entries.get(one.posting.entity_key), endpoints[one.posting.stream])


def asked(look: Callable[[], Reply]) -> Reply:
    """Look, whatever becomes of the request."""
    try:
        return look()
    except (NotSentError, LostError) as error:
        return Reply(kind=classify_read(error))


def _finding(planned: Planned, posting: Posting[Any], entry: Entry | None, endpoint: Any) -> Finding:
    way = strategy(endpoint)
    reply = asked(lambda: way.look(entry or Written.of(posting), posting.document))
    verdict, detail = _verdict(posting, entry, reply, same=_applied(reply) and way.same(posting.document, reply))
    return Finding(
        verdict=verdict,
        stream=planned.stream,
        key=planned.key,
        entity_key=posting.entity_key,
        booking=reply.provider_id,
        detail=detail,
    )


def _verdict(posting: Posting[Any], entry: Entry | None, reply: Reply, *, same: bool) -> tuple[Verdict, str]:
    booked = entry is not None and entry.state is State.CONFIRMED
    if reply.kind is OutcomeClass.ABSENT:
        return (Verdict.MISSING, "") if booked else (Verdict.NOT_BOOKED, "")
    if not _applied(reply):
        return Verdict.IN_DOUBT, _UNKNOWN_YET
    if reply.others:
        return Verdict.DUPLICATE, f"also {', '.join(reply.others)}"
    if entry is None or not booked:
        known = posting.kind.shared_identity and same
        return (Verdict.SAME, "") if known else (Verdict.UNKNOWN, "the ledger does not know it")
    if same:
        return Verdict.SAME, ""
    as_booked = posting.content_hash in {entry.content_hash, entry.booked_hash}
    return (Verdict.EDITED if as_booked else Verdict.CHANGED), ""


def _applied(reply: Reply) -> bool:
    return reply.kind is OutcomeClass.APPLIED
