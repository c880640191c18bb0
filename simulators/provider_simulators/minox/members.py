"""The form of a booking line: which members it may have, and that none of them is empty. Rules come after form."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from provider_simulators.minox.messages import Code, Message

TEXT, INTEGER, NUMBER = "text", "integer", "number"

# Schema of the line on write, as two clients copied it from the vendor's Swagger page.
MEMBERS: Mapping[str, str | Mapping[str, str]] = {
    "account": {"id": TEXT, "scheme": TEXT, "type": TEXT},
    "cost_center": {"id": INTEGER},
    "credit": NUMBER,
    "debit": NUMBER,
    "document_date": TEXT,
    "due_date": TEXT,
    "entry_number": INTEGER,
    "invoice_number": INTEGER,
    "journal": {"id": TEXT},
    "payment_term": {"id": INTEGER},
    "period": {"id": INTEGER, "fiscal_year": INTEGER},
    "description": TEXT,
    "vat": {"id": INTEGER, "amount": NUMBER},
    "currency": {"id": TEXT},
}
REQUIRED = ("account.id", "journal.id", "debit", "credit", "description")
# A live client sends an empty `vat` with every line; empty cost centers, terms and periods broke it one by one.
MAY_BE_EMPTY = frozenset({"vat"})
MAY_BE_NULL = frozenset({"description"})
MAY_BE_ZERO = frozenset({"debit", "credit", "vat.id", "vat.amount"})


def flatten(
    line: Mapping[str, Any], position: int, *, account_id_as_text: bool
) -> tuple[dict[str, Any], list[Message]]:
    """The members of a line by path (``period.fiscal_year``), and what is wrong with its form.

    Args:
        line: The line as it came, numbers as int or Decimal.
        position: Its place in the batch, from 1, for the messages.
        account_id_as_text: Whether an account number that is a JSON number is an error.
    """
    found: dict[str, Any] = {}
    messages: list[Message] = []
    for path, kind, value in _members(line):
        if path == "account.id" and not account_id_as_text and isinstance(value, int):
            found[path] = str(value)
        elif fault := _fault(path, kind, value):
            messages.append(Message(code=fault[0], text=f"Regel {position}: {path} {fault[1]}", field=path))
        elif kind is not None and not isinstance(kind, Mapping):
            found[path] = value
    messages += [
        Message(code=Code.MISSING_MEMBER, text=f"Regel {position}: {path} ontbreekt", field=path)
        for path in REQUIRED
        if path not in found and all(message.field not in (path, path.split(".")[0]) for message in messages)
    ]
    return found, messages


def _members(line: Mapping[str, Any]) -> Iterator[tuple[str, str | Mapping[str, str] | None, Any]]:
    for name, value in line.items():
        kind = MEMBERS.get(name)
        yield name, kind, value
        if isinstance(kind, Mapping) and isinstance(value, Mapping):
            for inner, inner_value in value.items():
                yield f"{name}.{inner}", kind.get(inner), inner_value


def _fault(path: str, kind: str | Mapping[str, str] | None, value: Any) -> tuple[Code, str] | None:
    if kind is None:
        return Code.UNKNOWN_MEMBER, "is onbekend"
    if value is None:
        return None if path in MAY_BE_NULL else (Code.EMPTY_MEMBER, "is leeg: laat weg wat leeg is")
    if not _has_kind(kind, value):
        return Code.WRONG_TYPE, "heeft een verkeerd type"
    empty = value in ({}, "") or (not isinstance(value, Mapping | str) and not value and path not in MAY_BE_ZERO)
    if empty and path not in MAY_BE_EMPTY:
        return Code.EMPTY_MEMBER, "is leeg: laat weg wat leeg is"
    return None


def _has_kind(kind: str | Mapping[str, str], value: Any) -> bool:
    if isinstance(kind, Mapping):
        return isinstance(value, Mapping)
    expected: dict[str, tuple[type, ...]] = {TEXT: (str,), INTEGER: (int,), NUMBER: (int, Decimal)}
    return isinstance(value, expected[kind]) and not isinstance(value, bool)
