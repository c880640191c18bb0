"""The README's tables say what the code does."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import yaml
from tap_ons.tap import TapOns

README = Path(__file__).parents[2] / "tap-ons" / "README.md"
TEXT = README.read_text(encoding="utf-8")
BUILT_IN = {"stream_maps", "stream_map_config", "faker_config", "batch_config"}
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


def test_every_setting_has_a_row_in_the_readme() -> None:
    rows = {name for line in TEXT.splitlines() if (found := re.match(r"\| `(\w+)`", line)) for name in found.groups()}
    own = {name for name in TapOns.config_jsonschema["properties"] if not name.startswith("flattening")}
    assert own - BUILT_IN - rows == set()
