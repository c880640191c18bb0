"""The operations of Minox that we use, with the scope that each of them needs."""

from dataclasses import dataclass
from typing import Final

__all__ = ["OPERATIONS", "SCOPES", "Operation"]

_TENANT: Final = "/tenant/{tenant_id}"
_ADMINISTRATION: Final = _TENANT + "/administration/{administration_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        name: What messages call it.
        method: HTTP method.
        path: Below `api_url`; tenant and administration come from the settings.
        scope: What the main user must have approved; the vendor publishes no table, names make it plain (inferred).
    """

    name: str
    method: str
    path: str
    scope: str


INSPECT: Final = Operation(name="inspection of the token", method="POST", path="/inspect", scope="")
"""Which tenants a token reaches; with client id and secret as HTTP Basic, so it needs no scope."""
ADMINISTRATIONS: Final = Operation(
    name="administration list", method="GET", path=_TENANT + "/administration", scope="administration:read"
)
JOURNALS: Final = Operation(name="journal list", method="GET", path=_ADMINISTRATION + "/journal", scope="journal:read")
LEDGER_ACCOUNTS: Final = Operation(
    name="chart of accounts", method="GET", path=_ADMINISTRATION + "/ledger_account", scope="ledger_account:read"
)
COST_CENTERS: Final = Operation(
    name="cost center list", method="GET", path=_ADMINISTRATION + "/cost_center", scope="cost_center:read"
)
VAT_CODES: Final = Operation(name="VAT list", method="GET", path=_ADMINISTRATION + "/vat", scope="vat:read")
NMBRS_LINK: Final = Operation(
    name="settings of the Nmbrs link", method="GET", path=_ADMINISTRATION + "/nmbrs/settings", scope="connection:write"
)
LOKET_LINK: Final = Operation(
    name="settings of the Loket link",
    method="GET",
    path=_ADMINISTRATION + "/loket.nl/settings",
    scope="connection:write",
)
READ_BATCH: Final = Operation(
    name="look-up of a booking",
    method="GET",
    path=_ADMINISTRATION + "/transaction_line_batch/{batch_id}",
    scope="transaction:read",
)
WRITE_BATCH: Final = Operation(
    name="booking",
    method="PUT",
    path=_ADMINISTRATION + "/transaction_line_batch/{batch_id}",
    scope="transaction:write",
)

OPERATIONS: Final = (
    INSPECT,
    ADMINISTRATIONS,
    JOURNALS,
    LEDGER_ACCOUNTS,
    COST_CENTERS,
    VAT_CODES,
    NMBRS_LINK,
    LOKET_LINK,
    READ_BATCH,
    WRITE_BATCH,
)
SCOPES: Final = tuple(dict.fromkeys(operation.scope for operation in OPERATIONS if operation.scope))
"""The least that the main user must approve; `target-minox login` asks for these."""
