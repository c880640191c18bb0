"""Whole syncs as processes against the simulator: what is asked, what comes out, and what a second sync does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import jsonschema
import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.table import STREAMS

from tests.tap_inlenersbeloning.conftest import Settings, output, paths, run_tap, sync

if TYPE_CHECKING:
    from pathlib import Path

SELECTED = [declaration for declaration in STREAMS if declaration.selected]
Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]


def calls(simulator: InlenersbeloningSimulator) -> list[int]:
    """How many lists of partners, lists of remunerations and documents were asked for."""
    kinds = Counter((path.split("/")[1], path.count("/")) for path in paths(simulator))
    return [kinds["partner", 2], kinds["remuneration", 3], kinds["remuneration", 4]]


def test_every_stream_gives_records_that_fit_its_schema(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(extra_fields=True, loose_types=True)
    done = output(run_tap(settings, tmp_path))
    schemas = {m["stream"]: m["schema"] for m in done.messages if m["type"] == "SCHEMA"}
    assert list(schemas) == [declaration.name for declaration in SELECTED]
    for declaration in SELECTED:
        records = done.records(declaration.name)
        checker = jsonschema.Draft7Validator.FORMAT_CHECKER
        validator = jsonschema.Draft7Validator(schemas[declaration.name], format_checker=checker)
        for record in records:
            validator.validate(record)
        keys = {tuple(record[name] for name in declaration.primary_keys) for record in records}
        assert len(keys) == len(records), f"{declaration.name} has a key twice"


def test_a_sync_makes_one_call_per_company_partner_and_remuneration(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers()
    done = output(run_tap(settings, tmp_path))
    companies, partners, documents = (
        len(settings["company_ids"]),
        len(done.records("partners")),
        len(done.records("remunerations")),
    )
    assert calls(simulator) == [companies, partners, documents]
    assert len(simulator.log.requests()) == companies + partners + documents
    assert {request["method"] for request in simulator.log.requests()} == {"GET"}


@pytest.mark.parametrize(
    ("streams", "kinds"),
    [
        (["partners"], [True, False, False]),
        (["remuneration_index"], [True, True, False]),
        (["remunerations"], [True, True, True]),
    ],
)
def test_what_nobody_selected_is_not_asked_for(hirers: Start, streams: list[str], kinds: list[bool]) -> None:
    simulator, settings = hirers()
    sync(settings, *streams)
    assert [count > 0 for count in calls(simulator)] == kinds


@pytest.mark.parametrize("answer", ["not_found", "empty", "no_content", "null", "message"])
def test_a_partner_without_remuneration_has_a_row_that_says_so(hirers: Start, answer: str) -> None:
    _, settings = hirers(without_remuneration=answer)
    done = sync(settings)
    index = done.records("remuneration_index")
    (without,) = [row for row in index if not row["has_remuneration"]]
    assert without["remuneration_id"] == ""
    assert without["raw"] is None
    partners = {(row["company_id"], row["id"]) for row in done.records("partners")}
    assert {(row["company_id"], row["partner_id"]) for row in index} == partners
    shared = {(row["company_id"], row["partner_id"], row["remuneration_id"]) for row in index if row != without}
    documents = {(row["company_id"], row["partner_id"], row["id"]) for row in done.records("remunerations")}
    assert shared == documents


def test_the_moment_of_publishing_is_utc_also_when_the_clock_goes_back(hirers: Start) -> None:
    _, settings = hirers()
    published = {r["raw"]["publishDate"]: r["publish_date"] for r in sync(settings).some("remunerations")}
    assert published["2025-10-26T02:30:00+02:00"] == "2025-10-26T00:30:00.000000Z"
    assert published["2025-10-26T02:15:00+01:00"] == "2025-10-26T01:15:00.000000Z"


def test_the_generation_of_a_document_is_told(hirers: Start) -> None:
    _, settings = hirers()
    records = sync(settings, "remunerations").records("remunerations")
    assert {record["has_extended_blocks"] for record in records} == {True, False}
    assert {"sickPay" in record["raw"] for record in records if record["has_extended_blocks"]} == {True}


def test_a_remuneration_that_was_withdrawn_meanwhile_is_left_out_and_named(
    hirers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = hirers(after_list="withdrawn")
    done = sync(settings)
    assert done.records("remunerations") == []
    listed = [row for row in done.records("remuneration_index") if row["has_remuneration"]]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == len(listed)
    assert all("withdrawn since it was listed: GET /remuneration/{company_id}" in warning for warning in warnings)


def test_a_document_republished_meanwhile_has_its_own_version(hirers: Start) -> None:
    _, settings = hirers(after_list="republished")
    done = sync(settings)
    listed = {row["remuneration_id"]: row["lender_version"] for row in done.records("remuneration_index")}
    read = {row["id"]: row["lender_version"] for row in done.records("remunerations")}
    assert read
    assert all(version == listed[identifier] + 1 for identifier, version in read.items())


def test_a_second_sync_without_state_gives_the_same(hirers: Start) -> None:
    _, settings = hirers()
    first, second = sync(settings), sync(settings)
    for declaration in SELECTED:
        assert first.records(declaration.name) == second.records(declaration.name)
    assert first.state == second.state


def test_companies_are_read_one_after_the_other_and_each_once(hirers: Start) -> None:
    simulator, settings = hirers()
    twice = [*settings["company_ids"], *settings["company_ids"], " "]
    sync({**settings, "company_ids": twice}, "partners")
    assert paths(simulator) == [f"/partner/{company_id}" for company_id in settings["company_ids"]]


def test_a_token_of_one_company_is_enough_for_it(hirers: Start) -> None:
    _, settings = hirers(credential="company")
    assert re.fullmatch("cmp_[0-9a-f]{64}", settings["token"])
    assert sync(settings).records("remunerations")


def test_amounts_keep_every_digit(hirers: Start) -> None:
    simulator, settings = hirers()
    body = '{"id": "r1", "lenderVersion": 1, "workingHours": {"fullTimeHours": 0.10, "x": 12345678901234567.89}}'
    simulator.faults.add(
        action="status", path="/remuneration/.*/.*/", status=200, body=body, content_type="application/json", times=None
    )
    lines = sync(settings, "remunerations").lines
    assert any(b'"fullTimeHours":0.10,"x":12345678901234567.89' in line for line in lines)
