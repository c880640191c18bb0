"""What is remembered from sync to sync: which partners and remunerations there were, and what was read of each.

Small, as it is written after every stream: per remuneration some 60 characters, ids included; no text of a document.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

__all__ = ["Mark", "Memory", "Partner"]

_FORMAT: Final = 1
_SHORT: Final = "~"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What is known of a remuneration.

    Attributes:
        version: Of the document that was written last; None: none was.
        listed: Hash of its entry in the partner's list, as it was when the document was read.
        content: Hash of the document; empty: it is to be read again.
        history: Older versions below this number have been read.
        pdf: Version whose PDF has been read.
    """

    version: int | None = None
    listed: str = ""
    content: str = ""
    history: int = 0
    pdf: int | None = None

    def text(self) -> str:
        """Write it in few characters."""
        version = "" if self.version is None else str(self.version)
        parts = [version, self.listed, self.content, str(self.history or ""), "" if self.pdf is None else str(self.pdf)]
        return " ".join(parts).rstrip()

    @classmethod
    def of(cls, text: Any) -> Self:
        """Read it.

        Raises:
            ValueError: It is none.
        """
        if not isinstance(text, str):
            raise TypeError
        version, listed, content, history, pdf, *_ = [*text.split(" "), "", "", "", "", ""]
        return cls(
            version=int(version) if version else None,
            listed=listed,
            content=content,
            history=int(history or 0),
            pdf=int(pdf) if pdf else None,
        )


Partner = dict[str, Mark]
"""What a partner shares, by id of the remuneration."""


@dataclass(kw_only=True)
class Memory:
    """What is known of all companies.

    Attributes:
        signature: Of everything that decides what records hold; with another one all documents are read again.
        companies: Per company and partner.
    """

    signature: str = ""
    companies: dict[str, dict[str, Partner]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """Read it from a bookmark; one that makes no sense, or of a version without it, is empty."""
        try:
            if state["format"] != _FORMAT:
                return cls()
            return cls(
                signature=str(state["signature"]),
                companies={
                    company_id: {
                        _long(partner): {_long(id_): Mark.of(mark) for id_, mark in marks.items()}
                        for partner, marks in partners.items()
                    }
                    for company_id, partners in state["companies"].items()
                },
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return cls()

    def write(self, state: MutableMapping[str, Any]) -> None:
        """Write it into a bookmark."""
        companies = {
            company_id: {
                _shortened(partner): {_shortened(id_): mark.text() for id_, mark in marks.items()}
                for partner, marks in partners.items()
            }
            for company_id, partners in self.companies.items()
        }
        state.clear()
        state.update({"format": _FORMAT, "signature": self.signature, "companies": companies})

    def partners(self, company_id: str) -> Mapping[str, Partner]:
        """Give what is known of a company."""
        return self.companies.get(company_id, {})

    def marks(self) -> Iterator[tuple[str, str, str, Mark]]:
        """Give all that is known of remunerations, with company and partner."""
        for company_id, partners in self.companies.items():
            for partner_id, marks in partners.items():
                for id_, mark in marks.items():
                    yield company_id, partner_id, id_, mark


def _shortened(identifier: str) -> str:
    """Write a UUID in 23 characters instead of 36."""
    if _UUID.fullmatch(identifier):
        return _SHORT + base64.urlsafe_b64encode(uuid.UUID(identifier).bytes).decode().rstrip("=")
    return _SHORT + _SHORT + identifier if identifier.startswith(_SHORT) else identifier


def _long(text: str) -> str:
    if text.startswith(_SHORT + _SHORT):
        return text[2:]
    if not text.startswith(_SHORT):
        return text
    try:
        return str(uuid.UUID(bytes=base64.urlsafe_b64decode(f"{text[1:]}==")))
    except binascii.Error:
        raise ValueError("not an id") from None
