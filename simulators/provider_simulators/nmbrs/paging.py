"""Nmbrs' envelope: `{"pagination": ..., "data": [...]}` around everything, also around one object."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from provider_simulators.nmbrs.switches import NmbrsSwitches

Row = dict[str, Any]


def page(
    rows: Sequence[Row], *, number: int, size: int, url: str, query: Mapping[str, str], switches: NmbrsSwitches
) -> Row:
    """One page of the rows; a page beyond the end is empty.

    Args:
        rows: All rows.
        number: From 1.
        size: Rows per page.
        url: The operation's URL without a query.
        query: The query of the call, for links that keep it.
        switches: What totals and links look like.
    """
    shifted = switches.rows_shift_while_paging and number > 1
    start = (number - 1) * size - shifted
    total = len(rows) + shifted
    pages = -(-total // size) or switches.empty_total_pages
    kept = dict(query) if switches.next_page_keeps_query else {}

    def link(to: int) -> str:
        # The vendor's examples carry pageNumber alone: who follows them loses pageSize and filters.
        return f"{url}?{urlencode({**kept, 'pageNumber': to})}"

    return {
        "pagination": {
            "pageNumber": number,
            "pageSize": size,
            "firstPage": link(1),
            "lastPage": link(max(pages, 1)),
            "totalPages": pages,
            "totalRecords": total,
            "nextPage": link(number + 1) if number < pages else None,
            "previousPage": link(number - 1) if number > 1 else None,
        },
        "data": list(rows[start : start + size]),
    }
