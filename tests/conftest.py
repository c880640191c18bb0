"""Fixtures of all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def provider_specs() -> Path:
    """Folder of the vendors' specifications; they are not part of this repository."""
    folder = Path(os.environ.get("PROVIDER_SPECS") or ROOT.parent / "shared" / "specs")
    if not (folder / "nmbrs" / "nmbrs-rest-openapi.yaml").is_file():
        pytest.fail(
            f"The vendors' specifications are not in {folder}: "
            "let PROVIDER_SPECS name the folder that holds nmbrs/nmbrs-rest-openapi.yaml"
        )
    return folder
