"""One schema per stream; the file of `journal_entries` holds only what this tap adds to the books contract."""

from importlib import resources
from typing import Final

from connector_kit.books import contracts
from singer_sdk import SchemaDirectory
from singer_sdk.schema.source import Schema
from typing_extensions import override

__all__ = ["SCHEMAS"]

_BOOKED: Final = "journal_entries"
"""The one stream that goes into the books as it is; others may have the name of a contract and be something else."""


class _Schemas(SchemaDirectory):
    @override
    def fetch_schema(self, key: str) -> Schema:
        schema = super().fetch_schema(key)
        if key != _BOOKED:
            return schema
        contract = contracts.schema(key)
        return {
            **contract,
            "properties": {**contract["properties"], **schema["properties"]},
            "required": [*contract["required"], *schema["required"]],
        }


SCHEMAS: Final = _Schemas(resources.files(__name__))
