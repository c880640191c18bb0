"""Care orders, products, declaration rules, debtors: what Finance answers beside the bulk resources."""

from datetime import date, timedelta

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.endpoints.endpoint import Ask, Endpoint, table, those
from provider_simulators.ons.moments import overlaps
from provider_simulators.ons.parameters import day, possible, several
from provider_simulators.ons.refusals import RefusedError

FINANCE = "/v0/administration/finance"
FINANCED = f"{FINANCE}/client_financed_products"
BOUNDS = ("start_period", "end_period")
LOCATION = {"unit_id": "locations"}
"""What is called a unit here is a location (vendor OpenAPI)."""


def _groups_of(ask: Ask) -> list[Record]:
    return [row for row in ask.store["debtor_groups"] if ask["debtor_id"] in row["debtorIds"]]


def _verified_until(ask: Ask) -> Record:
    return {"date": ask.organisation.verified_until}


def _financed(ask: Ask, types: str) -> list[Record]:
    """All parameters are declared optional, and each that is missing is refused (vendor OpenAPI)."""
    for name in ("unit_id", types, *BOUNDS):
        if ask[name] in (None, ()):
            raise RefusedError(400, "Missing request parameter", field=name)
    first, until = ask.window(*BOUNDS, inclusive=True)
    last = until - timedelta(days=1)
    wanted = ask[types] if isinstance(ask[types], tuple) else (ask[types],)
    there = {
        row["clientObjectId"] for row in ask.store["location_assignments"] if row["locationObjectId"] == ask["unit_id"]
    }
    return [
        {
            "clientObjectId": order["clientId"],
            "financeTypeObjectId": order["financeTypeId"],
            "financedProducts": [_financed_product(line, first, last) for line in order["careOrderProducts"]],
        }
        for order in ask.store["care_orders"]
        if order["clientId"] in there
        and order["financeTypeId"] in wanted
        and overlaps(order["beginDate"], order["endDate"], first, last)
    ]


def _financed_product(line: Record, first: date, last: date) -> Record:
    return {"productObjectId": line["productId"], "startDate": first, "endDate": last}


ENDPOINTS = (
    Endpoint(
        name="declaration_rules",
        path=f"{FINANCE}/declaration_rules/by_client/{{client_id}}",
        model="finance.DeclarationRule",
        list_key="declarationRules",
        answer=those("declaration_rules", clientObjectId="client_id"),
    ),
    Endpoint(
        name="declaration_rules_verified_until",
        path=f"{FINANCE}/declaration_rules/by_client/{{client_id}}/verified_until",
        model=None,
        list_key=None,
        answer=_verified_until,
    ),
    Endpoint(
        name="care_orders_by_client",
        path=f"{FINANCE}/care_orders/by_client/{{client_id}}",
        model="finance.CareOrder",
        list_key="careOrders",
        answer=those("care_orders", clientId="client_id"),
    ),
    Endpoint(
        name="products_by_finance_type",
        path=f"{FINANCE}/finance_types/{{finance_type_id}}/products",
        model="finance.Product",
        list_key="products",
        answer=those("products", financeTypeId="finance_type_id"),
    ),
    Endpoint(
        name="debtor_groups",
        path="/v0/finance/debtorGroups",
        model="finance.DebtorGroup",
        list_key="debtorGroups",
        answer=table("debtor_groups"),
    ),
    Endpoint(
        name="debtor_groups_by_debtor",
        path="/v0/finance/debtorGroups/byDebtorId/{debtor_id}",
        model="finance.DebtorGroup",
        list_key="debtorGroups",
        answer=_groups_of,
    ),
    Endpoint(
        name="invoice_provider_groups",
        path=f"{FINANCE}/invoiceProviderGroups",
        model="finance.InvoiceProviderGroup",
        list_key="invoiceProviderGroups",
        answer=table("invoice_provider_groups"),
    ),
    Endpoint(
        name="client_financed_products",
        path=f"{FINANCED}/by_location_and_finance_type_in_period",
        model="finance.ClientFinancedProduct",
        list_key="clientFinancedProducts",
        answer=lambda ask: _financed(ask, "finance_id"),
        query=possible(int, "unit_id", "finance_id") + possible(day, *BOUNDS),
        tables=LOCATION,
    ),
    Endpoint(
        name="client_financed_products_of_types",
        path=f"{FINANCED}/by_location_and_finance_types_in_period",
        model="finance.ClientFinancedProduct",
        list_key="clientFinancedProducts",
        answer=lambda ask: _financed(ask, "finance_ids"),
        query=possible(int, "unit_id") + several(int, "finance_ids") + possible(day, *BOUNDS),
        tables=LOCATION,
    ),
)
