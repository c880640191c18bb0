"""The tables of streams against the provider's inventory."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from connector_kit.extract.personal_data import LEFT_OUT_BY_DEFAULT
from tap_ons.listing import KEY, TODAY, Job, Listing
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.resources import RESOURCES, Feed, Resource
from tap_ons.schemas import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path

ROWS: tuple[Resource | Listing | Job, ...] = (*RESOURCES, *LISTINGS, *JOBS)


@cache
def specification(folder: Path) -> dict[str, Any]:
    text = (folder / "ons" / "endpoints.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


def readable(folder: Path) -> set[str]:
    inventory = specification(folder)["inventory"]
    applications = [path for paths in inventory["applications"].values() for path in paths]
    return {entry["path"] for entry in (*applications, *inventory["newer_paths_seen"]) if "GET" in entry["methods"]}


def given(row: Listing) -> set[str | None]:
    """Parameters that the requests of a list have."""
    window = {row.window.begins, row.window.ends} if row.window else set()
    sources = {source.parameter for source in (row.parent, row.ids, row.variants) if source}
    paging = {row.paging, "limit"} if row.paging else set()
    return {*window, *sources, *paging, *row.parameters, *row.options} - {None}


def test_every_bulk_resource_of_the_provider_is_a_stream_with_its_feeds(provider_specs: Path) -> None:
    known = {row["resource"]: row for row in specification(provider_specs)["xstream"]["resources"]}
    assert len(RESOURCES) == len(known) == 48
    for resource in RESOURCES:
        row = known[resource.name]
        assert resource.model == row["model"]
        assert {feed: resource.path(feed) for feed in resource.feeds} == {
            feed: row[feed.value] for feed in Feed if feed.value in row
        }


def test_keys_of_bulk_resources_are_those_of_the_provider(provider_specs: Path) -> None:
    known = {row["resource"]: row for row in specification(provider_specs)["xstream"]["resources"]}
    for resource in RESOURCES:
        properties = SCHEMAS.get_schema(resource.stream)["properties"]
        sources = [properties[key].get("x-source-name", key) for key in resource.primary_keys]
        assert sources == known[resource.name]["key"]


def test_no_two_streams_have_one_name() -> None:
    assert [name for name, count in Counter(row.stream for row in ROWS).items() if count > 1] == []


def test_every_list_is_a_path_that_can_be_read(provider_specs: Path) -> None:
    assert [row.path for row in LISTINGS if row.path not in readable(provider_specs)] == []
    for job in JOBS:
        assert {f"{job.path}/collect", f"{job.path}/status/{{uuid}}", f"{job.path}/result/{{uuid}}"} <= readable(
            provider_specs
        )


@pytest.mark.parametrize("row", LISTINGS, ids=lambda row: row.stream)
def test_a_list_is_asked_for_with_its_parameters_and_no_others(row: Listing, provider_specs: Path) -> None:
    known = {entry["path"]: entry for entry in specification(provider_specs)["endpoints"]}.get(row.path)
    braces = set(re.findall(r"{(\w+)}", row.path))
    assert braces <= given(row)
    if known is None:
        return
    declared = {entry["name"]: entry for entry in known["parameters"] if entry["in"] != "header"}
    assert given(row) <= declared.keys()
    assert {name for name, entry in declared.items() if entry.get("required")} <= given(row)
    assert row.model == known["response_model"] or row.inner


@pytest.mark.parametrize("row", LISTINGS, ids=lambda row: row.stream)
def test_what_a_list_is_asked_for_is_known(row: Listing) -> None:
    parents = {source.stream for source in (row.parent, row.ids) if source}
    names = {resource.stream for resource in RESOURCES if Feed.DATA in resource.feeds}
    plain = {other.stream for other in LISTINGS if not (other.parent or other.ids or other.window)}
    assert parents <= names | plain
    assert row.single is False or row.inner is None
    texts = [value for value in row.parameters.values() if isinstance(value, str)]
    assert all("{" not in text or text == TODAY for text in texts)


@pytest.mark.parametrize("row", LISTINGS, ids=lambda row: row.stream)
def test_what_a_record_does_not_tell_is_stamped_on_it(row: Listing) -> None:
    properties = SCHEMAS.get_schema(row.stream)["properties"]
    assert set(row.stamped) <= properties.keys()
    assert (KEY in row.primary_keys) == bool(row.hashed)
    sources = {declared.get("x-source-name", name) for name, declared in properties.items()}
    assert set(row.hashed) <= sources


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stream)
def test_no_key_is_left_out_of_a_stream_that_exists(row: Resource | Listing | Job) -> None:
    if isinstance(row, Job):
        return
    properties = SCHEMAS.get_schema(row.stream)["properties"]
    left_out = {properties[key].get("x-personal-data") for key in row.primary_keys} & LEFT_OUT_BY_DEFAULT
    assert left_out <= {row.personal_data}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stream)
def test_streams_of_a_class_that_is_left_out_are_not_selected(row: Resource | Listing | Job) -> None:
    if not isinstance(row, Job) and row.personal_data:
        assert row.personal_data in LEFT_OUT_BY_DEFAULT
        assert not row.selected
