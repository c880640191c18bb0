from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.warehouses import DuckDB, Postgres, Warehouse

if TYPE_CHECKING:
    from pathlib import Path


KINDS = ("duckdb", "postgres")
WAYS = (*KINDS, "postgres by copy")


def empty(kind: str, request: pytest.FixtureRequest, folder: Path) -> Warehouse:
    """An empty warehouse."""
    if kind == "duckdb":
        return DuckDB(folder=folder, schema="inlenersbeloning")
    options = {"use_copy": True} if kind == "postgres by copy" else {}
    url = request.getfixturevalue("postgres_url")
    return Postgres(folder=folder, schema="inlenersbeloning", url=url, options=options)


@pytest.fixture(params=KINDS)
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    """An empty warehouse of either kind."""
    return empty(request.param, request, tmp_path)


@pytest.fixture(params=WAYS)
def loading(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    """The same, for each way in which its loader can write."""
    return empty(request.param, request, tmp_path)
