"""When a document is read again: hashes of what was listed and of what was read, and of the settings."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from singer_sdk import Stream

from tap_inlenersbeloning.answers import Row

__all__ = ["content_hash", "has_version", "listing_hash", "signature"]

_encode: Final = msgspec.json.Encoder(decimal_format="string", order="sorted").encode
_TELLING: Final = ("lenderVersion", "publishDate", "totalVersions", "version")
"""Members of a list's entry that tell when a document has changed."""
_BYTES: Final = 6
_SIGNATURE_BYTES: Final = 9


def listing_hash(entries: Iterable[Row]) -> str:
    """Give a short text that is another one when what is listed of a remuneration is."""
    return _digest(_encode(list(entries)))


def content_hash(document: Row) -> str:
    """Give a short text that is another one when a document is; the order of its members does not count."""
    return _digest(_encode(document))


def has_version(entry: Row) -> bool:
    """Tell whether an entry of a list shows a version or a date, so that it changes when the document does."""
    return any(entry.get(name) not in (None, "") for name in _TELLING)


def signature(streams: Iterable[Stream], settings: Mapping[str, Any], pseudonym: str | None) -> str:
    """Give a text that is another one when records of these streams may be.

    Args:
        streams: The selected ones that are made of documents.
        settings: What else decides what records hold: settings.
        pseudonym: Any one, so that another key is noticed.
    """
    parts = [
        [
            [
                stream.name,
                stream.schema,
                sorted(str(crumb) for crumb, is_selected in stream.mask.items() if not is_selected),
            ]
            for stream in sorted(streams, key=lambda stream: stream.name)
        ],
        settings,
        pseudonym,
    ]
    return _digest(_encode(parts), size=_SIGNATURE_BYTES)


def _digest(content: bytes, size: int = _BYTES) -> str:
    return base64.urlsafe_b64encode(hashlib.blake2b(content, digest_size=size).digest()).decode()
