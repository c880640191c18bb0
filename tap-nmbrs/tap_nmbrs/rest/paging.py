"""Lists of the Nmbrs REST API come in pages of rows, counted from 1."""

from dataclasses import dataclass
from typing import Any

import requests
from connector_kit.extract import decoded_json
from singer_sdk.pagination import BaseAPIPaginator
from typing_extensions import override

__all__ = ["Page", "Row", "RowCountPaginator"]

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list: `{"pagination": {...}, "data": [...]}`, and for some lists members beside these."""

    rows: list[Row]
    beside: Row
    number: int | None
    total_pages: int | None
    total_records: int | None
    has_next_link: bool

    @classmethod
    def of(cls, response: requests.Response) -> "Page":
        """Read an answer.

        Raises:
            ValueError: It is no page of a list.
        """
        body = decoded_json(response)
        rows = body.get("data") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("no list in the answer")
        pagination = body.get("pagination") or {}
        return cls(
            rows=rows,
            beside={name: value for name, value in body.items() if name not in {"pagination", "data"}},
            number=pagination.get("pageNumber"),
            total_pages=pagination.get("totalPages"),
            total_records=pagination.get("totalRecords"),
            has_next_link=bool(pagination.get("nextPage")),
        )


class RowCountPaginator(BaseAPIPaginator[int]):
    """Counts pages from 1 up to `totalPages`; where the server does not tell, until a page is not full.

    The link `nextPage` is not followed: examples show it without the other parameters (vendor OpenAPI).
    """

    def __init__(self, page_size: int) -> None:
        super().__init__(1)
        self._page_size = page_size

    @override
    def has_more(self, response: requests.Response) -> bool:
        page = Page.of(response)
        if not page.rows:
            return False
        if page.total_pages is not None:
            return self.current_value < page.total_pages
        return page.has_next_link or len(page.rows) >= self._page_size

    @override
    def get_next(self, response: requests.Response) -> int | None:
        return self.current_value + 1
