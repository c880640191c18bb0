"""A project of its own with this repository's plugins: no run of Meltano elsewhere is in its way."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.payroll import ROOT

if TYPE_CHECKING:
    from pathlib import Path


JOB = "payroll-to-minox"
STATE_ID = "production:tap-nmbrs--journals-to-target-minox"


def project_in(folder: Path) -> Path:
    """Make the project; what Meltano and `pipelines` keep stays in it."""
    project = folder / "project"
    (project / ".meltano").mkdir(parents=True)
    shutil.copy(ROOT / "meltano.yml", project)
    for name in ("connector-kit", "tap-nmbrs", "target-minox", "demo"):
        (project / name).symlink_to(ROOT / name)
    for kind in ("extractors", "mappers", "loaders"):
        (project / ".meltano" / kind).symlink_to(ROOT / ".meltano" / kind)
    return project
