"""The README's tables say what the code does."""

from __future__ import annotations

import importlib
import re
from copy import deepcopy
from pathlib import Path

import yaml
from tap_ons.tap import TapOns

README = Path(__file__).parents[2] / "tap-ons" / "README.md"
TEXT = README.read_text(encoding="utf-8")
BUILT_IN = ("stream_map", "faker_", "flattening_", "batch_", "load_method")
tables = importlib.import_module("tap-ons.scripts.readme_tables")


def test_the_tables_of_the_readme_are_those_that_the_program_writes(provider_specs: Path) -> None:
    """After a wanted change: make schemas."""
    text = (provider_specs / "ons" / "endpoints.yaml").read_text(encoding="utf-8")
    inventory = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["inventory"]
    assert tables.filled(TEXT, tables.tables(inventory)) == TEXT


def test_every_path_that_can_be_read_is_in_a_group_of_the_coverage(provider_specs: Path) -> None:
    text = (provider_specs / "ons" / "endpoints.yaml").read_text(encoding="utf-8")
    inventory = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["inventory"]
    place = TEXT[TEXT.index("<!-- coverage: generated -->") : TEXT.index("<!-- coverage: end -->")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in place.splitlines() if "| `" in line]
    told = {group.strip("`"): (int(count), streams, why) for group, count, streams, why in rows}
    for group, paths in tables.reads(inventory).items():
        count, streams, why = told.pop(group)
        assert count == len(paths)
        assert streams or why
    assert told == {}


def test_every_setting_has_a_row_with_its_default() -> None:
    declared = deepcopy(TapOns.config_jsonschema)
    TapOns.append_builtin_config(declared)
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", TEXT, re.MULTILINE))
    for name, setting in declared["properties"].items():
        if not name.startswith(BUILT_IN):
            assert (rows[name] == "secret") == bool(setting.get("secret")), name
            assert setting.get("default") in {None, *parsed(rows[name].strip("`"))}, name


def parsed(text: str) -> set[object]:
    """A default as it may be meant."""
    return {text, text == "true", int(text) if text.isdecimal() else text}
