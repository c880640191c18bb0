"""DebtorService: the environment and the payroll office's clients. Its WSDL is not public: names of a client of v3."""

from collections.abc import Iterable
from uuid import UUID

from provider_simulators.nmbrs.records import organisation
from provider_simulators.nmbrs.soap.backend import DOMAIN, SoapBackend
from provider_simulators.nmbrs.soap.operation import Operation, of_debtor
from provider_simulators.nmbrs.soap.values import Items, Row
from provider_simulators.world import Debtor


def _environment(_: SoapBackend) -> Row:
    """The environment of the login: what is missing in a domain-less header."""
    return {"SubDomain": DOMAIN, "Domain": "nmbrs.nl"}


def _debtors(backend: SoapBackend) -> Items:
    return Items.of(
        "Debtor",
        (
            {"Id": backend.ids.number("debtor", each.id), "Number": int(each.number), "Name": each.name}
            for each in backend.office.debtors()
        ),
    )


def _departments(backend: SoapBackend, debtor: Debtor) -> Items:
    return Items.of(
        "Department",
        (
            {"Id": backend.ids.number("department", each.id), "Code": each.code, "Description": each.description}
            for each in debtor.departments
        ),
    )


def _functions(backend: SoapBackend, debtor: Debtor) -> Items:
    return Items.of(
        "Function",
        (
            {
                "Id": backend.ids.number("function", each["functionId"]),
                "Code": each["code"],
                "Description": each["description"],
            }
            for each in organisation.functions_of(debtor.id)
        ),
    )


def _managers(_: SoapBackend, debtor: Debtor) -> Items:
    """Managers have a number and no id here."""
    people = (organisation.placed(each, debtor) for each in organisation.managers_of(debtor.id))
    return Items.of(
        "Manager",
        (
            {
                "Number": each["number"],
                "FirstName": each["firstName"],
                "Name": each["lastName"],
                "Department": each["department"]["description"],
                "Function": each["function"]["description"],
                "PhoneNumber": each["phoneNumber"],
                "Mobile": each["cellphone"],
                "Fax": each["fax"],
                "Email": each["email"],
            }
            for each in people
        ),
    )


def _tags(_: SoapBackend, debtor: Debtor) -> Items:
    """Tags; the number is a number here, and there is a color."""
    return Items.of(
        "Tag",
        (
            {"Number": int(each["tagNumber"]), "HexColor": "#2A6FB0", "Tag": each["description"]}
            for each in organisation.tags(debtor)
        ),
    )


def _converted(backend: SoapBackend) -> Row:
    """The debtors' numbers and their UUIDs."""
    numbered = [(backend.ids.number("debtor", each.id), each.id) for each in backend.office.debtors()]
    return mappings("Debtor", numbered)


def mappings(entity: str, numbered: Iterable[tuple[int, UUID]]) -> Row:
    """What the converters answer."""
    rows = Items.of("Mapping", ({"IdInt": number, "IdGuid": thing} for number, thing in numbered))
    return {"Entity": entity, "Mappings": rows}


OPERATIONS = (
    Operation(name="Environment_Get", answer=_environment),
    Operation(name="List_GetAll", answer=_debtors),
    Operation(name="Department_GetList", parameters=("DebtorId",), answer=of_debtor(_departments)),
    Operation(name="Function_GetList", parameters=("DebtorId",), answer=of_debtor(_functions)),
    Operation(name="Manager_GetList", parameters=("DebtorId",), answer=of_debtor(_managers)),
    Operation(name="Tags_Get", parameters=("DebtorId",), answer=of_debtor(_tags)),
    Operation(name="Converter_GetDebtors_IntToGuid", answer=_converted),
)
