"""Small offices: pipelines of programs of a few lines, which start at once."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from orchestration.frozen import Frozen, Plugin, Step, digest
from orchestration.meltano import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = Path(sys.executable).parent
# As fast as Python starts: nothing of site-packages is needed.
FIRST_LINE = f"#!{sys.executable} -SE\nimport json, os, signal, sys, time\n"
# Numbers go from the tap to the target; the number of the last one is the STATE.
TAP = """
args = dict(zip(sys.argv[1::2], sys.argv[2::2]))
config = json.load(open(sys.argv[2]))
state = json.load(open(args["--state"]))["last"] if "--state" in args else 0
for number in range(state + 1, config["until"] + 1):
    print(number, flush=True)
    time.sleep(config.get("pause", 0))
print(f'METRIC: {json.dumps({"type": "counter", "metric": "record_count", "value": config["until"] - state})}', file=sys.stderr)
print('METRIC: {"type":"counter","metric":"http_request_count","value":3}', file=sys.stderr)
"""
TARGET = """
config = json.load(open(sys.argv[2]))
if config.get("refuses"):
    print(f"{os.path.basename(sys.argv[0])}: no, this one is wrong", file=sys.stderr)
    sys.exit(config["refuses"])
books = open(config["books"], "a")
booked = 0
for line in sys.stdin:
    print(int(line), file=books, flush=True)
    booked += 1
    print(json.dumps({"last": int(line)}), flush=True)
print('METRIC: {"type":"counter","metric":"http_request_count","value":4}', file=sys.stderr)
print("Summary " + json.dumps({"success": booked, "fail": 0, "in_doubt_in_ledger": 0}), file=sys.stderr)
"""


@dataclass(kw_only=True)
class SmallOffice:
    """A project whose pipeline `count` is a tap that counts and a target that writes down what it hears."""

    folder: Path
    project: Project
    content: dict[str, Any] = field(default_factory=lambda: {"tenants": []})

    def program(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(FIRST_LINE + text)
        path.chmod(0o755)
        return str(path)

    def freeze(self, job: str = "count", *, tap: str = TAP, target: str = TARGET) -> None:
        """Write the pipeline down as `pipelines freeze` does."""
        self.write(job, self.step("", tap=tap, target=target))

    def write(self, job: str, *steps: Step) -> None:
        Frozen(job=job, made_from=digest(self.project), steps=steps).write(self.project)

    def step(self, suffix: str, *, tap: str = TAP, target: str = TARGET) -> Step:
        """A tap and a target; those of another step have another suffix."""
        plugins = (
            Plugin(
                name=f"tap-small{suffix}",
                label=f"tap-small{suffix}",
                program=self.program(f"tap-small{suffix}", tap),
                settings={"until": 3},
                known=("until", "pause", "token", "token_store", "share"),
                secret=("token",),
            ),
            Plugin(
                name=f"target-small{suffix}",
                label=f"target-small{suffix}",
                program=self.program(f"target-small{suffix}", target),
                settings={},
                known=("books", "refuses", "ledger", "password"),
                secret=("password",),
            ),
        )
        return Step(state_id=f"production:small{suffix}", plugins=plugins, catalog={"streams": []})

    def tenant(self, name: str, *, tap: Mapping[str, Any] | None = None, **target: Any) -> None:
        """Add one to tenants.yml."""
        settings = {"tap-small": dict(tap or {}), "target-small": {"books": str(self.books(name)), **target}}
        self.content["tenants"].append({"name": name, "pipeline": "count", "settings": settings})

    @property
    def file(self) -> Path:
        path = self.folder / "tenants.yml"
        path.write_text(yaml.safe_dump(self.content))
        return path

    def books(self, name: str) -> Path:
        return self.folder / f"{name}.books"

    def booked(self, name: str) -> list[int]:
        path = self.books(name)
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def state(self, name: str) -> Any:
        return json.loads((self.folder / "var" / "tenants" / name / "state.json").read_text())

    def words(self, *words: str) -> list[str]:
        return [str(BIN / "pipelines"), "--project", str(self.folder), *words]

    def run(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """`pipelines tenants tenants.yml ...`"""
        return subprocess.run(
            self.words("tenants", str(self.file), *words),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={"PATH": "/usr/bin:/bin", **(environment or {})},
        )


@pytest.fixture
def small_office(tmp_path: Path) -> SmallOffice:
    (tmp_path / "meltano.yml").write_text("jobs: []\n")
    office = SmallOffice(folder=tmp_path, project=Project.at(tmp_path))
    office.freeze()
    return office
