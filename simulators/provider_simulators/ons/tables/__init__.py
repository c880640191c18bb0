"""All tables of a customer: how their first records are made, and which field points to which table."""

from collections.abc import Mapping
from types import MappingProxyType

from provider_simulators.ons.organisation import Plan
from provider_simulators.ons.tables import care, catalogues, finance, people, planning, value_lists

PLANS: Mapping[str, Plan] = MappingProxyType({
    plan.name: plan
    for chapter in (people.PLANS, catalogues.PLANS, value_lists.PLANS, care.PLANS, finance.PLANS, planning.PLANS)
    for plan in chapter
})  # fmt: skip

_LINKS = {
    "clients": "clientId clientObjectId",
    "employees": "employeeId employeeObjectId externalEmployeeId verifiedByEmployeeId",
    "teams": "teamId teamObjectId costTeamObjectId clusterObjectId",
    "locations": "locationId locationObjectId",
    "hour_types": "hourTypeId activityObjectId externalHourTypeId exportHourTypeId",
    "educations": "expertiseProfileId expertiseProfileObjectId externalExpertiseProfileId",
    "finance_types": "financeTypeId",
    "products": "productId productObjectId originalProductId declarableProductId",
    "debtors": "debtorId debtorObjectId",
    "care_orders": "careOrderId indicatieBesluitObjectId careOrderObjectId",
    "care_order_products": "careOrderProductId careOrderProductObjectId",
    "invoices": "invoiceId",
    "invoice_rows": "invoiceRowId",
    "finance_logs": "financeLogId",
    "export_profiles": "exportProfileId",
    "units": "unitId rosterUnitId",
    "account_types": "accountTypeId",
    "collective_agreements": "collectiveAgreementId",
    "contract_types": "contractTypeId",
    "expense_types": "expenseTypeObjectId",
    "availability_types": "availabilityTypeId",
}
LINKS: Mapping[str, str] = MappingProxyType(
    {field: table for table, fields in _LINKS.items() for field in fields.split()}
)
