"""Write `target_minox/schemas/*.json` from the collected facts about Minox' API.

Usage: python target-minox/scripts/generate_schemas.py FOLDER_OF_SPECS   (the folder with minox/endpoints.yaml)

A schema says what may be written: members that are only read are left out. What a record has beside Minox' members
(key, version, what names the thing in the address) stands in `IDENTITIES`.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

Schema = dict[str, Any]

FOLDER: Final = Path(__file__).parents[1] / "target_minox" / "schemas"
STREAMS: Final = {
    "accruals": ("accrual", "An accrual: an amount that is spread over periods (transitoria)."),
    "budgets": ("budget", "A budget of a year, per cost type, cost center and division."),
    "cost_centers": ("cost_center", "What only Minox knows of a cost center: the object `minox` of a record."),
    "cost_types": ("cost_type", "A cost type (kostensoort): makes ledger accounts ask for a cost center."),
    "customer_types": ("described", "A kind of customers."),
    "customers": ("customer", "What only Minox knows of a customer: the object `minox` of a record."),
    "distance_sales": ("distance_sale", "VAT of another country for what is sold to consumers there."),
    "documents": ("document", "A document in the inbox; its file cannot be sent by any known operation."),
    "invoices": ("invoice", "A structured invoice (UBL); it is not booked. What is booked: sales_invoices."),
    "item_groups": ("item_group", "A group of items, with the ledger accounts of its revenue."),
    "items": ("item", "What only Minox knows of an item: the object `minox` of a record."),
    "journals": ("journal", "A journal (dagboek)."),
    "ledger_accounts": ("ledger_account", "A ledger account (grootboekrekening)."),
    "mandates": ("mandate", "A mandate for direct debit."),
    "open_items": ("open_item", "An open item (openstaande post), which lines have made; some of it can be changed."),
    "order_documents": ("order_document", "A document of the ordering module: quotation, order, invoice."),
    "profit_loss_balances": ("profit_loss_balance", "A code of balance sheet or profit and loss account."),
    "regions": ("described", "A region of customers."),
    "representatives": ("representative", "A representative."),
    "suppliers": ("supplier", "What only Minox knows of a supplier: the object `minox` of a record."),
}
PARTS: Final = {"customers", "suppliers", "items", "cost_centers"}
"""Streams of the books contract: their schema is that of the object `minox`, and has no key."""


def number(what: str, maximum: int = 999_999) -> Schema:
    """A number that names a thing."""
    return {"type": ["integer", "null"], "minimum": 1, "maximum": maximum, "description": what}


IDENTITIES: Final[Mapping[str, Schema]] = {
    "cost_types": {"id": number("Number of the cost type; without it the key.")},
    "customer_types": {"id": number("Number of the kind; without it the key.")},
    "item_groups": {"id": number("Number of the group; without it the key.")},
    "journals": {
        "id": {"type": ["string", "null"], "maxLength": 4, "description": "Code of the journal; without it the key."}
    },
    "ledger_accounts": {"id": number("Number of the account; without it the key.")},
    "open_items": {
        "type": {"type": "string", "enum": ["receivable", "payable"], "description": "Whose: receivable or payable."},
        "account_id": number("Number of the customer or supplier.") | {"type": "integer"},
        "invoice_number": number("Number of the invoice.", 99_999_999) | {"type": "integer"},
    },
    "profit_loss_balances": {"id": number("Number of the code; without it the key.")},
    "regions": {"id": number("Number of the region; without it the key.")},
    "representatives": {"id": number("Number of the representative; without it the key.")},
}
NEVER_WRITTEN: Final = {
    ("accruals", "id"): "Minox numbers accruals itself",
    ("order_documents", "id"): "it is ours, made from the key",
    ("customers", "id"): "the record's code",
    ("customers", "addresses"): "the record's own members",
    ("customers", "externalid"): "the record's key",
    ("suppliers", "id"): "the record's code",
    ("suppliers", "addresses"): "the record's own members",
    ("suppliers", "externalid"): "the record's key",
    ("cost_centers", "id"): "the record's code",
}
KEY: Final = {
    "type": "string",
    "minLength": 1,
    "description": "Business key, unique in the stream and the administration: delivered twice it is written once.",
}
VERSION: Final = {
    "type": ["string", "null"],
    "description": "Version of the record at its source; tells which of two contents for one key is the newer.",
}
TYPES: Final = {"integer": "integer", "number": "number", "string": "string", "boolean": "boolean"}


def main(specs: Path) -> None:
    """Write all of them."""
    with (specs / "minox" / "endpoints.yaml").open(encoding="utf-8") as file:
        known = yaml.safe_load(file)["schemas"]
    for stream in STREAMS:
        (FOLDER / f"{stream}.json").write_text(text(stream, known), encoding="utf-8")


def text(stream: str, known: Mapping[str, Any]) -> str:
    """The content of the file of a stream."""
    return json.dumps(schema_of(stream, known), indent=1, ensure_ascii=False) + "\n"


def schema_of(stream: str, known: Mapping[str, Any]) -> Schema:
    """The schema of a stream, from the known schemas."""
    name, description = STREAMS[stream]
    members = _members(name, known)
    members["properties"] = {
        member: schema for member, schema in members["properties"].items() if (stream, member) not in NEVER_WRITTEN
    }
    required = [member for member in members.pop("required", []) if member in members["properties"]]
    own = {} if stream in PARTS else {"key": KEY} | IDENTITIES.get(stream, {}) | {"version": VERSION}
    wanted = [name for name, member in own.items() if isinstance(member["type"], str)]
    if stream not in PARTS:
        wanted += [member for member in required if member not in own]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": stream,
        "description": description,
        **members,
        "required": wanted,
        "properties": own | {name: schema for name, schema in members["properties"].items() if name not in own},
    }


def _members(name: str, known: Mapping[str, Any]) -> Schema:
    root: Schema = {"type": "object", "additionalProperties": False, "properties": {}}
    for field in known[name]["fields"]:
        if "w" in field["direction"]:
            _put(root, field["name"].split("."), field, known)
    return root


def _put(schema: Schema, path: list[str], field: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    name, is_list = path[0].removesuffix("[]"), path[0].endswith("[]")
    if name == "*":
        schema.pop("properties", None)
        schema["additionalProperties"] = True
        return
    properties = schema["properties"]
    if len(path) == 1:
        properties.setdefault(name, _leaf(field, known))
        if field.get("required"):
            schema.setdefault("required", []).append(name)
        return
    inner = {"type": ["object", "null"], "additionalProperties": False, "properties": {}}
    if is_list:
        child = properties.setdefault(name, {"type": ["array", "null"], "items": inner | {"type": "object"}})["items"]
    else:
        child = properties.setdefault(name, inner)
    _put(child, path[1:], field, known)


def _leaf(field: Mapping[str, Any], known: Mapping[str, Any]) -> Schema:
    kind, meaning = field["type"], field.get("meaning") or ""
    notes = {"description": meaning} if meaning else {}
    if str(field.get("format", "")).startswith("date"):
        return {"type": ["string", "null"], "format": "date", **notes}
    if kind == "array":
        return {"type": ["array", "null"], "items": {"type": "object"}, **notes}
    if kind.startswith("array<"):
        return {"type": ["array", "null"], "items": _members(kind[6:-1], known), **notes}
    if kind == "object":
        return {"type": ["object", "null"], **notes}
    if kind in known:
        return _members(kind, known) | {"type": ["object", "null"], **notes}
    types = [TYPES[one] for one in kind.split("|")]
    return {"type": [*types, "null"], **notes, **({"x-format": "decimal"} if kind == "number" else {})}


def walk(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every member of a schema with its path."""
    for name, member in schema.get("properties", {}).items():
        yield f"{path}{name}", member
        yield from walk(member, f"{path}{name}.")
        yield from walk(member.get("items", {}), f"{path}{name}[].")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
