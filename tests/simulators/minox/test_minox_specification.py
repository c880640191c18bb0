"""The simulator against what is known of Minox: its operations, its scopes, and the name of every member it answers."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
import yaml
from provider_simulators.minox import scopes
from provider_simulators.minox.members import MEMBERS, REQUIRED
from provider_simulators.minox.schemas import schema

PYTHON_TYPES = {
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
ANSWERS = {
    "/tenant/480001/administration": "administration",
    "/ledger_account": "ledger_account",
    "/journal": "journal",
    "/vat": "vat",
    "/payment_term": "payment_term",
    "/cost_center": "cost_center",
    "/cost_type": "cost_type",
    "/year/2026/transaction_lines": "transaction_line_get",
    "/transaction_line_batch/7d444840-9dc0-41d1-b245-5ffdce74fad2": "transaction_line_get",
    "/nmbrs/settings": "nmbrs_settings",
    "/loket.nl/settings": "loket_settings",
}


@pytest.fixture(scope="module")
def minox_specification(provider_specs: Path) -> Any:
    return yaml.load((provider_specs / "minox" / "endpoints.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


def members(schemas: Any, name: str) -> dict[str, str]:
    """Every path that a schema knows, with its type; nested schemas are opened."""
    found: dict[str, str] = {}
    for field in schemas[name]["fields"]:
        path, kind = field["name"].replace("[]", ""), field["type"]
        inner = re.sub(r"array<(\w+)>", r"\1", kind)
        found[path] = ("array" if kind.startswith("array") else "object") if inner in schemas else kind
        if inner in schemas:
            found |= {f"{path}.{sub}": sub_kind for sub, sub_kind in members(schemas, inner).items()}
    return found


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value


def records(text: str) -> list[Any]:
    body = simplejson.loads(text, use_decimal=True)
    if isinstance(body, dict) and body.keys() == {"links", "collection"}:
        body = body["collection"]
    return body if isinstance(body, list) else [body]


def unfit(schemas: Any, name: str, answer: list[Any]) -> set[str]:
    known = members(schemas, name)
    return {
        path
        for path, value in leaves(answer)
        if (path not in known and not (value is None and any(each.startswith(f"{path}.") for each in known)))
        or (value is not None and not isinstance(value, PYTHON_TYPES.get(known.get(path, ""), (object,))))
    }


def test_every_answer_has_known_members_of_the_known_type(minox: Any, payroll: Any, minox_specification: Any) -> None:
    schemas = minox_specification["schemas"]
    lines = payroll(vat={"id": 11}, payment_term={"id": 30}, due_date="2026-02-28", invoice_number=7)
    assert minox.book(lines).status_code == 200
    for path, name in ANSWERS.items():
        answer = records(minox.get(path).text)
        assert answer, path
        assert unfit(schemas, name, answer) == set(), path


def test_trial_balance_rows_use_members_of_lines(minox: Any, payroll: Any, minox_specification: Any) -> None:
    minox.book(payroll())
    rows = records(minox.get("/report/trialbalance/2026").text)
    assert unfit(minox_specification["schemas"], "transaction_line_get", rows) == set()


def test_messages_tokens_and_inspect_have_known_members(
    start_minox: Any, payroll: Any, minox_specification: Any
) -> None:
    minox = start_minox(line_messages="warning")
    schemas = minox_specification["schemas"]
    assert unfit(schemas, "message", minox.book([{}]).json()) == set()
    [line, _] = minox.book(payroll()).json()
    assert unfit(schemas, "message_on_line", line["messages"]) == set()
    tokens = minox.refresh(minox.sim.connector_settings()["refresh_token"]).json()
    assert tokens.keys() == {field["name"] for field in schemas["token_response"]["fields"]}


NO_TOKEN = {"oauth_authorize", "oauth_token_code", "oauth_token_refresh", "inspect"}


def shape(path: str) -> str:
    """A path without the names of its parts."""
    return re.sub(r"\{[^}]+\}|<[^>]+>", "*", path.removeprefix("/api/1"))


def test_all_167_operations_are_there_with_their_path_scope_and_parameters(
    minox: Any, minox_specification: Any
) -> None:
    known = {each["id"]: each for each in minox_specification["operations"]}
    assert len(known) == 167
    assert minox.sim.operations.keys() == known.keys() - NO_TOKEN
    for name, operation in minox.sim.operations.items():
        spec = known[name]
        found = (operation.method, shape(operation.path), operation.scope)
        assert found == (spec["method"], shape(spec["path"]), spec["scope"])
        documented = {each["name"] for each in spec["parameters"] if each["in"] == "query"}
        # A client gives the type of recognition settings as a parameter; every list may have a next page.
        assert operation.query - {"next"} == (documented - {"next"}) | ({"type"} if "ocr_settings" in name else set())


def test_every_schema_on_write_has_the_known_members(minox_specification: Any) -> None:
    known = minox_specification["schemas"]
    names = {each["request_body"]["schema"] for each in minox_specification["operations"] if "request_body" in each}
    for name in names - {"transaction_line_put"}:
        members_of = schema(name)
        paths = {re.sub(r"\[\]", "", path) for path in members_of.kinds}
        for field in known[name]["fields"]:
            path = field["name"].removesuffix(".*").replace("[]", "")
            assert path in paths or any(each.startswith(f"{path}.") for each in paths), (name, path)
            if field["direction"] == "rw" and path in members_of.kinds:
                assert path not in members_of.read_only


def test_every_scope_that_guards_is_one_of_the_48(minox: Any) -> None:
    assert len(scopes.ALL) == 48
    used = {operation.scope for operation in minox.sim.operations.values()} - {None}
    doubtful = {scope for scope in used if " " in scope}
    assert used - doubtful <= scopes.ALL
    assert {scope.partition(" ")[0] for scope in doubtful} == {"budget:write", "vat:write", "document:write"}
    assert set(scopes.BOOKING) <= used


def test_a_line_may_have_exactly_the_members_that_are_known(minox: Any, minox_specification: Any) -> None:
    known = {field["name"]: field for field in minox_specification["schemas"]["transaction_line_put"]["fields"]}
    ours = {
        path
        for name, kind in MEMBERS.items()
        for path in ([name] if isinstance(kind, str) else [f"{name}.{inner}" for inner in kind])
    }
    assert ours == set(known)
    assert set(REQUIRED) == {name for name, field in known.items() if field["required"]}
