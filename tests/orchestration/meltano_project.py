"""A project of its own with this repository's plugins: no run of Meltano elsewhere is in its way."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

from tests.payroll import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.payroll import Payroll

JOB = "payroll-to-minox"
STATE_ID = "production:tap-nmbrs--journals-to-target-minox"
PREFIXES = {"tap-nmbrs": "TAP_NMBRS", "target-minox": "TARGET_MINOX"}


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


def environment(payroll: Payroll) -> dict[str, str]:
    """The settings of the simulators, as a scheduler gives them."""
    settings = {
        f"{prefix}_{name}".upper(): value if isinstance(value, str) else json.dumps(value)
        for plugin, prefix in PREFIXES.items()
        for name, value in payroll.settings()[plugin].items()
    }
    own = {
        "MELTANO_ENVIRONMENT": "production",
        "MELTANO_DATABASE_URI": f"sqlite:///{payroll.folder}/meltano.db",
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    return os.environ | settings | own
