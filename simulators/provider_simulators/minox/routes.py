"""The operations of Minox on the wire: guarded by token, tenant, scope and rate, refused by array of messages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body, json_response
from provider_simulators.minox import documents
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.books import Batch, Books, Line
from provider_simulators.minox.messages import Code, RefusedError, refusal
from provider_simulators.minox.oauth import Authority, Consent
from provider_simulators.minox.paging import list_response
from provider_simulators.minox.rate_limit import RateLimit
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.routing import Route

TENANT = "/api/1/tenant/<int:tenant>"
BOOKS = f"{TENANT}/administration/<int:administration>"
BATCH = f"{BOOKS}/transaction_line_batch/<batch_id>"
PAGE = frozenset({"next"})
RANGE = frozenset({"start_period", "end_period"})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation: its route, the scope that guards it (mostly inferred from the names), and what answers it."""

    method: str
    path: str
    name: str
    scope: str
    answer: Callable[..., Response]
    query: frozenset[str] = frozenset()


class MinoxRoutes:
    """All operations that need an access token."""

    def __init__(
        self, *, backend: MinoxBackend, authority: Authority, rate_limit: RateLimit, switches: MinoxSwitches
    ) -> None:
        self._backend = backend
        self._authority = authority
        self._rate_limit = rate_limit
        self._switches = switches

    def operations(self) -> list[Operation]:
        """The table."""
        return [*self._lookups(), *self._booking(), *self._links("nmbrs"), *self._links("loket.nl")]

    def routes(self) -> list[Route]:
        """The table, guarded."""
        return [
            Route(method=each.method, path=each.path, operation=each.name, answer=self._guarded(each))
            for each in self.operations()
        ]

    def _lookups(self) -> Iterable[Operation]:
        lists: dict[str, Callable[[Books], list[Any]]] = {
            "ledger_account": lambda books: [
                documents.ledger_account_document(account, books.administration)
                for account in books.administration.accounts.values()
            ],
            "journal": lambda books: [
                documents.journal_document(journal, books.administration)
                for journal in books.administration.journals.values()
            ],
            "vat": lambda books: [documents.vat_document(vat) for vat in books.administration.vat_codes.values()],
            "payment_term": lambda books: [
                documents.payment_term_document(term) for term in books.administration.payment_terms.values()
            ],
            "cost_center": lambda books: [
                documents.described_document(each) for each in books.administration.cost_centers.values()
            ],
            "cost_type": lambda books: [
                documents.described_document(each) for each in books.administration.cost_types.values()
            ],
        }
        yield Operation(
            method="GET",
            path=f"{TENANT}/administration",
            name="administration_list",
            scope="administration:read",
            answer=self.administrations,
            query=PAGE,
        )
        for name, records in lists.items():
            yield Operation(
                method="GET",
                path=f"{BOOKS}/{name}",
                name=f"{name}_list",
                scope=f"{name}:read",
                answer=self._list_of(records),
                query=PAGE,
            )

    def _booking(self) -> Iterable[Operation]:
        for method, scope, answer in (
            ("PUT", "transaction:write", self.put_batch),
            ("GET", "transaction:read", self.get_batch),
            ("DELETE", "transaction:write", self.delete_batch),
        ):
            name = f"transaction_line_batch_{method.lower()}"
            yield Operation(method=method, path=BATCH, name=name, scope=scope, answer=answer)
        yield Operation(
            method="GET",
            path=f"{BOOKS}/year/<int:year>/transaction_lines",
            name="transaction_lines_list",
            scope="transaction:read",
            answer=self.transaction_lines,
            query=PAGE | {"period"},
        )
        yield Operation(
            method="GET",
            path=f"{BOOKS}/report/trialbalance/<int:year>",
            name="report_trialbalance",
            scope="report:read",
            answer=self.trial_balance,
            query=PAGE | RANGE,
        )

    def _links(self, provider: str) -> Iterable[Operation]:
        def get(_request: Request, administration: int) -> Response:
            return json_response(self._backend.links(administration).read(provider))

        def put(request: Request, administration: int) -> Response:
            body = _body(request)
            if not isinstance(body, dict):
                raise refusal(400, Code.BODY, "Verwacht een object")
            self._backend.save_link(administration, provider, body)
            return get(request, administration)

        def delete(_request: Request, administration: int) -> Response:
            self._backend.save_link(administration, provider, None)
            return Response(status=204)

        for method, answer in (("GET", get), ("PUT", put), ("DELETE", delete)):
            yield Operation(
                method=method,
                path=f"{BOOKS}/{provider}/settings",
                name=f"{provider.replace('.', '_')}_settings_{method.lower()}",
                scope="connection:write",
                answer=answer,
            )

    # Answers

    def administrations(self, request: Request) -> Response:
        """The tenant's administrations with their fiscal years."""
        books = self._backend.administrations()
        records = [documents.administration_document(each.administration) for each in books]
        return list_response(request, records, self._switches)

    def put_batch(self, request: Request, administration: int, batch_id: str) -> Response:
        """Book."""
        batch = self._backend.save_batch(administration, batch_id, _body(request))
        if self._switches.put_answer == "empty":
            return Response(status=204)
        return self._batch(batch, administration)

    def get_batch(self, _request: Request, administration: int, batch_id: str) -> Response:
        """The lines of a batch."""
        batch = self._backend.read_batch(administration, batch_id)
        if batch is None:
            raise refusal(404, Code.ABSENT, "De batch bestaat niet")
        return self._batch(batch, administration)

    def delete_batch(self, _request: Request, administration: int, batch_id: str) -> Response:
        """Remove a batch."""
        if self._backend.delete_batch(administration, batch_id) is None:
            raise refusal(404, Code.ABSENT, "De batch bestaat niet")
        return Response(status=204)

    def transaction_lines(self, request: Request, administration: int, year: int) -> Response:
        """The lines of a fiscal year, or of one period of it."""
        books = self._books_of_year(administration, year)
        hidden = self._switches.contra_lines == "hidden"
        lines = [line for line in books.lines(year, _period(request, "period")) if not (hidden and line.automatic)]
        return list_response(request, self._documents(lines, books), self._switches)

    def trial_balance(self, request: Request, administration: int, year: int) -> Response:
        """Turnover per account over the whole year or a range of its periods."""
        if {"application/pdf", "application/vnd.ms-excel"} & {request.mimetype, request.accept_mimetypes.best}:
            return json_response({"error": "not simulated", "operation": "report as a file"}, 501)
        rows = self._books_of_year(administration, year).trial_balance(
            year, _period(request, "start_period") or 1, _period(request, "end_period")
        )
        return list_response(request, [documents.trial_balance_document(row) for row in rows], self._switches)

    def _list_of(self, records: Callable[[Books], list[Any]]) -> Callable[..., Response]:
        return lambda request, administration: list_response(
            request, records(self._backend.books(administration)), self._switches
        )

    def _batch(self, batch: Batch, administration: int) -> Response:
        lines = batch.lines + (batch.contra_lines if self._switches.contra_lines == "batch" else ())
        answer: Any = self._documents(lines, self._backend.books(administration))
        if self._switches.batch_answer == "envelope":
            answer = {"links": {}, "collection": answer}
        return json_response(answer)

    def _documents(self, lines: Iterable[Line], books: Books) -> list[documents.Document]:
        return [documents.line_document(line, books.administration, self._switches) for line in lines]

    def _books_of_year(self, administration: int, year: int) -> Books:
        books = self._backend.books(administration)
        if year not in books.administration.fiscal_years:
            raise refusal(400, Code.FISCAL_YEAR, f"Boekjaar {year} bestaat niet")
        return books

    # Guards

    def _guarded(self, operation: Operation) -> Callable[..., Response]:
        def answer(request: Request, **arguments: Any) -> Response:
            ticket = self._rate_limit.take()
            try:
                if not ticket.passes:
                    raise refusal(429, Code.RATE_LIMIT, "Te veel aanvragen")
                response = self._admitted(operation, request, arguments)
            except RefusedError as error:
                response = json_response([message.document() for message in error.messages], error.status)
            response.headers.extend(ticket.headers())
            return response

        return answer

    def _admitted(self, operation: Operation, request: Request, arguments: dict[str, Any]) -> Response:
        consent = self._consent(request)
        if consent is None:
            return json_response("Unauthorized", 401)  # a bare JSON string: seen in a client, though not for which call
        self._backend.check_tenant(arguments.pop("tenant"))
        if "administration" in arguments:
            self._backend.books(arguments["administration"])
        if operation.scope not in consent.scopes:
            raise refusal(403, Code.SCOPE, f"Scope {operation.scope} ontbreekt")
        if unknown := sorted(request.args.keys() - operation.query):
            raise refusal(400, Code.PARAMETER, f"Onbekend: {', '.join(unknown)}")
        return operation.answer(request, **arguments)

    def _consent(self, request: Request) -> Consent | None:
        credentials = request.authorization
        if credentials is None or credentials.type != "bearer":  # werkzeug lowers it: the vendor's demo does not care
            return None
        return self._authority.consent_behind(credentials.token or "")


def _body(request: Request) -> Any:
    if request.mimetype != "application/json":
        raise refusal(415, Code.BODY, "Content-Type is niet application/json")
    try:
        return json_body(request)
    except ValueError as error:
        raise refusal(400, Code.BODY, "De inhoud is geen JSON") from error


def _period(request: Request, name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise refusal(400, Code.PARAMETER, f"{name} is geen periode")
    return int(text)
