"""Tokens of an agency: static, made in the portal, for one of its companies or for all of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from provider_simulators.inlenersbeloning.operations import Right


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token.

    Attributes:
        value: `cmp_` (vendor's manual) or `org_` (seen in a working client), and 64 hexadecimal characters.
        companies: Ids of the companies that it reads.
        rights: What is ticked for it.
        secret: Comes with it; nobody needs it to read (vendor's manual, working client). It signs webhooks (inferred).
    """

    value: str
    companies: frozenset[str]
    rights: frozenset[Right]
    secret: str


def organisation_token(companies: Sequence[str], rights: frozenset[Right]) -> Token:
    """A token for all companies of the agency; the company stands in every path."""
    return _token("org", "/".join(companies), companies, rights)


def company_token(company: str, rights: frozenset[Right], *, name: str = "") -> Token:
    """A token for one company; the company id cannot be read from it. Another name, another token."""
    return _token("cmp", company + name, [company], rights)


def _token(kind: str, key: str, companies: Sequence[str], rights: frozenset[Right]) -> Token:
    return Token(
        value=f"{kind}_{_invented(f'simulated token of {key}')}",
        companies=frozenset(companies),
        rights=rights,
        secret=_invented(f"simulated secret of {key}"),
    )


def _invented(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
