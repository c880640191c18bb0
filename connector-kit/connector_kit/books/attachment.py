"""A document that belongs to something in the books, as the books contract describes it."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self

from connector_kit.books.records import Readers, field_names, members_of, provider_fields_of, require
from connector_kit.books.values import text_or_none

__all__ = ["Attachment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file, such as the PDF of an invoice.

    Attributes:
        key: Business key, unique in its stream and administration.
        stream: Record type of what it belongs to: `journal_entries`, `sales_invoices`, `purchase_invoices`.
        entry_key: Business key of what it belongs to.
        file_name: With its ending.
        media_type: Such as `application/pdf`.
        content: The file itself.

    Raises:
        EntryError: When a member is missing.
    """

    key: str
    stream: str
    entry_key: str
    file_name: str
    media_type: str
    content: bytes = field(repr=False)
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        require(self, "key", "stream", "entry_key", "file_name", "media_type", key=self.key)
        require(self, "content", key=self.key)
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of the books contract `attachments`; its content is base64 text.

        Raises:
            EntryError: Names the key and all fields that are wrong.
        """
        members = members_of(record, _READERS)
        defaults = {"stream": "journal_entries", "media_type": "application/pdf"}
        members |= {name: value for name, value in defaults.items() if members[name] is None}
        return cls(**members, provider_fields=provider_fields_of(record, _READERS))


def _content(value: object) -> bytes | None:
    if value is None:
        return None
    try:
        return base64.b64decode("".join(value.split()) if isinstance(value, str) else b"?", validate=True) or None
    except (binascii.Error, ValueError):
        raise ValueError("must be base64 text") from None


_READERS: Final[Readers] = dict.fromkeys(field_names(Attachment), text_or_none) | {"content": _content}
