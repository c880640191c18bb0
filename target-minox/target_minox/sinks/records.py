"""Records of Minox' own types: how they are written, and how their rows are made."""

from collections.abc import Mapping
from typing import Any, ClassVar

from connector_kit.books.entry_errors import Problems
from connector_kit.books.masterdata import CostCenter, Item
from connector_kit.posting.posting import OnChanged
from connector_kit.posting.sink import BooksSink

from target_minox import records
from target_minox.booking_line import code_number
from target_minox.marked import Marked, MarkedKind
from target_minox.operations import Operation
from target_minox.records import MinoxRecord
from target_minox.resources import Named, Naming, OpenItems, Resources
from target_minox.sinks.names import NameOf, uuid_of_the_operation
from target_minox.sinks.row import Row
from target_minox.sinks.sink import Document, MinoxSink

__all__ = ["Records", "extended", "named"]


class Records(MinoxSink[MinoxRecord]):
    """Records of Minox' own types, and items and cost centers: under a name that we choose, or with our mark."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    @classmethod
    def contract_schema(cls) -> dict[str, Any]:
        """The books contract; records of Minox' own types are read by their schema, so that all problems are told."""
        return {"type": "object"} if cls.row.way is Records else super().contract_schema()

    def endpoint(self) -> Any:
        """Records of this kind."""
        client, how = self._minox.connection.client, self.row.how
        if isinstance(how, MarkedKind):
            return Marked(client, how)
        assert isinstance(how, Named)  # the table says so
        if self.row.stream == "open_items":
            return OpenItems(client, how, adopts=True)
        return Resources(client, how, adopts=self._minox.connection.settings.adopt_existing)

    def read(self, record: Mapping[str, Any]) -> MinoxRecord:
        """Read a record, all that is wrong with it at once.

        Raises:
            EntryError: It is none.
        """
        return records.read_record(self.row.stream, record)

    def prepare(self, fact: MinoxRecord) -> Document:
        """Say under which name it is written, and what is sent.

        Raises:
            EntryError: It has no name that Minox takes.
        """
        problems = Problems()
        name = self.row.name_of(fact, problems)
        body = {member: value for member, value in fact.members.items() if member not in self.row.named_by}
        if not body:
            problems.add("missing_field", "description", "the record says nothing that could be written")
        self._check(fact, problems)
        if problems:
            raise problems.joined(fact.key)
        self._minox.bookkeeper.books.learn(self.row.stream, {**body, "id": name})
        return {"body": body} | ({"name": name} if name else {})

    def source_version(self, fact: MinoxRecord) -> str | None:
        """The version of the record at its source."""
        return fact.version

    def _check(self, fact: MinoxRecord, problems: Problems) -> None:
        """Ledger accounts, customers and suppliers have one number space, and cost types must be known."""
        if self.row.stream == "ledger_accounts":
            name = code_number(str(fact.members.get("id") or fact.key))
            for party, numbers in self._minox.numbers.items():
                known = name is not None and name not in self._minox.bookkeeper.books.ledger_accounts
                if known and numbers.is_number(name or 0):
                    problems.add("invalid_field", "id", f"is the number of a {party}; both have one number space")


def extended(fact: CostCenter | Item, members: Mapping[str, Any], stream: str) -> MinoxRecord:
    """A record of the contract in Minox' members, with what its object `minox` says."""
    problems = Problems()
    own = records.members_of(fact.provider_fields.get("minox", {}), records.schema(stream), problems, path="minox.")
    if problems:
        raise problems.joined(fact.key)
    present = {name: value for name, value in members.items() if value is not None}
    return MinoxRecord(key=fact.key, version=fact.version, members=present | own)


def named(  # the columns of the table
    stream: str,
    noun: str,
    write: Operation,
    look: Operation,
    path_id: str,
    *,
    name_of: NameOf = uuid_of_the_operation,
    change: Operation | None = None,
    way: type[BooksSink[Any, Any]] = Records,
    is_off: bool = False,
) -> Row:
    """The row of records that have a name of ours: a number, a code, or a UUID."""
    naming = Naming(path_ids=(path_id,), is_uuid=name_of is uuid_of_the_operation)
    how = Named(stream=stream, naming=naming, write=write, look=look, change=change)
    used = tuple(one for one in (write, look, change) if one is not None)
    return Row(stream=stream, noun=noun, way=way, how=how, operations=used, name_of=name_of, is_off=is_off)
