"""Who books which stream: one class per stream of the books contract."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from connector_kit.books.customer import Customer
from connector_kit.posting.posting import Kind
from connector_kit.posting.sink import BooksSink

from target_minimax.customers import Document, document_of
from target_minimax.register import CustomerRegister

if TYPE_CHECKING:
    from target_minimax.target import TargetMinimax

__all__ = ["Customers"]


class Customers(BooksSink[Customer, Document]):
    """Customers, in the one register that Minimax has for customers and suppliers; created, never changed."""

    contract = "customers"
    kind = Kind(
        noun="customer",
        changed="Minimax holds another content under its code; change it there by hand, or correct the source",
        shared_identity=True,
    )
    mapping_version = "1"

    def endpoint(self) -> CustomerRegister:
        """The register of the organisation."""
        return CustomerRegister(self._minimax.connection.client)

    def read(self, record: Mapping[str, Any]) -> Customer:
        """Read a customer.

        Raises:
            EntryError: It is none.
        """
        return Customer.from_record(record)

    def prepare(self, fact: Customer) -> Document:
        """Check a customer against the organisation's code lists and write it as Minimax' document.

        Raises:
            EntryError: It cannot be created.
        """
        if fact.email:
            self._minimax.say_once("email", "Customers have no e-mail at Minimax: field email is not sent")
        return document_of(fact, self._minimax.books)

    @property
    def _minimax(self) -> "TargetMinimax":
        return cast("TargetMinimax", self.books)
