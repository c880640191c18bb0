"""The kit's README lists the exit codes and the names that exist."""

import re
from importlib import import_module
from pathlib import Path

from connector_kit.errors import ExitCode

README = (Path(__file__).resolve().parents[2] / "connector-kit" / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_exit_code_has_its_row() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", section("errors and exit codes"), re.MULTILINE)
    assert {name: int(code) for code, name in rows} == {code.name: code.value for code in ExitCode}


def test_the_names_of_console_and_oauth_exist() -> None:
    rows = [
        line.split("|")[1]
        for title in ("console", "oauth")
        for line in section(title).splitlines()
        if line[:3] == "| `"
    ]
    names = re.findall(r"`(\w+)\.(\w+)", "".join(rows))
    assert len(names) > 10
    for module, name in names:
        assert hasattr(import_module(f"connector_kit.{module}"), name), name
