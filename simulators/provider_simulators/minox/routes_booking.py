"""Booking and control on the wire: batches and their document, lines, open items, reports."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minox import documents, open_items, reports
from provider_simulators.minox.attachments import attachment
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.books import Batch, Books, Line
from provider_simulators.minox.messages import Code, refusal
from provider_simulators.minox.operation import BOOKS, PAGE, TENANT, Operation, body_of, tolerant_body
from provider_simulators.minox.paging import list_response

BATCH = f"{BOOKS}/transaction_line_batch/<batch_id>"
RANGE = frozenset({"start_period", "end_period"})
ITEM = "account/<int:account>/invoice/<int:invoice>"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
FILES = {
    "application/pdf": lambda _rows: PDF,
    "application/vnd.ms-excel": reports.workbook,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": reports.workbook,
}
ANY_DOCUMENT = "document:write or transaction:write"


class BookingRoutes:
    """What a bookkeeping connector lives on."""

    def __init__(self, backend: MinoxBackend) -> None:
        self._backend = backend
        self._switches = backend.switches

    def operations(self) -> Iterator[Operation]:
        """The table."""
        yield Operation(
            method="GET",
            path=f"{TENANT}/administration",
            name="administration_list",
            scope="administration:read",
            answer=self.administrations,
            query=PAGE | {"currentpage", "status"},
        )
        for method, path, name, scope, answer in (
            ("PUT", BATCH, "put", "transaction:write", self.put_batch),
            ("GET", BATCH, "get", "transaction:read", self.get_batch),
            ("DELETE", BATCH, "delete", "transaction:write", self.delete_batch),
            ("POST", f"{BATCH}/blob", "blob_post", ANY_DOCUMENT, self.post_blob),
            ("GET", f"{BATCH}/blob", "blob_get", "document:read", self.get_blob),
            ("DELETE", f"{BATCH}/blob", "blob_delete", "document:write", self.delete_blob),
        ):
            yield Operation(method=method, path=path, name=f"transaction_line_batch_{name}", scope=scope, answer=answer)
        yield Operation(
            method="GET",
            path=f"{BOOKS}/year/<int:year>/transaction_lines",
            name="transaction_lines_list",
            scope="transaction:read",
            answer=self.transaction_lines,
            query=PAGE | {"period"},
        )
        for kind in open_items.KINDS:
            yield from self._open_items(kind)
        yield from self._reports()

    # Batches

    def administrations(self, request: Request) -> Response:
        """The tenant's administrations with their fiscal years."""
        books = self._backend.administrations()
        records = [documents.administration_document(each.administration) for each in books]
        return list_response(request, records, self._switches)

    def put_batch(self, request: Request, administration: int, batch_id: str) -> Response:
        """Book."""
        batch = self._backend.save_batch(administration, batch_id, body_of(request))
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

    def post_blob(self, request: Request, administration: int, batch_id: str) -> Response:
        """Attach the document."""
        records = self._backend.records(administration)
        file = attachment(request, records.uuid(records.new_id("blob")))
        self._backend.attach(administration, batch_id, file)
        return json_response({"id": str(file.id)}, 201)

    def get_blob(self, _request: Request, administration: int, batch_id: str) -> Response:
        """The document, decoded."""
        file = self._backend.books(administration).attachments.get(self._backend.batch_id(batch_id))
        if file is None:
            raise refusal(404, Code.ABSENT, "De batch heeft geen document")
        return Response(file.content, content_type="application/octet-stream")

    def delete_blob(self, _request: Request, administration: int, batch_id: str) -> Response:
        """Take the document away."""
        self._backend.attach(administration, batch_id, None)
        return Response(status=204)

    def transaction_lines(self, request: Request, administration: int, year: int) -> Response:
        """The lines of a fiscal year, or of one period of it."""
        books = self._books_of_year(administration, year)
        hidden = self._switches.contra_lines == "hidden"
        lines = [line for line in books.lines(year, _period(request, "period")) if not (hidden and line.automatic)]
        return list_response(request, self._documents(lines, books), self._switches)

    def _batch(self, batch: Batch, administration: int) -> Response:
        lines = batch.lines + (batch.contra_lines if self._switches.contra_lines == "batch" else ())
        answer: Any = self._documents(lines, self._backend.books(administration))
        if self._switches.batch_answer == "envelope":
            answer = {"links": {}, "collection": answer}
        return json_response(answer)

    def _documents(self, lines: Iterable[Line], books: Books) -> list[documents.Document]:
        return [
            documents.line_document(line, books.administration, self._switches, books.attachments.get(line.batch_id))
            for line in lines
        ]

    # Open items

    def _open_items(self, kind: str) -> Iterator[Operation]:
        for method, path, verb, right, answer, query in (
            ("GET", "", "list", "read", self._item_list(kind), PAGE | {"status"}),
            ("GET", f"/{ITEM}", "get", "read", self._item_get(kind), frozenset()),
            ("PATCH", f"/{ITEM}", "patch", "write", self._item_patch(kind), frozenset()),
        ):
            yield Operation(
                method=method,
                path=f"{BOOKS}/{kind}{path}",
                name=f"{kind}_{verb}",
                scope=f"transaction:{right}",
                answer=answer,
                query=query,
            )

    def _item_list(self, kind: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int) -> Response:
            books, today = self._backend.books(administration), self._backend.today()
            only_open = request.args.get("status") == "open"
            items = [each for each in open_items.open_items(books, kind).values() if each.balance or not only_open]
            return list_response(request, [open_items.document(each, books, today) for each in items], self._switches)

        return answer

    def _item_get(self, kind: str) -> Callable[..., Response]:
        def answer(_request: Request, administration: int, account: int, invoice: int) -> Response:
            return json_response(self._item(kind, administration, (account, invoice)))

        return answer

    def _item_patch(self, kind: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int, account: int, invoice: int) -> Response:
            key = (account, invoice)
            self._item(kind, administration, key)
            self._backend.change_open_item(administration, kind, key, body_of(request))
            if self._switches.put_record == "empty":
                return Response(status=204)
            return json_response(self._item(kind, administration, key))

        return answer

    def _item(self, kind: str, administration: int, key: open_items.ItemKey) -> documents.Document:
        books = self._backend.books(administration)
        item = open_items.open_items(books, kind).get(key)
        if item is None:
            raise refusal(404, Code.ABSENT, "De post bestaat niet")
        return open_items.document(item, books, self._backend.today())

    # Reports

    def _reports(self) -> Iterator[Operation]:
        for report in reports.REPORTS:
            odd = "/report_rgs_trialbalance" if report.name == "rgs_trialbalance" else ""
            yield self._report(report.name, self._rows_of(report), RANGE if report.ranged else frozenset(), odd)
        for kind in open_items.KINDS:
            yield self._report(f"{kind}s", self._item_rows(kind))
        yield Operation(
            method="POST",
            path=f"{BOOKS}/report/sales_history/<int:year>",
            name="report_sales_history",
            scope="report:read",
            answer=self.sales_history,
        )

    def _report(
        self,
        name: str,
        rows: Callable[..., list[documents.Document]],
        query: frozenset[str] = frozenset(),
        odd: str = "",
    ) -> Operation:
        def answer(request: Request, administration: int, year: int) -> Response:
            found = rows(request, self._books_of_year(administration, year), year)
            wanted = next((t for t in (request.mimetype, request.accept_mimetypes.best) if t in FILES), None)
            if wanted is not None:
                return Response(FILES[wanted](found), content_type="application/octet-stream")
            return list_response(request, found, self._switches)

        return Operation(
            method="GET",
            path=f"{BOOKS}/report/{name}/<int:year>{odd}",
            name=f"report_{name}",
            scope="report:read",
            answer=answer,
            query=PAGE | query,
        )

    def _rows_of(self, report: reports.Report) -> Callable[..., list[documents.Document]]:
        def rows(request: Request, books: Books, year: int) -> list[documents.Document]:
            periods = (_period(request, "start_period") or 1, _period(request, "end_period"))
            return reports.rows(report, books, year, periods)

        return rows

    def _item_rows(self, kind: str) -> Callable[..., list[documents.Document]]:
        def rows(_request: Request, books: Books, year: int) -> list[documents.Document]:
            items = open_items.open_items(books, kind).values()
            of_year = [each for each in items if each.lines[0].draft.fiscal_year.year == year]
            return [open_items.document(each, books, self._backend.today()) for each in of_year]

        return rows

    def sales_history(self, request: Request, administration: int, year: int) -> Response:
        """Lines on sales journals as a spreadsheet; what the selection in the body does is not simulated."""
        tolerant_body(request)
        books = self._books_of_year(administration, year)
        lines = [line for line in books.lines(year) if line.draft.journal.kind == "sales" and not line.automatic]
        rows = [
            {"date": d.document_date, "invoice": d.invoice_number, "account": d.account.number, "amount": d.amount}
            for d in (line.draft for line in lines)
        ]
        return Response(reports.workbook(rows), content_type="application/octet-stream")

    def _books_of_year(self, administration: int, year: int) -> Books:
        books = self._backend.books(administration)
        if year not in books.administration.fiscal_years:
            raise refusal(400, Code.FISCAL_YEAR, f"Boekjaar {year} bestaat niet")
        return books


def _period(request: Request, name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isdecimal() or int(text) == 0:
        raise refusal(400, Code.PARAMETER, f"{name} is geen periode")
    return int(text)
