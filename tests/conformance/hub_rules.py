"""What Meltano Hub lets pass as a definition, in our words: its schemas of 2026, and what its own definitions hold.

One of its schemas does not name `structured-logging` for loaders, which definitions of the Hub have all the same.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT, "uniqueItems": True}
CAPABILITIES = {
    "extractors": (
        *("properties", "catalog", "discover", "state", "about", "stream-maps", "schema-flattening"),
        *("activate-version", "batch", "test", "log-based", "structured-logging"),
    ),
    "loaders": (
        *("about", "stream-maps", "activate-version", "batch", "soft-delete", "hard-delete", "datatype-failsafe"),
        *("schema-flattening", "target-schema", "validate-records", "structured-logging"),
    ),
    "mappers": ("about", "schema-flattening", "stream-maps", "structured-logging"),
}
KINDS = [
    "oauth",
    "hidden",
    "password",
    "date_iso8601",
    "file",
    "email",
    "integer",
    "options",
    "object",
    "array",
    "boolean",
    "string",
    "decimal",
]
SETTING = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(
            ("name", "label", "description", "placeholder", "tooltip", "documentation", "env", "docs"), TEXT
        ),
        "aliases": TEXTS,
        "kind": {"enum": KINDS},
        "value": {},
        "options": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["label", "value"],
                "additionalProperties": False,
                "properties": {"label": TEXT, "value": TEXT},
            },
        },
        "hidden": {"type": "boolean"},
        "sensitive": {"type": "boolean"},
    },
    # Not the Hub's rule but its meaning: options belong to their kind.
    "if": {"properties": {"kind": {"const": "options"}}, "required": ["kind"]},
    "then": {"required": ["options"]},
    "else": {"properties": {"options": False}},
}
COMMAND = {
    "type": "object",
    "required": ["args"],
    "additionalProperties": False,
    "properties": {"args": TEXT, "description": TEXT, "executable": TEXT},
}


def schema(kind: str) -> dict[str, Any]:
    """What a definition of an extractor, loader or mapper may and must hold."""
    properties: dict[str, Any] = {
        **dict.fromkeys(("name", "variant", "label", "description", "executable", "pip_url", "python"), TEXT),
        **{key: {"type": "string", "format": "uri"} for key in ("repo", "docs", "logo_url", "domain_url")},
        **{key: {"type": "string"} for key in ("definition", "next_steps", "settings_preamble", "usage", "prereq")},
        "namespace": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "hidden": {"type": "boolean"},
        "keywords": TEXTS,
        "maintenance_status": {"enum": ["active", "beta", "development", "inactive", "unknown"]},
        "quality": {"enum": ["gold", "silver", "bronze", "unknown"]},
        "capabilities": {**TEXTS, "items": {"enum": list(CAPABILITIES[kind])}},
        "settings": {"type": "array", "items": SETTING},
        "settings_group_validation": {"type": "array", "items": TEXTS},
        "commands": {"type": "object", "additionalProperties": COMMAND},
    }
    if kind != "mappers":
        properties |= {
            "log_parser": TEXT,
            "supported_python_versions": {"type": "array", "items": {"type": "string", "pattern": r"^3\.\d+$"}},
        }
    if kind == "extractors":
        properties |= {"select": TEXTS, "metadata": {"type": "object"}, "schema": {"type": "object"}}
    return {
        "type": "object",
        "required": ["name", "variant", "namespace", "label", "quality"],
        "additionalProperties": False,
        "properties": properties,
    }
