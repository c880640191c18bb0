"""Records as the API writes them: references with name and address, rows that know less, lists in an envelope."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from provider_simulators.minimax.books import Organisation
from provider_simulators.minimax.models import Field, Model
from provider_simulators.minimax.operations import paths
from provider_simulators.minimax.reading import Record

Document = dict[str, Any]

NAMES: Mapping[str, Callable[[Record], str]] = {
    "Account": lambda record: f"{record['Code']} - {record['Name']}",
    "Employee": lambda record: f"{record['FirstName']} {record['LastName']}",
    "IssuedInvoice": lambda record: str(record.get("InvoiceNumber") or ""),
    "Journal": lambda record: record["Description"] or "",
    "User": lambda record: record["FullName"],
}
"""What references are called; records have a Name, a Code or a Description else."""
ALIASES = {("ItemSearch", "Title"): "Name", ("IssuedInvoiceSearch", "Analytics"): "Analytic"}
"""Members of rows that have another name in the record (vendor's documentation)."""


class Documents:
    """Writes records of one organisation.

    Args:
        models: The installation's models.
        organisation: Whose records they are.
        base: What stands before references; the API's base where they are absolute.
    """

    def __init__(self, models: Mapping[str, Model], organisation: Organisation, base: str = "") -> None:
        self._models = models
        self._organisation = organisation
        self._base = base

    def document(self, model: str, record: Record) -> Document:
        """All members of a model; empty ones are null (inferred)."""
        parent = {name: record["parent"] for name in _PARENT_MEMBERS.get(model, ()) if "parent" in record}
        values = {**record, **parent, **self._joined(model, record)}
        return {
            each.name: self._value(each, values.get(ALIASES.get((model, each.name), each.name)))
            for each in self._models[model].fields
        }

    def reference(self, target: str, key: int | None) -> Document | None:
        """A reference."""
        if key is None:
            return None
        record = self._organisation.get(target, key)
        return {
            "ID": key,
            "Name": _name(target, record) if record else None,
            "ResourceUrl": self._url(target, key, record),
        }

    def _value(self, each: Field, value: Any) -> Any:
        match each.kind:
            case "fk":
                return value if isinstance(value, dict) else self.reference(each.target, value)
            case "list":
                rows = value or []
                return rows if each.target == "any" else [self.document(each.target, row) for row in rows]
            case "object":
                return self.document(each.target, value) if value else None
            case "date":
                return f"{value.isoformat()}T00:00:00" if isinstance(value, date) else value
        return value

    def _joined(self, model: str, record: Record) -> Record:
        """What stands elsewhere: attachments of a document, the number series of an invoice."""
        if model == "Document":
            return {"Attachments": list(self._organisation.of_parent("DocumentAttachment", record["DocumentId"]))}
        if model == "IssuedInvoiceSearch":
            series = self._organisation.get("DocumentNumbering", record.get("DocumentNumbering"))
            return {"Numbering": series["Code"] if series else None}
        return {}

    def _url(self, target: str, key: int, record: Record | None) -> str | None:
        if target == "Organisation":
            return f"{self._base}/api/orgs/{key}"
        path = paths().get(target)
        if path is None:
            return None
        parent = record.get("parent") if record else None
        return self._base + path.format(organisation=self._organisation.id, key=key, parent=parent)


_PARENT_MEMBERS = {
    "AddressModel": ("Customer",),
    "BankAccount": ("Customer",),
    "Contact": ("Customer",),
    "DocumentAttachment": ("Document",),
}


def _name(target: str, record: Record) -> str | None:
    if target in NAMES:
        return NAMES[target](record)
    name: str | None = record.get("Name") or record.get("Code") or record.get("Description")
    return name


def pdf(organisation: Organisation, title: str) -> bytes:
    """A file that is not empty, and says what it is of."""
    return f"%PDF-1.4\n% {organisation.name}: {title}\n%%EOF\n".encode()


def plain_number(value: Decimal | int | None) -> Decimal:
    """A number for reckoning; nothing is 0."""
    return Decimal(value or 0)
