"""The warehouses in which pay is compared: filled by the real loaders, the files of mappings beside them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.postgres import installed
from tests.warehouses import ROOT, DuckDB, Postgres, Row, view_script

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.postgres import PostgresServer
    from tests.warehouses import Warehouse

CHECKS = ROOT / "warehouse" / "equal_pay"


@dataclass(frozen=True, kw_only=True)
class Check:
    """A warehouse with all sources, and the folder that the commands of the README run in."""

    warehouse: Warehouse

    @property
    def folder(self) -> Path:
        return self.warehouse.folder

    def load(self, **messages: list[str]) -> None:
        """Load messages of taps, each into the schema of its source."""
        for schema, lines in messages.items():
            replace(self.warehouse, schema=schema).load(lines, validate_records=False)

    def write(self, files: Mapping[str, str]) -> None:
        """Write the files of mappings."""
        (self.folder / "mappings").mkdir(exist_ok=True)
        for name, text in files.items():
            (self.folder / "mappings" / f"{name}.csv").write_text(text, encoding="utf-8")

    def conditions(self) -> None:
        """Apply the views of pay conditions."""
        name = self.warehouse.name
        self.warehouse.run(view_script(ROOT / "warehouse" / "inlenersbeloning" / f"{name}.sql"))

    def work_out(self, *, hours: bool = False) -> None:
        """Work out the comparison of pay, or that of hours."""
        name = f"{self.warehouse.name}{'_hours' if hours else ''}.sql"
        if isinstance(self.warehouse, Postgres):
            psql = installed() / "bin" / "psql"
            subprocess.run(
                [psql, self.warehouse.url, "-q", "-f", CHECKS / name], check=True, timeout=120, cwd=self.folder
            )
        else:
            self.warehouse.run(f"SET file_search_path = '{self.folder}';\n{view_script(CHECKS / name)}")

    def rows(self, query: str) -> list[Row]:
        return self.warehouse.rows(query)


def empty_check(kind: str, folder: Path, server: PostgresServer) -> Check:
    """A warehouse of a kind with nothing in it."""
    if kind == "duckdb":
        return Check(warehouse=DuckDB(folder=folder, schema="nmbrs"))
    return Check(warehouse=Postgres(folder=folder, schema="nmbrs", url=server.new_database()))
