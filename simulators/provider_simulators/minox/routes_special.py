"""The operations that are no plain reading and writing of records: a row each, tolerant where little is known."""

from collections.abc import Callable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minox import open_items
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.catalogue import COLLECTIONS, WEBHOOK
from provider_simulators.minox.documents import Document
from provider_simulators.minox.messages import Code, refusal
from provider_simulators.minox.nightly import fetch
from provider_simulators.minox.operation import BOOKS, TENANT, Operation, tolerant_body
from provider_simulators.minox.orders import Orders
from provider_simulators.minox.paging import list_response
from provider_simulators.minox.routes_booking import PDF
from provider_simulators.world import World

Row = tuple[str, str, str, str | None, Callable[..., Response]]
BINARY = "application/octet-stream"
NAMED = {each.name: each for each in COLLECTIONS}
ORDER, ORDERS_WRITE, ORDERS_READ = "ordering/<key>", "ordering:write", "ordering:read"
VAT, VAT_WRITE, VAT_READ = "vat_declaration", "vatdeclaration:write", "vatdeclaration:read"
LINK = "connection:write"


class SpecialRoutes:
    """The rest of the operations.

    Args:
        backend: State and rules.
        world: Where the native payroll links get their runs.
    """

    def __init__(self, backend: MinoxBackend, world: World) -> None:
        self._backend = backend
        self._world = world

    def operations(self) -> Iterator[Operation]:
        """The table."""
        for method, path, name, scope, answer in self._rows():
            root = TENANT if path.startswith(("job", "webhook")) else BOOKS
            yield Operation(method=method, path=f"{root}/{path}", name=name, scope=scope, answer=answer)

    def _rows(self) -> Iterator[Row]:
        yield "GET", "invoice/<key>/open_item", "invoice_open_item", "invoice:read", self.invoice_open_item
        yield "GET", "invoice/open_item", "invoice_open_items", "invoice:read", self.invoice_open_items
        yield from self._ordering()
        yield "GET", "document/<key>/blob", "document_blob_get", "document:read", self.document_blob
        attachment = "email_history/<email>/attachment/<file>"
        yield "GET", attachment, "email_attachment_get", "email:read", self.email_attachment
        yield "GET", f"{attachment}/reprocess", "email_attachment_reprocess", "email:read", self.email_attachment
        yield "GET", "import_tasks", "import_tasks", "import:read", self._list_of("import_task")
        yield "POST", "import_tasks/<key>/cancel", "import_task_cancel", "import:write", self._import("cancel")
        yield "POST", "import/<key>", "import_post", "import:write", self._import("create")
        yield "POST", "import/<key>/start", "import_start", "import:write", self._import("start")
        yield "GET", "job/<key>", "job_get", None, self.job
        yield "GET", "ocr/history", "ocr_history", "ocr:read", self._list_of("ocr_history")
        yield "GET", "ocr/proposal", "ocr_proposal", "ocr:read", self._list_of("ocr_proposal")
        yield "POST", "ocr/reprocess", "ocr_reprocess", "ocr:write", self._noted("ocr", "reprocess")
        yield from self._links()
        yield "GET", "webhook/<key>/history", "webhook_history", "webhook:read", self.webhook_history
        yield "POST", "accrual/<key>", "accrual_process", "accrual:write", self.process_accrual
        yield from self._vat_returns()

    def _ordering(self) -> Iterator[Row]:
        yield "GET", f"{ORDER}/blob", "ordering_blob", ORDERS_READ, self.order_file
        yield "POST", f"{ORDER}/send", "ordering_send", ORDERS_WRITE, self._order(lambda o, k, b: o.note("send", k, b))
        transition = self._order(lambda orders, key, body: orders.transition(key, body))
        yield "POST", f"{ORDER}/transition", "ordering_transition", ORDERS_WRITE, transition
        unmerge = self._order(lambda orders, key, body: orders.unmerge(key, body))
        yield "POST", f"{ORDER}/unmerge", "ordering_unmerge", ORDERS_WRITE, unmerge
        delete_all = self._order(lambda orders, _key, body: orders.delete_all(body))
        yield "POST", f"{ORDER}/bulk_delete", "ordering_bulk_delete", ORDERS_WRITE, delete_all
        yield "GET", "ordering/by_type/<kind>", "ordering_by_type", ORDERS_READ, self.orders_by_type
        yield "POST", "ordering/merge", "ordering_merge", ORDERS_WRITE, self._order(lambda o, _, body: o.merge(body))
        summary = self._order(lambda orders, kind, _body: orders.summary(kind))
        yield "GET", "ordering/summary_by_type/<key>", "ordering_summary_by_type", ORDERS_READ, summary
        yield "GET", "ordering/tasks", "ordering_tasks", ORDERS_READ, self._list_of("task")
        yield "GET", "ordering/tasks/<key>", "ordering_task_get", ORDERS_READ, self.task
        yield "DELETE", "ordering/tasks/<key>", "ordering_task_delete", ORDERS_WRITE, self.delete_task
        bulk = self._order(lambda orders, _key, body: orders.transition_all(body))
        yield "POST", "ordering/transition/bulk", "ordering_transition_bulk", ORDERS_WRITE, bulk

    def _links(self) -> Iterator[Row]:
        check = "loonrun/check_for_new"
        yield "GET", "nmbrs/loonrun", "nmbrs_loonrun_list", LINK, self._history("nmbrs")
        yield "POST", f"nmbrs/{check}", "nmbrs_loonrun_check_for_new", LINK, self._fetch("nmbrs")
        yield "POST", "nmbrs/test_credentials", "nmbrs_test_credentials", LINK, self._noted("nmbrs", "test")
        yield "GET", "loket.nl/loonrun", "loket_nl_loonrun_list", LINK, self._history("loket.nl")
        yield "GET", f"loket.nl/{check}", "loket_nl_loonrun_check_for_new", LINK, self._fetch("loket.nl")
        yield "GET", "loket.nl/connect/<key>", "loket_nl_connect", LINK, self._noted("loket.nl", "connect")
        test = "mollie/settings/test_credentials"
        yield "POST", test, "mollie_test_credentials", LINK, self._noted("mollie", "test")
        yield "GET", "paragon/history", "paragon_history", LINK, self._history("paragon")

    def _vat_returns(self) -> Iterator[Row]:
        for method, path, name in (
            ("PUT", f"{VAT}/<key>", "put"),
            ("DELETE", f"{VAT}/<key>", "delete"),
            ("POST", f"{VAT}/<key>/finalize", "finalize"),
            ("POST", f"{VAT}/generate", "generate"),
            ("PUT", f"{VAT}/settings", "settings_put"),
            ("PATCH", f"{VAT}/settings", "settings_patch"),
        ):
            yield method, path, f"{VAT}_{name}", VAT_WRITE, self._vat_return(f"{VAT}_{name}")
        for name in ("creaim_settings", "settings"):
            operation = f"{VAT}_settings_get" if name == "settings" else f"{VAT}_{name}"
            yield "GET", f"{VAT}/{name}", operation, VAT_READ, lambda _request, administration: json_response({})  # noqa: ARG005 (called by name)

    # Invoices, documents, mail

    def invoice_open_items(self, request: Request, administration: int) -> Response:
        """The open items of all structured invoices."""
        found = [self._item_of(invoice, administration) for invoice in self._all("invoice", administration)]
        return list_response(request, [item for item in found if item is not None], self._backend.switches)

    def invoice_open_item(self, _request: Request, administration: int, key: str) -> Response:
        """The open item that has the relation and the number of an invoice."""
        item = self._item_of(self._backend.records(administration).get(NAMED["invoice"], key), administration)
        if item is None:
            raise refusal(404, Code.ABSENT, "De post bestaat niet")
        return json_response(item)

    def _item_of(self, invoice: Document, administration: int) -> Document | None:
        books, key = (
            self._backend.books(administration),
            (invoice.get("relation_number"), invoice.get("invoice_number")),
        )
        for kind in open_items.KINDS:
            for number, item in open_items.open_items(books, kind).items():
                if number == key:
                    return open_items.document(item, books, self._backend.today())
        return None

    def document_blob(self, _request: Request, administration: int, key: str) -> Response:
        """The file of a document: how it gets there is not known, so a test puts it into `records["document_blob"]`."""
        self._backend.records(administration).get(NAMED["document"], key)
        content = self._backend.books(administration).records["document_blob"].get(key)
        if content is None:
            raise refusal(404, Code.ABSENT, "Het document heeft geen bestand")
        return Response(content["data"], content_type=BINARY)

    def email_attachment(self, _request: Request, administration: int, email: str, file: str) -> Response:
        """An attachment of a mail that came in; there are none unless a test puts them there."""
        content = self._backend.books(administration).records["email_attachment"].get((email, file))
        if content is None:
            raise refusal(404, Code.ABSENT, "De bijlage bestaat niet")
        return Response(content["data"], content_type=BINARY)

    # Ordering

    def _order(self, act: Callable[[Orders, str, Any], Any]) -> Callable[..., Response]:
        def answer(request: Request, administration: int, key: str = "") -> Response:
            done = act(Orders(self._backend, administration), key, tolerant_body(request))
            return Response(status=204) if done is None else json_response(done)

        return answer

    def orders_by_type(self, request: Request, administration: int, kind: str) -> Response:
        """Order documents of a type."""
        return list_response(request, Orders(self._backend, administration).of_type(kind), self._backend.switches)

    def order_file(self, _request: Request, administration: int, key: str) -> Response:
        """An order as a file."""
        Orders(self._backend, administration).get(key)
        return Response(PDF, content_type=BINARY)

    def task(self, _request: Request, administration: int, key: str) -> Response:
        """A task."""
        return json_response(_found(self._backend.books(administration).records["task"].get(key)))

    def delete_task(self, _request: Request, administration: int, key: str) -> Response:
        """Forget a task."""
        _found(self._backend.books(administration).records["task"].pop(key, None))
        return Response(status=204)

    def job(self, _request: Request, key: str) -> Response:
        """A task of any administration."""
        every = [books.records["task"].get(key) for books in self._backend.administrations()]
        return json_response(_found(next((task for task in every if task), None)))

    # Import, accruals, webhooks

    def _import(self, action: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int, key: str) -> Response:
            body = tolerant_body(request)
            records = self._backend.books(administration).records["import_task"]
            if action == "create":
                self._backend.records(administration).check("import_task", body)
            records[key] = _found(records.get(key, {} if action == "create" else None)) | {"id": key, **(body or {})}
            records[key]["status"] = {"create": "created", "start": "started", "cancel": "cancelled"}[action]
            self._backend.records(administration).note("import", key, action, body)
            return json_response(records[key])

        return answer

    def process_accrual(self, request: Request, administration: int, key: str) -> Response:
        """Process an accrual; what it books is not known, so it is noted and nothing is booked."""
        accrual = self._backend.records(administration).get(NAMED["accrual"], key)
        self._backend.records(administration).note("accrual", key, "process", tolerant_body(request))
        return json_response(accrual)

    def webhook_history(self, request: Request, key: str) -> Response:
        """Deliveries of a webhook, oldest first."""
        self._backend.records().get(WEBHOOK, key)
        deliveries = [each for each in self._backend.deliveries if each["webhook_id"] == key]
        return list_response(request, deliveries, self._backend.switches)

    # Native links, VAT returns, and what is only noted

    def _history(self, provider: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int) -> Response:
            history = self._backend.links(administration).history[provider]
            return list_response(request, history, self._backend.switches)

        return answer

    def _fetch(self, provider: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int) -> Response:
            tolerant_body(request)
            return json_response({"booked": len(fetch(self._backend, self._world, administration, provider))})

        return answer

    def _vat_return(self, name: str) -> Callable[..., Response]:
        def answer(_request: Request, administration: int, key: str = "") -> Response:
            self._backend.violation(name, administration=administration, key=key)
            if self._backend.switches.vat_returns == "refuse":
                raise refusal(403, Code.FORBIDDEN, "Aangiften zijn aan mensen")
            return json_response({})

        return answer

    def _noted(self, kind: str, action: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int, key: str = "") -> Response:
            self._backend.records(administration).note(kind, key, action, tolerant_body(request))
            return json_response({})

        return answer

    def _list_of(self, kind: str) -> Callable[..., Response]:
        def answer(request: Request, administration: int) -> Response:
            records = self._backend.books(administration).records[kind]
            return list_response(request, list(records.values()), self._backend.switches)

        return answer

    def _all(self, kind: str, administration: int) -> list[Document]:
        return self._backend.records(administration).all(NAMED[kind])


def _found(record: Document | None) -> Document:
    if record is None:
        raise refusal(404, Code.ABSENT, "Bestaat niet")
    return record
