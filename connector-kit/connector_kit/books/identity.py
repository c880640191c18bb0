"""Identity of what we write: which business fact, did it change, which attempt, how to find it again.

All values are digests of a length-prefixed encoding that begins with the name of what is derived, so neither
`("a", "bc")` and `("ab", "c")` nor an entity key and an operation id can meet. The formulas are frozen: stored ledgers
and the ids at the bookkeeping package depend on them.
"""

import hashlib
import hmac
import json
import unicodedata
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from connector_kit.books.money import canonical

__all__ = [
    "MARKER_PREFIX",
    "Administration",
    "client_id",
    "content_hash",
    "entity_key",
    "marker",
    "marker_is_valid",
    "operation_id",
]

MARKER_PREFIX: Final = "SCU"
"""Starts every marker; the letter U is no Crockford digit, so the prefix cannot occur inside a marker's body."""
_DOMAIN: Final = "singer-connector-kit/1"
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_LENGTH: Final = 13
_QUICK_MAX: Final = 10**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Administration:
    """The set of books we write: the provider, its customer (tenant) and the number of the administration."""

    provider: str
    tenant: str
    number: str


def entity_key(administration: Administration, stream: str, key: str | int, *, secret: bytes = b"") -> str:
    """Name a business fact: the record with this key in this stream, for this administration.

    Args:
        administration: Where it is booked.
        stream: Name of the record type.
        key: Business key of the record; 7 and "7" are the same key.
        secret: Makes the digest keyed (HMAC-SHA256), so that nobody can find the key by trying all of them.
            Losing the secret loses the identity of everything booked with it.

    Returns:
        64 hexadecimal digits.

    Raises:
        TypeError: If the key is neither text nor a whole number.
    """
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise TypeError(f"a key is text or a whole number, not {type(key).__name__}")
    message = _encode("entity", administration.provider, administration.tenant, administration.number, stream, str(key))
    if secret:
        return hmac.new(secret, message, hashlib.sha256).hexdigest()
    return hashlib.sha256(message).hexdigest()


def content_hash(payload: Mapping[str, Any], *, mapping_version: int | str) -> str:
    """Tell whether what we would write has changed: SHA-256 of the canonical JSON of the mapped payload.

    Canonical: members sorted, members without a value left out, text in NFC, equal numbers written equally, ISO dates.

    Args:
        payload: The document as it is sent, without volatile members (time of the run, identifiers of the attempt).
        mapping_version: Version of the code that maps records to documents.

    Returns:
        64 hexadecimal digits.

    Raises:
        TypeError: For floats and other values that have no canonical form.
        ValueError: For members whose names differ in their Unicode form only, and numbers that are not finite.
    """
    text = json.dumps(_canonical(payload), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(_encode("content", str(mapping_version), text)).hexdigest()


def operation_id(entity_key: str, *, version: int, operation: str) -> str:
    """Name one write: this version of the fact, created, updated or reversed.

    The id belongs to the operation, not to the fact: the second edit of one invoice is another write than the first.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(_encode("operation", entity_key, str(version), operation)).hexdigest()


def client_id(operation_id: str) -> uuid.UUID:
    """Derive the identifier that we choose for a write at endpoints that take one.

    Returns:
        A UUID in the form of version 4 (which such endpoints ask for), always the same for the same operation.
    """
    return uuid.UUID(bytes=hashlib.sha256(_encode("client_id", operation_id)).digest()[:16], version=4)


def marker(operation_id: str) -> str:
    """Derive the text by which a write is found again at endpoints that take no identifier from us.

    Returns:
        Prefix, 13 Crockford base32 digits (65 bits) and the check character of ISO 7064 MOD 37,36: 17 letters and
        digits, safe in any search field.
    """
    bits = int.from_bytes(hashlib.sha256(_encode("marker", operation_id)).digest()[:9], "big") >> (
        72 - 5 * _BODY_LENGTH
    )
    body = "".join(_CROCKFORD[bits >> 5 * place & 31] for place in reversed(range(_BODY_LENGTH)))
    return MARKER_PREFIX + body + _check_character(MARKER_PREFIX + body)


def marker_is_valid(text: str) -> bool:
    """Whether a text is one whole marker: prefix, length, digits and check character are right."""
    body = text[len(MARKER_PREFIX) : -1]
    return (
        text.startswith(MARKER_PREFIX)
        and len(body) == _BODY_LENGTH
        and all(digit in _CROCKFORD for digit in body)
        and text[-1] == _check_character(text[:-1])
    )


def _check_character(text: str) -> str:
    """ISO 7064 MOD 37,36: finds every wrong character and almost every swap of neighbours."""
    check = 36
    for character in text:
        check = (check + _ALPHANUMERIC.index(character)) % 36 or 36
        check = check * 2 % 37
    return _ALPHANUMERIC[(1 - check) % 36]


def _encode(*parts: str) -> bytes:
    encoded = [unicodedata.normalize("NFC", part).encode("utf-8", "surrogatepass") for part in (_DOMAIN, *parts)]
    return b"".join(len(part).to_bytes(8, "big") + part for part in encoded)


def _canonical(value: object) -> Any:
    convert = _FORMS.get(type(value))
    return _canonical_of_subclass(value) if convert is None else convert(value)


def _canonical_of_subclass(value: object) -> Any:  # noqa: PLR0911  # one table of forms
    match value:
        case str():
            return _letters(str(value))
        case int():
            return _whole(int(value))
        case Decimal():
            return canonical(value)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case Mapping():
            return _canonical_members(value)
        case list() | tuple():
            return [_canonical(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _letters(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _whole(number: int) -> str:
    return f"{number}.00" if -_QUICK_MAX < number < _QUICK_MAX else canonical(Decimal(number))


def _moment(time: datetime) -> str:
    return (time.astimezone(UTC) if time.tzinfo else time).isoformat()


def _items(values: list[Any] | tuple[Any, ...]) -> list[Any]:
    return [_canonical(item) for item in values]


def _canonical_members(members: Mapping[Any, Any]) -> dict[str, Any]:
    present = [(str(name), item) for name, item in members.items() if item is not None]
    result = {_letters(name): _canonical(item) for name, item in present}
    if len(result) < len(present):
        raise ValueError("two members have the same name")
    return result


_quick_canonical = lru_cache(maxsize=4096)(canonical)
"""Equal numbers have one form, so one may stand for the other."""
_FORMS: Final[Mapping[type, Callable[[Any], Any]]] = {
    type(None): lambda value: value,
    bool: lambda value: value,
    str: _letters,
    int: _whole,
    Decimal: lambda value: _quick_canonical(value) if value.is_finite() else canonical(value),
    datetime: _moment,
    date: date.isoformat,
    uuid.UUID: str,
    dict: _canonical_members,
    list: _items,
    tuple: _items,
}
