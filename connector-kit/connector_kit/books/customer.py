"""A customer, as the books contract describes it."""

from dataclasses import dataclass

from connector_kit.books.party import Party

__all__ = ["Customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Party):
    """Somebody who is invoiced."""
