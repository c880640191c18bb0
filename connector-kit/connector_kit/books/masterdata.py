"""What invoices and lines refer to: items and cost centers, as the books contract describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Self

from connector_kit.books.records import Readers, field_names, members_of, price, provider_fields_of, require
from connector_kit.books.values import text_or_none

__all__ = ["CostCenter", "Item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostCenter:
    """Where costs are made: a department, a team, a location.

    Attributes:
        key: Business key, unique in its stream and administration.
        name: What people call it.
        code: Code in the books; without it the key is.

    Raises:
        EntryError: When it is constructed without key or name.
    """

    key: str
    name: str
    code: str | None = None
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        require(self, "key", "name", key=self.key)
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of the books contract `cost_centers`.

        Raises:
            EntryError: Names the key and all fields that are wrong.
        """
        readers = _COST_CENTER_READERS
        return cls(**members_of(record, readers), provider_fields=provider_fields_of(record, readers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that is sold or bought.

    Attributes:
        key: Business key, unique in its stream and administration.
        name: What stands on an invoice.
        code: Code in the books; without it the key is.
        group: Code of its group of items.
        unit: What one of it is: piece, hour, kilogram.
        price: Of one, without VAT; may have more than two decimals.
        purchase_price: What one costs us.
        vat_code: Code of the VAT rate.

    Raises:
        EntryError: When it is constructed without key or name.
    """

    key: str
    name: str
    code: str | None = None
    description: str | None = None
    group: str | None = None
    unit: str | None = None
    price: Decimal | None = None
    purchase_price: Decimal | None = None
    vat_code: str | None = None
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        require(self, "key", "name", key=self.key)
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of the books contract `items`.

        Raises:
            EntryError: Names the key and all fields that are wrong.
        """
        return cls(**members_of(record, _ITEM_READERS), provider_fields=provider_fields_of(record, _ITEM_READERS))


_COST_CENTER_READERS: Final[Readers] = dict.fromkeys(field_names(CostCenter), text_or_none)
_PRICES: Final[Readers] = {"price": price, "purchase_price": price}
_ITEM_READERS: Final[Readers] = {name: _PRICES.get(name, text_or_none) for name in field_names(Item)}
