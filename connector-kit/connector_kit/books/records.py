"""Reading the members of a record, so that all problems of a record are told together."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from connector_kit.books.entry_errors import EntryError, InvalidFieldError, MissingFieldError, MissingKeyError, Problems
from connector_kit.books.money import money

__all__ = [
    "_PROVIDER_FIELDS",
    "Readers",
    "amount",
    "field_names",
    "members_of",
    "price",
    "provider_fields_of",
    "require",
]

Readers = Mapping[str, Callable[[object], Any]]
"""How each member of a record is read; a reader raises ValueError with what is wrong."""

_PROVIDER_FIELDS: Final = "provider_fields"
_PRICE_DECIMALS_MAX: Final = 10


def field_names(record_class: type) -> tuple[str, ...]:
    """Members of the contract, from the class that reads it."""
    return tuple(member.name for member in fields(record_class) if member.name != _PROVIDER_FIELDS)


def members_of(record: Mapping[str, Any], readers: Readers, *, path: str = "") -> dict[str, Any]:
    """Read the members of a record or of a part of it.

    Args:
        record: What was delivered.
        readers: How each member is read.
        path: What stands before the names in messages, such as `lines[3].`.

    Raises:
        EntryError: One for all members that cannot be read.
    """
    problems, members = Problems(), {}
    for name, read in readers.items():
        try:
            members[name] = read(record.get(name))
        except EntryError as error:
            problems.append(error)
        except ValueError as error:
            problems.append(InvalidFieldError(str(error), field=path + name))
    if problems:
        raise problems.joined(members.get("key"))
    return members


def provider_fields_of(record: Mapping[str, Any], known: Collection[str]) -> Mapping[str, Any]:
    """What only one bookkeeping package knows: the objects of a record that are no members of the contract."""
    return MappingProxyType(
        {name: value for name, value in record.items() if name not in known and isinstance(value, Mapping)}
    )


def require(record: object, *names: str, key: str | None) -> None:
    """Check that these members have a value.

    Raises:
        EntryError: One for all that have none; the key, if it is among them, comes first.
    """
    problems = Problems()
    for name in names:
        if getattr(record, name) in {None, ""}:
            error = MissingKeyError if name == "key" else MissingFieldError
            problems.append(error(f"no {name.replace('_', ' ')}", field=name))
    if problems:
        raise problems.joined(key)


def price(value: object) -> Decimal | None:
    """Read a price or a quantity: exact, with up to ten decimals, because a price per piece may have more than two.

    Raises:
        ValueError: It is no exact number.
    """
    if value is None:
        return None
    exact = money(value, scale=_PRICE_DECIMALS_MAX)
    return exact.normalize() if exact else Decimal(0)


def amount(value: object) -> Decimal | None:
    """Read an amount that may be absent.

    Raises:
        MoneyError: It is no exact amount.
    """
    return None if value is None else money(value)
