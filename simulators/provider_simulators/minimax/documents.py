"""Records as the API writes them: references with name and address, lists in an envelope."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request

from provider_simulators.minimax.backend import Organisation
from provider_simulators.minimax.customers import READ_ONLY, ROW, SEARCHED, Record
from provider_simulators.minimax.localisation import COUNTRY_NAMES, Localisation
from provider_simulators.minimax.refusals import Message, RefusedError

Document = dict[str, Any]

DEFAULT_PAGE_SIZE = 100
"""Measured by a client; larger ones were honoured."""
PAGING = frozenset({"CurrentPage", "PageSize", "SortField", "Order", "SearchString"})


class Documents:
    """Writes records of one organisation."""

    def __init__(self, localisation: Localisation, organisation: Organisation) -> None:
        self._organisation = organisation
        self._codes = {
            "Country": {number: code for code, number in localisation.country_ids.items()},
            "Currency": {number: code for code, number in localisation.currency_ids.items()},
        }

    def customer(self, record: Record) -> Document:
        """A whole customer: all members, empty ones are null (inferred)."""
        ends = {name: record[name] for name in READ_ONLY}
        return {"CustomerId": ends.pop("CustomerId"), **self._with_references(record), **ends}

    def customer_row(self, record: Record) -> Document:
        """A customer in a list."""
        document = self.customer(record)
        return {name: document[name] for name in ROW}

    def country(self, record: Record) -> Document:
        """A country."""
        return self._with_references(record)

    def currency(self, record: Record) -> Document:
        """A currency."""
        return record

    def _with_references(self, record: Record) -> Document:
        return {
            name: self._reference(name, value) if name in self._codes else value
            for name, value in record.items()
            if name not in READ_ONLY
        }

    def _reference(self, name: str, identifier: int | None) -> Document | None:
        if identifier is None:
            return None
        code = self._codes[name][identifier]
        path = {"Country": "countries", "Currency": "currencies"}[name]
        return {
            "ID": identifier,
            "Name": COUNTRY_NAMES.get(code, code) if name == "Country" else code,
            "ResourceUrl": f"/api/orgs/{self._organisation.id}/{path}/{identifier}",
        }


def page(
    request: Request, rows: list[Document], *, searched: tuple[str, ...] = SEARCHED, page_size_max: int | None = None
) -> Document:
    """A page of the rows that match, in the envelope of all lists. Parameters nobody knows are ignored (seen).

    Raises:
        RefusedError: 400 for a page that is no number from 1 (inferred).
    """
    text = request.args.get("SearchString", "").casefold()
    found = [row for row in rows if text in " ".join(str(row.get(name) or "") for name in searched).casefold()]
    field = request.args.get("SortField")
    if field:
        found.sort(key=_sort_key(field), reverse=request.args.get("Order", "A").upper() == "D")
    number = _positive(request.args, "CurrentPage", 1)
    size = _positive(request.args, "PageSize", DEFAULT_PAGE_SIZE)
    size = min(size, page_size_max or size)
    return {
        "Rows": found[(number - 1) * size : number * size],
        "TotalRows": len(found),
        "CurrentPageNumber": number,
        "PageSize": size,
    }


def _sort_key(field: str) -> Callable[[Document], tuple[bool, bool, Any]]:
    def key(row: Document) -> tuple[bool, bool, Any]:
        value = row.get(field)
        value = value.get("Name") if isinstance(value, dict) else value
        return value is None, isinstance(value, str), "" if value is None else value

    return key


def _positive(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        raise RefusedError(400, Message(text="The request is invalid.", property_name=name))
    return int(text)
