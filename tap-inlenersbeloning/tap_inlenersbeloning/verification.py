"""Whether a call of the webhook comes from somebody who knows one of our secrets.

How the portal signs is not documented in public. So every header may hold the signature, in every usual spelling: who
sends the right HMAC knows the secret, whatever the header is called.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self
from urllib.parse import parse_qsl

from connector_kit.errors import SettingError

from tap_inlenersbeloning.calls import Call

__all__ = ["Means", "Proof", "Verifier"]

_DIGEST_BYTES: Final = 32
_PREFIX: Final = re.compile(r"(?:[a-z][\w-]{0,20}[=:])?\"?(?P<value>[\w+/=-]+?)\"?", re.ASCII | re.IGNORECASE)
"""`sha256=...`, `v1=...`, `signature="..."`, or no prefix; the `=` of base64 stands at the end."""
_MOMENT: Final = re.compile(r"\b\d{10}(?:\d{3})?\b", re.ASCII)
_MOMENTS_MAX: Final = 4
_SIGNATURE: Final = re.compile(r"signature|hmac", re.ASCII)
_NAME: Final = re.compile(r"[\w-]{1,60}", re.ASCII)


class Means(StrEnum):
    """How a call was verified."""

    SIGNATURE = "signature"
    """HMAC-SHA256 of the body, or of a moment and the body, in a header."""
    HEADER = "header"
    """The secret itself in a header."""
    URL = "url"
    """The secret, or the URL token, in the address."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a call proves.

    Attributes:
        means: How it was verified; None if it was not.
        company_id: The company whose secret it knows, if that is known.
    """

    means: Means | None = None
    company_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A Secret of the portal, and the company whose token it was issued with, if that is known."""

    value: str
    company_id: str | None = None


class Verifier:
    """Judges calls.

    Args:
        secrets: Those of the portal.
        url_token: Our own, in the address only.
        required: Whether a call must be verified; with a URL token it must.
    """

    def __init__(self, secrets: Sequence[Secret], *, url_token: str | None, required: bool) -> None:
        self._secrets = secrets
        self._url_token = url_token
        self.required = required or url_token is not None
        self.can_verify = bool(secrets) or url_token is not None

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Build it.

        Raises:
            SettingError: Verification is required, and there is nothing to verify with.
        """
        pairs = [
            (settings.get("webhook_secret"), None),
            *((each.get("webhook_secret"), each.get("company_id")) for each in settings.get("companies") or ()),
        ]
        secrets = [
            Secret(value=value.strip(), company_id=company_id) for value, company_id in pairs if value and value.strip()
        ]
        url_token = settings.get("webhook_url_token") or None
        required = bool(settings.get("webhook_require_signature"))
        if required and not secrets and url_token is None:
            raise SettingError(
                "setting webhook_require_signature needs webhook_secret (the Secret beside the token in the portal) or "
                "webhook_url_token"
            )
        return cls(secrets, url_token=url_token, required=required)

    @property
    def known(self) -> tuple[str, ...]:
        """All secrets."""
        return (*(secret.value for secret in self._secrets), *([self._url_token] if self._url_token else ()))

    def proof(self, call: Call) -> Proof:
        """Look for a proof, the strongest first."""
        candidates = [candidate for _, text in call.headers for candidate in _candidates(text)]
        signatures = [digest for candidate in candidates if (digest := _digest(candidate)) is not None]
        for secret in self._secrets if signatures else ():
            for text in _signed_texts(call):
                digest = hmac.digest(secret.value.encode(), text, "sha256")
                if any(hmac.compare_digest(digest, signature) for signature in signatures):
                    return Proof(means=Means.SIGNATURE, company_id=secret.company_id)
        parts = list(_parts_of_address(call))
        for means, texts in ((Means.HEADER, candidates), (Means.URL, parts)):
            for secret in self._secrets:
                if _holds(texts, secret.value):
                    return Proof(means=means, company_id=secret.company_id)
        return Proof(means=Means.URL if self._url_token and _holds(parts, self._url_token) else None)

    def unexplained(self, call: Call) -> str | None:
        """Name a header that looks like a signature, of a call that was not verified by it."""
        names = (name for name, _ in call.headers if _SIGNATURE.search(name) and _NAME.fullmatch(name))
        return next(names, None)


def _holds(texts: Sequence[str], secret: str) -> bool:
    return any(hmac.compare_digest(text.encode(), secret.encode()) for text in texts)


def _candidates(header: str) -> Iterator[str]:
    yield header.strip()
    yield from (part for part in re.split(r"[\s,;]+", header) if part)


def _signed_texts(call: Call) -> Iterator[bytes]:
    """Give what may have been signed: the body, or a moment of a header, a dot, and the body."""
    yield call.body
    moments = dict.fromkeys(moment for _, text in call.headers for moment in _MOMENT.findall(text))
    for moment in list(moments)[:_MOMENTS_MAX]:
        yield f"{moment}.".encode() + call.body


def _parts_of_address(call: Call) -> Iterator[str]:
    yield from call.path.split("/")
    for pair in parse_qsl(call.query, keep_blank_values=True):
        yield from pair


def _digest(text: str) -> bytes | None:
    """Read an HMAC-SHA256: hexadecimal or base64 (both alphabets, padded or not), with or without a prefix."""
    match = _PREFIX.fullmatch(text)
    if match is None:
        return None
    value = match["value"]
    try:
        if len(value) == 2 * _DIGEST_BYTES:
            return bytes.fromhex(value)
        plain = value.rstrip("=").replace("-", "+").replace("_", "/")
        digest = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None
    return digest if len(digest) == _DIGEST_BYTES else None
