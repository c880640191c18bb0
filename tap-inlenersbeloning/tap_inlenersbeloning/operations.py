"""The operations of the API v6 that the tap uses; all of them only read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

__all__ = ["GET_REMUNERATION", "LIST_PARTNERS", "LIST_REMUNERATIONS", "Operation"]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A GET request.

    Attributes:
        path: Template below the API's base URL.
        right: What must be ticked for the token in the portal: group and right (portal's manual).
        envelope: Member of an object that may hold the list, beside the usual ones.
    """

    path: str
    right: str
    envelope: str

    def url(self, api_url: str, ids: Mapping[str, str]) -> str:
        """Give the address for these ids."""
        return api_url + self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})

    def what(self, ids: Mapping[str, str]) -> str:
        """Name the request in messages: path template and ids."""
        named = ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in ids.items())
        return f"GET {self.path} of {named}"


LIST_PARTNERS: Final = Operation(
    path="/partner/{company_id}",
    right='"Partners (inleners)", all partners of one company',
    envelope="partners",
)
LIST_REMUNERATIONS: Final = Operation(
    path="/remuneration/{company_id}/{partner_id}",
    right='"Inlenersbeloning (data)", get a remuneration',
    envelope="remunerations",
)
GET_REMUNERATION: Final = Operation(
    path="/remuneration/{company_id}/{partner_id}/{remuneration_id}",
    right='"Inlenersbeloning (data)", get a remuneration',
    envelope="remuneration",
)
