"""A call of the webhook, kept whole: no public documentation says what the portal sends."""

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import quote, quote_plus

__all__ = ["Call"]

_MASK: Final = "***"
_CREDENTIALS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """What came in.

    Attributes:
        method: Of HTTP.
        path: Decoded.
        query: As sent, still encoded.
        headers: Names in lower case.
        body: As sent.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def content_hash(self) -> str:
        """Equal for calls that say the same; headers tell each attempt of the sender apart, so they do not count."""
        told = (self.method.encode(), self.path.encode(), self.query.encode(), self.body)
        return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in told)).hexdigest()

    def without(self, secrets: Collection[str]) -> Self:
        """Give it for keeping: no secret of ours in address and headers, and no credentials; the body as it is."""
        forms = {form for secret in secrets for form in (secret, quote(secret), quote(secret, safe=""))}
        forms |= {quote_plus(secret) for secret in secrets}

        def masked(text: str) -> str:
            for form in sorted(forms, key=len, reverse=True):
                text = text.replace(form, _MASK)
            return text

        return replace(
            self,
            path=masked(self.path),
            query=masked(self.query),
            headers=tuple((name, _MASK if name in _CREDENTIALS else masked(text)) for name, text in self.headers),
        )

    def as_json(self) -> dict[str, Any]:
        """Give it for a file."""
        try:
            body = {"text": self.body.decode()}
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        headers = [list(header) for header in self.headers]
        return {"method": self.method, "path": self.path, "query": self.query, "headers": headers, "body": body}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read it again.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: It was not written by `as_json`.
        """
        body = content["body"]
        return cls(
            method=_text(content["method"]),
            path=_text(content["path"]),
            query=_text(content["query"]),
            headers=tuple((_text(name), _text(text)) for name, text in content["headers"]),
            body=body["text"].encode() if "text" in body else base64.b64decode(body["base64"], validate=True),
        )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
