"""The catalog is that of the tables."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tap_ons.listing import Job, Listing
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.resources import RESOURCES, Resource
from tap_ons.schemas import SCHEMAS
from tap_ons.tap import TapOns

ROWS: tuple[Resource | Listing | Job, ...] = (*RESOURCES, *LISTINGS, *JOBS)
SENSITIVE = ("bsn", "health", "secret", "special")


@cache
def bare() -> TapOns:
    return TapOns(config={})


@cache
def everything() -> TapOns:
    return TapOns(config={"include_personal_data": list(SENSITIVE)})


def gate(row: Resource | Listing | Job) -> str | None:
    return None if isinstance(row, Job) else row.personal_data


def metadata(tap: TapOns, stream: str) -> dict[str, Any]:
    (entry,) = (entry for entry in tap.catalog_dict["streams"] if entry["tap_stream_id"] == stream)
    (of_stream,) = (part["metadata"] for part in entry["metadata"] if not part["breadcrumb"])
    found: dict[str, Any] = of_stream
    return found


def test_every_row_of_the_tables_is_a_stream() -> None:
    assert set(everything().streams) == {row.stream for row in ROWS}


def test_streams_that_only_tell_of_health_exist_only_if_it_is_asked_for() -> None:
    assert set(bare().streams) == {row.stream for row in ROWS if gate(row) is None}
    replaced = TapOns(config={"pseudonymise": ["health"], "pseudonym_key": "secret of the hash"})
    assert set(replaced.streams) == set(everything().streams)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stream)
def test_a_stream_has_the_key_and_the_columns_of_its_row(row: Resource | Listing | Job) -> None:
    stream, declared = everything().streams[row.stream], SCHEMAS.get_schema(row.stream)
    assert list(stream.primary_keys) == declared["required"]
    assert stream.schema["properties"].keys() == declared["properties"].keys()


@pytest.mark.parametrize("row", [row for row in ROWS if gate(row) is None], ids=lambda row: row.stream)
def test_a_stream_is_selected_as_its_row_says(row: Resource | Listing | Job) -> None:
    assert bool(metadata(bare(), row.stream).get("selected-by-default", True)) == row.selected


def test_no_column_of_a_class_that_is_left_out_is_in_the_catalog() -> None:
    text = str(bare().catalog_dict)
    for column in ("'bsn'", "'residence_access_info'", "'religion'", "'client_object_id'", "'gender'"):
        assert column not in text
        assert column in str(everything().catalog_dict)
