"""Answers against the field lists that were read from the vendor's schemas."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from provider_simulators.ons.endpoints import ENDPOINTS, Endpoint
from provider_simulators.ons.resources import RESOURCES, Feed, Resource
from provider_simulators.ons.schema import models
from provider_simulators.ons.tables import LINKS

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

FORMS: dict[str, Callable[[Any], object]] = {
    "int64": lambda value: type(value) is int,
    "int32": lambda value: type(value) is int,
    "double": lambda value: type(value) in (int, Decimal),
    "float": lambda value: type(value) in (int, Decimal),
    "bool": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "enum": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value),
    "time": lambda value: re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}", value),
    "datetime": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00", value),
}
FEEDS = ("data", "updates", "deletes")
EXPORT = "/v0/administration/export/export_presence_logs"
NOT_HERE = {
    "/ping",
    f"{EXPORT}/collect",
    f"{EXPORT}/status/{{}}",
    f"{EXPORT}/result/{{}}",
}
"""Routes of their own."""
KNOWN_FROM_THE_INVENTORY = {
    "/v0/administration/clients/find",
    "/v0/administration/clients/ids_in_care_in_period",
    "/v0/administration/clients/in_care_in_period",
    "/v0/administration/employees/find",
    "/v0/administration/employees/workday_norms/from",
    "/v0/administration/employees/{}/teams",
    "/v0/administration/employees/{}/workday_norms",
    "/v0/administration/expertise_groups",
    "/v0/administration/expertise_profiles",
    "/v0/administration/finance/declaration_rules/by_client/{}/verified_until",
    "/v0/administration/agbcodes",
    "/v0/administration/capacity/capacity_profiles",
    "/v0/administration/clientAbsenceReasons/all",
    "/v0/administration/dashboard_profiles",
    "/v0/administration/dossier/report_types",
    "/v0/administration/employees/{}/bank_account",
    "/v0/agenda/employees/{}/agenda_occurrences",
    "/v0/ons_nexus/client_contact_relation_types",
    "/v0/ons_nexus/client_employee_relation_types",
    "/v0/ons_nexus/organisation_categories",
    "/v0/ons_nexus/personal_relation_types",
    "/v0/taken/clients/{}/care_task_occurrences",
    *(
        f"/v0/administration/{name}/multiple"
        for name in (
            "clients",
            "expertise_groups",
            "expertise_profile_assignments",
            "expertise_profiles",
            "hour_types",
            "locations",
            "teams",
        )
    ),
}


@pytest.fixture(scope="module")
def ons_specification(provider_specs: Path) -> dict[str, Any]:
    return yaml.load(
        (provider_specs / "ons" / "endpoints.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )


def fields_of(specification: dict[str, Any], model: str) -> Iterator[tuple[str, str]]:
    described = specification["models"][model]
    if "extends" in described:
        yield from fields_of(specification, described["extends"])
    yield from ((field["name"], field["type"]) for field in described["fields"])


def faults(specification: dict[str, Any], model: str, record: dict[str, Any]) -> Iterator[str]:
    types = dict(fields_of(specification, model))
    for name, value in record.items():
        kind, _, inner = types.get(name, "unknown").partition(":")
        if kind == "unknown":
            yield f"{model}.{name} is unknown"
        elif value is not None and inner:
            for each in value if kind == "array" else [value]:
                if inner in specification["models"]:
                    yield from faults(specification, inner, each)
                elif not FORMS[inner](each):
                    yield f"{model}.{name} is no {kind} of {inner}"
        elif value is not None and not FORMS[kind](value):
            yield f"{model}.{name} is no {kind}"


def rows_of(caller: "OnsCaller", resource: Resource) -> list[dict[str, Any]]:
    feed = "data" if Feed.DATA in resource.feeds else "updates?since=2000-01-01T00:00:00.000"
    answer = caller.get(f"/v0/xstream/{resource.name}/{feed}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json(parse_float=Decimal)[resource.list_key]
    return rows


def test_all_resources_have_the_feeds_models_list_keys_and_keys_of_the_vendor(
    ons_specification: dict[str, Any],
) -> None:
    described = {
        each["resource"]: (each["model"], each["json_list_key"], tuple(each["key"]), {*FEEDS} & each.keys())
        for each in ons_specification["xstream"]["resources"]
    }

    assert {
        each.name: (each.model, each.list_key, each.key, {*map(str, each.feeds)}) for each in RESOURCES
    } == described
    assert len(RESOURCES) == 48
    assert sum(len(each.feeds) for each in RESOURCES) == 100


def test_the_fields_of_all_models_are_the_vendors(ons_specification: dict[str, Any]) -> None:
    for name, model in models().items():
        assert list(model.fields) == [field for field, _ in fields_of(ons_specification, name)], name
    assert {*ons_specification["models"]} - {*models()} == {"moves.Absence"}


@pytest.mark.parametrize("sparse", [True, False])
def test_records_of_all_resources_have_the_fields_and_types_of_the_vendors_schemas(
    start_ons: "StartOns", ons_specification: dict[str, Any], *, sparse: bool
) -> None:
    caller = start_ons(sparse=sparse)
    for resource in RESOURCES:
        records = rows_of(caller, resource)
        assert records, resource.name
        assert [fault for record in records for fault in faults(ons_specification, resource.model, record)] == []
        if not sparse:
            fields = [field for field, _ in fields_of(ons_specification, resource.model)]
            assert all(list(record) == fields or sorted(record) == sorted(fields) for record in records), resource.name
        keys = [tuple(record[field] for field in resource.key) for record in records]
        assert len(set(keys)) == len(keys)


def test_foreign_keys_of_the_bulk_resources_point_to_records(start_ons: "StartOns") -> None:
    caller = start_ons(sparse=False)
    rows = {resource.name: rows_of(caller, resource) for resource in RESOURCES}
    ids = {name: {row["id"] for row in records if "id" in row} for name, records in rows.items()}
    checked = 0
    for records in rows.values():
        for record in records:
            for field, table in LINKS.items():
                if table in ids and record.get(field) not in (None, 0, -1):
                    checked += 1
                    assert record[field] in ids[table], (field, record[field], table)
    assert checked > 5000


def template(path: str) -> str:
    return re.sub(r"[{<][^}>]+[}>]", "{}", path)


def test_endpoints_are_the_vendors_with_their_parameters_models_and_list_keys(
    ons_specification: dict[str, Any],
) -> None:
    described = {template(each["path"]): each for each in ons_specification["endpoints"]}
    for endpoint in ENDPOINTS:
        found = described.get(template(endpoint.path))
        if found is None:
            assert template(endpoint.path) in KNOWN_FROM_THE_INVENTORY, endpoint.path
            continue
        assert (endpoint.model, endpoint.list_key) == (found["response_model"], found.get("json_list_key")), (
            endpoint.path
        )
        queries = {
            each["name"]: bool(each.get("required")) for each in found.get("parameters", []) if each["in"] == "query"
        }
        assert {each.name: each.required for each in endpoint.query} == queries, endpoint.path
    simulated = {template(endpoint.path) for endpoint in ENDPOINTS}
    assert {path for path in described if path not in simulated} == NOT_HERE


def test_paths_that_only_the_inventory_names_are_in_it(ons_specification: dict[str, Any]) -> None:
    inventory = ons_specification["inventory"]
    paths = [each["path"] for group in inventory["applications"].values() for each in group]
    known = {template(path) for path in [*paths, *(each["path"] for each in inventory["newer_paths_seen"])]}

    assert known >= KNOWN_FROM_THE_INVENTORY


SAMPLES = {
    "employee_id": 40_101,
    "employee_object_id": 40_101,
    "client_id": 50_001,
    "unit_id": 9_102,
    "care_order_id": 610_006,
    "collective_agreement_id": 7_501,
    "debtor_id": 8_301,
    "finance_type_id": 8_101,
    "expertise_profiles_id": 5_501,
    "user_id": 340_001,
    "location_id": 20_001,
    "account_type_id": 7_201,
    "team_id": 3_001,
    "identification_no": "101",
    "date": "2026-10-30",
    "year": 2026,
    "subtype": 0,
    "type_id": "0",
    "ids": 50_001,
    "finance_id": 8_101,
    "finance_ids": 8_101,
    "start_datetime": "2026-10-20T08:00:00.000+02:00",
    "end_datetime": "2026-10-20T09:00:00.000+02:00",
    **dict.fromkeys(("valid_from", "from", "begin_date", "period_start", "start_period"), "2026-10-01"),
    **dict.fromkeys(("valid_to", "to", "end_date", "period_end", "end_period"), "2026-10-20"),
}
IN_CARE = {"valid_from": "2026-10-01T00:00:00Z", "valid_to": "2026-10-20T00:00:00Z"}
OPTIONAL_LEFT_OUT = {"relation_type", "include", "apply_mutations", "page", "limit", "offset"}
RECORDS = {
    "hour_types_multiple": 1,
    "product_assignments_of_hour_type": 1,
    "account_type": 7_201,
    "contract_type": 101,
    **{
        f"administration_{name}_multiple": identifier
        for name, identifier in (
            ("clients", 50_001),
            ("employees", 40_101),
            ("expertise_groups", 5_701),
            ("expertise_profile_assignments", 360_001),
            ("expertise_profiles", 5_501),
            ("locations", 20_001),
            ("teams", 3_001),
        )
    },
}


def sample_of(caller: "OnsCaller", endpoint: Endpoint) -> tuple[str, dict[str, Any]]:
    """Path and query with which an endpoint has something to say."""
    diaries = caller.simulator.backend.customer().diaries
    days = date(2026, 1, 1), date(2026, 10, 20)
    rows = {name: diary.between(40_101, *days) for name, diary in diaries.items()}
    shift = rows["shift_assignments"][0]
    known: dict[str, Any] = {
        **SAMPLES,
        "id": RECORDS.get(endpoint.name, 40_101),
        "presence_log_object_id": rows["presence_logs"][0]["id"],
        "occurrence": f"{shift['id']}@{shift['date']}",
        "slot": f"{shift['shiftId'].partition('@')[0]}@{shift['date']}",
        "user_name": caller.simulator.backend.records["responsibilities"][0]["userName"],
    }
    ids = {"presence_log": "presence_logs", "expense": "expenses", "account_entry": "account_entries"}
    if endpoint.name in ids:
        known["id"] = rows[ids[endpoint.name]][0]["id"]
    if endpoint.name.startswith("client_financed_products"):
        known |= {"unit_id": 20_001}
    if "in_care" in endpoint.name:
        known |= IN_CARE
    if endpoint.name in ("documents_by_client", "holidays_between"):
        known |= {"from": "2000-01-01", "valid_from": "2026-01-01"}
    if endpoint.path.endswith(("search_by_client", "search_by_client_and_type")):
        known |= {"valid_from": "2026-01-01"}
    path = re.sub(r"{(\w+)}", lambda part: str(known[part[1]]), endpoint.path)
    names = [each.name for each in endpoint.query if each.required or each.name not in OPTIONAL_LEFT_OUT]
    if endpoint.name != "user_named" and "user_name" in names:
        names.remove("user_name")
    return path, {
        name: known[name] for name in names if name in known and not (name == "team_id" and "unit_id" in names)
    }


def test_every_endpoint_answers_with_records_of_its_model(
    start_ons: "StartOns", ons_specification: dict[str, Any]
) -> None:
    caller = start_ons(sparse=False)
    for endpoint in ENDPOINTS:
        path, query = sample_of(caller, endpoint)
        answer = caller.session.get(f"{caller.simulator.url}{path}", params=query, timeout=20)
        assert answer.status_code == 200, (endpoint.name, answer.text)
        document = answer.json(parse_float=Decimal)
        if endpoint.list_key is not None:
            assert list(document) == [endpoint.list_key]
            document = document[endpoint.list_key]
            assert document, (endpoint.name, query)
        if endpoint.model is not None:
            for record in document if isinstance(document, list) else [document]:
                assert list(faults(ons_specification, endpoint.model, record)) == [], endpoint.name
