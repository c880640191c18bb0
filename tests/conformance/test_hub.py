"""The definitions for Meltano Hub are those that the plugins give, and the Hub and Meltano would take them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from scripts import hub
from scripts.meltano_settings import MELTANO_YML, own_plugins
from scripts.meltano_settings import yaml as reader
from tests.conformance.hub_rules import schema

FILES = sorted(hub.FOLDER.rglob("*.yml"))
PLUGINS = {plugin["name"] for plugin in own_plugins(reader().load(MELTANO_YML.read_text(encoding="utf-8")))}


def definition(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def wrong(document: dict[str, Any], kind: str) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema(kind)).iter_errors(document)]


def test_the_definitions_are_those_that_the_plugins_give() -> None:
    written = {str(file.relative_to(hub.FOLDER)): file.read_text(encoding="utf-8") for file in FILES}
    assert written == hub.rendered(), "run: make hub"


def test_every_connector_has_a_definition() -> None:
    assert {file.parent.name for file in FILES} == PLUGINS


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_the_hub_would_take_the_definition(file: Path) -> None:
    document = definition(file)
    assert wrong(document, file.parent.parent.name) == []
    assert (document["name"], document["variant"]) == (file.parent.name, file.stem)
    names = {setting["name"] for setting in document["settings"]}
    assert all(names.issuperset(group) for group in document["settings_group_validation"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_the_formatter_of_the_hub_would_change_nothing(file: Path) -> None:
    document = definition(file)
    lists = [document["capabilities"], [setting["name"] for setting in document["settings"]]]
    assert all(listed == sorted(listed) for listed in [*lists, *document["settings_group_validation"]])
    assert file.read_text(encoding="utf-8") == yaml.safe_dump(document, allow_unicode=True, width=100)  # keys too


@pytest.mark.parametrize(
    "flaw",
    [
        {"quality": "platinum"},
        {"load_schema": "nmbrs"},
        {"capabilities": ["telepathy"]},
        {"settings": [{"name": "a", "kind": "number"}]},
        {"settings": [{"name": "a", "secret": True}]},
        {"settings": [{"name": "a", "kind": "options", "options": [{"label": "1", "value": 1}]}]},
        {"commands": {"check": "--check"}},
        {"namespace": "tap-nmbrs"},
        {"ext_repo": "https://example.org/tap-nmbrs"},
        {"supported_python_versions": ["3"]},
    ],
    ids=str,
)
def test_the_rules_find_what_the_hub_refuses(flaw: dict[str, Any]) -> None:
    sound = definition(hub.FOLDER / "extractors" / "tap-nmbrs" / f"{hub.VARIANT}.yml")
    assert wrong(sound | flaw, "extractors") != []


def test_meltano_adds_a_plugin_from_its_definition(tmp_path: Path) -> None:
    (tmp_path / "meltano.yml").write_text("send_anonymous_usage_stats: false\n", encoding="utf-8")
    file = hub.FOLDER / "extractors" / "tap-nmbrs" / f"{hub.VARIANT}.yml"
    meltano = Path(sys.executable).with_name("meltano")
    added = subprocess.run(
        [str(meltano), "add", "--plugin-type=extractor", "tap-nmbrs", "--no-install", "--from-ref", str(file)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert added.returncode == 0, added.stderr
    (plugin,) = yaml.safe_load((tmp_path / "meltano.yml").read_text())["plugins"]["extractors"]
    wanted = definition(file)
    assert plugin["pip_url"] == wanted["pip_url"]
    described = {setting["name"]: setting for setting in plugin["settings"]}
    assert described == {setting["name"]: setting for setting in wanted["settings"]}
