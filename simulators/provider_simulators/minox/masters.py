"""Master data that the rules of booking use: what a written body makes of it, and how it is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from provider_simulators.minox import documents
from provider_simulators.minox.administration import Administration, Described, Journal, LedgerAccount
from provider_simulators.minox.demo_books import COLLECTIVE
from provider_simulators.minox.messages import Code, refusal

Body = Mapping[str, Any]
BALANCE_ACCOUNTS_BELOW = 4000  # of accounts that are new: Dutch charts mostly begin their costs there (invented)


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """How records of one sort stand in the administration.

    Attributes:
        table: Those of them that there are.
        make: What a key and a whole body make.
        document: How one is answered, but for what was written about it.
    """

    table: Callable[[Administration], Mapping[Any, Any]]
    make: Callable[[Any, Body, Administration], Any]
    document: Callable[[Any, Administration], documents.Document]


def _id(body: Body, name: str) -> int | None:
    inner = body.get(name)
    return inner.get("id") or None if isinstance(inner, Mapping) else None


def _blocked(body: Body) -> str | None:
    blocked = body.get("blocked", {})
    return str(blocked.get("reason", "")) if blocked.get("active") else None


def _ledger_account(number: int, body: Body, books: Administration) -> LedgerAccount:
    vat, cost_type, former = _id(body, "vat"), _id(body, "cost_type"), books.accounts.get(number)
    for code, known, value in ((Code.VAT, books.vat_codes, vat), (Code.COST_TYPE, books.cost_types, cost_type)):
        if value is not None and value not in known:
            raise refusal(400, code, f"{value} bestaat niet")
    return LedgerAccount(
        number=number,
        description=str(body.get("description", "")),
        is_balance=former.is_balance if former else number < BALANCE_ACCOUNTS_BELOW,
        cost_type=cost_type,
        vat=vat,
        blocked=_blocked(body),
    )


def _journal(code: str, body: Body, books: Administration) -> Journal:
    contra, numbers = body.get("ledger_account_id"), body.get("range", {})
    if contra not in books.accounts_of("ledger_account"):
        raise refusal(400, Code.ACCOUNT, "ledger_account_id bestaat niet")
    return Journal(
        code=code,
        description=str(body.get("description", "")),
        kind=str(body.get("type", "general")),
        contra_account=contra,
        range=(numbers["start"], numbers["end"]) if {"start", "end"} <= numbers.keys() else None,
        draws_numbers=numbers.get("is_automatically_assigned", True),
    )


def _described(number: int, body: Body, _books: Administration) -> Described:
    return Described(number=number, description=str(body.get("description", "")))


def _party(kind: str) -> Callable[[int, Body, Administration], LedgerAccount]:
    def make(number: int, body: Body, _books: Administration) -> LedgerAccount:
        addresses = body.get("addresses") or [{}]
        return LedgerAccount(
            number=number,
            description=str(addresses[0].get("name", "")),
            is_balance=True,
            blocked=_blocked(body),
            kind=kind,
            collective=COLLECTIVE[kind],
        )

    return make


def _plain(record: Any, _books: Administration) -> documents.Document:
    return documents.described_document(record)


def _parties(kind: str) -> Master:
    return Master(
        table=lambda books: books.accounts_of(kind),
        make=_party(kind),
        document=lambda record, _books: {"id": record.number},
    )


MASTERS: Mapping[str, Master] = {
    "ledger_account": Master(
        table=lambda books: books.accounts_of("ledger_account"),
        make=_ledger_account,
        document=documents.ledger_account_document,
    ),
    "journal": Master(table=lambda books: books.journals, make=_journal, document=documents.journal_document),
    "cost_center": Master(table=lambda books: books.cost_centers, make=_described, document=_plain),
    "cost_type": Master(table=lambda books: books.cost_types, make=_described, document=_plain),
    **{kind: _parties(kind) for kind in COLLECTIVE},
}
READ_ONLY_MASTERS: Mapping[str, Callable[[Administration], list[documents.Document]]] = {
    "vat": lambda books: [documents.vat_document(each) for each in books.vat_codes.values()],
    "payment_term": lambda books: [documents.payment_term_document(each) for each in books.payment_terms.values()],
}


def store(kind: str, key: Any, body: Body | None, books: Administration) -> None:
    """Put a record of master data in its place, or with None take it away; all members not sent are lost.

    Raises:
        RefusedError: 400 when it refers to what there is not.
    """
    table = _table(kind, books)
    if body is None:
        table.pop(key, None)
        books.written[kind].pop(key, None)
        return
    table[key] = MASTERS[kind].make(key, body, books)
    books.written[kind][key] = dict(body)


def view(kind: str, key: Any, books: Administration) -> documents.Document | None:
    """A record of master data as it is answered; None when there is none."""
    record = _table(kind, books).get(key)
    if record is None or (isinstance(record, LedgerAccount) and record.kind != kind):
        return None
    shown, written = MASTERS[kind].document(record, books), books.written[kind].get(key, {})
    return shown | {name: value for name, value in written.items() if shown.get(name) is None or not _nested(value)}


def _table(kind: str, books: Administration) -> dict[Any, Any]:
    tables: dict[str, dict[Any, Any]] = {
        "journal": books.journals,
        "cost_center": books.cost_centers,
        "cost_type": books.cost_types,
    }
    return tables.get(kind, books.accounts)


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping)
