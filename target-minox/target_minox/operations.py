"""The operations of Minox that we use, with the scope that each of them needs."""

from dataclasses import dataclass
from typing import Final

__all__ = ["OPERATIONS", "Operation"]

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
        is_published: Whether the scope is in any published list; others are asked for only on request.
    """

    name: str
    method: str
    path: str
    scope: str
    is_published: bool = True

    @property
    def is_report(self) -> bool:
        """Whether Minox chooses the form of the answer by the content type of the request (seen in a client)."""
        return "/report/" in self.path


def _of_administration(method: str, name: str, path: str, scope: str, *, is_published: bool = True) -> Operation:
    return Operation(name=name, method=method, path=_ADMINISTRATION + path, scope=scope, is_published=is_published)


INSPECT: Final = Operation(name="inspection of the token", method="POST", path="/inspect", scope="")
"""Which tenants a token reaches; with client id and secret as HTTP Basic, so it needs no scope."""
ADMINISTRATIONS: Final = Operation(
    name="administration list", method="GET", path=_TENANT + "/administration", scope="administration:read"
)
JOURNALS: Final = _of_administration("GET", "journal list", "/journal", "journal:read")
LEDGER_ACCOUNTS: Final = _of_administration("GET", "chart of accounts", "/ledger_account", "ledger_account:read")
COST_CENTERS: Final = _of_administration("GET", "cost center list", "/cost_center", "cost_center:read")
VAT_CODES: Final = _of_administration("GET", "VAT list", "/vat", "vat:read")
PAYMENT_TERMS: Final = _of_administration("GET", "list of payment terms", "/payment_term", "payment_term:read")
NMBRS_LINK: Final = _of_administration("GET", "settings of the Nmbrs link", "/nmbrs/settings", "connection:write")
LOKET_LINK: Final = _of_administration("GET", "settings of the Loket link", "/loket.nl/settings", "connection:write")

READ_BATCH: Final = _of_administration(
    "GET", "look-up of a booking", "/transaction_line_batch/{batch_id}", "transaction:read"
)
WRITE_BATCH: Final = _of_administration("PUT", "booking", "/transaction_line_batch/{batch_id}", "transaction:write")
READ_ATTACHMENT: Final = _of_administration(
    "GET", "look-up of an attachment", "/transaction_line_batch/{batch_id}/blob", "document:read"
)
WRITE_ATTACHMENT: Final = _of_administration(
    "POST", "attachment", "/transaction_line_batch/{batch_id}/blob", "document:write"
)
REMOVE_ATTACHMENT: Final = _of_administration(
    "DELETE", "removal of an attachment", "/transaction_line_batch/{batch_id}/blob", "document:write"
)
BOOKED_LINES: Final = _of_administration("GET", "booked lines", "/year/{year}/transaction_lines", "transaction:read")
TRIAL_BALANCE: Final = _of_administration("GET", "trial balance", "/report/trialbalance/{year}", "report:read")

READ_LEDGER_ACCOUNT: Final = _of_administration(
    "GET", "look-up of a ledger account", "/ledger_account/{number}", "ledger_account:read"
)
WRITE_LEDGER_ACCOUNT: Final = _of_administration(
    "PUT", "ledger account", "/ledger_account/{number}", "ledger_account:write"
)
WRITE_JOURNAL: Final = _of_administration("PUT", "journal", "/journal/{journal_id}", "journal:write")
WRITE_COST_CENTER: Final = _of_administration("PUT", "cost center", "/cost_center/{number}", "cost_center:write")
COST_TYPES: Final = _of_administration("GET", "cost type list", "/cost_type", "cost_type:read")
WRITE_COST_TYPE: Final = _of_administration("PUT", "cost type", "/cost_type/{number}", "cost_type:write")
BUDGETS: Final = _of_administration("GET", "budget list", "/budget", "budget:read")
WRITE_BUDGET: Final = _of_administration("PUT", "budget", "/budget", "budget:write", is_published=False)
BALANCE_CODES: Final = _of_administration(
    "GET", "list of balance codes", "/profit_loss_balance", "profitlossbalance:read"
)
WRITE_BALANCE_CODE: Final = _of_administration(
    "PUT", "balance code", "/profit_loss_balance/{number}", "profitlossbalance:write"
)

CUSTOMERS: Final = _of_administration("GET", "customer list", "/customer", "customer:read")
READ_CUSTOMER: Final = _of_administration("GET", "look-up of a customer", "/customer/{number}", "customer:read")
FIND_CUSTOMER: Final = _of_administration(
    "GET", "search for a customer", "/customer/by_externalid/{externalid}", "customer:read"
)
CREATE_CUSTOMER: Final = _of_administration("POST", "new customer", "/customer", "customer:write")
CHANGE_CUSTOMER: Final = _of_administration("PATCH", "change of a customer", "/customer/{number}", "customer:write")
SUPPLIERS: Final = _of_administration("GET", "supplier list", "/supplier", "supplier:read")
READ_SUPPLIER: Final = _of_administration("GET", "look-up of a supplier", "/supplier/{number}", "supplier:read")
FIND_SUPPLIER: Final = _of_administration(
    "GET", "search for a supplier", "/supplier/by_externalid/{externalid}", "supplier:read"
)
CREATE_SUPPLIER: Final = _of_administration("POST", "new supplier", "/supplier", "supplier:write")
CHANGE_SUPPLIER: Final = _of_administration("PATCH", "change of a supplier", "/supplier/{number}", "supplier:write")
CUSTOMER_TYPES: Final = _of_administration("GET", "list of customer types", "/customer_type", "customer:read")
WRITE_CUSTOMER_TYPE: Final = _of_administration("PUT", "customer type", "/customer_type/{number}", "customer:write")
REGIONS: Final = _of_administration("GET", "region list", "/region", "region:read")
WRITE_REGION: Final = _of_administration("PUT", "region", "/region/{number}", "region:write")
REPRESENTATIVES: Final = _of_administration("GET", "list of representatives", "/representative", "representative:read")
WRITE_REPRESENTATIVE: Final = _of_administration(
    "PUT", "representative", "/representative/{number}", "representative:write"
)

_OPEN_ITEM: Final = "/account/{account_id}/invoice/{invoice_number}"
READ_RECEIVABLE: Final = _of_administration(
    "GET", "look-up of a receivable", "/receivable" + _OPEN_ITEM, "transaction:read"
)
CHANGE_RECEIVABLE: Final = _of_administration(
    "PATCH", "change of a receivable", "/receivable" + _OPEN_ITEM, "transaction:write"
)
READ_PAYABLE: Final = _of_administration("GET", "look-up of a payable", "/payable" + _OPEN_ITEM, "transaction:read")
CHANGE_PAYABLE: Final = _of_administration("PATCH", "change of a payable", "/payable" + _OPEN_ITEM, "transaction:write")

READ_INVOICE: Final = _of_administration("GET", "look-up of an invoice", "/invoice/{invoice_id}", "invoice:read")
WRITE_INVOICE: Final = _of_administration("PUT", "structured invoice", "/invoice/{invoice_id}", "invoice:write")
READ_ORDER: Final = _of_administration("GET", "look-up of an order document", "/ordering/{order_id}", "ordering:read")
WRITE_ORDER: Final = _of_administration("PUT", "order document", "/ordering/{order_id}", "ordering:write")
READ_ITEM: Final = _of_administration("GET", "look-up of an item", "/item/{item_id}", "item:read")
WRITE_ITEM: Final = _of_administration("PUT", "new item", "/item/{item_id}", "item:write")
CHANGE_ITEM: Final = _of_administration("PATCH", "change of an item", "/item/{item_id}", "item:write")
ITEM_GROUPS: Final = _of_administration("GET", "list of item groups", "/item_group", "item:read")
WRITE_ITEM_GROUP: Final = _of_administration("PUT", "item group", "/item_group/{number}", "item:write")
DOCUMENTS: Final = _of_administration("GET", "document list", "/document", "document:read")
READ_DOCUMENT: Final = _of_administration("GET", "look-up of a document", "/document/{document_id}", "document:read")
CREATE_DOCUMENT: Final = _of_administration("POST", "new document", "/document", "document:write")
CHANGE_DOCUMENT: Final = _of_administration(
    "PATCH", "change of a document", "/document/{document_id}", "document:write"
)
READ_MANDATE: Final = _of_administration("GET", "look-up of a mandate", "/mandate/{mandate_id}", "mandate:read")
WRITE_MANDATE: Final = _of_administration("PUT", "mandate", "/mandate/{mandate_id}", "mandate:write")
READ_DISTANCE_SALE: Final = _of_administration(
    "GET", "look-up of distance sales", "/distance_sales/{distance_sale_id}", "vat:read"
)
WRITE_DISTANCE_SALE: Final = _of_administration(
    "PUT", "distance sales", "/distance_sales/{distance_sale_id}", "vat:write", is_published=False
)
ACCRUALS: Final = _of_administration("GET", "accrual list", "/accrual", "accrual:read")
READ_ACCRUAL: Final = _of_administration("GET", "look-up of an accrual", "/accrual/{accrual_id}", "accrual:read")
CREATE_ACCRUAL: Final = _of_administration("POST", "new accrual", "/accrual", "accrual:write")
CHANGE_ACCRUAL: Final = _of_administration("PATCH", "change of an accrual", "/accrual/{accrual_id}", "accrual:write")

OPERATIONS: Final = tuple(value for value in dict(globals()).values() if isinstance(value, Operation))
