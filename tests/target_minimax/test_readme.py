"""The README says what the code does, and its quick start runs."""

import re
from pathlib import Path
from typing import Any

import yaml
from target_minimax.actions import ACTIONS
from target_minimax.customers import _MINIMAX_TEXTS
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import Books
from tests.target_minimax.conftest import Command

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "target-minimax" / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_setting_has_a_row_with_its_default_and_description() -> None:
    schema: dict[str, Any] = TargetMinimax.config_jsonschema
    TargetMinimax.append_builtin_config(schema)
    expected = {}
    for name, setting in schema["properties"].items():
        if name.startswith(("stream_map", "faker", "flattening")):
            continue
        default = (
            "required" if name in schema["required"] else f"`{setting['default']}`" if "default" in setting else ""
        )
        secret = " (secret)" if setting.get("secret") else ""
        expected[name] = (secret, default, setting["description"])
    rows = re.findall(r"^\| `([a-z_]+)`( \(secret\))? \| (.*?) \| (.*) \|$", section("Settings"), re.MULTILINE)
    assert {name: (secret, default.strip(), text) for name, secret, default, text in rows} == expected


def test_every_stream_and_every_member_of_minimax_is_listed() -> None:
    streams = section("Streams")
    assert set(re.findall(r"^\| `([a-z_]+)` \| `P[OU]", streams, re.MULTILINE)) == set(TargetMinimax.accepted_streams)
    customers = streams.partition("### Customers and suppliers")[2]
    assert set(re.findall(r"^\| `minimax\.([a-z_]+)`", customers, re.MULTILINE)) == set(_MINIMAX_TEXTS)


def test_everything_that_writes_is_covered_by_a_stream_or_has_a_reason(provider_specs: Path) -> None:
    described = yaml.safe_load((provider_specs / "minimax" / "endpoints.yaml").read_text(encoding="utf-8"))
    writing = {one["id"] for one in described["operations"] if one["method"] != "GET"}
    rows = re.findall(r"^\| (`[A-Z].*`) \| (.+) \|$", section("Coverage"), re.MULTILINE)
    assert {name for names, _ in rows for name in re.findall(r"`(\w+)`", names)} == writing
    streams = {name for _, said in rows for name in re.findall(r"`([a-z_]+)`", said)}
    assert streams == set(TargetMinimax.accepted_streams)


def test_every_action_is_listed() -> None:
    table = section("Streams")
    for stream, action in ACTIONS:
        assert re.search(rf"^\| .*`{action}`.*`{stream}`", table, re.MULTILINE), action


CODE = re.compile(
    r"(?:problems\.add\(|RejectedError\(|DeferredError\(|Posted\.(?:rejected|deferred|in_doubt)\(|(?:NotNow|Spent)Error\("
    r"|code=|code = )\s*\"([a-z_]+)\""
)


def test_every_code_is_explained() -> None:
    kit = ROOT / "connector-kit" / "connector_kit"
    folders = (ROOT / "target-minimax" / "target_minimax", kit / "posting", kit / "books")
    sources = [path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py")]
    codes = {code for source in sources for code in CODE.findall(source)}
    assert len(codes) > 25
    assert {code for code in codes if f"`{code}`" not in section("What to do")} == set()


def test_the_input_of_the_quick_start_is_created(books: Books, command: Command) -> None:
    (name,) = set(re.findall(r"tests/corpus/(\w+\.singer)", README))
    stdin = (ROOT / "tests" / "corpus" / name).read_text(encoding="utf-8")
    assert command(stdin=stdin).code == 0
    run = command(stdin=stdin)
    assert (run.code, run.counts["existing"]) == (0, 3)
    assert books.codes == ["K1", "K2", "K3"]
