"""The bulk resources of the `xstream` family: which feeds each has, of which model (vendor OpenAPI)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Feed(StrEnum):
    """What a resource can be asked."""

    DATA = "data"
    """All records."""
    UPDATES = "updates"
    """Records that were created or changed since a moment."""
    DELETES = "deletes"
    """Records that were deleted since a moment."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A bulk resource.

    Attributes:
        name: As in the path.
        model: Name of the vendor's model.
        list_key: The one member of the JSON wrapper.
        feeds: Those that it has; the others answer 404.
        key: Fields that together name a record.
    """

    name: str
    model: str
    list_key: str
    feeds: frozenset[Feed]
    key: tuple[str, ...] = ("id",)


def _resource(name: str, model: str, list_key: str, feeds: str, key: tuple[str, ...] = ("id",)) -> Resource:
    return Resource(
        name=name, model=model, list_key=list_key, feeds=frozenset(Feed(feed) for feed in feeds.split()), key=key
    )


RESOURCES = (
    _resource("availabilities", "moves.Availability", "availabilities", "data updates deletes"),
    _resource("availability_types", "moves.AvailabilityType", "availabilityTypes", "data"),
    _resource("bank_accounts", "BankAccount", "bankAccounts", "data updates"),
    _resource("care_allocations", "CareAllocation", "careAllocations", "data updates deletes"),
    _resource("care_arrangements", "CareArrangement", "careArrangements", "data updates"),
    _resource("care_order_products", "finance.CareOrderProduct", "careOrderProducts", "data updates"),
    _resource("care_orders", "finance.CareOrder", "careOrders", "data updates"),
    _resource("client_absences", "ClientAbsence", "clientAbsences", "data"),
    _resource("client_addresses", "ClientAddress", "clientAddresses", "data updates"),
    _resource(
        "client_contact_relation_addresses",
        "ClientContactRelationAddress",
        "clientContactRelationAddresses",
        "data updates",
    ),
    _resource("client_employee_relations", "nexus.ClientEmployeeRelation", "clientEmployeeRelations", "data updates"),
    _resource("clients", "Client", "clients", "data updates deletes"),
    _resource("contract_types", "payroll.ContractType", "contractTypes", "data"),
    _resource("contracts", "payroll.Contract", "contracts", "data updates"),
    _resource("debtors", "Debtor", "debtors", "data updates"),
    _resource("documents", "Document", "documents", "data updates deletes"),
    _resource("educations", "ExpertiseProfile", "expertiseProfiles", "data updates"),
    _resource("employee_addresses", "EmployeeAddress", "employeeAddresses", "data updates"),
    _resource("employees", "Employee", "employees", "data updates deletes"),
    _resource("expertise_groups", "ExpertiseGroup", "expertiseGroups", "data updates"),
    _resource(
        "expertise_profile_assignments", "ExpertiseProfileAssignment", "expertiseProfileAssignments", "data updates"
    ),
    _resource("expertise_profiles", "moves.ExpertiseProfile", "expertiseProfiles", "data updates deletes"),
    _resource("export_profiles", "finance.ExportProfile", "exportProfiles", "data updates"),
    _resource("finance_logs", "finance.FinanceLog", "financeLogs", "data updates"),
    _resource("finance_types", "finance.FinanceType", "financeTypes", "data updates"),
    _resource("free_field_assignments", "FreeFieldAssignment", "freeFieldAssignments", "data updates"),
    _resource("free_field_categories", "FreeFieldCategory", "freeFieldCategories", "data"),
    _resource("free_field_definitions", "FreeFieldDefinition", "freeFieldDefinitions", "data"),
    _resource("groepsplanning_groups", "groepsplanning.Group", "groups", "data"),
    _resource("groups", "groupcare.Group", "groups", "data"),
    _resource("hourly_wages", "payroll.HourlyWage", "hourlyWages", "data updates"),
    _resource("insurances", "Insurance", "insurances", "data updates"),
    _resource(
        "invoice_row_finance_logs",
        "finance.InvoiceRowFinanceLog",
        "invoiceRowFinanceLogs",
        "updates",
        key=("invoiceRowId", "financeLogId"),
    ),
    _resource("invoice_rows", "finance.InvoiceRow", "invoiceRows", "data updates"),
    _resource("invoices", "finance.Invoice", "invoices", "data updates"),
    _resource("location_assignments", "LocationAssignment", "locationAssignments", "data updates"),
    _resource("locations", "Location", "locations", "data updates"),
    _resource("memberships", "moves.Membership", "memberships", "data updates deletes"),
    _resource("products", "finance.Product", "products", "data updates"),
    _resource("relations", "ClientContactRelation", "clientContactRelations", "data updates"),
    _resource("reports", "dossier.Report", "reports", "data updates"),
    _resource("responsibilities", "User", "users", "data updates deletes"),
    _resource("restitutions", "finance.Restitution", "restitutions", "data updates"),
    _resource("shifts", "moves.Shift", "shifts", "data updates deletes"),
    _resource("team_assignments", "TeamAssignment", "teamAssignments", "data updates deletes"),
    _resource("teams", "Team", "teams", "data updates deletes"),
    _resource("units", "moves.Unit", "units", "data updates deletes"),
    _resource("vecozo_invoice_relations", "finance.VecozoInvoiceRelation", "vecozoInvoiceRelationList", "data updates"),
)
BY_NAME: Mapping[str, Resource] = MappingProxyType({resource.name: resource for resource in RESOURCES})
