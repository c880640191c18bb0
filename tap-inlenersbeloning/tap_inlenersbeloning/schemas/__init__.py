"""One schema per stream."""

from importlib import resources
from typing import Final

from singer_sdk import SchemaDirectory

__all__ = ["SCHEMAS"]

SCHEMAS: Final = SchemaDirectory(resources.files(__name__))
