"""target-duckdb 0.8.0, corrected in three places until a release does it.

- With DuckDB 1.1 and later it loses the first record of every batch: DuckDB takes it for the header of the file that
  the target copies from. Corrected upstream (jwills/target-duckdb, pull request 58), not released by November 2026.
- Numbers become DOUBLE. Money is DECIMAL here.
- Dates become text. They are DATE here.

`tests/pipelines` compares the warehouse with the source: every row, every sum.
"""

from __future__ import annotations

from typing import Any

import target_duckdb  # type: ignore[import-untyped]  # the package has no types
from target_duckdb import db_sync

COPY_OPTIONS = "WITH (new_line"
TYPES = {"double": "decimal(28,8)"}  # as DuckDB spells it: on any difference the target makes a new column


class WithoutHeader:
    """A DuckDB connection whose COPY reads every line of the file as a record."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, query: str, *arguments: Any) -> Any:
        """Run a statement."""
        if query.startswith("COPY "):
            if COPY_OPTIONS not in query:
                raise SystemExit("target-duckdb: this release copies in another way; target-duckdb-exact must follow")
            query = query.replace(COPY_OPTIONS, "WITH (header false, new_line")
        return self._connection.execute(query, *arguments)


class DbSync(db_sync.DbSync):  # type: ignore[misc]  # the package has no types
    """The target's writer, on such a connection."""

    def __init__(self, connection: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(WithoutHeader(connection), *arguments, **options)


def exact(column_type: Any) -> Any:
    """Wrap the choice of a column's type: exact numbers, and dates."""

    def exact_column_type(declared: dict[str, Any]) -> str:
        if declared.get("format") == "date":
            return "date"
        chosen: str = column_type(declared)
        return TYPES.get(chosen, chosen)

    return exact_column_type


def main() -> None:
    """Run the target, corrected."""
    target_duckdb.DbSync = DbSync
    db_sync.column_type = exact(db_sync.column_type)
    target_duckdb.main()
