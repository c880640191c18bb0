"""The operations of Ons on the wire: admission, parameters, media types, lists and refusals."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.ons.admission import Caller
from provider_simulators.ons.backend import OnsBackend, Reading
from provider_simulators.ons.bodies import JSON, NDJSON, Layout, encoded, listed, repeated, response
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.endpoints import ENDPOINTS, Ask, Endpoint
from provider_simulators.ons.export_jobs import COLLECT
from provider_simulators.ons.parameters import date_time, needed, values
from provider_simulators.ons.refusals import GATEWAY, RefusedError, error_response
from provider_simulators.ons.resources import RESOURCES, Feed, Resource
from provider_simulators.ons.tables import PLANS
from provider_simulators.routing import Route
from provider_simulators.wire import PEER_CERTIFICATE

HTML = "<html><head><title>{status} {why}</title></head><body><center><h1>{status} {why}</h1></center></body></html>"
SINCE = needed(date_time, "since")
EXPORT = "/v0/administration/export/export_presence_logs"
SCHEMA_VERSION = "X-Stream-SchemaVersion"
ONSDB = "onsdb_tables"
Answer = Callable[..., Response]


class OnsRoutes:
    """Ping, the bulk resources, all other endpoints, exports and the tables of the reporting database."""

    def __init__(self, backend: OnsBackend, now: Callable[[], datetime]) -> None:
        self._backend = backend
        self._switches = backend.switches
        self._now = now

    def routes(self) -> Iterator[Route]:
        """The table; the old paths under ``/t/`` were switched off in May 2026 (vendor's documentation)."""
        yield self._route("/ping", "ping", self.ping)
        for resource in RESOURCES:
            for feed in Feed:
                path, operation = f"/v0/xstream/{resource.name}/{feed}", f"xstream_{resource.name}_{feed}"
                yield self._route(path, operation, partial(self.xstream, resource=resource, feed=feed))
        for endpoint in ENDPOINTS:
            yield self._route(endpoint.rule, endpoint.name, partial(self.ask, endpoint=endpoint))
        yield self._route(f"{EXPORT}/collect", "export_collect", self.collect)
        yield self._route(f"{EXPORT}/status/<uuid>", "export_status", self.status)
        yield self._route(f"{EXPORT}/result/<uuid>", "export_result", self.result)
        yield self._route("/v0/onsdb/<table>", ONSDB, self.onsdb)
        if self._switches.old_table_paths:
            yield self._route("/t/<table>", ONSDB, self.onsdb)
        yield self._route("/t/<path:rest>", "removed", self.removed)

    def ping(self, _request: Request, _caller: Caller) -> Response:
        """Whether the certificate does for this host."""
        return Response("pong", content_type="text/plain; charset=utf-8")

    def xstream(self, request: Request, caller: Caller, *, resource: Resource, feed: Feed) -> Response:
        """All records of a feed in one answer, without pages (vendor OpenAPI)."""
        self._backend.allow(caller, resource.name, request.path)
        if feed not in resource.feeds:
            raise RefusedError(404, "Resource not found")
        media_type = self._media_type(request, NDJSON)
        asked = values(request.args, () if feed is Feed.DATA else SINCE, strict=self._strict)
        records = self._backend.feed(resource, feed, caller, asked.get("since"))
        show = self._backend.shown(caller, resource.model)
        layout = Layout.of(media_type, resource.list_key if self._switches.lists == "wrapper" else None)
        if self._switches.rows is not None and feed is Feed.DATA:
            body = repeated([show(record) for record in records], resource, self._switches.rows, layout)
            return response(body, media_type, packed=self._packs(request), streamed=True)
        return self._list(request, records, show, media_type, layout, resource=resource.name, feed=str(feed))

    def ask(self, request: Request, caller: Caller, *, endpoint: Endpoint, **parts: Any) -> Response:
        """Any other endpoint."""
        self._backend.allow(caller, endpoint.name, endpoint.path)
        self._media_type(request)
        asked = self._asked(request, caller, endpoint, parts)
        for name, table in endpoint.tables.items():
            if name in asked.values and isinstance(asked[name], int):
                asked.customer.known(table, asked[name])
        answer = endpoint.answer(asked)
        show = self._backend.shown(caller, endpoint.model)
        if isinstance(answer, dict):
            return json_response(show(answer))
        layout = Layout.of(JSON, endpoint.list_key if self._switches.lists == "wrapper" else None)
        return self._list(request, answer, show, JSON, layout, resource=endpoint.name, feed="")

    def collect(self, request: Request, caller: Caller) -> Response:
        """Start an export; a GET with a side effect (vendor OpenAPI)."""
        self._backend.allow(caller, "export_presence_logs", request.path)
        asked = values(request.args, COLLECT, strict=self._strict)
        return json_response(self._backend.jobs.collect(self._backend.customers[caller.customer], dict(asked)))

    def status(self, _request: Request, caller: Caller, uuid: str) -> Response:
        """Where an export stands."""
        self._backend.allow(caller, "export_presence_logs", f"{EXPORT}/status/{{uuid}}")
        return json_response(self._backend.jobs.status(self._backend.customers[caller.customer], uuid))

    def result(self, request: Request, caller: Caller, uuid: str) -> Response:
        """What an export has found."""
        self._backend.allow(caller, "export_presence_logs", f"{EXPORT}/result/{{uuid}}")
        rows = self._backend.jobs.result(self._backend.customers[caller.customer], uuid)
        show = self._backend.shown(caller, "export.ExportPresenceLog")
        layout = Layout.of(JSON, "exportPresenceLogs")
        return self._list(request, rows, show, JSON, layout, resource="export_presence_logs", feed="")

    def onsdb(self, request: Request, caller: Caller, table: str) -> Response:
        """A table of the reporting database; its fields cannot be selected (vendor's documentation)."""
        self._backend.allow(caller, ONSDB, request.path)
        version = request.headers.get(SCHEMA_VERSION, "")
        if not version.isdigit() or int(version) not in self._switches.schema_versions:
            raise RefusedError(400, "Unknown data-model version", field=SCHEMA_VERSION)
        if table not in PLANS:
            raise RefusedError(404, "Resource not found")
        rows = self._backend.customers[caller.customer].store[table]
        return self._list(request, rows, dict, JSON, Layout.of(JSON, table), resource=table, feed="onsdb")

    def removed(self, _request: Request, _caller: Caller, rest: str) -> Response:  # noqa: ARG002 (any old path)
        """An old path."""
        raise RefusedError(404, "Resource not found")

    @property
    def _strict(self) -> bool:
        return self._switches.unknown_parameters == "refuse"

    def _asked(self, request: Request, caller: Caller, endpoint: Endpoint, parts: dict[str, Any]) -> Ask:
        parameters = values(request.args, endpoint.query, strict=self._strict)
        customer = self._backend.customers[caller.customer]
        return Ask(customer=customer, switches=self._switches, now=self._now(), values={**parameters, **parts})

    def _list(
        self,
        request: Request,
        records: list[Record],
        show: Callable[[Record], Record],
        media_type: str,
        layout: Layout,
        *,
        resource: str,
        feed: str,
    ) -> Response:
        if self._switches.null_arrays and not records and media_type == JSON:
            return json_response(None if layout.head == b"[" else {layout.head[2:].partition(b'"')[0].decode(): None})
        rows: Iterable[bytes] = (encoded(show(record)) for record in self._sent(records, resource, feed))
        if self._switches.blank_line and media_type == NDJSON:
            rows = _with_blank_lines(rows, len(records))
        streamed = self._switches.chunked or self._backend.while_reading is not None
        return response(listed(rows, layout), media_type, packed=self._packs(request), streamed=streamed)

    def _sent(self, records: list[Record], resource: str, feed: str) -> Iterator[Record]:
        for row, record in enumerate(records):
            if self._backend.while_reading is not None:
                self._backend.while_reading(Reading(resource=resource, feed=feed, row=row))
            yield record
            if row == 0 and self._switches.duplicates:
                yield record

    def _packs(self, request: Request) -> bool:
        return self._switches.gzip and request.accept_encodings["gzip"] > 0

    def _media_type(self, request: Request, *more: str) -> str:
        """The first of the accepted media types that there is (vendor's documentation); else 406."""
        if "Accept" not in request.headers and self._switches.accept_absent == "json":
            return JSON
        for accepted in request.accept_mimetypes.values():
            for media_type in (JSON, *more):
                if accepted in (media_type, "*/*", "application/*"):
                    return media_type
        raise RefusedError(406, "Not acceptable")

    def _route(self, path: str, operation: str, answer: Answer) -> Route:
        return Route(method="GET", path=path, operation=operation, answer=self._guarded(answer))

    def _guarded(self, answer: Answer) -> Answer:
        def admitted(request: Request, **arguments: Any) -> Response:
            try:
                caller = self._backend.caller(request.environ.get(PEER_CERTIFICATE))
            except RefusedError as refused:  # the proxy's, before any application
                return gateway_response(refused.status, str(refused))
            if broken := self._backend.broken_down():
                return gateway_response(broken, "Service Unavailable")
            try:
                return answer(request, caller, **arguments)
            except RefusedError as refused:
                if refused.status in GATEWAY:
                    return gateway_response(refused.status, str(refused))
                return error_response(refused.status, str(refused), field=refused.field, words=self._switches.errors)

        return admitted


def gateway_response(status: int, why: str) -> Response:
    """What the proxy before Ons says: HTML, as nginx words it."""
    return Response(HTML.format(status=status, why=why), status, content_type="text/html")


def _with_blank_lines(rows: Iterable[bytes], count: int) -> Iterator[bytes]:
    """One in the middle, and one at the end."""
    for number, row in enumerate(rows):
        if number == count // 2:
            yield b""
        yield row
    yield b""
