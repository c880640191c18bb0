"""Write a definition for Meltano Hub of every plugin in `hub/`, from what it says of itself.

Settings, capabilities, commands and what a tap leaves out are those of `meltano.yml`, where `make settings` has written
them. The Hub keeps one file per plugin and variant, in the order of the alphabet, and so does this folder. Addresses
(`repo`, `docs`, `logo_url`) are for whoever publishes the project: it has no home of its own yet.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from operator import itemgetter
from typing import Any

import yaml

from scripts.lock import distributions
from scripts.meltano_settings import MELTANO_YML, ROOT, about, own_plugins
from scripts.meltano_settings import yaml as reader

FOLDER = ROOT / "hub"
VARIANT = "dutch-payroll-connectors"


def projects() -> dict[str, dict[str, Any]]:
    """The metadata of each distribution by the programs that it installs."""
    manifests = [
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for folder in distributions()
    ]
    return {program: project for project in manifests for program in project.get("scripts", {})}


def definition(kind: str, plugin: dict[str, Any], project: dict[str, Any]) -> dict[str, Any]:
    """The definition of one plugin.

    Args:
        kind: `extractors`, `loaders` or `mappers`.
        plugin: Its block in `meltano.yml`.
        project: The metadata of the distribution that installs it.
    """
    executable = plugin["executable"]
    description = about(executable)
    written: dict[str, Any] = {
        "name": plugin["name"],
        "variant": VARIANT,
        "namespace": plugin["namespace"],
        "label": plugin["label"],
        "description": description["description"],
        "executable": executable,
        "pip_url": project["name"],
        "keywords": ["meltano_sdk", *project.get("keywords", [])],
        "maintenance_status": "beta",
        "quality": "unknown",
        "settings_group_validation": [sorted(description["settings"].get("required", []))],
        "capabilities": sorted(plugin["capabilities"]),
        "settings": sorted(plugin["settings"], key=itemgetter("name")),
        **{key: plugin[key] for key in ("commands", "select") if key in plugin},
    }
    if kind != "mappers" and "structured-logging" in plugin["capabilities"]:
        written["log_parser"] = "singer-sdk"
    known: dict[str, Any] = json.loads(json.dumps(written))  # without what the reader of meltano.yml knows of layout
    return known


def rendered() -> dict[str, str]:
    """Every file of the folder, by its path in it."""
    plugins = reader().load(MELTANO_YML.read_text(encoding="utf-8"))["plugins"]
    by_program = projects()
    return {
        f"{kind}/{plugin['name']}/{VARIANT}.yml": yaml.safe_dump(
            definition(kind, plugin, by_program[plugin["executable"]]), allow_unicode=True, width=100
        )
        for kind in plugins
        for plugin in own_plugins({"plugins": {kind: plugins[kind]}})
    }


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, text in rendered().items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
