"""The common name of an Ons certificate, which says whose it is and for which environment."""

import re
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["CommonName", "requirement"]

_PARTS: Final = {
    "connector": (re.compile(r"[a-z0-9_]+", re.ASCII), "only small letters, digits and _, as the dashboard lists it"),
    "customer": (re.compile(r"(?:TE|CF|DF|MF)[0-9]{4}", re.ASCII), "TE, CF, DF or MF and four digits, such as TE1002"),
    "identification": (re.compile(r"[A-Za-z0-9_]+", re.ASCII), "only letters, digits and _, such as production"),
}
_SHARED_DEVELOPMENT_CUSTOMER: Final = "TE1002"


@dataclass(frozen=True, kw_only=True)
class CommonName:
    """`{technical name of the connector}-{customer code}-{identification}` (vendor documentation).

    Attributes:
        connector: Technical name of the connector.
        customer: Customer code of the care organisation, such as `TE1002`.
        identification: Free text, such as `production`.
    """

    connector: str
    customer: str
    identification: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a common name; None if it does not follow the rule."""
        values = text.split("-")
        if len(values) != len(_PARTS) or any(_wrong(part, value) for part, value in zip(_PARTS, values, strict=True)):
            return None
        return cls(**dict(zip(_PARTS, values, strict=True)))

    def __str__(self) -> str:
        """Write it as it stands in a certificate."""
        return f"{self.connector}-{self.customer}-{self.identification}"

    @property
    def environment(self) -> str:
        """The environment that the customer code belongs to: development, staging or production."""
        if self.customer == _SHARED_DEVELOPMENT_CUSTOMER:
            return "development"
        return "staging" if self.customer.startswith("TE") else "production"


def requirement(part: str, value: str) -> str | None:
    """Say what a part of a common name has to be, if it is not."""
    return _PARTS[part][1] if _wrong(part, value) else None


def _wrong(part: str, value: str) -> bool:
    return _PARTS[part][0].fullmatch(value) is None
