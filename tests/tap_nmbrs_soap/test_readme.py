"""What the README says of the SOAP API."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from tap_nmbrs.rest.operations import OPERATIONS as REST_OPERATIONS
from tap_nmbrs.soap.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

README = Path(__file__).parents[2] / "tap-nmbrs" / "README.md"
OTHER_STREAMS = {"payroll_run_journals", "journal_entries", "payroll_run_wage_codes"}


@pytest.fixture(scope="module")
def coverage() -> list[tuple[str, list[str], list[str]]]:
    """Service, groups of methods, and names in the last column, row by row."""
    (table,) = re.findall(
        r"<!-- soap coverage: checked -->\n(.*?)<!-- end -->", README.read_text(encoding="utf-8"), re.DOTALL
    )
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    return [(service, re.findall(r"`(\w+)`", groups), re.findall(r"`(\w+)`", says)) for service, groups, says in rows]


def test_every_group_of_reading_methods_is_in_the_table_of_coverage_once(
    coverage: list[tuple[str, list[str], list[str]]], provider_specs: Path
) -> None:
    text = (provider_specs / "nmbrs" / "endpoints.yaml").read_text(encoding="utf-8")
    inventory = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["soap"]["operations"]
    reads = {(one["service"], one["operation"].partition("_")[0]) for one in inventory if one["kind"] == "read"}
    told = Counter((service, group) for service, groups, _ in coverage for group in groups)
    assert told == Counter(reads)


def test_the_table_of_coverage_names_the_streams_of_each_group(
    coverage: list[tuple[str, list[str], list[str]]],
) -> None:
    streams = {one.stream for one in OPERATIONS} | OTHER_STREAMS
    says: Mapping[tuple[str, str], set[str]] = {
        (service, group): streams & set(names) for service, groups, names in coverage for group in groups
    }
    for operation in OPERATIONS:
        assert operation.stream in says[operation.service, operation.method.partition("_")[0]], operation.stream
    assert set().union(*says.values()) == streams


def test_the_readme_lists_what_only_soap_has() -> None:
    rows = README.read_text(encoding="utf-8").splitlines()
    only = {one.stream for one in OPERATIONS} - {one.stream for one in REST_OPERATIONS}
    for stream in only:
        assert any(row.startswith(f"| `{stream}` | |") for row in rows)
    assert len(only) == 4
