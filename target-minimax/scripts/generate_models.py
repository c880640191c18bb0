"""Write `target_minimax/models.json` from the collected facts about Minimax' API.

Usage: python target-minimax/scripts/generate_models.py FOLDER_OF_SPECS   (the folder with minimax/endpoints.yaml)

A model says what may be written: members that Minimax fills by itself are left out.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).parents[1] / "target_minimax" / "models.json"
WRITTEN: Final = (
    "AddressModel",
    "Analytic",
    "BankAccount",
    "Contact",
    "Customer",
    "Document",
    "DocumentAttachment",
    "Employee",
    "Inbox",
    "IssuedInvoice",
    "IssuedInvoicePosting",
    "Item",
    "Journal",
    "Order",
    "ProductGroup",
    "ReceivedInvoice",
    "StockEntry",
    "VATEntry",
    "Warehouse",
)
"""Models of the records that can be written; the models of their rows come with them."""
REFERENCES: Final = {
    "Account",
    "Analytic",
    "Country",
    "Currency",
    "Customer",
    "Document",
    "DocumentNumbering",
    "Employee",
    "Item",
    "JournalType",
    "PaymentMethod",
    "ProductGroup",
    "PurposeCode",
    "ReportTemplate",
    "VatRate",
    "Warehouse",
}
"""What has a code by which it can be found; other references cannot be written."""

VALUES_OF_ONE: Final = {"EmploymentType": "SI", "InsuranceBasis": "SI"}
"""Members whose values are only known of one country; the others have lists of their own."""


def models(specs: Path) -> dict[str, Any]:
    """Read the models that can be written, and those of their rows."""
    described = yaml.safe_load((specs / "minimax" / "endpoints.yaml").read_text(encoding="utf-8"))["models"]
    result: dict[str, Any] = {}
    waiting = list(WRITTEN)
    while waiting:
        name = waiting.pop()
        if name not in result:
            members = {field["name"]: _member(field) for field in described[name]["fields"] if _is_written(field, name)}
            result[name] = dict(sorted(members.items()))
            waiting += [member["model"] for member in members.values() if "model" in member]
    return dict(sorted(result.items()))


def _is_written(field: Mapping[str, Any], model: str) -> bool:
    if field.get("readonly") or field.get("ignored_on_create") or field["name"] in {"RowVersion", "RecordDtModified"}:
        return False
    if field["type"] == "fk":
        names_its_document = field["name"] == field.get("target") and field["target"] in {model, "Document"}
        return field.get("target") in REFERENCES and not names_its_document
    return True


def _member(field: Mapping[str, Any]) -> dict[str, Any]:
    kind = field["type"]
    if kind == "string" and str(field.get("format", "")).startswith("date-time"):
        kind = "date"
    if kind == "string" and field.get("format") == "base64":
        kind = "file"
    member: dict[str, Any] = {"type": kind}
    for name, source in (("length", "max_length"), ("required", "required"), ("only", "only"), ("values", "enum")):
        if field.get(source):
            member[name] = field[source]
    if "values" in member and field["name"] in VALUES_OF_ONE:
        member["values_in"] = VALUES_OF_ONE[field["name"]]
    if kind == "fk":
        member["target"] = field["target"]
    if kind in {"array", "object"}:
        member["model"] = field.get("items") or field.get("model")
    return member


def text(specs: Path) -> str:
    """The content of the file."""
    return json.dumps(models(specs), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(Path(sys.argv[1])), encoding="utf-8")
