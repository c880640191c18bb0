"""The operations of Minimax that we use."""

from dataclasses import dataclass
from typing import Final

__all__ = ["OPERATIONS", "Operation"]

_ORGANISATION: Final = "/api/orgs/{organisation_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        name: What messages call it.
        method: HTTP method.
        path: Below `api_url`; the organisation comes from the settings. Query parameters that an operation does not
            know are ignored without a word, so only `client` and `register` add any.
    """

    name: str
    method: str
    path: str


ORGANISATIONS: Final = Operation(name="list of organisations", method="GET", path="/api/currentuser/orgs")
COUNTRIES: Final = Operation(name="list of countries", method="GET", path=_ORGANISATION + "/countries")
CURRENCIES: Final = Operation(name="list of currencies", method="GET", path=_ORGANISATION + "/currencies")
CUSTOMER_BY_CODE: Final = Operation(
    name="look-up of a customer", method="GET", path=_ORGANISATION + "/customers/code({code})"
)
CUSTOMERS: Final = Operation(name="search for a customer", method="GET", path=_ORGANISATION + "/customers")
CUSTOMER: Final = Operation(name="customer", method="GET", path=_ORGANISATION + "/customers/{customer_id}")
ADD_CUSTOMER: Final = Operation(name="new customer", method="POST", path=_ORGANISATION + "/customers")

OPERATIONS: Final = (ORGANISATIONS, COUNTRIES, CURRENCIES, CUSTOMER_BY_CODE, CUSTOMERS, CUSTOMER, ADD_CUSTOMER)
