"""Schemas of the plain taps: those of our taps with the provider's names."""

from __future__ import annotations

from typing import Any


def provider_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, with the provider's names."""
    if "properties" not in schema:
        return schema
    properties = {
        declaration.get("x-source-name", name): provider_schema(declaration)
        for name, declaration in schema["properties"].items()
        if not name.startswith("_")
    }
    return {**schema, "properties": properties}
