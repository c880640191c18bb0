"""Reads by a manifest of airbyte-cdk to standard output. Runs in airbyte-cdk's own environment.

python read.py MANIFEST.yaml read --config CONFIG.json --catalog CATALOG.json
"""

from __future__ import annotations

import sys

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource


def main(manifest: str, arguments: list[str]) -> None:
    """Read."""
    given = AirbyteEntrypoint.parse_args(arguments)
    config = YamlDeclarativeSource.read_config(given.config)
    catalog = YamlDeclarativeSource.read_catalog(given.catalog)
    launch(YamlDeclarativeSource(manifest, config=config, catalog=catalog, state=[]), arguments)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
