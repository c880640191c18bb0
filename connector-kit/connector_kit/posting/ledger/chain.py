"""The hash chain over the log of attempts: each line vouches for all before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import sqlalchemy as sa

from connector_kit.posting.ledger import schema as tables

__all__ = ["START", "Head", "heads"]

_LINE: Final = ("at", "run", "operation_id", "state", "outcome", "status", "code")
"""Frozen: the chains of stored ledgers are made of these."""
_TEXT: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_LOG: Final = sa.select(*(tables.attempt.c[name] for name in ("seq", "chain", *_LINE))).order_by(tables.attempt.c.seq)


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Where the chain ends: number of its newest line, and the hash that vouches for it."""

    seq: int
    chain: str

    def next(self, line: Mapping[str, Any]) -> "Head":
        """Where it ends after one more line."""
        text = _TEXT({name: line[name] for name in _LINE})
        return Head(seq=self.seq + 1, chain=hashlib.sha256(f"{self.chain}{text}".encode()).hexdigest())

    def __str__(self) -> str:
        return f"{self.seq} {self.chain}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` made."""
        seq, _, chain = text.partition(" ")
        return cls(seq=int(seq), chain=chain)


START: Final = Head(seq=0, chain="")
"""Of an empty log."""


def heads(connection: sa.Connection) -> Iterator[Head]:
    """Follow the log from its beginning: the head after each line.

    Raises:
        ValueError: A line was changed, added or taken out.
    """
    head = START
    with connection.execute(_LOG.execution_options(yield_per=1000)) as rows:
        for seq, chain, *line in rows:
            head = head.next(dict(zip(_LINE, line, strict=True)))
            if (seq, chain) != (head.seq, head.chain):
                raise ValueError(f"line {seq} is not what was written")
            yield head
