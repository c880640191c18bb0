"""Write what our plugins say of themselves into `meltano.yml`: settings, capabilities, commands, what a tap leaves out.

Meltano selects every stream of a tap that has no `select`, whatever its catalog says; so streams that are not selected
by default (pay, health, many calls) are excluded by name, and whoever wants one removes its line.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector_kit.extract import PERSONAL_DATA_CLASSES
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
MELTANO_YML = ROOT / "meltano.yml"
# Numbers are text to Meltano: it reads its own kind `decimal` from the environment into what it cannot hand on as JSON.
KINDS = {"boolean": "boolean", "integer": "integer", "number": "string", "array": "array", "object": "object"}
# What the SDK adds to every plugin; Meltano users set these through the plugin's extras or not at all.
COMMANDS = "Commands (each has its own --help):"
SDK_SETTINGS = {"batch_config", "load_method", "validate_records", "add_record_metadata", "activate_version"}


def yaml() -> YAML:
    """The reader and writer that keeps comments, quotes and order."""
    parser = YAML()
    parser.preserve_quotes = True
    parser.width = 4096  # no folding: the file is compared word by word
    return parser


def about(executable: str) -> dict[str, Any]:
    """The plugin's description of itself."""
    return printed(executable, "--about", "--format=json")


def printed(executable: str, *arguments: str) -> dict[str, Any]:
    """What a plugin prints, as JSON."""
    document: dict[str, Any] = json.loads(said(executable, *arguments))
    return document


def said(executable: str, *arguments: str) -> str:
    """What a plugin prints."""
    program = Path(sys.executable).with_name(executable)
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603 (our own plugins)


def commands(executable: str) -> dict[str, dict[str, str]]:
    """The sub-commands of a plugin, as its help lists them; Meltano hands the settings on in the environment."""
    listing = said(executable, "--help").partition(COMMANDS)[2]
    return {
        name: {"args": f"{name} --config ENV", "description": summary}
        for name, summary in re.findall(r"^ +(\S+) {2,}(\S.*?)\.*$", listing, flags=re.MULTILINE)
    }


def selection(executable: str, now: list[str]) -> list[str]:
    """The `select` of a tap: everything but what its catalog does not select by default, and what is excluded now."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as config:
        json.dump({"include_personal_data": list(PERSONAL_DATA_CLASSES)}, config)  # some streams exist only then
        config.flush()
        catalog = printed(executable, "--config", config.name, "--discover")
    streams = {stream["tap_stream_id"]: stream["metadata"] for stream in catalog["streams"]}
    not_by_default = [
        name
        for name, metadata in streams.items()
        if any(not part["breadcrumb"] and part["metadata"].get("selected-by-default") is False for part in metadata)
    ]
    excluded = [rule[1:].partition(".")[0] for rule in now if rule.startswith("!")]
    ours = [name for name in excluded if name in streams and name not in not_by_default]
    return ["*.*", *(f"!{name}.*" for name in (*not_by_default, *ours))]


def settings(description: dict[str, Any]) -> list[dict[str, Any]]:
    """The settings of a plugin that describes itself so, as Meltano writes them."""
    return [
        setting(name, declared)
        for name, declared in description["settings"]["properties"].items()
        if name not in SDK_SETTINGS and not name.startswith(("stream_map", "faker", "flattening"))
    ]


def setting(name: str, declared: dict[str, Any]) -> dict[str, Any]:
    """One setting of Meltano from one property of the plugin's configuration schema."""
    types = declared.get("type", ["string"])
    kind = next((KINDS[word] for word in ([types] if isinstance(types, str) else types) if word in KINDS), "string")
    if declared.get("format") in {"date", "date-time"}:
        kind = "date_iso8601"
    written: dict[str, Any] = {"name": name, "kind": kind}
    if "enum" in declared:
        written["kind"] = "options"
        written["options"] = [{"label": str(value), "value": value} for value in declared["enum"] if value is not None]
    if declared.get("title"):
        written["label"] = declared["title"]
    if declared.get("description"):
        written["description"] = declared["description"]
    if "default" in declared:
        written["value"] = declared["default"]
    if _is_secret(declared):
        written["sensitive"] = True
    return written


def _is_secret(declared: dict[str, Any]) -> bool:
    """Tell whether a setting is secret, or has a member that is: Meltano knows whole settings only."""
    members = declared.get("items", declared).get("properties", {}).values()
    return bool(declared.get("secret") or declared.get("writeOnly") or any(map(_is_secret, members)))


def own_plugins(project: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The plugins of `meltano.yml` that are built on the kit."""
    for kind in ("extractors", "mappers", "loaders"):
        for plugin in project["plugins"].get(kind, []):
            if "./connector-kit" in plugin.get("pip_url", ""):
                yield plugin


def rendered() -> str:
    """`meltano.yml` as it should be."""
    parser = yaml()
    project = parser.load(MELTANO_YML.read_text(encoding="utf-8"))
    for plugin in own_plugins(project):
        description = about(plugin["executable"])
        plugin["capabilities"] = description["capabilities"]
        plugin["settings"] = settings(description)
        if listed := commands(plugin["executable"]):
            plugin["commands"] = listed
        if plugin["executable"].startswith("tap-"):
            plugin["select"] = selection(plugin["executable"], plugin.get("select", []))
    text = io.StringIO()
    parser.dump(project, text)
    # A blank line that stood behind a replaced list is gone with it: one before every section.
    return re.sub(
        r"(?<!:)\n+(?=(?:  )?(?:plugins|mappers|loaders|environments|jobs|schedules):)", "\n\n", text.getvalue()
    )


def main() -> None:
    """Write the file in place."""
    MELTANO_YML.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    main()
