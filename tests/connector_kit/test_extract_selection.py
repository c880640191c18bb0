"""Records without what a catalog does not select are those of the SDK's walk, whatever it does not select."""

from __future__ import annotations

import io
from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final
from unittest.mock import patch

import msgspec
import pytest
from connector_kit.extract import (
    ApiTap,
    BookmarkedStream,
    PersonalDataPolicy,
    QuickRecord,
    QuickRecords,
    RecordConverter,
)
from connector_kit.extract.selection import leave_out, unselected
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk import Stream
from singer_sdk import typing as th
from singer_sdk.singerlib import MetadataMapping, SelectionMask
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Context, Record

Breadcrumb = tuple[str, ...]
TEXT: Final = {"type": ["string", "null"]}
INNER: Final = {"type": ["object", "null"], "properties": {"town": {**TEXT, "x-source-name": "city"}, "floor": TEXT}}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "changed_at": {**TEXT, "format": "date-time", "x-source-name": "changedAt"},
        "name": {**TEXT, "x-source-name": "lastName"},
        "email": {**TEXT, "x-personal-data": "contact"},
        "hours": {"type": ["number", "null"]},
        "address": INNER,
        "partner": {"type": ["object", "null"], "properties": {"name": TEXT, "address": INNER}},
        "phones": {"type": ["array", "null"], "items": INNER},
        "document": {"type": ["object", "null"]},
        "secret_address": {**INNER, "x-personal-data": "address", "x-source-name": "secretAddress"},
    },
}
POLICY: Final = PersonalDataPolicy(pseudonymise=["contact", "address"], key="an invented key")
ADDED: Final = {"_synced_at": "2026-11-22T00:00:00.000000Z", "_deleted_at": None}
COLUMNS: Final = {**SCHEMA["properties"], **dict.fromkeys(ADDED, TEXT)}
encode = msgspec.json.Encoder(decimal_format="number").encode
decode = msgspec.json.Decoder(float_hook=Decimal).decode


def breadcrumbs() -> list[Breadcrumb]:
    """All that a catalog may name, and what only one that was written by hand names."""
    declared = [crumbs for crumbs in MetadataMapping.get_standard_metadata(schema={"properties": COLUMNS}) if crumbs]
    by_hand = [("undeclared",), ("undeclared", "a"), ("document", "a"), ("phones", "town"), ("new_field",), ("x", "y")]
    return [*declared, *(tuple(crumb for name in names for crumb in ("properties", name)) for names in by_hand)]


texts = st.none() | st.text(max_size=3)
addresses = st.none() | st.dictionaries(st.sampled_from(["city", "floor", "newField"]), texts, max_size=3)
rows = st.fixed_dictionaries(
    {"id": st.integers()},
    optional={
        "changedAt": st.none() | st.just("2026-11-22T10:00:00+01:00"),
        "lastName": texts,
        "email": texts,
        "hours": st.none() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False),
        "address": addresses,
        "partner": st.none() | st.fixed_dictionaries({}, optional={"name": texts, "address": addresses}),
        "phones": st.none() | st.lists(addresses, max_size=2),
        "document": st.dictionaries(st.sampled_from("ab"), texts),
        "secretAddress": addresses,
        "undeclared": texts | st.dictionaries(st.sampled_from("ab"), texts),
        "newField": texts,
        "new_field": texts,
    },
)
masks = st.dictionaries(st.sampled_from(breadcrumbs()), st.booleans())


class People(BookmarkedStream):
    name = "people"
    primary_keys = ("id",)
    replication_key = "changed_at"
    schema: ClassVar[dict[str, Any]] = POLICY.schema({**SCHEMA, "properties": COLUMNS})
    rows: ClassVar[list[dict[str, Any]]] = []
    quick = 0

    @override
    def get_records(self, context: Context | None) -> Iterable[Record]:
        convert = RecordConverter("people", SCHEMA, POLICY, fill=False)
        lacks_all = convert.leave_out(self.unselected)
        shown = {name: value for name, value in ADDED.items() if name not in self.unselected}
        quick = QuickRecords(convert, required=["id"], added=tuple(shown))
        for row in self.rows:
            line = encode(row)
            record = quick.record(line, tuple(shown.values())) if lacks_all else None
            self.quick += record is not None
            yield convert(decode(line)) | ADDED if record is None else record


class PeopleTap(ApiTap):
    name = "tap-people"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList().to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        return [People(self)]


class WalkedPeople(People):
    """All columns, as they are for the SDK to go through."""

    unselected = {}  # type: ignore[assignment]  # noqa: RUF012  # nobody writes into it
    _write_record_message = Stream._write_record_message

    @override
    def get_records(self, context: Context | None) -> Iterable[Record]:
        for record in super().get_records(context):
            yield record.plain() if isinstance(record, QuickRecord) else record


class WalkedPeopleTap(PeopleTap):
    @override
    def discover_streams(self) -> list[Stream]:
        return [WalkedPeople(self)]


def written(tap: type[PeopleTap], catalog: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Records that a sync writes, with their numbers as they stand there, and how many of them were quick."""
    out = io.TextIOWrapper(io.BytesIO())
    with patch("sys.stdout", out):
        synced = tap(config={}, catalog=deepcopy(catalog))
        synced.sync_all()
        out.flush()
    messages = map(decode, out.buffer.getvalue().splitlines())  # type: ignore[attr-defined]  # BytesIO
    (stream,) = synced.streams.values()
    assert isinstance(stream, People)
    return [message["record"] for message in messages if message["type"] == "RECORD"], stream.quick


@given(st.lists(rows, max_size=5), masks)
def test_any_selection_gives_the_records_of_the_sdk(sent: list[dict[str, Any]], chosen: dict[Breadcrumb, bool]) -> None:
    catalog = PeopleTap(config={}).catalog_dict
    entries = {tuple(entry["breadcrumb"]): entry for entry in catalog["streams"][0]["metadata"]}
    for breadcrumb, is_selected in chosen.items():
        entry = entries.setdefault(breadcrumb, {"breadcrumb": list(breadcrumb), "metadata": {}})
        entry["metadata"]["selected"] = is_selected
    entries[()]["metadata"]["selected"] = True
    catalog["streams"][0]["metadata"] = list(entries.values())
    with patch.object(People, "rows", sent):
        ours, _ = written(PeopleTap, catalog)
        walked, _ = written(WalkedPeopleTap, catalog)
    assert ours == walked
    assert all(record["id"] == row["id"] for record, row in zip(ours, sent, strict=True))


@pytest.mark.parametrize(
    ("names", "quick"),
    [
        ([("name",), ("address", "floor"), ("partner", "address", "town"), ("_deleted_at",)], 3),
        ([("document", "a")], 0),
        ([("phones", "town")], 0),
        ([("secret_address", "town")], 0),
    ],
)
def test_lines_become_records_at_once_without_what_is_not_selected(names: list[Breadcrumb], quick: int) -> None:
    row = {"id": 1, "lastName": "Groen", "address": {"city": "Utrecht", "floor": "3"}, "partner": {"address": {}}}
    catalog = PeopleTap(config={}).catalog_dict
    for path in names:
        breadcrumb = [crumb for name in path for crumb in ("properties", name)]
        catalog["streams"][0]["metadata"].append({"breadcrumb": breadcrumb, "metadata": {"selected": False}})
    catalog["streams"][0]["metadata"].append({"breadcrumb": [], "metadata": {"selected": True}})
    with patch.object(People, "rows", [row] * 5):
        ours, count = written(PeopleTap, catalog)
        assert count == quick
        assert ours == written(WalkedPeopleTap, catalog)[0]


@given(st.recursive(texts, lambda inner: st.dictionaries(st.sampled_from("abc"), inner)), st.data())
def test_what_is_not_selected_is_found_at_any_depth(value: Any, data: st.DataObject) -> None:
    crumbs = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(
        lambda names: tuple(crumb for name in names for crumb in ("properties", name))
    )
    metadata = MetadataMapping.from_iterable(
        {"breadcrumb": crumb, "metadata": {"selected": chosen}}
        for crumb, chosen in data.draw(st.dictionaries(crumbs, st.booleans())).items()
    )
    record, expected = {"a": value}, {"a": deepcopy(value)}
    mask = metadata.resolve_selection()
    leave_out(record, unselected(mask))
    assert record == walked(expected, mask)


def walked(record: dict[str, Any], mask: SelectionMask, place: Breadcrumb = ()) -> dict[str, Any]:
    """What the mask says of each field, one by one."""
    return {
        name: walked(value, mask, (*place, "properties", name)) if isinstance(value, dict) else value
        for name, value in record.items()
        if mask[(*place, "properties", name)]
    }


def test_a_field_that_is_not_selected_may_hold_anything() -> None:
    convert = RecordConverter("people", SCHEMA, POLICY, fill=False)
    assert convert.leave_out({"hours": None})
    assert convert({"id": 1, "hours": "many"}) == {"id": 1}


def test_declared_columns_that_are_not_selected_are_not_filled_up() -> None:
    convert = RecordConverter("people", {"properties": {"id": TEXT, "name": TEXT}}, POLICY)
    assert convert({"id": "1"}) == {"id": "1", "name": None}
    assert convert.leave_out({"name": None})
    assert convert({"id": "1"}) == {"id": "1"}
    assert convert.leave_out({})
    assert convert({"id": "1"}) == {"id": "1", "name": None}
