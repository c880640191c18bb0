"""Customers and suppliers: numbered by us or by Minox, found again by their external id, which is our key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.party import Party
from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from connector_kit.posting.outcome import OutcomeClass, Reply

from target_minox import held, records
from target_minox.answers import AnswerError, page_of
from target_minox.booking_line import code_number
from target_minox.client import ForbiddenError, MinoxClient
from target_minox.masterdata import JournalKind, MasterData, number
from target_minox.operations import (
    CHANGE_CUSTOMER,
    CHANGE_SUPPLIER,
    CREATE_CUSTOMER,
    CREATE_SUPPLIER,
    CUSTOMERS,
    FIND_CUSTOMER,
    FIND_SUPPLIER,
    READ_CUSTOMER,
    READ_SUPPLIER,
    SUPPLIERS,
    Operation,
)
from target_minox.replies import Exchange, after_write, unwritten

__all__ = ["CUSTOMER", "SUPPLIER", "Document", "PartyKind", "PartyNumbers", "PartyRegister", "document_of"]

Document = Mapping[str, Any]
"""`body`: what is sent; `journal`: whose number range a new number comes from."""

NUMBER_MAX: Final = 999_999


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyKind:
    """Customers or suppliers.

    Attributes:
        noun: What messages and lines call one.
        stream: Schema of what only Minox knows of one.
        journal_kind: In whose number range they are.
        listing: GET of all.
        look: GET by number.
        find: GET by external id.
        create: POST.
        change: PATCH.
    """

    noun: str
    stream: str
    journal_kind: JournalKind
    listing: Operation
    look: Operation
    find: Operation
    create: Operation
    change: Operation


CUSTOMER: Final = PartyKind(
    noun="customer",
    stream="customers",
    journal_kind=JournalKind.SALES,
    listing=CUSTOMERS,
    look=READ_CUSTOMER,
    find=FIND_CUSTOMER,
    create=CREATE_CUSTOMER,
    change=CHANGE_CUSTOMER,
)
SUPPLIER: Final = PartyKind(
    noun="supplier",
    stream="suppliers",
    journal_kind=JournalKind.PURCHASE,
    listing=SUPPLIERS,
    look=READ_SUPPLIER,
    find=FIND_SUPPLIER,
    create=CREATE_SUPPLIER,
    change=CHANGE_SUPPLIER,
)


class PartyNumbers:
    """The numbers of customers or suppliers, by number and by external id; the list is read when first asked for.

    Args:
        client: The administration.
        kind: Customers or suppliers.
    """

    def __init__(self, client: MinoxClient, kind: PartyKind) -> None:
        self._client = client
        self._kind = kind
        self._by_external_id: dict[str, int] | None = None
        self._numbers: set[int] = set()
        self._learned: dict[str, int] = {}
        self.is_readable = True

    def find(self, code: str) -> int | None:
        """The number of who has this code: an external id, or the number itself; None if nobody has."""
        if code in self._learned:
            return self._learned[code]
        self._read()
        assert self._by_external_id is not None  # read
        by_key = self._by_external_id.get(code)
        found = code_number(code)
        if by_key is not None or found is None or found > NUMBER_MAX:
            return by_key
        known = found in self._numbers or found in self._learned.values() or not self.is_readable
        return found if known else None

    def is_number(self, found: int) -> bool:
        """Whether somebody has this number, as far as can be read."""
        self._read()
        return found in self._numbers or found in self._learned.values()

    def learn(self, external_id: str, found: int) -> None:
        """Note who is created in this run, so that its later records may refer to them."""
        self._learned[external_id] = found

    def _read(self) -> None:
        if self._by_external_id is not None:
            return
        try:
            rows = self._client.rows(self._kind.listing)
        except ForbiddenError:
            self.is_readable, rows = False, []
        numbers = {number(row.get("id")): str(row.get("externalid") or "") for row in rows}
        self._numbers = {found for found in numbers if found is not None}
        self._by_external_id = {key: found for found, key in numbers.items() if key and found is not None}


class PartyRegister:
    """Writes customers or suppliers (`connector_kit.posting.endpoint.SearchEndpoint`, `Updating`, `Explaining`).

    POST is not repeatable: twice makes two. So who is there already is looked for before and after.

    Args:
        client: The administration.
        kind: Customers or suppliers.
        numbers: Who must learn of new ones.
        adopts: Change who is there already, whoever made them.
    """

    def __init__(self, client: MinoxClient, kind: PartyKind, numbers: PartyNumbers, *, adopts: bool = False) -> None:
        self._exchange = Exchange(client)
        self._kind = kind
        self._numbers = numbers
        self._adopts = adopts
        self._known = records.schema(kind.stream)

    def write(self, document: Document) -> Reply:
        """Create one, or change who has the external id already, if that is allowed."""
        if self._adopts:
            found = self._find(document)
            if found.kind is OutcomeClass.APPLIED and not found.others:
                return self.update(found.provider_id or "", found.row_version, document)
            if found.kind is not OutcomeClass.ABSENT:
                return unwritten(found)
        query = {"journal_id": document["journal"]} if document.get("journal") else None
        reply, answer = self._exchange.write(self._kind.create, document["body"], of={}, query=query)
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        if isinstance(answer, Mapping) and number(answer.get("id")) and held.same(document["body"], answer):
            return self._found(answer)
        # A success that does not say the number, or not all of it.
        found = after_write(lambda: self._find(document), is_ours=lambda found: self.same(document, found))
        return found if found.kind is OutcomeClass.APPLIED else Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)

    def search(self, document: Document) -> Reply:
        """Look for the external id; who would be changed anyway is as good as absent."""
        found = self._find(document)
        if self._adopts and found.kind is OutcomeClass.APPLIED and not found.others:
            return found if self.same(document, found) else Reply(kind=OutcomeClass.ABSENT, status=found.status)
        return found

    def _find(self, document: Document) -> Reply:
        external_id = document["body"]["externalid"]
        reply, body = self._exchange.read(self._kind.find, of={"externalid": external_id})
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        rows = [body] if isinstance(body, Mapping) and "collection" not in body else None
        try:
            rows = rows if rows is not None else list(page_of(body).rows)
        except AnswerError:
            return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
        mine = [row for row in rows if str(row.get("externalid") or "") == external_id]
        if not mine:
            return Reply(kind=OutcomeClass.ABSENT if not rows else OutcomeClass.UNKNOWN, status=reply.status)
        return self._found(mine[0], others=tuple(str(row.get("id")) for row in mine[1:]))

    def recall(self, provider_id: str) -> Reply:
        """Read one by its number."""
        reply, body = self._exchange.read(self._kind.look, of={"number": provider_id})
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        return self._found(body) if isinstance(body, Mapping) else Reply(kind=OutcomeClass.UNKNOWN)

    def update(self, provider_id: str, row_version: str | None, document: Document) -> Reply:
        """Send what has changed, if nobody else changed it."""
        found = self.recall(provider_id)
        if found.kind is OutcomeClass.ABSENT or (
            found.kind is OutcomeClass.APPLIED and row_version is not None and found.row_version != row_version
        ):
            return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        if found.kind is not OutcomeClass.APPLIED:
            return unwritten(found)
        before = held.writable(found.body or {}, self._sendable)
        changes = held.changed_members(before, _changeable(document))
        if not changes:
            return found
        reply, answer = self._exchange.write(self._kind.change, changes, of={"number": provider_id})
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        if isinstance(answer, Mapping) and held.same(_changeable(document), answer):
            return self._found({"id": provider_id, **answer})
        after = after_write(lambda: self.recall(provider_id), is_ours=lambda found: self.same(document, found))
        version = after.row_version if after.kind is OutcomeClass.APPLIED else None
        return Reply(kind=OutcomeClass.APPLIED, status=reply.status, provider_id=provider_id, row_version=version)

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether who was found is who we would write; what we do not say does not count."""
        return held.same(_changeable(document), reply.body)

    def differences(self, document: Document, held_reply: Reply) -> Mapping[str, tuple[Any, Any]]:
        """Members that differ."""
        return held.differences(_changeable(document), held_reply.body or {})

    def fingerprint(self, document: Document) -> str:
        """By which it is known again; nothing that it says can be read from it."""
        return fingerprint(_changeable(document))

    def recognises(self, fingerprint: str, held_reply: Reply) -> bool:
        """Whether what was read is that document."""
        return is_fingerprint_of(fingerprint, held_reply.body)

    @property
    def _sendable(self) -> Mapping[str, Any]:
        """Schema of what a PATCH may send: what only Minox knows, and what every party has."""
        return {"properties": {**self._known["properties"], "addresses": {}, "externalid": {}}}

    def _found(self, row: Mapping[str, Any], *, others: tuple[str, ...] = ()) -> Reply:
        found = number(row.get("id"))
        if found is None:
            return Reply(kind=OutcomeClass.UNKNOWN)
        if row.get("externalid"):
            self._numbers.learn(str(row["externalid"]), found)
        return Reply(
            kind=OutcomeClass.APPLIED,
            status=200,
            provider_id=str(found),
            row_version=held.digest(row, self._sendable),
            others=others,
            body=row,
        )


def _changeable(document: Document) -> dict[str, Any]:
    """What can be compared and changed: not the number, and no object that says nothing."""
    return {name: value for name, value in document["body"].items() if name != "id" and value != {}}


def document_of(
    party: Party, kind: PartyKind, books: MasterData, *, journal: str | None, payment_term: int | None
) -> Document:
    """Write a party as Minox wants it: nothing empty, but `vat`, which is always there (seen in a working client).

    Raises:
        EntryError: With code and field of the first problem; the message names all of them.
    """
    problems = Problems()
    own = records.members_of(
        party.provider_fields.get("minox", {}), records.schema(kind.stream), problems, path="minox."
    )
    journal_code = _journal(kind, books, journal, problems)
    if party.payment_days is not None and payment_term is None:
        problems.add("unknown_payment_term", "payment_days", "Minox has no payment term of that many days")
    body: dict[str, Any] = {
        "id": _number(party, books, journal_code, problems),
        "externalid": party.key,
        "addresses": [_present(_address(party))],
        "language": party.language,
        "currency": {"id": party.currency} if party.currency not in {None, books.administration.currency} else None,
        "payment_term": {"id": payment_term} if payment_term else None,
        "chamber_of_commerce": party.registration_number,
        "bank_accounts": [_present({"is_default": True, "iban": party.iban, "bic": party.bic})] if party.iban else None,
        "vat": _present({"active": bool(party.vat_number) or None, "vat_registration_number": party.vat_number}),
    }
    if problems:
        raise problems.joined(party.key)
    return _present({"body": {"vat": {}} | held.merged(_present(body), own), "journal": journal_code})


def _address(party: Party) -> dict[str, Any]:
    phone = [{"phone_number_type": "phone", "phone_number": party.phone}] if party.phone else None
    email = [{"email_address_type": "email", "email_address": party.email}] if party.email else None
    return {
        "address_type": "postal",
        "name": party.name,
        "contact_name": party.contact_name,
        "streetname_and_number": party.address,
        "postal_code": party.postal_code,
        "city": party.city,
        "country_code": party.country_code,
        "phone_numbers": phone,
        "email_addresses": email,
    }


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _journal(kind: PartyKind, books: MasterData, journal: str | None, problems: Problems) -> str | None:
    """The journal whose range a new number comes from: the one of the settings, or the only one of its kind."""
    if journal is not None:
        return journal
    codes = [one.code for one in books.journals.values() if one.kind is kind.journal_kind]
    if not codes:
        problems.add(
            "unknown_journal", "key", f"Minox has {kind.noun}s only where there is a {kind.journal_kind} journal"
        )
    return codes[0] if len(codes) == 1 else None


def _number(party: Party, books: MasterData, journal_code: str | None, problems: Problems) -> int | None:
    """The number that the record chooses; without a code Minox draws one."""
    if party.code is None:
        return None
    found = code_number(party.code)
    if found is None or found > NUMBER_MAX:
        problems.add(
            "invalid_field", "code", f"must be a number from 1 to {NUMBER_MAX}; without a code Minox draws one"
        )
        return None
    if found in books.ledger_accounts:
        problems.add("invalid_field", "code", "is the number of a ledger account; both have one number space")
    journal = books.journals.get(journal_code or "")
    numbers = journal.numbers if journal else None
    if numbers is not None and found not in numbers:
        text = f"is outside the numbers {numbers.start} to {numbers.stop - 1} of journal {journal_code}"
        problems.add("invalid_field", "code", text)
    return found
