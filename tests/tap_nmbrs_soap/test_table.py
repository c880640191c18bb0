"""The table of SOAP operations against the inventory of the vendor's WSDL and of working clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tap_nmbrs.rest.operations import OPERATIONS as REST_OPERATIONS
from tap_nmbrs.schemas import SCHEMAS
from tap_nmbrs.soap.documents import DOCUMENTS
from tap_nmbrs.soap.operations import OPERATIONS, Shape, SoapOperation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONLY_V3 = {
    "Contract_GetAll_AllEmployeesByCompany": {"PhaseClassification", "WrittenContract", "HoursPerWeek"},
    "SVW_GetAll_AllEmployeesByCompany": {
        *("Zw", "Ww", "Wao_Wia", "EmploymentType", "PhaseClassification", "EmploymentSequenceTaxId", "CodeZvw"),
        *("IncomeRelatedContributionZvw", "InfluenceObligedInsuranced", "CreateDate", "CAO/CAOCode"),
        *("CAO/CAODescription", "WageCostBenefit/WageCostBenefitCode", "WageCostBenefit/EndPeriod"),
        "WageCostBenefit/EndYear",
    },
}
"""Elements of v3 that the WSDL of v2.1 does not have (seen in working clients)."""
READ_AS = {
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany": "PersonalInfo_GetAll_AllEmployeesByCompany",
}
"""Operations of v3 without a WSDL, whose answers have the form of another."""


NO_WSDL = {
    *("debtors", "departments", "functions", "managers", "debtor_tags"),  # DebtorService
    "variable_days",
}
"""Streams whose elements no WSDL names (seen in working clients)."""


@pytest.fixture(scope="module")
def inventory(provider_specs: Path) -> Mapping[tuple[str, str], dict[str, Any]]:
    text = (provider_specs / "nmbrs" / "endpoints.yaml").read_text(encoding="utf-8")
    table = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {(one["service"], one["operation"]): one for one in table["soap"]["operations"]}


def operations(*, rest: bool | None = None) -> list[Any]:
    names = {operation.stream for operation in REST_OPERATIONS}
    return [pytest.param(one, id=one.stream) for one in OPERATIONS if rest is None or (one.stream in names) == rest]


@pytest.mark.parametrize("operation", operations())
def test_methods_and_parameters_are_to_the_letter(
    inventory: Mapping[tuple[str, str], dict[str, Any]], operation: SoapOperation
) -> None:
    known = inventory[operation.service, operation.method]
    assert known["kind"] == "read"
    parameters = [one["name"] for one in known.get("request") or []]
    if operation.method == "List_GetByCompany":
        parameters = ["CompanyId", "EmployeeType"]  # as v3 has it
    assert list(operation.arguments) == parameters


def test_documents_are_asked_for_to_the_letter(inventory: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    for document in DOCUMENTS.values():
        known = inventory[document.service, document.method]
        assert list(document.arguments) == [one["name"] for one in known["request"]]


@pytest.mark.parametrize("operation", operations())
def test_the_elements_are_those_of_the_vendors_wsdl(
    inventory: Mapping[tuple[str, str], dict[str, Any]], operation: SoapOperation
) -> None:
    method = READ_AS.get(operation.method, operation.method)
    known = inventory[operation.service, method]
    if not operation.fields or operation.stream in NO_WSDL:
        return
    elements = {one["name"].partition("Result")[2].strip(".") for one in known["response"]}
    skip = {Shape.ROWS: 1, Shape.EMPLOYEES: 3, Shape.OBJECT: 0, Shape.TEXT: 0}[operation.shape]
    paths = {"/".join(path.replace("[]", "").split(".")[skip:]) for path in elements}
    paths |= {"EmployeeId", "@"} if operation.shape is Shape.EMPLOYEES else {"@"}
    if operation.stream == "company_schedules":  # the name of the row's element says which it is
        paths = {path.partition("/")[2] or path for path in {p.replace(".", "/") for p in elements}} | {"@"}
    spelled = [source.split("|") for source, _, _ in operation.fields]
    unknown = {source for sources in spelled if not set(sources) & paths for source in sources}
    assert unknown - {""} <= ONLY_V3.get(operation.method, set())


@pytest.mark.parametrize("operation", operations(rest=True))
def test_a_stream_of_both_apis_has_one_schema_and_one_key(operation: SoapOperation) -> None:
    (rest,) = [one for one in REST_OPERATIONS if one.stream == operation.stream]
    assert operation.primary_keys == rest.primary_keys
    assert operation.per == rest.per
    assert operation.window == rest.window
    assert operation.personal_data == rest.personal_data


@pytest.mark.parametrize("operation", operations())
def test_every_member_of_a_row_is_a_column(operation: SoapOperation) -> None:
    properties = SCHEMAS.get_schema(operation.stream)["properties"]
    sources = {declared.get("x-source-name", _camel(name)) for name, declared in properties.items()}
    ours = {target for _, target, _ in operation.fields}
    assert {target for target in ours if target.lower() not in {source.lower() for source in sources}} == set()


def test_what_rest_has_not_is_deselected_if_it_is_about_families_or_judgements() -> None:
    only = {one.stream: one.selected for one in OPERATIONS} | {one.stream: None for one in REST_OPERATIONS}
    assert {name: selected for name, selected in only.items() if selected is not None} == {
        "labour_agreements": True,
        "run_requests": True,
        "partners": False,
        "performance_reviews": False,
    }


def test_nobody_is_asked_employee_by_employee_unless_it_is_selected() -> None:
    assert [one.stream for one in OPERATIONS if one.selected and one.parent and one.parent.stream == "employees"] == []


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)
