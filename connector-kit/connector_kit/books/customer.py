"""A customer, as the books contract describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from connector_kit.books.entry_errors import InvalidFieldError, MissingFieldError, MissingKeyError
from connector_kit.books.values import country_code, currency_code, text_or_none, whole_number

__all__ = ["Customer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who is invoiced.

    Attributes:
        key: Business key, unique in its stream and administration.
        name: Name of the company or person.
        code: Code in the books; without it the key is.
        country_code: ISO 3166 code, two letters.
        tax_number: Within the country.
        vat_number: VAT identification number; who has one is subject to VAT.
        currency: ISO 4217 code.
        payment_days: Days within which an invoice is to be paid.
        version: Version of the record at its source, where it has one.
        provider_fields: What only one bookkeeping package knows, by its name: `{"minimax": {...}}`.

    Raises:
        EntryError: When it is constructed without key or name.
    """

    key: str
    name: str
    code: str | None = None
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
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.key:
            raise MissingKeyError("no key", field="key")
        if not self.name:
            raise MissingFieldError("no name", entry=self.key, field="name")
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Customer":
        """Read a record of the books contract `customers`.

        Surrounding blanks go, blank is nothing. Unknown members are ignored, but objects (`minimax: {...}`) become
        `provider_fields`.

        Raises:
            EntryError: Names the customer's key and the field.
        """
        members: dict[str, Any] = {}
        for name in _FIELDS:
            try:
                members[name] = _READERS.get(name, text_or_none)(record.get(name))
            except ValueError as error:
                raise InvalidFieldError(str(error), entry=members.get("key"), field=name) from error
        members["provider_fields"] = {
            name: value for name, value in record.items() if name not in _FIELDS and isinstance(value, Mapping)
        }
        return cls(**members)


_FIELDS: Final = tuple(member.name for member in fields(Customer) if member.name != "provider_fields")
_READERS: Final[Mapping[str, Any]] = {
    "country_code": country_code,
    "currency": currency_code,
    "payment_days": whole_number,
}
