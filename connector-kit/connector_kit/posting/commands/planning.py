"""What a plan is made of, taken from a rehearsal record by record."""

import hashlib
import json
from collections import Counter
from types import TracebackType
from typing import Any, Final, Self

from connector_kit.books.money import total
from connector_kit.posting.commands.rehearsal import Action, Planned
from connector_kit.posting.commands.spool import Spool
from connector_kit.posting.commands.totals import Adding, Totals

__all__ = ["BOOKING", "Planning"]

BOOKING: Final = frozenset({Action.CREATE, Action.UPDATE})
_IDENTITIES: Final = 2**512


class Planning:
    """Takes what would become of records one by one, and keeps of them what a plan is made of.

    In memory that does not grow with their number: the entries stand in a file, and what names them is one number.
    """

    def __init__(self) -> None:
        self.spool = Spool()
        self.counts: Counter[Action] = Counter()
        self.identity = 0
        self._added = Adding()

    def take(self, planned: Planned) -> None:
        """Take one."""
        self.counts[planned.action] += 1
        self.identity = (self.identity + _identity(planned)) % _IDENTITIES
        if planned.action in BOOKING:
            self._added.add(planned.lines)
        self.spool.add(planned.action, _entry(planned))

    def totals(self) -> Totals:
        """What would be booked."""
        return self._added.totals()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.spool.__exit__(kind, error, at)


def _entry(planned: Planned) -> dict[str, Any]:
    return {
        "stream": planned.stream,
        "key": planned.key,
        "action": str(planned.action),
        "period": _period(planned),
        "lines": len(planned.lines),
        "amount": total(line.debit for line in planned.lines) if planned.lines else None,
        "code": planned.reason and planned.reason.code,
        "field": planned.reason and planned.reason.field,
        "message": planned.reason and planned.reason.message,
    }


def _period(planned: Planned) -> str | None:
    return planned.lines[0].period if planned.lines else None


def _identity(planned: Planned) -> int:
    """A number for what would become of a record; the sum of all of them does not depend on their order."""
    posting = planned.posting
    document = (posting.entity_key, posting.content_hash, posting.mapping_version) if posting else (planned.key or "",)
    whole = [planned.stream, str(planned.action), planned.reason.code if planned.reason else "", *document]
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha512(text.encode("utf-8", "surrogatepass")).digest())
