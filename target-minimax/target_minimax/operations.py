"""The operations of Minimax that we use (vendor OpenAPI); those of resources are built from their path."""

from dataclasses import dataclass
from typing import Final

__all__ = ["Operation", "action", "adding", "by_code", "changing", "listing", "looking"]

_ORGANISATION: Final = "/api/orgs/{organisation_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation of the API.

    Attributes:
        name: What messages call it.
        method: HTTP method.
        path: Below `api_url`; the organisation comes from the settings.
        sort: Row member by which pages are ordered; without an order nothing is guaranteed.
        filters: Query parameters that it knows beside those of paging. Others are ignored by Minimax without a word,
            and the unfiltered list comes back, so `client` refuses them.
        is_array: The list may be a bare array, in one piece.
    """

    name: str
    method: str
    path: str
    sort: str | None = None
    filters: tuple[str, ...] = ()
    is_array: bool = False


ORGANISATIONS: Final = Operation(name="list of organisations", method="GET", path="/api/currentuser/orgs")

FILTERS: Final = {
    "documents": ("SearchString",),
    "inbox": ("InboxDateFrom", "InboxDateTo"),
    "issuedinvoicepostings": ("DateFrom", "DateTo", "Description"),
    "issuedinvoices": ("InvoiceType", "CustomerID", "DateIssuedFrom", "DateIssuedTo"),
    "journals": ("DateFrom", "DateTo", "Description"),
    "journals/journal-entries": ("DateFrom", "DateTo"),
    "orders": ("ReceivedIssued", "CustomerID", "DateFrom", "DateTo"),
    "receivedinvoices": ("CustomerID", "DocumentReference"),
    "stockentry": ("StockEntryType", "DateFrom", "DateTo"),
    "vatrates": ("date",),
}
"""Filters of each list that we use; all others are searched by `SearchString`."""


def listing(path: str, *, sort: str | None = None) -> Operation:
    """A list."""
    filters = FILTERS.get(path, ("SearchString",))
    whole, is_array = f"{_ORGANISATION}/{path}", path.endswith("/attachments")
    return Operation(name=f"list {path}", method="GET", path=whole, sort=sort, filters=filters, is_array=is_array)


def looking(path: str) -> Operation:
    """One of a list."""
    return Operation(name=f"{path} by id", method="GET", path=f"{_ORGANISATION}/{path}/{{id}}")


def by_code(path: str) -> Operation:
    """One of a list, by its code."""
    return Operation(name=f"{path} by code", method="GET", path=f"{_ORGANISATION}/{path}/code({{code}})")


def adding(path: str) -> Operation:
    """A new one."""
    return Operation(name=f"new record in {path}", method="POST", path=f"{_ORGANISATION}/{path}")


def changing(path: str) -> Operation:
    """The whole of one, again."""
    return Operation(name=f"change in {path}", method="PUT", path=f"{_ORGANISATION}/{path}/{{id}}")


def action(path: str) -> Operation:
    """What is done with one."""
    whole = f"{_ORGANISATION}/{path}/{{id}}/actions/{{action}}"
    return Operation(name=f"action on {path}", method="PUT", path=whole)
