"""Sdist and wheel of a distribution: build them, and say what is wrong with them."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.metadata import Metadata

from scripts.lock import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

UV = Path(sys.executable).with_name("uv")


def build(source: Path, folder: Path) -> tuple[Path, Path]:
    """Build both into a folder: the sdist, and the wheel from the sdist."""
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    words = [
        str(UV),
        "build",
        "--quiet",
        "--no-sources",
        "--no-create-gitignore",
        "--out-dir",
        str(folder),
        str(source),
    ]
    subprocess.run(words, check=True, cwd=ROOT)  # noqa: S603 (our own uv, fixed words)
    made = sorted(set(folder.iterdir()) - before, key=lambda path: path.suffix)
    sdist, wheel = made
    return sdist, wheel


def package(source: Path) -> str:
    """The package, or the module, that a distribution installs."""
    manifest = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = manifest["tool"]["hatch"]["build"]["targets"]["wheel"]
    (name,) = wheel.get("packages") or wheel["only-include"]
    return str(name)


def files(source: Path) -> set[str]:
    """The files of a distribution's folder that are in the repository, or would be."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    listed = subprocess.run(words, cwd=source, check=True, capture_output=True, text=True).stdout  # noqa: S603 (git, fixed words)
    return {name for name in listed.split("\0") if name and (source / name).exists()}


def faults_of_wheel(wheel: Path, source: Path) -> Iterator[str]:
    """What the wheel lacks of the package, what else it holds, and what is wrong with its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        yield from faults_of_metadata(archive.read(metadata).decode())
    held = {name for name in names if ".dist-info/" not in name}
    ours = package(source)
    wanted = {name for name in files(source) if name == ours or name.startswith(f"{ours}/")}
    yield from _difference(wheel.name, held, wanted)
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        yield f"{wheel.name} lacks the licence"


def faults_of_sdist(sdist: Path, source: Path) -> Iterator[str]:
    """What the sdist lacks of the folder, and what else it holds."""
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    yield from _difference(sdist.name, names - {"PKG-INFO", ".gitignore"}, files(source))


def faults_of_metadata(text: str) -> Iterator[str]:
    """What an index would refuse, and what a reader of its page would miss."""
    try:
        metadata = Metadata.from_email(text, validate=True)
    except ExceptionGroup as refused:
        yield from (str(one) for one in refused.exceptions)
        return
    for field in ("summary", "description", "keywords", "classifiers", "license_expression", "license_files"):
        if not getattr(metadata, field):
            yield f"{metadata.name}: {field} is empty"
    if metadata.description_content_type != "text/markdown":
        yield f"{metadata.name}: the description is not markdown"


def _difference(name: str, held: set[str], wanted: set[str]) -> Iterator[str]:
    if lacking := sorted(wanted - held):
        yield f"{name} lacks {', '.join(lacking)}"
    if more := sorted(held - wanted):
        yield f"{name} holds {', '.join(more)} too"
