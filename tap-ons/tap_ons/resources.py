"""What can be read in bulk: one row per resource of the family `xstream` (vendor OpenAPI)."""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

__all__ = ["RESOURCES", "Feed", "Resource"]


class Feed(StrEnum):
    """What a resource can be asked for; the value is the last part of its path."""

    DATA = auto()
    UPDATES = auto()
    DELETES = auto()


_D: Final = frozenset({Feed.DATA})
_U: Final = frozenset({Feed.UPDATES})
_DU: Final = _D | _U
_DUX: Final = _DU | {Feed.DELETES}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A bulk resource, and the stream that it becomes.

    Attributes:
        stream: Name of the stream, and of its schema file.
        name: Name of the resource in its paths, in the provider's spelling.
        model: The provider's name of what a row is.
        feeds: What it can be asked for.
        primary_keys: Columns of the key.
        selected: Whether the stream is selected unless the catalog says otherwise.
        personal_data: A class of personal data without which there is nothing to tell; the stream exists only if
            that class is asked for.
    """

    stream: str
    name: str
    model: str
    feeds: frozenset[Feed]
    primary_keys: tuple[str, ...] = ("id",)
    selected: bool = True
    personal_data: str | None = None

    def path(self, feed: Feed) -> str:
        """Give the path of a feed: `/v0/xstream/teams/updates`."""
        return f"/v0/xstream/{self.name}/{feed}"


def _rows(
    model: str, name: str, feeds: frozenset[Feed], *, stream: str | None = None, selected: bool = True
) -> Resource:
    return Resource(stream=stream or name, name=name, model=model, feeds=feeds, selected=selected)


def _health(model: str, name: str, feeds: frozenset[Feed]) -> Resource:
    return Resource(stream=name, name=name, model=model, feeds=feeds, selected=False, personal_data="health")


RESOURCES: Final = (
    # Employees, hours and organisation
    _rows("Employee", "employees", _DUX),
    _rows("payroll.Contract", "contracts", _DU),
    _rows("payroll.ContractType", "contract_types", _D),
    _rows("payroll.HourlyWage", "hourly_wages", _DU),
    _rows("EmployeeAddress", "employee_addresses", _DU),
    _rows("Team", "teams", _DUX),
    _rows("TeamAssignment", "team_assignments", _DUX),
    _rows("User", "responsibilities", _DUX, stream="users"),
    _rows("ExpertiseProfile", "educations", _DU, stream="expertise_profiles"),
    _rows("ExpertiseProfileAssignment", "expertise_profile_assignments", _DU),
    _rows("ExpertiseGroup", "expertise_groups", _DU),
    _rows("Location", "locations", _DU),
    _health("moves.Availability", "availabilities", _DUX),
    _rows("moves.AvailabilityType", "availability_types", _D),
    _rows("FreeFieldAssignment", "free_field_assignments", _DU, selected=False),
    _rows("FreeFieldCategory", "free_field_categories", _D),
    _rows("FreeFieldDefinition", "free_field_definitions", _D),
    # Clients and care
    _rows("Client", "clients", _DUX, selected=False),
    _rows("CareAllocation", "care_allocations", _DUX, selected=False),
    _rows("LocationAssignment", "location_assignments", _DU, selected=False),
    _rows("ClientAddress", "client_addresses", _DU, selected=False),
    _rows("ClientContactRelation", "relations", _DU, selected=False),
    _rows("ClientContactRelationAddress", "client_contact_relation_addresses", _DU, selected=False),
    _rows("nexus.ClientEmployeeRelation", "client_employee_relations", _DU, selected=False),
    _health("ClientAbsence", "client_absences", _D),
    _health("CareArrangement", "care_arrangements", _DU),
    _rows("groupcare.Group", "groups", _D, selected=False),
    _rows("groepsplanning.Group", "groepsplanning_groups", _D, selected=False),
    _health("Document", "documents", _DUX),
    _health("dossier.Report", "reports", _DU),
    # Finance
    _rows("finance.CareOrder", "care_orders", _DU),
    _rows("finance.CareOrderProduct", "care_order_products", _DU),
    _rows("finance.FinanceType", "finance_types", _DU),
    _rows("finance.Product", "products", _DU),
    _rows("finance.ExportProfile", "export_profiles", _DU),
    _rows("Debtor", "debtors", _DU),
    _rows("Insurance", "insurances", _DU, selected=False),
    _rows("BankAccount", "bank_accounts", _DU, selected=False),
    _rows("finance.Invoice", "invoices", _DU),
    _rows("finance.InvoiceRow", "invoice_rows", _DU),
    _rows("finance.Restitution", "restitutions", _DU),
    _rows("finance.FinanceLog", "finance_logs", _DU),
    Resource(
        stream="invoice_row_finance_logs",
        name="invoice_row_finance_logs",
        model="finance.InvoiceRowFinanceLog",
        feeds=_U,
        primary_keys=("invoice_row_id", "finance_log_id"),
    ),
    _rows("finance.VecozoInvoiceRelation", "vecozo_invoice_relations", _DU),
    # Planning
    _rows("moves.Unit", "units", _DUX),
    _rows("moves.Shift", "shifts", _DUX),
    _rows("moves.Membership", "memberships", _DUX),
    _rows("moves.ExpertiseProfile", "expertise_profiles", _DUX, stream="planning_expertise_profiles"),
)
"""All 48 of them."""
