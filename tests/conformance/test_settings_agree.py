"""One setting, one name, everywhere: the plugin, meltano.yml, .env.example, README."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from scripts.meltano_settings import MELTANO_YML, ROOT, about, own_plugins, rendered, settings, yaml

PROJECT = yaml().load(MELTANO_YML.read_text(encoding="utf-8"))
PLUGINS = sorted(plugin["name"] for plugin in own_plugins(PROJECT))
CONNECTORS = [name for name in PLUGINS if name.startswith(("tap-", "target-"))]


@cache
def declared(plugin: str) -> dict[str, dict[str, Any]]:
    return {setting["name"]: setting for setting in settings(about(plugin))}


def test_meltano_yml_holds_the_settings_that_the_plugins_declare() -> None:
    assert rendered() == MELTANO_YML.read_text(encoding="utf-8"), "run: make settings"


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_setting_has_a_title_and_a_description(plugin: str) -> None:
    bare = [name for name, setting in declared(plugin).items() if not {"label", "description"} <= set(setting)]
    assert bare == []


@pytest.mark.parametrize("plugin", CONNECTORS)
def test_every_credential_is_a_secret(plugin: str) -> None:
    """A name that sounds like a credential and is none would be printed by everything that prints settings."""
    pattern = re.compile(r"(secret|password|_key|token|passphrase)$")
    not_secret = [
        name for name, setting in declared(plugin).items() if pattern.search(name) and not setting.get("sensitive")
    ]
    assert not_secret == []


def test_env_example_names_only_settings_that_exist() -> None:
    extractors = PROJECT["plugins"]["extractors"]
    heirs = {plugin["name"]: plugin["inherit_from"] for plugin in extractors if "inherit_from" in plugin}
    owners = {name: name for name in CONNECTORS} | heirs
    known = {f"{n}_{setting}".replace("-", "_").upper() for n, owner in owners.items() for setting in declared(owner)}
    for loader in PROJECT["plugins"]["loaders"]:
        known |= {f"{loader['name']}_{each['name']}".replace("-", "_").upper() for each in loader["settings"]}
    used = re.findall(r"^([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert used
    assert set(used) <= known


@pytest.mark.parametrize("plugin", CONNECTORS)
def test_the_readme_has_a_row_for_every_setting(plugin: str) -> None:
    readme = (ROOT / plugin / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Settings")[2].partition("\n## ")[0]
    rows = set(re.findall(r"^\| `([a-z0-9_]+)`", section, re.MULTILINE))
    assert rows == set(declared(plugin))


@pytest.mark.parametrize("plugin", PLUGINS)
def test_no_plugin_offers_batch(plugin: str) -> None:
    """BATCH would pass by selection, maps and the personal-data policy."""
    assert "batch" not in about(plugin)["capabilities"]
