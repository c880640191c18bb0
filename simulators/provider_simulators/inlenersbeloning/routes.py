"""The operations of Inlenersbeloning.com on the wire: bearer tokens, shapes of lists, refusals."""

import gzip
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.inlenersbeloning import lists
from provider_simulators.inlenersbeloning.backend import InlenersbeloningBackend
from provider_simulators.inlenersbeloning.documents import Document
from provider_simulators.inlenersbeloning.editions import Remuneration
from provider_simulators.inlenersbeloning.encoding import compact, decoded, escaped
from provider_simulators.inlenersbeloning.operations import INVITATION_PATHS, OPERATIONS, Right, placed
from provider_simulators.inlenersbeloning.pdfs import encoded, in_form, pdf
from provider_simulators.inlenersbeloning.refusals import RefusedError, refusal
from provider_simulators.inlenersbeloning.switches import ListShape
from provider_simulators.inlenersbeloning.tokens import Token
from provider_simulators.routing import Route

Answer = Callable[..., Response]

VERSION_IN_QUERY = 1
"""Which of the paths of a version is the query of the newest one's."""
PIECES = 10
"""Pieces in which a slow body comes."""


class InlenersbeloningRoutes:
    """Everything that is known or guessed of the API.

    Args:
        backend: State and rules.
        sleep: Waits so many seconds, unless the simulator stops.
    """

    def __init__(self, backend: InlenersbeloningBackend, sleep: Callable[[float], None]) -> None:
        self._backend = backend
        self._switches = backend.switches
        self._sleep = sleep

    def routes(self) -> list[Route]:
        """The table."""
        return [*self._operations(), *self._invitations()]

    def _operations(self) -> Iterator[Route]:
        answers: dict[str, Answer] = {
            "list_partners": self.partners,
            "get_partner": self.partner,
            "list_remunerations": self.remunerations,
            "get_remuneration": self.remuneration,
            "get_remuneration_version": self.version,
            "get_remuneration_pdf": self.pdf,
            "list_functions": self.functions,
            "get_function": self.function,
            "list_companies": self.companies,
        }
        for operation in OPERATIONS:
            for path, there in placed(operation, self._switches):
                name, answer = operation.name, answers[operation.name]
                yield Route(
                    method="GET",
                    path=self._switches.api_path + path,
                    operation=name if there else f"{name} elsewhere",
                    answer=self._guarded(answer if there else self.nowhere),
                )

    def _invitations(self) -> Iterator[Route]:
        for path in INVITATION_PATHS:
            for method in ("GET", "POST", "PUT", "DELETE"):
                where = self._switches.api_path + path
                yield Route(method=method, path=where, operation="send_invitation", answer=self.invitation)

    # Operations

    def companies(self, request: Request, token: Token) -> Response:
        """The agency's companies, as far as the token goes."""
        return self._list(request, self._backend.companies(token), self._switches.company_list, "companies")

    def partners(self, request: Request, token: Token, company: str) -> Response:
        """The hirers of a company."""
        rows = self._backend.partners(token, company)
        if self._switches.list_fields == "id":
            rows = [{"id": row["id"]} for row in rows]
        return self._list(request, rows, self._switches.partner_list, "partners")

    def partner(self, _request: Request, token: Token, company: str, partner: str) -> Response:
        """One hirer."""
        return self._json(self._backend.partner(token, company, partner))

    def remunerations(self, request: Request, token: Token, company: str, partner: str) -> Response:
        """What a hirer shares; an answer of its own when that is nothing."""
        listed = self._backend.remunerations(token, company, partner)
        rows = [self._listed(each) for each in listed]
        self._backend.change_after_list(company, partner)
        if not rows:
            match self._switches.without_remuneration:
                case "no_content":
                    return Response(status=204)
                case "not_found":
                    raise RefusedError(404, "No remuneration available")
                case "null":
                    return self._json(None)
                case "message":
                    return self._json({"message": "No remuneration available"})
        return self._list(request, rows, self._switches.remuneration_list, "remunerations")

    def remuneration(self, request: Request, token: Token, company: str, partner: str, remuneration: str) -> Response:
        """The newest version of a remuneration; another one when versions are asked for in the query."""
        asked = request.args.get("version") if self._switches.version_path == VERSION_IN_QUERY else None
        version = None if asked is None else _number(asked)
        return self._document(self._backend.remuneration(token, company, partner, remuneration, version=version))

    def version(
        self, _request: Request, token: Token, company: str, partner: str, remuneration: str, version: str
    ) -> Response:
        """A version of a remuneration."""
        number = _number(version)
        return self._document(self._backend.remuneration(token, company, partner, remuneration, version=number))

    def pdf(self, _request: Request, token: Token, company: str, partner: str, remuneration: str) -> Response:
        """The newest version as PDF, in base64."""
        content = pdf(self._backend.pdf_title(token, company, partner, remuneration), self._switches.pdf_bytes)
        text = encoded(content, line_breaks=self._switches.pdf_line_breaks)
        if self._switches.pdf == "text":
            return Response(text, content_type="text/plain; charset=utf-8")
        return self._json(in_form(text, self._switches.pdf, self._switches.pdf_member))

    def functions(self, request: Request, token: Token, company: str, partner: str) -> Response:
        """All functions in what a hirer shares."""
        names = ("id", "title", "referenceTitle")
        rows = [{name: each.get(name) for name in names} for each in self._backend.functions(token, company, partner)]
        return self._list(request, rows, self._switches.function_list, "functions")

    def function(self, _request: Request, token: Token, company: str, partner: str, function: str) -> Response:
        """One of them, whole."""
        return self._json(self._backend.function(token, company, partner, function))

    def nowhere(self, _request: Request, _token: Token, **_ids: str) -> Response:
        """A path that an operation might have, but has not."""
        raise RefusedError(404, "Not found")

    def invitation(self, request: Request, company: str) -> Response:
        """Would send an e-mail. It is noted that somebody called, whoever it was; nothing is sent."""
        self._backend.invitation_called(request.method, request.path)

        def invited(_request: Request, token: Token, company: str) -> Response:
            if company not in token.companies or Right.INVITATION not in token.rights:
                raise RefusedError(403, "The token does not have this right")
            return self._json({"message": "Invitation sent"}, status=201)

        return self._guarded(invited)(request, company=company)

    # Answers

    def _guarded(self, answer: Answer) -> Answer:
        def admitted(request: Request, **path: str) -> Response:
            try:
                self._backend.count_call()
                return answer(request, self._backend.token(_bearer(request)), **path)
            except RefusedError as refused:
                return refusal(refused.status, str(refused), self._switches.refusals, refused.headers)

        return admitted

    def _listed(self, remuneration: Remuneration) -> Document:
        if self._switches.list_fields == "documents":
            return remuneration.document() or {}
        row = remuneration.header()
        return {name: row[name] for name in lists.MEMBERS[self._switches.list_fields]}

    def _list(self, request: Request, rows: list[Document], shape: ListShape, name: str) -> Response:
        paging, size = self._switches.paging, self._switches.page_size
        page = lists.paged(request, rows, shape, name, by=paging, size=size)
        return self._json(page.body, headers=page.headers)

    def _json(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return self._sent(compact(body), status, headers)

    def _document(self, text: bytes) -> Response:
        if self._switches.loose_types:
            text = compact(_loosely_typed(decoded(text)))
        response = self._sent(text, 200, None)
        if self._switches.body_seconds:
            response.response = self._dribbled(response.get_data())
        return response

    def _sent(self, text: bytes, status: int, headers: dict[str, str] | None) -> Response:
        if self._switches.escaped:
            text = escaped(text)
        encoding = {"Content-Encoding": "gzip"} if self._switches.gzip else {}
        content = gzip.compress(text, 1) if self._switches.gzip else text
        return Response(content, status, {**(headers or {}), **encoding}, content_type=self._switches.content_type)

    def _dribbled(self, content: bytes) -> Iterator[bytes]:
        size = -(-len(content) // PIECES)
        for piece in map(partial(_piece, content, size), range(PIECES)):
            self._sleep(self._switches.body_seconds / PIECES)
            yield piece


def _piece(content: bytes, size: int, place: int) -> bytes:
    return content[place * size : (place + 1) * size]


def _number(text: str) -> int:
    if not text.isdecimal():
        raise RefusedError(404, "Version not found")
    return int(text)


def _bearer(request: Request) -> str | None:
    credentials = request.authorization
    return credentials.token if credentials and credentials.type == "bearer" else None


def _loosely_typed(value: Any) -> Any:
    """The same, with numbers that have decimals as text and true flags as "true"."""
    if isinstance(value, dict):
        return {name: _loosely_typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_loosely_typed(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    return "true" if value is True else value
