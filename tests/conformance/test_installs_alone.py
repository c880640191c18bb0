"""Each distribution is a program of its own: its wheel, in an environment with nothing else of ours, does real work.

The usual run installs the connectors with uv, and one of them with pip; `make wheels` installs everything with both.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.registry import PROVIDERS
from provider_simulators.world import World

from scripts.lock import LOCK
from scripts.release import KIT, manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provider_simulators.server import Simulator

    Artifacts = Callable[[str], tuple[Path, Path]]

UV = Path(sys.executable).with_name("uv")
EVERYTHING = bool(os.environ.get("TEST_ALL_INSTALLERS"))
ANYWHERE = "/usr/bin:/bin"
pytestmark = pytest.mark.timeout(900)  # what is not in the cache comes from the index


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a program does to show that it works.

    Attributes:
        words: Its arguments; its settings come from a file.
        fed: What it reads on standard input.
        settings: Beside those of the simulator of its provider, if it has one.
        shows: What stands in its output when it has worked.
    """

    words: tuple[str, ...] = ()
    fed: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    shows: str


MESSAGES = "\n".join(
    json.dumps(message)
    for message in (
        {
            "type": "SCHEMA",
            "stream": "people",
            "key_properties": ["id"],
            "schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
        },
        {"type": "RECORD", "stream": "people", "record": {"id": 1}},
        {"type": "STATE", "value": {"bookmarks": {"people": 1}}},
    )
)
WORK = {
    "tap-nmbrs": Work(settings={"start_date": "2026-09-01", "token_store": "token.json"}, shows='"stream":"employees"'),
    "tap-ons": Work(settings={"start_date": "2026-11-01"}, shows='"stream":"employees"'),
    "tap-inlenersbeloning": Work(shows='"stream":"remunerations"'),
    "tap-care-books": Work(words=("--discover",), shows='"journal_entry_lines"'),
    "target-minox": Work(words=("preflight",), settings={"token_store": "token.json"}, shows=""),
    "target-minimax": Work(words=("preflight",), settings={"default_journal_type": "OP"}, shows=""),
    "map-books": Work(fed=MESSAGES, shows='"bookmarks"'),
    "target-duckdb-exact": Work(
        fed=MESSAGES, settings={"filepath": "warehouse.duckdb", "default_target_schema": "main"}, shows='"bookmarks"'
    ),
    "target-postgres-exact": Work(words=("--about", "--format=json"), shows='"sqlalchemy_url"'),
    "simulate": Work(words=("nmbrs", "--help"), shows="--employees"),
    "pipelines": Work(words=("--help",), shows="Usage"),
}
PROGRAMS = {
    program: name for name, (_, manifest) in manifests().items() for program in manifest["project"].get("scripts", {})
}
CONNECTORS = sorted(name for name in PROGRAMS if name.startswith(("tap-", "target-")) and not name.endswith("-exact"))
INSTALLATIONS = (
    [(program, installer) for program in sorted(PROGRAMS) for installer in ("uv", "pip")]
    if EVERYTHING
    else [*((program, "uv") for program in CONNECTORS), ("target-minox", "pip")]
)


def run(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, result.stderr
    return result


@cache
def locked() -> str:
    """The versions of the lock, for those that do not compare hashes of what is built just now."""
    return "\n".join(re.findall(r"^[a-z0-9_.\[\]-]+==[^ \\]+(?: ; [^\\\n]+)?", LOCK.read_text(), re.MULTILINE))


def environment(folder: Path, wheels: list[Path], installer: str) -> Path:
    """A fresh environment with these wheels and what they need; the folder of its programs."""
    venv = folder / "venv"
    constraints = folder / "constraints.txt"
    constraints.write_text(locked(), encoding="utf-8")
    programs = venv / "bin"
    clean = {key: value for key, value in os.environ.items() if key not in {"UV_CONSTRAINT", "PIP_CONSTRAINT"}}
    if installer == "pip":
        run(sys.executable, "-m", "venv", venv, cwd=folder)
        run(programs / "pip", "install", "--quiet", "--constraint", constraints, *wheels, cwd=folder, env=clean)
    else:
        run(UV, "venv", "--quiet", "--python", sys.executable, venv, cwd=folder)
        words = (UV, "pip", "install", "--quiet", "--constraint", constraints, "--python", programs / "python")
        run(*words, *wheels, cwd=folder, env=clean)
    return programs


def installed(programs: Path) -> set[str]:
    listed = run(UV, "pip", "list", "--quiet", "--format=json", "--python", programs / "python")
    return {package["name"] for package in json.loads(listed.stdout)}


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> Iterator[Simulator | None]:
    """The simulator of the program's provider, if it has one."""
    kinds = {kind.connector: kind for kind in PROVIDERS}
    program = request.getfixturevalue("program")
    if program not in kinds:
        yield None
        return
    with kinds[program](World.build(seed=1, debtors=1, companies=1, employees=2, today=date(2026, 11, 15))) as running:
        yield running


def does_its_work(programs: Path, program: str, provider: Simulator | None, folder: Path) -> None:
    work = WORK[program]
    config = folder / "config.json"
    config.write_text(json.dumps({**(provider.connector_settings() if provider else {}), **work.settings}))
    named = () if "--help" in work.words or "--about" in work.words else ("--config", config)
    done = run(programs / program, *work.words, *named, cwd=folder, env={"PATH": ANYWHERE}, input=work.fed)
    assert work.shows in (done.stdout + done.stderr).replace('": "', '":"')
    assert provider is None or provider.log.requests()


@pytest.mark.parametrize(("program", "installer"), INSTALLATIONS)
def test_a_wheel_installs_alone_and_does_its_work(
    program: str, installer: str, provider: Simulator | None, artifacts: Artifacts, tmp_path: Path
) -> None:
    known = manifests()
    home, manifest = known[PROGRAMS[program]]
    needs = [home]
    if any(one.startswith(KIT) for one in manifest["project"].get("dependencies", [])):
        needs.append(known[KIT][0])

    programs = environment(tmp_path, [artifacts(name)[1] for name in needs], installer)

    assert installed(programs) & known.keys() == {known_name for known_name in known if known[known_name][0] in needs}
    if program in CONNECTORS:
        about = run(programs / program, "--about", "--format=json", env={"PATH": ANYWHERE}, cwd=tmp_path)
        described = json.loads(about.stdout)
        assert (described["name"], described["version"]) == (program, manifest["project"]["version"])
    if EVERYTHING:
        assert "usage" in run(programs / program, "--help", cwd=tmp_path).stdout.lower()
    if EVERYTHING and program in {*CONNECTORS, "map-books"}:
        assert manifest["project"]["version"] in run(programs / program, "--version", cwd=tmp_path).stdout
    does_its_work(programs, program, provider, tmp_path)
