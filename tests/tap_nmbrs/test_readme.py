"""The README's tables say what the code does; UPDATE_SNAPSHOTS=1 writes those of the lists and of the coverage anew."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from connector_kit.extract.personal_data import LEFT_OUT_BY_DEFAULT
from tap_nmbrs.operation import Operation, Per, Window
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.rest.scopes import asked_scopes
from tap_nmbrs.schemas import SCHEMAS
from tap_nmbrs.soap.operations import OPERATIONS as SOAP_OPERATIONS
from tap_nmbrs.tap import TapNmbrs

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[2] / "tap-nmbrs" / "README.md"
EVERYTHING = {"start_date": "2026-01-01", "include_personal_data": sorted(LEFT_OUT_BY_DEFAULT)}
STREAMS = TapNmbrs(config=EVERYTHING).streams
LISTS = {operation.stream: operation for operation in (*SOAP_OPERATIONS, *OPERATIONS)}
REST = {operation.stream: operation for operation in OPERATIONS}
SOAP = {operation.stream: operation for operation in SOAP_OPERATIONS}
NOT_STREAMS = {
    "getCompaniesByDebtor": "how `companies` reads a consent over several debtors",
    "getEmployee": "one call per employee for what `employees` and its histories tell by company",
    "getEmployeeDocumentTypes": "names for uploading documents; the documents themselves cannot be read",
    "getEmployeeDocumentFolders": "names for uploading documents; the documents themselves cannot be read",
    "getSubscriptionInfo": "whether the user has bought Hire or Perform; no payroll",
    "getPayrollRunSEPA": "a payment order for a bank: made for a day on which somebody wants to pay, with all accounts",
    "getWageTaxSEPA": "a payment order for a bank, as that of a run",
    "GetDocumentContentId": "how all documents are fetched",
}
PARENTS = {"employees": "E", "salary_tables": "S", "salary_table_versions": "V", "payroll_runs": "R"}


def section() -> str:
    return FILE.read_text(encoding="utf-8")


def table(first_column: str) -> dict[str, list[str]]:
    """The rows of all tables whose first column has this title, by their first cell."""
    rows: dict[str, list[str]] = {}
    for found in re.finditer(rf"^\| {first_column} \|", section(), re.MULTILINE):
        for line in section()[found.start() :].split("\n\n")[0].splitlines()[2:]:
            first, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            rows[first.strip("`")] = cells
    return rows


def words(names: Any) -> str:
    return " ".join(f"`{name}`" for name in names)


def calls(operation: Operation) -> str:
    """Requests of a first sync."""
    whose = {Per.ACCOUNT: [], Per.DEBTOR: ["D"], Per.COMPANY: ["C"]}[operation.per]
    if operation.parent:
        whose = [PARENTS[operation.parent.stream]]
    when = {Window.NONE: [], Window.YEAR: ["Y"], Window.PERIOD: ["T"]}[operation.window]
    pages = ["P"] if getattr(operation, "paged", False) else []
    return " × ".join([*whose, *when, *pages]) or "1"  # noqa: RUF001 (as in the README)


def replication(operation: Operation) -> str:
    by_window = {Window.NONE: "full", Window.YEAR: "full, by year", Window.PERIOD: "full, by period"}
    if operation.since is None:
        return by_window[operation.window]
    return f"`{operation.since.parameter}`" + by_window[operation.window].removeprefix("full")


def classes(stream: str) -> list[str]:
    found = {
        one["x-personal-data"]
        for field in SCHEMAS.get_schema(stream)["properties"].values()
        for one in (field, *field.get("items", {}).get("properties", {}).values())
        if "x-personal-data" in one
    }
    return sorted(found)


def list_rows() -> Iterator[str]:
    yield "| list | REST | SOAP | key | replication | calls | selected | personal data |"
    yield "|---|---|---|---|---|---|---|---|"
    for name in [*REST, *(name for name in SOAP if name not in REST)]:
        operation = LISTS[name]
        cells = (
            f"`{name}`",
            REST[name].operation_id if name in REST else "",
            SOAP[name].method if name in SOAP else "",
            words(operation.primary_keys),
            replication(operation),
            calls(operation),
            "yes" if operation.selected else "no",
            words(classes(name)),
        )
        yield f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def coverage_rows(openapi: dict[str, Any]) -> Iterator[str]:
    documents = {name: cells[0] for name, cells in table("document stream").items()}
    yield "| read | path | stream, or why there is none |"
    yield "|---|---|---|"
    for path, item in openapi["paths"].items():
        if "get" in item:
            name = item["get"]["operationId"]
            streams = [operation.stream for operation in OPERATIONS if operation.operation_id == name]
            streams += [stream for stream, operations in documents.items() if f"`{name}`" in operations]
            yield f"| {name} | {path} | {words(streams) or NOT_STREAMS.get(name, '')} |"


def written_anew(name: str, rows: list[str]) -> str:
    """The generated table of a name, as it should be; written into the README if asked for."""
    text, new = section(), f"<!-- {name}: generated -->\n\n" + "\n".join(rows) + "\n\n<!-- end -->"
    assert f"<!-- {name}: generated -->" in text
    if os.environ.get("UPDATE_SNAPSHOTS"):
        pattern = re.compile(rf"<!-- {name}: generated -->.*?<!-- end -->", re.DOTALL)
        FILE.write_text(pattern.sub(lambda _: new, text), encoding="utf-8")
    return new


@pytest.fixture(scope="module")
def openapi(provider_specs: Path) -> dict[str, Any]:
    text = (provider_specs / "nmbrs" / "nmbrs-rest-openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


def test_every_setting_stands_in_the_readme_with_its_default() -> None:
    declared = TapNmbrs.config_jsonschema["properties"]
    rows = table("setting")
    own = {name for name in declared if name not in {"stream_maps", "stream_map_config", "faker_config"}}
    own = {name for name in own if not name.startswith("flattening_")}
    assert rows.keys() == own
    for name, (default, _) in rows.items():
        if declared[name].get("secret"):
            assert default == "secret"
        elif name in TapNmbrs.config_jsonschema["required"]:
            assert default == "required"
        elif "default" in declared[name]:
            value = declared[name]["default"]
            said = value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else str(value)]
            assert default == words(said), name


def test_the_scopes_of_the_consent_stand_in_the_readme() -> None:
    assert f"`{' '.join(asked_scopes((), ()))}`" in " ".join(section().split())


def test_the_table_of_lists_is_that_of_the_code() -> None:
    assert written_anew("lists", list(list_rows())) in section()


def test_every_stream_stands_in_the_readme() -> None:
    assert table("list").keys() | table("document stream").keys() == STREAMS.keys() | SOAP.keys()


def test_streams_of_documents_stand_in_the_readme_with_their_key() -> None:
    for name, (_, key, *_rest) in table("document stream").items():
        assert re.findall(r"`(\w+)`", key) == list(STREAMS[name].primary_keys)


def test_every_read_of_the_vendor_is_a_stream_or_the_readme_says_why_not(openapi: dict[str, Any]) -> None:
    assert written_anew("coverage", list(coverage_rows(openapi))) in section()
    reads = [item["get"]["operationId"] for item in openapi["paths"].values() if "get" in item]
    rows = table("read")
    assert list(rows) == reads
    assert [name for name, (_, said) in rows.items() if not said] == []


def test_reads_that_are_no_streams_are_reads_of_the_vendor(openapi: dict[str, Any]) -> None:
    reads = {item["get"]["operationId"] for item in openapi["paths"].values() if "get" in item}
    assert NOT_STREAMS.keys() <= reads - {operation.operation_id for operation in OPERATIONS}
