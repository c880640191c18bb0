"""The kit's README names everything that `extract` offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from connector_kit import extract
from connector_kit.extract import PERSONAL_DATA_CLASSES

README = (Path(__file__).parents[2] / "connector-kit" / "README.md").read_text(encoding="utf-8")
SECTION = README[README.index("\n## extract\n") : README.index("\n## map-books\n")]


@pytest.mark.parametrize("name", extract.__all__)
def test_every_public_name_stands_in_the_readme(name: str) -> None:
    assert f"`{name}" in SECTION


def test_the_classes_of_personal_data_stand_in_the_readme() -> None:
    assert " ".join(PERSONAL_DATA_CLASSES) in " ".join(SECTION.split())
