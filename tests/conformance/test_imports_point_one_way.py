"""The order of the house: who may import whom. The table is the one of DESIGN, as code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONNECTORS = {path.parent.name: path.name for path in ROOT.glob("t*-*/t*_*") if path.is_dir()}
GROUND = (
    "calls",
    "console",
    "environment",
    "errors",
    "limiter",
    "live_line",
    "oauth",
    "redaction",
    "run_summary",
    "service_url",
    "settings",
    "structured",
    "threads",
    "upstream",
)
# Inside the kit: package or module -> what of the kit it may import beside itself.
KIT = {
    "books": (),
    "extract": (*GROUND, "books"),
    "posting": (*GROUND, "books"),
    "mapper": (*GROUND, "books", "mapping"),
    "mapping": (*GROUND, "books"),
}


def imported(path: Path) -> set[str]:
    """The dotted names that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def sources(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"no source in {folder}"
    return found


def house_imports(path: Path) -> set[str]:
    """The packages of this repository that a file imports."""
    packages = {"connector_kit", "provider_simulators", "demo", "scripts", *CONNECTORS.values()}
    return {name.split(".")[0] for name in imported(path)} & packages


@pytest.mark.parametrize("package", sorted(KIT))
def test_the_kit_imports_only_downwards(package: str) -> None:
    folder = ROOT / "connector-kit" / "connector_kit"
    paths = [path for path in folder.rglob("*.py") if path.relative_to(folder).parts[0] in {package, f"{package}.py"}]
    allowed = {package, *KIT[package]}
    for path in paths:
        parts = {name.split(".")[1] for name in imported(path) if name.startswith("connector_kit.")}
        assert parts <= allowed, f"{path.name} imports {sorted(parts - allowed)} of the kit"


def test_the_ground_of_the_kit_stands_on_nothing_else() -> None:
    folder = ROOT / "connector-kit" / "connector_kit"
    for path in folder.rglob("*.py"):
        if path.relative_to(folder).parts[0].removesuffix(".py") in GROUND:
            parts = {name.split(".")[1] for name in imported(path) if name.startswith("connector_kit.")}
            assert parts <= set(GROUND), f"{path.name} imports {sorted(parts - set(GROUND))}"


@pytest.mark.parametrize("distribution", sorted(CONNECTORS))
def test_a_connector_imports_the_kit_and_no_other_connector(distribution: str) -> None:
    for path in sources(distribution):
        assert house_imports(path) <= {CONNECTORS[distribution], "connector_kit"}, path


def test_simulators_know_nothing_of_connectors() -> None:
    for path in sources("simulators"):
        assert house_imports(path) <= {"provider_simulators"}, path


def test_nothing_but_tests_imports_simulators() -> None:
    for folder in ("connector-kit", "demo", "scripts", *CONNECTORS):
        for path in sources(folder):
            assert "provider_simulators" not in house_imports(path), path
