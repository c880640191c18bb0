"""What `meltano.yml` sets exists and fits: in environments, heirs and mappings, and for the loaders that are not ours."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from scripts.meltano_settings import MELTANO_YML, about, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT: dict[str, Any] = YAML(typ="safe").load(MELTANO_YML.read_text(encoding="utf-8"))
PLUGINS: dict[str, dict[str, Any]] = {
    plugin["name"]: plugin for plugins in PROJECT["plugins"].values() for plugin in plugins
}
SILENT = {"target-duckdb"}  # it knows no --about: what it takes is looked up in its source


def origin(name: str) -> dict[str, Any]:
    """The plugin itself, or the one that it inherits from."""
    plugin = PLUGINS[name]
    return origin(plugin["inherit_from"]) if "inherit_from" in plugin else plugin


def configured() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every configuration in the file: where it stands, of which plugin, and what it sets."""
    for name, plugin in PLUGINS.items():
        yield "plugins", name, plugin.get("config", {})
        for mapping in plugin.get("mappings", []):
            yield f"mapping {mapping['name']}", name, mapping["config"]
    for environment in PROJECT["environments"]:
        for plugins in environment["config"].get("plugins", {}).values():
            for plugin in plugins:
                yield f"environment {environment['name']}", plugin["name"], plugin.get("config", {})


@cache
def properties(executable: str) -> dict[str, dict[str, Any]]:
    """The settings of a plugin, as its --about declares them."""
    declared: dict[str, dict[str, Any]] = about(executable)["settings"]["properties"]
    return declared


@cache
def sources(package: str) -> str:
    """The source of an installed package."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return "\n".join(path.read_text(encoding="utf-8") for path in Path(spec.origin).parent.rglob("*.py"))


CONFIGURED = [(where, name, config) for where, name, config in configured() if config]


@pytest.mark.parametrize(
    ("where", "name", "config"), CONFIGURED, ids=[f"{where}-{name}" for where, name, _ in CONFIGURED]
)
def test_what_is_set_is_a_setting_and_fits_it(where: str, name: str, config: dict[str, Any]) -> None:
    plugin = origin(name)
    settings = {one["name"] for one in plugin["settings"]}
    assert config.keys() <= settings, where
    if plugin["name"] not in SILENT:
        rules = {"properties": properties(plugin["executable"])}
        # What Meltano fills in from the environment is text until then.
        known = {key: value for key, value in config.items() if not str(value).startswith("$")}
        assert [error.message for error in Draft202012Validator(rules).iter_errors(known)] == [], where


def test_target_postgres_has_the_settings_that_are_described() -> None:
    """Names and kinds are its own; ours are title, what is secret, and the values with which nothing is lost."""
    plugin = PLUGINS["target-postgres"]
    declared = properties(plugin["executable"])
    for one in plugin["settings"]:
        theirs = setting(one["name"], declared[one["name"]])
        assert one["kind"] == theirs["kind"], one["name"]
        assert one.get("sensitive", False) >= theirs.get("sensitive", False), one["name"]
        assert list(Draft202012Validator(declared[one["name"]]).iter_errors(one.get("value"))) == [], one["name"]


def test_target_duckdb_reads_the_settings_that_are_described() -> None:
    for one in PLUGINS["target-duckdb"]["settings"]:
        assert f'"{one["name"]}"' in sources("target_duckdb").replace("'", '"'), one["name"]


def test_every_setting_of_a_loader_that_is_not_ours_that_sounds_secret_is() -> None:
    for name in ("target-duckdb", "target-postgres"):
        for one in PLUGINS[name]["settings"]:
            sounds = any(word in one["name"] for word in ("password", "secret", "key", "token", "url"))
            assert not sounds or one.get("sensitive"), one["name"]
