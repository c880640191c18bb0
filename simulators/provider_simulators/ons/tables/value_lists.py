"""Value lists: reasons, kinds of relation, and the lists whose records the vendor does not describe."""

from collections.abc import Callable, Iterator

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.organisation import CareOrganisation, Plan

EXPIRED = "(vervallen)"
"""At the end of what can no longer be chosen."""


def _chosen(field: str, *texts: str) -> Callable[[CareOrganisation], Iterator[Record]]:
    return lambda _organisation: ({field: text, "active": EXPIRED not in text} for text in texts)


def _relation_types(name: str, ids: int, *texts: str) -> Plan:
    return Plan(name=name, model="nexus.RelationType", ids=ids, facts=_chosen("name", *texts))


def _undescribed(name: str, ids: int, *texts: str) -> Plan:
    """A list of which only the path is known; that its records have an id and a name is inferred."""
    return Plan(name=name, model=None, ids=ids, facts=lambda _organisation: [{"name": text} for text in texts])


PLANS = (
    Plan(
        name="client_absence_reasons",
        model="ClientAbsenceReason",
        ids=60,
        facts=_chosen("reason", "Ziekenhuisopname", "Vakantie", f"Crisisopvang {EXPIRED}"),
    ),
    _relation_types(
        "client_contact_relation_types", 70, "Eerste contactpersoon", "Mantelzorger", "Wettelijk vertegenwoordiger"
    ),
    _relation_types("client_employee_relation_types", 80, "EVV'er", f"Casemanager {EXPIRED}"),
    _relation_types("personal_relation_types", 90, "Dochter", "Zoon", "Buurvrouw"),
    _undescribed("report_types", 100, "Dagrapportage", "Wondzorg"),
    _undescribed("dashboard_profiles", 7_730, "Zorg", "Kantoor"),
    _undescribed("agb_codes", 7_750, "Thuiszorg", "Verpleeghuis"),
    _undescribed("capacity_profiles", 7_770, "Intramuraal", "Dagbesteding"),
    _undescribed("organisation_categories", 7_790, "Huisarts", "Apotheek"),
)
