"""The operations of Inlenersbeloning.com on the wire: bearer tokens, shapes of lists, refusals."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.inlenersbeloning.backend import InlenersbeloningBackend, RefusedError
from provider_simulators.inlenersbeloning.documents import Document
from provider_simulators.inlenersbeloning.switches import ListShape
from provider_simulators.inlenersbeloning.tokens import Token
from provider_simulators.routing import Route

API = "/api/v6"


class InlenersbeloningRoutes:
    """The three operations that a working client calls."""

    def __init__(self, backend: InlenersbeloningBackend) -> None:
        self._backend = backend

    def routes(self) -> list[Route]:
        """The table."""
        remunerations = f"{API}/remuneration/<company>/<partner>"
        return [
            Route(method="GET", path=path, operation=name, answer=self._guarded(answer))
            for name, path, answer in (
                ("list_partners", f"{API}/partner/<company>", self.partners),
                ("list_remunerations", remunerations, self.remunerations),
                ("get_remuneration", f"{remunerations}/<remuneration>", self.remuneration),
            )
        ]

    def partners(self, token: Token, company: str) -> Response:
        """The hirers of a company."""
        return self._list(self._backend.partners(token, company), self._backend.switches.partner_list)

    def remunerations(self, token: Token, company: str, partner: str) -> Response:
        """What a hirer shares; an answer of its own when that is nothing."""
        headers = self._backend.remunerations(token, company, partner)
        switches = self._backend.switches
        if not headers and switches.without_remuneration != "empty":
            if switches.without_remuneration == "no_content":
                return Response(status=204)
            raise RefusedError(404, "No remuneration available")
        return self._list(headers, switches.remuneration_list)

    def remuneration(self, token: Token, company: str, partner: str, remuneration: str) -> Response:
        """The newest version of a remuneration."""
        document: Any = self._backend.remuneration(token, company, partner, remuneration)
        if self._backend.switches.extra_fields:
            document = _with_extra_fields(document)
        if self._backend.switches.loose_types:
            document = _loosely_typed(document)
        return json_response(document)

    def _list(self, rows: list[Document], shape: ListShape) -> Response:
        if self._backend.switches.list_fields == "id":
            rows = [{"id": row["id"]} for row in rows]
        return json_response(_shaped(rows, shape))

    def _guarded(self, answer: Callable[..., Response]) -> Callable[..., Response]:
        def admitted(request: Request, **path: str) -> Response:
            try:
                self._backend.count_call()
                return answer(self._backend.token(_bearer(request)), **path)
            except RefusedError as refused:
                # The bodies of refusals are not known.
                return json_response({"message": str(refused)}, refused.status, refused.headers)

        return admitted


def _bearer(request: Request) -> str | None:
    credentials = request.authorization
    return credentials.token if credentials and credentials.type == "bearer" else None


def _shaped(rows: list[Document], shape: ListShape) -> Any:
    match shape:
        case ListShape.DATA:
            return {"data": rows}
        case ListShape.KEYED:
            return {row["id"]: {name: value for name, value in row.items() if name != "id"} for row in rows}
        case ListShape.IDS:
            return [row["id"] for row in rows]
        case ListShape.OBJECT if len(rows) == 1:
            return rows[0]
    return rows


def _with_extra_fields(document: Document) -> Document:
    """The document with something new at its root, in an object and in an array's objects."""
    return document | {
        "payTransparency": {"isReported": False, "items": []},
        "company": document["company"] | {"tradeName": "Nieuw"},
        "functionGroups": [group | {"escoCode": "9333.4"} for group in document["functionGroups"]],
    }


def _loosely_typed(value: Any) -> Any:
    """The same, with numbers that have decimals as text and true flags as "true"."""
    if isinstance(value, dict):
        return {name: _loosely_typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_loosely_typed(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    return "true" if value is True else value
