"""The README's tables say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from tap_nmbrs.rest.scopes import asked_scopes
from tap_nmbrs.tap import TapNmbrs

README = (Path(__file__).parents[2] / "tap-nmbrs" / "README.md").read_text(encoding="utf-8")


def table(first_column: str) -> dict[str, list[str]]:
    """The rows of the table whose first column has this title, by their first cell."""
    lines = README[README.index(f"| {first_column} |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


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
            words = (
                value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else str(value)]
            )
            assert default == " ".join(f"`{word}`" for word in words)


def test_every_stream_stands_in_the_readme_with_key_and_replication() -> None:
    streams = TapNmbrs(config={"start_date": "2026-01-01"}).streams
    rows = table("stream")
    assert rows.keys() == streams.keys()
    for name, (_, key, replication, *_) in rows.items():
        assert re.findall(r"`(\w+)`", key) == list(streams[name].primary_keys)
        assert replication == {"FULL_TABLE": "full", "INCREMENTAL": "incremental"}[streams[name].replication_method]


def test_the_scopes_of_the_consent_stand_in_the_readme() -> None:
    assert f"`{' '.join(asked_scopes((), ()))}`" in " ".join(README.split())
