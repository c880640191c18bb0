"""Customers and suppliers, and what sorts customers."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast

from connector_kit.books.customer import Customer
from connector_kit.books.party import Party, Supplier
from connector_kit.posting.posting import OnChanged

from target_minox import operations as op
from target_minox.parties import CUSTOMER, SUPPLIER, PartyKind, PartyRegister, document_of
from target_minox.sinks.names import NUMBER
from target_minox.sinks.records import named
from target_minox.sinks.row import Row
from target_minox.sinks.sink import Document, MinoxSink

__all__ = ["ROWS"]


class Parties(MinoxSink[Party]):
    """Customers and suppliers: looked for by external id, created by POST, changed by PATCH."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def endpoint(self) -> PartyRegister:
        """Customers or suppliers of the administration."""
        kind = cast("PartyKind", self.row.how)
        connection = self._minox.connection
        adopts = connection.settings.adopt_existing
        return PartyRegister(connection.client, kind, self._minox.numbers[kind.noun], adopts=adopts)

    def read(self, record: Mapping[str, Any]) -> Party:
        """Read a customer or supplier.

        Raises:
            EntryError: It is none.
        """
        return (Customer if self.row.how is CUSTOMER else Supplier).from_record(record)

    def prepare(self, fact: Party) -> Document:
        """Check a party against the administration's master data, and write it as Minox' record.

        Raises:
            EntryError: It cannot be created.
        """
        settings, books = self._minox.connection.settings, self._minox.bookkeeper.books
        kind = cast("PartyKind", self.row.how)
        journal = settings.sales_journal if kind is CUSTOMER else settings.purchase_journal
        term = books.payment_term(fact.payment_days)
        document = document_of(fact, kind, books, journal=journal, payment_term=term)
        if number := document["body"].get("id"):
            self._minox.numbers[kind.noun].learn(fact.key, number)
        return document


ROWS: Final = (
    Row(
        stream="customers",
        noun="customer",
        way=Parties,
        how=CUSTOMER,
        operations=(op.CREATE_CUSTOMER, op.FIND_CUSTOMER, op.CHANGE_CUSTOMER, op.READ_CUSTOMER, op.PAYMENT_TERMS),
    ),
    Row(
        stream="suppliers",
        noun="supplier",
        way=Parties,
        how=SUPPLIER,
        operations=(op.CREATE_SUPPLIER, op.FIND_SUPPLIER, op.CHANGE_SUPPLIER, op.READ_SUPPLIER, op.PAYMENT_TERMS),
    ),
    named("regions", "region", op.WRITE_REGION, op.REGIONS, "number", name_of=NUMBER),
    named(
        "representatives",
        "representative",
        op.WRITE_REPRESENTATIVE,
        op.REPRESENTATIVES,
        "number",
        name_of=NUMBER,
    ),
    named("customer_types", "customer type", op.WRITE_CUSTOMER_TYPE, op.CUSTOMER_TYPES, "number", name_of=NUMBER),
)
