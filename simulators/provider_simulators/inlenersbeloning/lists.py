"""Lists on the wire: their shapes, their members, their pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request

from provider_simulators.inlenersbeloning.switches import ListShape, Paging

Row = dict[str, Any]

OTHER_HOST = "https://elsewhere.example"
HEADERS = ("id", "title", "startDate", "publishDate", "lenderVersion", "totalVersions")
MEMBERS = {
    "full": HEADERS,
    "id": ("id",),
    "title": ("id", "title"),
    "version": ("id", "lenderVersion", "totalVersions"),
    "date": ("id", "publishDate"),
}
"""Members of a remuneration in a list, by switch."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What goes over the wire.

    Attributes:
        body: The list, or a page of it.
        headers: With it.
    """

    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def shaped(rows: Sequence[Row], shape: ListShape, name: str) -> Any:
    """Rows in a shape.

    Args:
        rows: Objects with an id.
        shape: The shape.
        name: What the rows are, in the provider's words: `partners`.
    """
    match shape:
        case ListShape.DATA | ListShape.ITEMS | ListShape.RESULTS | ListShape.RECORDS:
            return {str(shape): list(rows)}
        case ListShape.NAMED:
            return {name: list(rows)}
        case ListShape.KEYED:
            return {row["id"]: {name: value for name, value in row.items() if name != "id"} for row in rows}
        case ListShape.IDS:
            return [row["id"] for row in rows]
        case ListShape.OBJECT if len(rows) == 1:
            return rows[0]
    return list(rows)


def paged(request: Request, rows: Sequence[Row], shape: ListShape, name: str, *, by: Paging, size: int) -> Page:
    """The page that is asked for; pages come in an envelope, unless a header tells of the next one."""
    if by is Paging.NONE:
        return Page(body=shaped(rows, shape, name))
    last = max(-(-len(rows) // size), 1)
    asked = request.args.get("pageToken" if by is Paging.TOKEN else "page", "1").removeprefix("p")
    number = 1 if by is Paging.IGNORED or not asked.isdecimal() else int(asked)
    more = number < last or by is Paging.IGNORED
    body = shaped(rows[(number - 1) * size : number * size], shape, name)
    follow = f"{request.path}?page={number + 1}" if more else None
    url = follow and request.host_url.rstrip("/") + follow
    if by is Paging.HEADER:
        return Page(body=body, headers={"Link": f'<{url}>; rel="next"'} if url else {})
    told: dict[Paging, Row] = {
        Paging.NEXT: {"next": follow},
        Paging.META: {"meta": {"current_page": number, "last_page": last, "per_page": size}},
        Paging.TOKEN: {"nextPageToken": f"p{number + 1}" if more else None},
        Paging.ELSEWHERE: {"links": {"next": follow and OTHER_HOST + follow}},
    }
    envelope = body if isinstance(body, dict) and shape not in (ListShape.KEYED, ListShape.OBJECT) else {"data": body}
    return Page(body=envelope | told.get(by, {"links": {"next": url}}))
