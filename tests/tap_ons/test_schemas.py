"""The schemas are made from the provider's models; what is ours in them is complete."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES, PersonalDataPolicy, RecordConverter
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.resources import RESOURCES, Feed, Resource
from tap_ons.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parents[2] / "tap-ons" / "scripts" / "generate_schemas.py"
COMMITTED = PROGRAM.parents[1] / "tap_ons" / "schemas"
ROWS = (*RESOURCES, *LISTINGS, *JOBS)
STREAMS = [row.stream for row in ROWS]
TYPES = {"int64": "integer", "int32": "integer", "double": "number", "float": "number", "bool": "boolean"}
CLASSES = {"free": "free_text", "gender": "special"}
"""The models' classes of personal data that have another name here."""
STRICTEST = {"bsn"}
generator = importlib.import_module("tap-ons.scripts.generate_schemas")


@cache
def models(folder: Path) -> dict[str, Any]:
    text = (folder / "ons" / "endpoints.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["models"]
    return content


def model_fields(known: dict[str, Any], name: str) -> dict[str, Any]:
    model = known[name]
    inherited = model_fields(known, model["extends"]) if "extends" in model else {}
    return {**inherited, **{field["name"]: field for field in model["fields"]}}


def nested(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, declared in schema.get("properties", {}).items():
        yield f"{path}{name}", declared
        yield from nested(declared.get("items", declared), f"{path}{name}.")


def converted(stream: str, source: dict[str, Any], *classes: str) -> dict[str, Any]:
    policy = PersonalDataPolicy(include=classes)
    return RecordConverter(stream, SCHEMAS.get_schema(stream), policy)(source)


def test_the_committed_schemas_are_what_the_generator_makes(provider_specs: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(provider_specs / "ons" / "endpoints.yaml"), "--into", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json")}
    assert made == {path.name: path.read_text(encoding="utf-8") for path in COMMITTED.glob("*.json")}
    assert sorted(f"{stream}.json" for stream in STREAMS) == sorted(made)


@pytest.mark.parametrize("row", [row for row in ROWS if row.model], ids=lambda row: row.stream)
def test_a_schema_has_the_fields_of_the_providers_model(row: Any, provider_specs: Path) -> None:
    known = models(provider_specs)
    if row.model in known:
        compare(known, row.model, dict(SCHEMAS.get_schema(row.stream)), (row.model,))


def compare(known: dict[str, Any], model: str, schema: dict[str, Any], within: tuple[str, ...]) -> None:
    by_source = {field.get("x-source-name", name): field for name, field in schema["properties"].items()}
    expected = model_fields(known, model)
    assert expected.keys() <= by_source.keys()
    for name, field in expected.items():
        kind, _, inner = field["type"].partition(":")
        declared = by_source[name]
        assert TYPES.get(kind, kind if kind in {"array", "object"} else "string") in declared["type"], name
        (marked,) = field.get("pii") or [None]
        if marked:
            assert declared["x-personal-data"] in {CLASSES.get(marked, marked), *STRICTEST}, name
        part = declared.get("items", declared)
        if inner in within:
            assert part["additionalProperties"] is False
            assert part["properties"].keys() == {"id"}
        elif inner in known:
            compare(known, inner, part, (*within, inner))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stream)
def test_keys_are_required_and_not_null_and_all_else_may_be_null(row: Any) -> None:
    schema = SCHEMAS.get_schema(row.stream)
    keys = generator.primary_keys(row)
    assert schema["required"] == list(keys)
    assert schema["additionalProperties"] is True
    for name, declared in schema["properties"].items():
        assert ("null" in declared["type"]) == (name not in keys), name
    deletes = isinstance(row, Resource) and Feed.DELETES in row.feeds
    assert ("_sdc_deleted_at" in schema["properties"]) == deletes
    assert schema["properties"]["_ons_synced_at"]["format"] == "date-time"


@pytest.mark.parametrize("stream", STREAMS)
def test_every_schema_is_described_and_knows_its_classes(stream: str) -> None:
    schema = dict(SCHEMAS.get_schema(stream))
    assert schema["description"].endswith(".")
    for name, declared in nested(schema):
        assert declared.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES, name
        assert declared.get("format") in {None, "date", "date-time"}, name
        assert "enum" not in declared, name


def test_the_citizen_number_is_of_its_class_wherever_it_stands() -> None:
    found = {
        f"{stream}.{path}": declared.get("x-personal-data")
        for stream in STREAMS
        for path, declared in nested(dict(SCHEMAS.get_schema(stream)))
        if "bsn" in path.rpartition(".")[2]
    }
    assert found["relations.bsn"] == "bsn"
    assert set(found.values()) == {"bsn"}


def test_no_relation_gives_its_citizen_number_unless_that_class_is_asked_for() -> None:
    relation = {"id": 1, "lastName": "Jansen", "bsn": {"number": "123456782", "idNumber": "SPECI2014", "id": 9}}
    others = set(PERSONAL_DATA_CLASSES) - {"bsn"}
    for classes in ((), others):
        text = json.dumps(converted("relations", relation, *classes), default=str)
        assert "123456782" not in text
        assert "SPECI2014" not in text
    assert converted("relations", relation, "bsn")["bsn"]["number"] == "123456782"


def test_debtors_within_insurances_within_debtors_are_cut_to_their_id() -> None:
    insurance = {"id": 3, "insurer": {"id": 4, "organizationName": "Zorg", "insurances": [{"id": 5}], "iban": "NL00"}}
    debtor = converted("debtors", {"id": 2, "insurances": [insurance]}, "health")
    assert debtor["insurances"][0]["insurer"] == {"id": 4}
    read = converted("insurances", {**insurance, "insurer": {"id": 4, "insurances": [insurance]}}, "health")
    assert read["insurer"]["insurances"] == [{"id": 3}]


@pytest.mark.parametrize(
    ("stream", "field", "column"),
    [
        ("care_orders", "endDate", "end_date"),
        ("invoices", "bookDate", "book_date"),
        ("finance_logs", "date", "date"),
        ("presence_logs", "date", "date"),
        ("expertise_profile_assignments", "startTime", "start_time"),
        ("client_employee_relations", "validFrom", "valid_from"),
    ],
)
def test_moments_that_mean_a_day_stay_the_day_that_they_are(stream: str, field: str, column: str) -> None:
    for sent in ("2026-03-29T00:00:00.000+01:00", "2026-03-28T23:00:00.000Z", "2026-03-29T23:59:59.000+02:00"):
        assert converted(stream, {"id": 1, field: sent})[column] == "2026-03-29"


def test_times_of_work_stay_moments() -> None:
    log = converted("presence_logs", {"id": 1, "startDate": "2026-03-29T00:00:00.000+01:00"})
    assert log["start_date"] == "2026-03-28T23:00:00.000000Z"


def test_a_field_whose_name_speaks_of_people_needs_a_class() -> None:
    corrections = generator.Corrections(PROGRAM.parent)
    assert corrections.personal_data("Any", {"name": "clientId"}) == "health"
    assert corrections.personal_data("Any", {"name": "teamName"}) is None
    for name in ("maidenName", "secondPhone", "deathCause", "nextComment"):
        with pytest.raises(generator.CorrectionsError, match=f"Any.{name} has no class of personal data"):
            corrections.personal_data("Any", {"name": name})
