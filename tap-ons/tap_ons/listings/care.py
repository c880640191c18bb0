"""Clients: absences, care in numbers, declaration rules, tasks."""

from typing import Final

from tap_ons.listing import End, Ids, Kind, Listing, Parent, Window
from tap_ons.listings.terms import ADMINISTRATION, CLIENT, CLIENT_STAMPED, FINANCE, PLANNED

__all__ = ["LISTINGS"]

LISTINGS: Final = (
    Listing(
        stream="client_absences_in_period",
        path=f"{ADMINISTRATION}/clientAbsences/search_by_client",
        model="ClientAbsence",
        parent=CLIENT,
        window=Window(end=End.INCLUSIVE, ahead=True),
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="clients_in_care",
        path=f"{ADMINISTRATION}/clients_in_care",
        model="ClientsInCare",
        primary_keys=("period_start",),
        window=Window(kind=Kind.DATETIME, calendar_months=True, column="period_start"),
        single=True,
        selected=False,
    ),
    Listing(
        stream="declaration_rules",
        path=f"{FINANCE}/declaration_rules/by_client/{{client_id}}",
        model="finance.DeclarationRule",
        parent=CLIENT,
        selected=False,
    ),
    Listing(
        stream="declarations_verified_until",
        path=f"{FINANCE}/declaration_rules/by_client/{{client_id}}/verified_until",
        model="finance.VerifiedUntil",
        primary_keys=("client_id",),
        parent=CLIENT_STAMPED,
        single=True,
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="client_financed_products",
        path=f"{FINANCE}/client_financed_products/by_location_and_finance_types_in_period",
        model="finance.ClientFinancedProduct",
        primary_keys=("location_id", "client_object_id", "finance_type_object_id", "period_start"),
        parent=Parent(stream="locations", parameter="unit_id", column="location_id"),  # inferred from the path
        ids=Ids(stream="finance_types", parameter="finance_ids", at_most=50),
        window=Window(begins="start_period", ends="end_period", calendar_months=True, column="period_start"),
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="care_task_occurrences",
        path="/v0/taken/clients/{client_id}/care_task_occurrences",
        model=None,
        parent=CLIENT,
        window=PLANNED,
        selected=False,
        personal_data="health",
    ),
)
