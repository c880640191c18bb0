"""Lists of an organisation's own choice, in full: types, agreements, profiles, groups."""

from typing import Final

from tap_ons.listing import Listing, Parent
from tap_ons.listings.terms import ADMINISTRATION, FINANCE, PLANNING

__all__ = ["LISTINGS"]

LISTINGS: Final = (
    Listing(stream="hour_types", path=f"{ADMINISTRATION}/hour_types", model="HourType"),
    Listing(stream="hour_type_categories", path=f"{ADMINISTRATION}/hour_type_categories", model="HourTypeCategory"),
    Listing(
        stream="hour_type_product_assignments",
        path=f"{ADMINISTRATION}/hour_type_product_assignments",
        model="HourTypeProductAssignment",
    ),
    Listing(
        stream="workday_hour_types",
        path=f"{ADMINISTRATION}/hour_types/workdays",
        model="ons_administration.WorkdayHourTypeModel",
        primary_keys=("hour_type_object_id",),
    ),
    Listing(stream="expense_types", path=f"{ADMINISTRATION}/expense_types", model="expense.ExpenseType"),
    Listing(stream="account_types", path=f"{ADMINISTRATION}/account_types", model="payroll.AccountType"),
    Listing(
        stream="collective_agreements",
        path=f"{ADMINISTRATION}/collective_agreements",
        model="payroll.CollectiveAgreement",
    ),
    Listing(
        stream="collective_agreement_rules",
        path=f"{ADMINISTRATION}/collective_agreement_rules/by_collective_agreement_id/{{collective_agreement_id}}",
        model="payroll.CollectiveAgreementRule",
        parent=Parent(stream="collective_agreements", parameter="collective_agreement_id"),
    ),
    Listing(stream="weeksheet_profiles", path=f"{ADMINISTRATION}/weeksheet_profiles", model="WeeksheetProfile"),
    Listing(stream="holidays", path=f"{ADMINISTRATION}/holidays", model="payroll.holiday.Holiday"),
    Listing(
        stream="client_absence_reasons",
        path=f"{ADMINISTRATION}/clientAbsenceReasons/all",
        model="ClientAbsenceReason",
        selected=False,
    ),
    Listing(stream="dashboard_profiles", path=f"{ADMINISTRATION}/dashboard_profiles", model=None, selected=False),
    Listing(stream="agb_codes", path=f"{ADMINISTRATION}/agbcodes", model=None, selected=False),
    Listing(
        stream="capacity_profiles",
        path=f"{ADMINISTRATION}/capacity/capacity_profiles",
        model=None,
        selected=False,
    ),
    Listing(stream="report_types", path=f"{ADMINISTRATION}/dossier/report_types", model=None, selected=False),
    Listing(
        stream="client_contact_relation_types",
        path="/v0/ons_nexus/client_contact_relation_types",
        model="nexus.RelationType",
        selected=False,
    ),
    Listing(
        stream="client_employee_relation_types",
        path="/v0/ons_nexus/client_employee_relation_types",
        model="nexus.RelationType",
        selected=False,
    ),
    Listing(
        stream="personal_relation_types",
        path="/v0/ons_nexus/personal_relation_types",
        model="nexus.RelationType",
        selected=False,
    ),
    Listing(stream="organisation_categories", path="/v0/ons_nexus/organisation_categories", model=None, selected=False),
    Listing(stream="debtor_groups", path="/v0/finance/debtorGroups", model="finance.DebtorGroup"),
    Listing(
        stream="invoice_provider_groups",
        path=f"{FINANCE}/invoiceProviderGroups",
        model="finance.InvoiceProviderGroup",
    ),
    Listing(stream="planning_units", path=f"{PLANNING}/units", model="moves.Team", primary_keys=("unit_id",)),
)
