"""What Minox does with a record that is put, patched, posted or deleted. No HTTP here."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from provider_simulators.minox import masters
from provider_simulators.minox.administration import Journal
from provider_simulators.minox.books import Books
from provider_simulators.minox.catalogue import SECRETS, Collection, Key
from provider_simulators.minox.documents import Document
from provider_simulators.minox.messages import Code, Message, RefusedError, refusal
from provider_simulators.minox.schemas import schema
from provider_simulators.minox.shelves import MasterShelf, PlainShelf, Shelf, merged
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.write_log import WriteLog

CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
UUID_VERSION = 4
JOURNAL_KIND = {"customer": "sales", "supplier": "purchase"}


class Records:
    """The records of one administration, or with no books those of the tenant.

    Args:
        books: The administration's state.
        tenant_records: Where the tenant's records are kept, when there are no books.
        switches: The readings of what is not documented.
        writes: Gets every change that is in force.
        effect: Notes it in the log.
    """

    def __init__(
        self,
        *,
        books: Books | None,
        tenant_records: dict[str, dict[Any, Document]],
        switches: MinoxSwitches,
        writes: WriteLog,
        effect: Callable[..., None],
    ) -> None:
        self._books = books
        self._records = books.records if books else tenant_records
        self._switches = switches
        self._writes = writes
        self._effect = effect

    def shelf(self, collection: Collection) -> Shelf:
        """Where the records of a collection stand."""
        if self._books and collection.name in masters.MASTERS:
            return MasterShelf(collection.name, self._books.administration)
        records = self._records.setdefault(collection.name, {})
        return PlainShelf(records, shows_key=collection.key is not Key.MEMBERS, hidden=SECRETS)

    def all(self, collection: Collection) -> list[Document]:
        """Every record, as it is answered."""
        if self._books and collection.name in masters.READ_ONLY_MASTERS:
            return masters.READ_ONLY_MASTERS[collection.name](self._books.administration)
        shelf = self.shelf(collection)
        return [view for key in shelf.all_keys() if (view := shelf.view(key)) is not None]

    def get(self, collection: Collection, key: Any) -> Document:
        """One record.

        Raises:
            RefusedError: 404.
        """
        view = self.shelf(collection).view(self.key(collection, key))
        if view is None:
            raise refusal(404, Code.ABSENT, "Bestaat niet")
        return view

    def put(self, collection: Collection, key: Any, body: Any) -> Document:
        """Create a record, or replace all of it: members that are not sent are lost.

        Raises:
            RefusedError: 400 with every message.
        """
        self.check(collection.schema, body)
        key = _members_key(body) if collection.key is Key.MEMBERS else self.key(collection, key)
        self._check_number(collection, key, body.get("id", key))
        replaced = self.shelf(collection).view(key) is not None
        return self._save(collection, key, body, "replace" if replaced else "create")

    def patch(self, collection: Collection, key: Any, body: Any) -> Document:
        """Change members of a record.

        Raises:
            RefusedError: 400 with every message; 404.
        """
        key = self.key(collection, key)
        before = self._existing(collection, key).written(key)
        self.check(collection.schema, body, partial=True)
        self._check_number(collection, key, body.get("id", key))
        self._check_externalid(collection, body, own=key)
        whole = merged(before, body, deep=self._switches.patch == "deep")
        return self._save(collection, key, whole, "change", sent=body)

    def post(self, collection: Collection, body: Any, journal: str | None = None) -> Document:
        """Create a record whose key the server knows best; twice the same makes two.

        Raises:
            RefusedError: 400 with every message.
        """
        self.check(collection.schema, body)
        self._check_externalid(collection, body)
        key = self._drawn(collection, body, journal) if collection.key is Key.DRAWN else self.new_id(collection.name)
        return self._save(collection, key, body, "create")

    def delete(self, collection: Collection, key: Any) -> None:
        """Remove a record.

        Raises:
            RefusedError: 404, or 400 when it is in use.
        """
        key = self.key(collection, key)
        shelf = self._existing(collection, key)
        in_use = self._books is not None and collection.name == "ledger_account" and self._books.in_use(key)
        if in_use and self._switches.delete_in_use == "refuse":
            raise refusal(400, Code.IN_USE, "Op de rekening is geboekt")
        shelf.remove(key)
        self.note(collection.name, key, "delete")

    def find(self, collection: Collection, fits: Callable[[Document], bool]) -> Document:
        """The record that fits.

        Raises:
            RefusedError: 404.
        """
        found = [view for view in self.all(collection) if fits(view)]
        if not found:
            raise refusal(404, Code.ABSENT, "Bestaat niet")
        return found[0 if self._switches.lookup_many == "oldest" else -1]

    def check(self, name: str, body: Any, *, partial: bool = False) -> None:
        """Refuse a body that does not have the form of its schema.

        Raises:
            RefusedError: 400 with every message.
        """
        messages = schema(name).problems(
            body,
            partial=partial,
            unknown=self._switches.unknown_members == "refuse",
            empty=self._switches.empty_members == "refuse",
        )
        if messages:
            raise RefusedError(400, *messages)

    def note(self, kind: str, key: Any, action: str, content: Any = None) -> None:
        """Put a change that is in force into the log of writes and the log of effects."""
        number = self._books.administration.number if self._books else None
        self._writes.add(administration=number, kind=kind, key=key, action=action, content=content)
        request = self._writes.origin.request
        self._effect("record_written", administration=number, of=kind, key=str(key), action=action, request=request)

    def new_id(self, kind: str) -> str:
        """A UUID of version 4, the same in the same order of writes."""
        number = self._books.administration.number if self._books else 0
        place = len(self._writes)
        seed = hashlib.sha256(f"{number}/{kind}/{place}".encode()).digest()[:16]
        return str(UUID(bytes=seed, version=UUID_VERSION))

    def key(self, collection: Collection, text: Any) -> Any:
        """The key in a URL.

        Raises:
            RefusedError: 400 when it has another form.
        """
        if collection.key in (Key.NUMBER, Key.DRAWN):
            if not (str(text).isdecimal() and 0 < int(text) <= collection.key_max):
                raise refusal(400, Code.KEY, f"Het nummer ligt niet tussen 1 en {collection.key_max}")
            return int(text)
        if collection.key is Key.TEXT and len(text) > collection.key_max:
            raise refusal(400, Code.KEY, f"De code is langer dan {collection.key_max} tekens")
        return str(self.uuid(text)) if collection.key is Key.UUID else text

    def uuid(self, text: str) -> UUID:
        """A UUID in a URL; whether the server checks its version is unknown (switch).

        Raises:
            RefusedError: 400.
        """
        if not CANONICAL_UUID.fullmatch(text):
            raise refusal(400, Code.KEY, "Het id is geen UUID")
        if self._switches.require_uuid4 and UUID(text).version != UUID_VERSION:
            raise refusal(400, Code.KEY, "Het id is geen UUID van versie 4")
        return UUID(text)

    def _save(
        self, collection: Collection, key: Any, body: Mapping[str, Any], action: str, sent: Any = None
    ) -> Document:
        shelf = self.shelf(collection)
        cleaned = schema(collection.schema).clean(body)
        shelf.put(key, {name: value for name, value in cleaned.items() if name != "id"})
        self.note(collection.name, key, action, body if sent is None else sent)
        return shelf.view(key) or {}

    def _existing(self, collection: Collection, key: Any) -> Shelf:
        shelf = self.shelf(collection)
        if shelf.view(key) is None:
            raise refusal(404, Code.ABSENT, "Bestaat niet")
        return shelf

    def _check_number(self, collection: Collection, key: Any, sent: Any) -> None:
        if str(sent) != str(key):
            raise refusal(400, Code.KEY, "Het id in de inhoud is niet dat in het adres")
        if self._books and collection.name == "ledger_account":
            account = self._books.administration.accounts.get(key)
            if account is not None and account.kind != "ledger_account":
                raise refusal(400, Code.NUMBER_TAKEN, f"{key} is een debiteur of crediteur")

    def _check_externalid(self, collection: Collection, body: Mapping[str, Any], own: Any = None) -> None:
        wanted = body.get("externalid")
        if wanted is None or collection.key is not Key.DRAWN or self._switches.externalid_twice == "accept":
            return
        if any(view.get("externalid") == wanted and view["id"] != own for view in self.all(collection)):
            raise refusal(400, Code.EXTERNAL_ID, "externalid bestaat al")

    def _drawn(self, collection: Collection, body: Mapping[str, Any], code: str | None) -> int:
        assert self._books is not None
        journal = self._journal(JOURNAL_KIND[collection.name], code)
        first, last = journal.range or (1, collection.key_max)
        taken = self._books.administration.accounts
        number = body.get("id")
        if number is None:
            if not journal.draws_numbers:
                raise RefusedError(400, Message(code=Code.MISSING_MEMBER, text="id ontbreekt", field="id"))
            number = max((each for each in taken if first <= each <= last), default=first - 1) + 1
        if not first <= number <= last:
            raise refusal(400, Code.NUMBER_RANGE, f"Het nummer ligt buiten de reeks van dagboek {journal.code}")
        if number in taken:
            raise refusal(400, Code.NUMBER_TAKEN, f"Nummer {number} bestaat al")
        return int(number)

    def _journal(self, kind: str, code: str | None) -> Journal:
        assert self._books is not None
        journals = self._books.administration.journals.values()
        fitting = [journal for journal in journals if journal.kind == kind and code in (None, journal.code)]
        if not fitting:
            raise refusal(400, Code.JOURNAL, f"Er is geen passend dagboek van soort {kind}")
        return fitting[0]


def _members_key(body: Mapping[str, Any]) -> tuple[Any, ...]:
    ids = {name: value["id"] for name, value in body.items() if isinstance(value, Mapping) and "id" in value}
    return tuple(sorted(ids.items()))
