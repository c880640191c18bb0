"""Each connector is a program of its own: installed from its folder, in an environment with nothing else of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
CONNECTORS = sorted(path.parent.name for path in ROOT.glob("t*-*/pyproject.toml"))


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, cwd=ROOT, **options
    )
    assert result.returncode == 0, result.stderr
    return result


@pytest.mark.parametrize("connector", CONNECTORS)
def test_a_connector_installs_alone_and_describes_itself(connector: str, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, environment)

    run(UV, "pip", "install", "--quiet", "--python", environment / "bin" / "python", f"./{connector}")

    about = run(environment / "bin" / connector, "--about", "--format=json", env={"PATH": "/usr/bin:/bin"})
    assert json.loads(about.stdout)["name"] == connector
    listed = run(UV, "pip", "list", "--quiet", "--format=json", "--python", environment / "bin" / "python")
    installed = {package["name"] for package in json.loads(listed.stdout)}
    assert {connector, "singer-connector-kit"} <= installed
    assert not installed & ({*CONNECTORS, "provider-simulators"} - {connector})
