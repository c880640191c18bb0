from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pytest
import yaml

from tests.benchmarks.peers.landed import landed
from tests.benchmarks.peers.programs import HERE, Landing
from tests.benchmarks.peers.workloads import WORKLOADS, Stream

if TYPE_CHECKING:
    from pathlib import Path

SALARIES = Stream(name="salaries", key="salaryId", inner="salaries")


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_world_has_something_to_read_in_every_stream_and_nothing_twice(name: str) -> None:
    workload = WORKLOADS[name]
    there = workload.truth(workload.things[1])
    assert {stream for stream, _ in there} == {stream.name for stream in workload.streams}
    assert set(there.values()) == {1}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            [
                '{"type": "RECORD", "stream": "salaries", "record": {"salary_id": "a"}}',
                '{"type": "RECORD", "stream": "salaries", "record": {"salary_id": "a"}}',
                '{"type": "RECORD", "stream": "salaries", "record": {"salary_id": "b"}}',
                '{"type": "STATE", "value": {}}',
                '{"type": "RECORD", "stream": "salaries", "rec',
            ],
            id="our tap, broken off",
        ),
        pytest.param(
            [
                '{"type": "RECORD", "stream": "salaries", "record": {"salaries": [{"salaryId": "a"}, {"salaryId": "a"}]}}',
                '{"type": "RECORD", "stream": "salaries", "record": {"salaries": [{"salaryId": "b"}]}}',
            ],
            id="a plain tap",
        ),
        pytest.param(
            [
                '{"type": "LOG", "log": {}}',
                '{"type": "RECORD", "record": {"stream": "salaries", "data": {"salaries": [{"salaryId": "a"}]}}}',
                '{"type": "RECORD", "record": {"stream": "salaries", "data": {"salaries": [{"salaryId": "a"}]}}}',
                '{"type": "RECORD", "record": {"stream": "salaries", "data": {"salaries": [{"salaryId": "b"}]}}}',
            ],
            id="airbyte",
        ),
    ],
)
def test_records_in_a_file_are_counted_by_key_whoever_wrote_them(lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text("\n".join(lines))
    found = landed(Landing(kind="files", address=str(tmp_path)), [SALARIES])
    assert found == Counter({("salaries", "a"): 2, ("salaries", "b"): 1})


def test_records_in_the_folders_of_dlt_are_counted_by_key(tmp_path: Path) -> None:
    table = tmp_path / "peer" / "salaries"
    table.mkdir(parents=True)
    (table / "1.jsonl").write_text('{"employee_id": "e", "salaries": [{"salaryId": "a"}, {"salaryId": "b"}]}\n')
    found = landed(Landing(kind="files", address=str(tmp_path)), [SALARIES])
    assert found == Counter({("salaries", "a"): 1, ("salaries", "b"): 1})


def test_records_in_a_database_are_counted_by_key(tmp_path: Path) -> None:
    address = str(tmp_path / "warehouse.duckdb")
    with duckdb.connect(address) as connection:
        connection.execute("CREATE SCHEMA peer")
        connection.execute("CREATE TABLE peer.salaries (employee_id TEXT, salaries JSON)")
        connection.execute("INSERT INTO peer.salaries VALUES ('e', ?)", [json.dumps([{"salaryId": "a"}] * 2)])
    assert landed(Landing(kind="duckdb", address=address), [SALARIES]) == Counter({("salaries", "a"): 2})


def test_all_peers_read_the_same_lists_of_nmbrs() -> None:
    table = json.loads((HERE / "nmbrs_streams.json").read_text())
    manifest = yaml.safe_load((HERE / "airbyte" / "nmbrs.yaml").read_text())
    lists = [(stream["name"], stream["$parameters"]["path"]) for stream in manifest["streams"][1:]]
    assert lists == [(row["stream"], row["path"]) for row in table]
