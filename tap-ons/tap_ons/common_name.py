"""The common name of an Ons certificate, which says whose it is and for which environment."""

import re
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["CommonName"]

_RULE: Final = re.compile(
    r"(?P<connector>[a-z0-9_]+)-(?P<customer>(?:TE|CF|DF|MF)[0-9]{4})-(?P<identification>[A-Za-z0-9_]+)", re.ASCII
)
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
        match = _RULE.fullmatch(text)
        return cls(**match.groupdict()) if match else None

    @property
    def environment(self) -> str:
        """The environment that the customer code belongs to: development, staging or production."""
        if self.customer == _SHARED_DEVELOPMENT_CUSTOMER:
            return "development"
        return "staging" if self.customer.startswith("TE") else "production"
