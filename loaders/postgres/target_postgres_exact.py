"""target-postgres 0.8.1."""

from __future__ import annotations

from target_postgres.target import TargetPostgres


def main() -> None:
    """Run the target."""
    TargetPostgres.cli()
