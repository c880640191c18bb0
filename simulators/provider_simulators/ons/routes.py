"""The operations of Ons on the wire: media types, wrappers and refusals."""

from collections.abc import Callable
from functools import partial

import simplejson  # type: ignore[import-untyped]  # it has no types of its own
from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.log import plain
from provider_simulators.ons.admission import Caller, RefusedError
from provider_simulators.ons.backend import RESOURCES, OnsBackend, Resource
from provider_simulators.ons.models import Record
from provider_simulators.routing import Route
from provider_simulators.wire import PEER_CERTIFICATE

JSON, NDJSON = "application/json", "application/x-ndjson"
HTML = "<html><head><title>{status} {why}</title></head><body><center><h1>{status} {why}</h1></center></body></html>"


class OnsRoutes:
    """Ping and the bulk resources."""

    def __init__(self, backend: OnsBackend) -> None:
        self._backend = backend

    def routes(self) -> list[Route]:
        """The table; the old paths under ``/t/`` were switched off in May 2026 (vendor's documentation)."""
        return [
            Route(method="GET", path="/ping", operation="ping", answer=self._guarded(self.ping)),
            *(
                Route(
                    method="GET",
                    path=f"/v0/xstream/{resource.name}/data",
                    operation=f"xstream_{resource.name}_data",
                    answer=self._guarded(partial(self.data, resource=resource)),
                )
                for resource in RESOURCES
            ),
            Route(method="GET", path="/t/<path:rest>", operation="removed", answer=self._guarded(self.removed)),
        ]

    def ping(self, _request: Request, _caller: Caller) -> Response:
        """Whether the certificate does for this host."""
        return Response("pong", content_type="text/plain; charset=utf-8")

    def data(self, request: Request, caller: Caller, *, resource: Resource) -> Response:
        """All records of a resource in one answer; no parameters, no pages (vendor OpenAPI)."""
        media_type = self._media_type(request)
        records = self._backend.read(resource, caller)
        switches = self._backend.switches
        if media_type == NDJSON:
            return Response(_lines(records, blank_line=switches.blank_line), content_type=NDJSON)
        rows = None if switches.null_arrays and not records else records
        return json_response(rows if switches.lists == "bare" else {resource.list_key: rows})

    def removed(self, _request: Request, _caller: Caller, rest: str) -> Response:  # noqa: ARG002 (any old path)
        """An old path."""
        raise RefusedError(404, "Resource not found")

    def _media_type(self, request: Request) -> str:
        """The first of the accepted media types that there is (vendor's documentation); else 406."""
        if "Accept" not in request.headers and self._backend.switches.accept_absent == "json":
            return JSON
        for accepted in request.accept_mimetypes.values():
            for media_type in (JSON, NDJSON):
                if accepted in (media_type, "*/*", "application/*"):
                    return media_type
        raise RefusedError(406, "Not acceptable")

    def _guarded(self, answer: Callable[..., Response]) -> Callable[..., Response]:
        def admitted(request: Request, **arguments: str) -> Response:
            try:
                caller = self._backend.caller(request.environ.get(PEER_CERTIFICATE))
            except RefusedError as refused:  # the proxy's, before any application
                html = HTML.format(status=refused.status, why=refused)
                return Response(html, refused.status, content_type="text/html")
            try:
                return answer(request, caller, **arguments)
            except RefusedError as refused:
                return error_response(refused.status, str(refused))

        return admitted


def error_response(status: int, message: str) -> Response:
    """ErrorResponse of the vendor's OpenAPI."""
    return json_response({"errorResponseEntries": [{"field": None, "value": None, "message": message}]}, status)


def _lines(records: list[Record], *, blank_line: bool) -> str:
    lines = [simplejson.dumps(record, ensure_ascii=False, use_decimal=True, default=plain) for record in records]
    if blank_line:
        lines.insert(len(lines) // 2, "")
        lines.append("")
    return "".join(f"{line}\n" for line in lines)
