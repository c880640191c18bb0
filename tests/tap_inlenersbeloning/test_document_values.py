"""No value of a document may go missing, whatever the document looks like."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.extract import ExactWriter, PersonalDataPolicy, snake_case
from connector_kit.extract.personal_data import class_of_name
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, InlenersbeloningSwitches
from provider_simulators.world import World
from singer_sdk.singerlib import RecordMessage
from tap_inlenersbeloning.decoding import decoded
from tap_inlenersbeloning.documents import DOCUMENT_STREAMS, DocumentKeys, DocumentReader
from tap_inlenersbeloning.drift import Drift
from tap_inlenersbeloning.schemas import SCHEMAS

from tests.tap_inlenersbeloning.leaves import leaves, missing, missing_anywhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]
SAMPLES = ("remuneration_gen1_legacy", "remuneration_gen2_full", "remuneration_gen2_unclassifiable")
NAMES = [stream.name for stream in DOCUMENT_STREAMS]
KEYS = {stream.name: stream.primary_keys for stream in DOCUMENT_STREAMS}
TYPES = {
    "string": {str},
    "integer": {int},
    "number": {int, Decimal},
    "boolean": {bool},
    "array": {list},
    "object": {dict},
    "null": {type(None)},
}
COLUMNS = {
    name: {
        column: set().union(*(TYPES[kind] for kind in ([d["type"]] if isinstance(d["type"], str) else d["type"])))
        for column, d in SCHEMAS.get_schema(name)["properties"].items()
    }
    for name in NAMES
}
READER = DocumentReader(PersonalDataPolicy(), streams=NAMES, drift=Drift())


def sample(provider_specs: Path, name: str) -> Document:
    path = provider_specs / "inlenersbeloning" / "samples_synthetic" / f"{name}.json"
    if not path.is_file():
        pytest.fail(f"There is no {path.name} in {path.parent}")
    document: Document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return document


def converted(document: Document, reader: DocumentReader = READER) -> list[tuple[str, dict[str, Any]]]:
    listed = document.get("id")
    keys = DocumentKeys(
        company_id="c1", partner_id="p1", remuneration_id=listed if isinstance(listed, str) and listed else "r1"
    )
    records = list(reader.records(document, keys))
    assert records[0][0] == "remunerations"
    return records


def check(document: Document, records: list[tuple[str, dict[str, Any]]]) -> None:
    """What holds for the records of any document at all."""
    assert records[0][1]["raw"] == (document or None)
    writer = ExactWriter()
    seen = set()
    for name, record in records:
        key = (name, *(record[column] for column in KEYS[name]))
        assert None not in key, key
        assert key not in seen, key
        seen.add(key)
        assert record.keys() == COLUMNS[name].keys()
        assert [c for c, value in record.items() if type(value) not in COLUMNS[name][c]] == [], name
        writer.serialize_message(RecordMessage(name, record))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_of_a_sample_is_told_at_its_place(provider_specs: Path, name: str) -> None:
    document = sample(provider_specs, name)
    records = converted(document)
    check(document, records)
    assert missing(document, records) == []
    assert [stream for stream, record in records if record.get("_extra")] == []


def test_every_path_that_was_observed_has_a_column(provider_specs: Path) -> None:
    """A document in which every observed path has a value of its own: nothing of it needs `_extra`."""
    path = provider_specs / "inlenersbeloning" / "remuneration.observed.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    document = filled(schema, iter(range(1, 10_000)))
    records = converted(document)
    check(document, records)
    assert len(list(leaves(document))) > 400
    assert missing(document, records) == []
    assert [(name, record["_extra"]) for name, record in records if record.get("_extra")] == []


def filled(schema: dict[str, Any], numbers: Iterator[int]) -> Any:
    """A value for every path."""
    if "properties" in schema:
        return {name: _member(name, inner, numbers) for name, inner in schema["properties"].items()}
    if "items" in schema:
        item = filled(schema["items"], numbers)
        return [] if item is None else [item]
    kind = next((kind for kind in schema.get("type", ()) if kind != "null"), "null")
    number = next(numbers)
    values = {"integer": number, "number": Decimal(number) / 100, "boolean": True, "string": f"tekst {number}"}
    return values.get(kind)


def _member(name: str, inner: dict[str, Any], numbers: Iterator[int]) -> Any:
    if name in ("startDate", "date", "retroactiveDate") and inner.get("type"):
        return "2026-01-31"
    return "2025-12-01T09:15:30+01:00" if name == "publishDate" else filled(inner, numbers)


# Documents that nobody has seen.

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
# A name that says citizen number or secret is left out by default, and such a text is drawn now and then.
OTHER_NAMES = TEXTS.filter(lambda name: class_of_name(snake_case(name)) is None)
NAMES_OF_MEMBERS = st.sampled_from(
    [
        "id",
        "amount",
        "value",
        "data",
        "items",
        "name",
        "date",
        "index",
        "nieuw",
        "$",
        "$key",
        "_extra",
        "0",
        "lenderVersion",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4),
    st.sampled_from(
        ["true", "ja", "", " ", "12", "0,607", "€ 1.234,56", "01/09", "2026-01-01", "31-12-2026", "a/b", "#1"]
    ),
    TEXTS,
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES_OF_MEMBERS | OTHER_NAMES, inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Everything in a document, by the way to it."""
    if path:
        yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(item, (*path, key))


def at_end(document: Any, path: tuple[Any, ...]) -> Any:
    """What is at the end of a way."""
    for key in path:
        document = document[key]
    return document


def changed(document: Document, data: st.DataObject) -> Document:
    """Change a document in some places, in ways that providers have."""
    document = json.loads(json.dumps(document, default=str), parse_float=Decimal)
    for _ in range(data.draw(st.integers(1, 6))):
        ways = list(places(document))
        containers = [way for way in ways if isinstance(at_end(document, way), (dict, list))]
        path = data.draw(st.sampled_from(containers or ways) | st.sampled_from(ways))
        at = at_end(document, path[:-1])
        at[path[-1]] = data.draw(variants(at[path[-1]]))
        if isinstance(at, dict) and data.draw(st.booleans()):
            at[data.draw(NAMES_OF_MEMBERS | OTHER_NAMES)] = data.draw(ANYTHING)
        if not document:
            return document
    return document


def variants(value: Any) -> st.SearchStrategy[Any]:
    """What else a value may look like."""
    return st.sampled_from(forms(value)) | ANYTHING


def forms(value: Any) -> list[Any]:
    """Forms that providers give a value."""
    found: list[Any] = [None, [value], {"value": value}, str(value), {"data": value}]
    if isinstance(value, list):
        found += [
            {f"k{n}": item for n, item in enumerate(value)},
            {str(n): item for n, item in enumerate([*value, None])},
            {"data": value, "meta": {"total": len(value)}},
            value + value,
            [None, *value, "los", 5, True, [value]],
            value[0] if value else {},
            [item.get("id") if isinstance(item, dict) else item for item in value],
            [{name: inner for name, inner in item.items() if name != "id"} for item in value if isinstance(item, dict)],
        ]
    if isinstance(value, dict):
        more = {**value, "bij": 1, "niets": None, "lijst": [{"a": 1}, {"a": [2]}]}
        found += [[], list(value.values()), more, {"id": value}, {**value, "id": ""}, {**value, "id": 12}]
    return found


def test_no_value_goes_missing_whatever_form_any_part_has(provider_specs: Path) -> None:
    """Every list, every object, in every form."""
    count = 0
    document = sample(provider_specs, SAMPLES[1])
    for path in places(document):
        value = at_end(document, path)
        if isinstance(value, (dict, list)):
            for form in forms(value):
                other = copy.deepcopy(document)
                at_end(other, path[:-1])[path[-1]] = form
                records = converted(other)
                check(other, records)
                assert missing_anywhere(other, records) == [], path
                count += 1
    assert count > 500


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), name=st.sampled_from(SAMPLES))
def test_no_value_goes_missing_when_a_document_changes_its_form(
    provider_specs: Path, name: str, data: st.DataObject
) -> None:
    document = changed(sample(provider_specs, name), data)
    records = converted(document)
    check(document, records)
    assert missing_anywhere(document, records) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    document=st.dictionaries(
        st.sampled_from(
            ["id", "company", "leave", "allowances", "functionGroups", "sickPay", "holidayAllowances", "wageIncrements"]
        )
        | OTHER_NAMES,
        ANYTHING,
        max_size=6,
    )
)
def test_no_value_goes_missing_in_what_is_hardly_a_document(document: Document) -> None:
    records = converted(document)
    check(document, records)
    assert missing_anywhere(document, records) == []


def simulated() -> Iterator[Document]:
    """Every kind of document that the simulator has, oddities and all."""
    with InlenersbeloningSimulator(
        World.build(seed=1), switches=InlenersbeloningSwitches(hirers="every_kind")
    ) as simulator:
        for partners in simulator.backend.shares.values():
            for share in partners.values():
                for remuneration in share.remunerations.values():
                    text = remuneration.text(None)
                    assert text is not None
                    yield decoded(text)


def test_no_value_of_any_document_of_the_simulator_goes_missing() -> None:
    documents = list(simulated())
    assert len(documents) > 30
    for document in documents:
        records = converted(document)
        check(document, records)
        assert missing_anywhere(document, records) == []
