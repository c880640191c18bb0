"""Tokens of an agency: static, made in the portal, for one of its companies or for all of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from provider_simulators.inlenersbeloning.switches import Right


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token.

    Attributes:
        value: `cmp_` (vendor's manual) or `org_` (seen in a working client), and 64 hexadecimal characters.
        companies: Ids of the companies that it reads.
        rights: What is ticked for it.
    """

    value: str
    companies: frozenset[str]
    rights: frozenset[Right]


def organisation_token(companies: Sequence[str], rights: frozenset[Right]) -> Token:
    """A token for all companies of the agency; the company stands in every path."""
    return Token(value=f"org_{_invented('/'.join(companies))}", companies=frozenset(companies), rights=rights)


def company_token(company: str, rights: frozenset[Right]) -> Token:
    """A token for one company; the company id cannot be read from it."""
    return Token(value=f"cmp_{_invented(company)}", companies=frozenset({company}), rights=rights)


def _invented(text: str) -> str:
    return hashlib.sha256(f"simulated token of {text}".encode()).hexdigest()
