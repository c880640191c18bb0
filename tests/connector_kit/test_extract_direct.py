"""Records that are written without the SDK's walks are those that the SDK would write."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from connector_kit.extract import ApiTap, BookmarkedStream, DirectStream
from singer_sdk import Stream
from singer_sdk import typing as th
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Context, Record

Message = dict[str, Any]
INNER = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
ROWS = [{"id": 1, "name": "x", "inner": {"a": "1", "b": "2"}, "undeclared": [1]}, {"id": 2, "name": None}]


class People(DirectStream):
    name = "people"
    primary_keys = ("id",)
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "inner": INNER},
    }
    walks = 0

    @override
    def get_records(self, context: Context | None) -> Iterable[Record]:
        for row in ROWS:
            yield json.loads(json.dumps(row))

    @override
    def _generate_record_messages(self, record: Record) -> Any:
        self.walks += 1
        return super()._generate_record_messages(record)


class PeopleTap(ApiTap):
    name = "tap-people"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList().to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        return [People(self)]


def synced(monkeypatch: pytest.MonkeyPatch, tap: PeopleTap) -> tuple[list[Message], int]:
    """Records that a sync writes, and how many of them the SDK has gone through."""
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr("sys.stdout", out)
    tap.sync_all()
    out.flush()
    messages = [json.loads(line) for line in out.buffer.getvalue().splitlines()]  # type: ignore[attr-defined]  # BytesIO
    (stream,) = tap.streams.values()
    assert isinstance(stream, People)
    records = [message for message in messages if message.pop("time_extracted", None)]
    return records, stream.walks


def deselecting(*breadcrumb: str) -> dict[str, Any]:
    catalog = PeopleTap(config={}).catalog_dict
    (stream,) = catalog["streams"]
    for entry in stream["metadata"]:
        entry["metadata"]["selected"] = tuple(entry["breadcrumb"]) != breadcrumb
    return dict(catalog)


def test_records_are_written_as_the_sdk_would(monkeypatch: pytest.MonkeyPatch) -> None:
    direct, walks = synced(monkeypatch, PeopleTap(config={}))
    assert walks == 0, "the SDK no longer calls the method by which records are written at once"
    monkeypatch.setattr(DirectStream, "_write_record_message", Stream._write_record_message)
    walked, walks = synced(monkeypatch, PeopleTap(config={}))
    assert walks == len(ROWS)
    assert direct == walked
    assert [message["record"] for message in direct] == ROWS


@pytest.mark.parametrize(
    ("breadcrumb", "first"),
    [
        (("properties", "name"), {"id": 1, "inner": {"a": "1", "b": "2"}, "undeclared": [1]}),
        (
            ("properties", "inner", "properties", "b"),
            {"id": 1, "name": "x", "inner": {"a": "1"}, "undeclared": [1]},
        ),
    ],
)
def test_a_field_that_is_not_selected_is_left_out_at_any_depth(
    monkeypatch: pytest.MonkeyPatch, breadcrumb: tuple[str, ...], first: Message
) -> None:
    records, _ = synced(monkeypatch, PeopleTap(config={}, catalog=deselecting(*breadcrumb)))
    assert records[0]["record"] == first


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({"stream_maps": {"people": {"twice": "id * 2"}}}, {"twice": 2}),
        ({"flattening_enabled": True, "flattening_max_depth": 1}, {"inner__a": "1", "inner__b": "2"}),
    ],
)
def test_records_are_mapped_and_flattened_as_before(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], first: Message
) -> None:
    records, _ = synced(monkeypatch, PeopleTap(config=settings))
    assert records[0]["record"].items() >= first.items()


def test_another_selection_holds_for_the_next_sync_of_the_same_tap(monkeypatch: pytest.MonkeyPatch) -> None:
    tap = PeopleTap(config={})
    assert "name" in synced(monkeypatch, tap)[0][0]["record"]
    stream = tap.streams["people"]
    stream.metadata["properties", "name"].selected = False
    stream.selected = True
    assert "name" not in synced(monkeypatch, tap)[0][0]["record"]


@pytest.mark.parametrize("base", [DirectStream, BookmarkedStream])
def test_the_sdk_leaves_a_bookmark_alone_that_a_stream_moves_itself(
    monkeypatch: pytest.MonkeyPatch, base: type[DirectStream]
) -> None:
    class Numbers(base):  # type: ignore[misc,valid-type]  # one of the two
        name = "numbers"
        replication_key = "id"
        schema: ClassVar[dict[str, Any]] = {"type": "object", "properties": {"id": {"type": "integer"}}}

        @override
        def get_records(self, context: Context | None) -> Iterable[Record]:
            return [{"id": 1}, {"id": 2}]

    class NumbersTap(PeopleTap):
        @override
        def discover_streams(self) -> list[Stream]:
            return [Numbers(self)]

    known = {"bookmarks": {"numbers": {"read": "all"}}}
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO()))
    tap = NumbersTap(config={}, state=deepcopy(known))
    tap.sync_all()
    assert (tap.state != known) is (base is DirectStream)
