"""The simulator's operations and answers against the vendor's own WSDLs (v2.1), but for what v3 changed."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
import yaml
from defusedxml.ElementTree import parse
from provider_simulators.nmbrs.soap.operation import inventory
from provider_simulators.nmbrs.soap.routes import SERVICES

from tests.simulators.nmbrs_soap.conftest import SoapCaller, content_of

SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
WITH_WSDL = ("CompanyService", "EmployeeService")
LEXICAL = {
    "int": r"-?\d{1,10}",
    "decimal": r"-?\d+(\.\d+)?",
    "boolean": r"true|false",
    "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?",
}
"""Texts of the simple types; dates have no zone (seen in working clients)."""

CHANGED_IN_V3 = {
    "SVW_GetAll_AllEmployeesByCompany": "another set of fields",
    "Contract_GetAll_AllEmployeesByCompany": "another name of the item, three fields more",
    "DaysVarWorked_Get": "called DaysVar_Get before",
    "EmployeeType_GetList": "new",
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany": "new",
    "Converter_GetByCompany_IntToGuid": "new",
}
PARAMETERS_OF_V3 = {
    ("EmployeeService", "List_GetByCompany"): ["CompanyId", "EmployeeType"],
    ("EmployeeService", "List_GetByDebtor"): ["DebtorId", "EmployeeType"],
}
NOT_IN_THE_INVENTORY = {("DebtorService", "Converter_GetDebtors_IntToGuid"): "seen in a working client of v3"}


class Wsdl:
    """Elements and types of a service."""

    def __init__(self, path: Path) -> None:
        root = parse(path).getroot()
        self.types = {each.get("name"): each for each in root.iter() if each.get("name") and _is_type(each)}
        schema = root.find(f".//{SCHEMA}schema")
        assert schema is not None
        self.elements = {each.get("name"): each for each in schema.findall(f"{SCHEMA}element")}

    def fields(self, type_element: Element) -> list[Element]:
        """The sequence of a complex type, that of its base first."""
        extension = type_element.find(f"{SCHEMA}complexContent/{SCHEMA}extension")
        base = self.fields(self.types[_local(extension.get("base"))]) if extension is not None else []
        holder = type_element if extension is None else extension
        return base + holder.findall(f"{SCHEMA}sequence/{SCHEMA}element")

    def errors(self, element: Element, declaration: Element) -> Iterator[str]:
        """What is wrong with an element."""
        if element.get(NIL) == "true":
            if declaration.get("nillable") != "true":
                yield f"{element.tag} may not be nil"
            return
        kind = _local(declaration.get("type"))
        inner = declaration.find(f"{SCHEMA}complexType")
        type_element = inner if inner is not None else self.types.get(kind)
        if type_element is None:
            if not re.fullmatch(LEXICAL.get(kind, "(?s).*"), element.text or ""):
                yield f"{element.tag} is no {kind}"
        elif type_element.tag == f"{SCHEMA}simpleType":
            allowed = [each.get("value") or "" for each in type_element.iter(f"{SCHEMA}enumeration")]
            patterns = [each.get("value") or "" for each in type_element.iter(f"{SCHEMA}pattern")]
            if not any(re.fullmatch(each, element.text or "") for each in patterns or map(re.escape, allowed)):
                yield f"{element.tag} has an unknown value"
        else:
            yield from self._content_errors(element, type_element)

    def _content_errors(self, element: Element, type_element: Element) -> Iterator[str]:
        left = list(element)
        for field in self.fields(type_element):
            several = field.get("maxOccurs") == "unbounded"
            found = 0
            while left and left[0].tag == field.get("name") and (several or not found):
                yield from self.errors(left.pop(0), field)
                found += 1
            if not found and field.get("minOccurs") != "0":
                yield f"{element.tag} has no {field.get('name')}"
        yield from (f"{element.tag} has {each.tag} too much or in the wrong place" for each in left)


def _is_type(element: Element) -> bool:
    return element.tag in (f"{SCHEMA}complexType", f"{SCHEMA}simpleType")


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]


@pytest.fixture(scope="module")
def vendor_wsdls(provider_specs: Path) -> dict[str, Wsdl]:
    return {each: Wsdl(provider_specs / "nmbrs" / f"soap-v2.1-{each}.wsdl") for each in WITH_WSDL}


OPERATIONS = [(service, name) for service in WITH_WSDL for name in SERVICES[service] if name not in CHANGED_IN_V3]


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
def test_every_operation_has_the_vendors_parameters(vendor_wsdls: dict[str, Wsdl], service: str, name: str) -> None:
    request = vendor_wsdls[service].elements[name]
    vendors = [each.get("name") for each in request.iter(f"{SCHEMA}element") if each is not request]
    simulated = [parameter.partition(".")[0] for parameter in SERVICES[service][name].parameters]
    assert sorted(simulated) == sorted(PARAMETERS_OF_V3.get((service, name), vendors))


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
def test_every_answer_fits_the_vendors_types(
    soap_caller: SoapCaller, vendor_wsdls: dict[str, Wsdl], service: str, name: str
) -> None:
    wsdl, is_empty = vendor_wsdls[service], True
    for parameters in questions(soap_caller, SERVICES[service][name].parameters):
        answer = soap_caller.post(service, name, parameters)
        assert answer.status_code == 200, answer.text
        content = content_of(answer)
        assert list(wsdl.errors(content, wsdl.elements[f"{name}Response"])) == []
        is_empty = is_empty and not len(content)
    assert not is_empty, "nothing to compare"


def questions(caller: SoapCaller, names: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Parameters for every company, or for every employee of the first one."""
    debtors = [each["Id"] for each in caller.rows("DebtorService", "List_GetAll")]
    kind = caller.rows("EmployeeService", "EmployeeType_GetList")[2]["Id"]
    for number in ("1",) if "EmployeeId" in names else ("1", "2", "3"):
        company = caller.company(number)
        run = caller.run(company)["ID"]
        wage_tax = caller.rows("CompanyService", "WageTax_GetList", CompanyId=company, intYear=2026)[0][
            "LoonaangifteID"
        ]
        people = [each["Id"] for each in caller.employees(company)] if "EmployeeId" in names else ["0"]
        for employee in people:
            values = {
                "companyid": company,
                "debtorid": debtors[0],
                "employeeid": employee,
                "employeetype": kind,
                "runid": run,
                "year": 2026,
                "intyear": 2026,
                "period": 6,
                "scale.scale": {"Scale": "A", "ScaleValue": 0},
                "type": "Type1",
                "soort": "",
                "loonaangifteid": wage_tax,
            }
            yield {name.partition(".")[0]: values[name.lower()] for name in names}


def test_contracts_are_v2s_but_for_three_fields(soap_caller: SoapCaller, vendor_wsdls: dict[str, Wsdl]) -> None:
    wsdl = vendor_wsdls["EmployeeService"]
    result = soap_caller.result(
        "EmployeeService", "Contract_GetAll_AllEmployeesByCompany", CompanyID=soap_caller.company()
    )
    assert result is not None
    items = result.findall("EmployeeContractItemGlobal")
    assert items
    for item in items:
        for contract in item.iter("EmployeeContract"):
            added = [contract.find(name) for name in ("PhaseClassification", "WrittenContract", "HoursPerWeek")]
            for each in added:
                assert each is not None
                contract.remove(each)
        item.tag = "EmployeeContractItem"
        declaration = Element("element", {"type": "tns:EmployeeContractItem"})
        assert list(wsdl.errors(item, declaration)) == []


def test_the_comparison_notices_a_wrong_answer(vendor_wsdls: dict[str, Wsdl]) -> None:
    row = Element("RunInfo")
    for name, text in (("ID", "x"), ("Number", "1"), ("Year", "2026"), ("IsLocked", "True"), ("More", "")):
        each = Element(name)
        each.text = text
        row.append(each)
    declaration = Element("element", {"type": "tns:RunInfo"})
    errors = list(vendor_wsdls["CompanyService"].errors(row, declaration))
    assert errors == [
        "ID is no int",
        "RunInfo has no PeriodStart",
        "RunInfo has no PeriodEnd",
        "RunInfo has no RunAt",
        "IsLocked is no boolean",
        "RunInfo has More too much or in the wrong place",
    ]


def test_the_inventory_is_that_of_the_specifications(provider_specs: Path) -> None:
    document = yaml.safe_load((provider_specs / "nmbrs" / "endpoints.yaml").read_text(encoding="utf-8"))
    known = {(each["service"], each["operation"]) for each in document["soap"]["operations"]}
    assert inventory() == known
    simulated = {(service, name) for service, operations in SERVICES.items() for name in operations}
    assert simulated - known == set(NOT_IN_THE_INVENTORY)


def test_parameters_of_services_without_wsdl_are_those_of_clients(provider_specs: Path) -> None:
    document = yaml.safe_load((provider_specs / "nmbrs" / "endpoints.yaml").read_text(encoding="utf-8"))
    for each in document["soap"]["operations"]:
        operation = SERVICES[each["service"]].get(each["operation"])
        if operation and each["service"] not in WITH_WSDL and each["operation"] != "Environment_Get":
            assert list(operation.parameters) == [parameter["name"] for parameter in each["request"]]
