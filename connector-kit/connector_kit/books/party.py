"""Those who are invoiced and those who invoice us, as the books contract describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self

from connector_kit.books.records import Readers, field_names, members_of, provider_fields_of, require
from connector_kit.books.values import country_code, currency_code, text_or_none, whole_number

__all__ = ["Party", "Supplier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody we do business with.

    Attributes:
        key: Business key, unique in its stream and administration.
        name: Name of the company or person.
        code: Code in the books; without it the key is.
        contact_name: Whom to ask for there.
        address: Street and number.
        country_code: ISO 3166 code, two letters.
        tax_number: Within the country.
        vat_number: VAT identification number; who has one is subject to VAT.
        registration_number: In the register of companies.
        currency: ISO 4217 code.
        payment_days: Days within which an invoice is to be paid.
        language: ISO 639 code of the language we write in.
        version: Version of the record at its source, where it has one.
        provider_fields: What only one bookkeeping package knows, by its name: `{"minimax": {...}}`.

    Raises:
        EntryError: When it is constructed without key or name.
    """

    key: str
    name: str
    code: str | None = None
    contact_name: str | None = None
    address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country_code: str | None = None
    tax_number: str | None = None
    vat_number: str | None = None
    registration_number: str | None = None
    currency: str | None = None
    payment_days: int | None = None
    email: str | None = None
    phone: str | None = None
    iban: str | None = None
    bic: str | None = None
    language: str | None = None
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        require(self, "key", "name", key=self.key)
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of the books contract.

        Surrounding blanks go, blank is nothing. Unknown members are ignored, but objects (`minimax: {...}`) become
        `provider_fields`.

        Raises:
            EntryError: Names the party's key and all fields that are wrong.
        """
        return cls(**members_of(record, _READERS), provider_fields=provider_fields_of(record, _READERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier(Party):
    """Somebody who invoices us."""


_OTHERS: Final[Readers] = {"country_code": country_code, "currency": currency_code, "payment_days": whole_number}
_READERS: Final[Readers] = {name: _OTHERS.get(name, text_or_none) for name in field_names(Party)}
