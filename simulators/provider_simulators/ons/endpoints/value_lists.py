"""Value lists of several applications: all of each, without parameters."""

from provider_simulators.ons.endpoints.endpoint import Endpoint, table

RELATION_TYPE = "nexus.RelationType"
ENDPOINTS = tuple(
    Endpoint(name=name, path=f"/v0/{path}", model=model, list_key=list_key, answer=table(name))
    for name, path, model, list_key in (
        (
            "client_absence_reasons",
            "administration/clientAbsenceReasons/all",
            "ClientAbsenceReason",
            "clientAbsenceReasons",
        ),
        ("dashboard_profiles", "administration/dashboard_profiles", None, "dashboardProfiles"),
        ("agb_codes", "administration/agbcodes", None, "agbCodes"),
        ("capacity_profiles", "administration/capacity/capacity_profiles", None, "capacityProfiles"),
        ("report_types", "administration/dossier/report_types", None, "reportTypes"),
        (
            "client_contact_relation_types",
            "ons_nexus/client_contact_relation_types",
            RELATION_TYPE,
            "clientContactRelationTypes",
        ),
        (
            "client_employee_relation_types",
            "ons_nexus/client_employee_relation_types",
            RELATION_TYPE,
            "clientEmployeeRelationTypes",
        ),
        ("personal_relation_types", "ons_nexus/personal_relation_types", RELATION_TYPE, "personalRelationTypes"),
        ("organisation_categories", "ons_nexus/organisation_categories", None, "organisationCategories"),
    )
)
"""Paths are of the vendor's inventory; the members that hold the lists are inferred."""
