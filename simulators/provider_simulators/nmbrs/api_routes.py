"""The API on the wire: subscription key, bearer, scope, parameters, envelope; in the order of a gateway and an API."""

import hmac
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.operations import (
    DOCUMENTS,
    LISTS,
    TASK_PATH,
    TASK_SCOPES,
    DocumentOperation,
    ListOperation,
    Parameters,
)
from provider_simulators.nmbrs.paging import page
from provider_simulators.nmbrs.parameters import PAGE_SIZE_DEFAULT, read_parameters, unknown_parameters
from provider_simulators.nmbrs.problems import GatewayRefusalError, ProblemError
from provider_simulators.nmbrs.rows import value_text
from provider_simulators.routing import Route

SUBSCRIPTION_KEYS = ("5b1d9a5e0c4f4a53b8e0f1d2c3a49501", "a7f04c2d9e6b4810b3d5c8e7f6a19502")
"""Primary and secondary; either works (vendor: the second is for rotation)."""

Answer = Callable[[Parameters, Request], Response]


class ApiRoutes:
    """`/api/*`."""

    def __init__(self, backend: NmbrsBackend) -> None:
        self._backend = backend

    def routes(self) -> Iterable[Route]:
        """Its operations."""
        for operation in LISTS:
            yield self._route(operation.path, operation.name, self._guarded(operation, self._list(operation)))
        for document in DOCUMENTS:
            yield self._route(document.path, document.name, self._guarded(document, self._start(document)))
        yield self._route(TASK_PATH, "GetDocumentContentId", self._task)

    def _route(self, path: str, name: str, answer: Callable[..., Response]) -> Route:
        return Route(method="GET", path=path.replace("{", "<").replace("}", ">"), operation=name, answer=answer)

    def _list(self, operation: ListOperation) -> Answer:
        def answer(given: Parameters, request: Request) -> Response:
            rows = operation.rows(self._backend, given)
            document = page(
                rows,
                number=given.get("pageNumber", 1),
                size=given.get("pageSize", PAGE_SIZE_DEFAULT),
                url=request.base_url,
                query=request.args.to_dict(),
                switches=self._backend.switches,
            )
            if operation.beside:
                document |= operation.beside(self._backend, given)
            if self._backend.switches.extra_fields:
                document = _with_extra_fields(document)
            return json_response(document, text=value_text)

        return answer

    def _start(self, operation: DocumentOperation) -> Answer:
        def answer(given: Parameters, _: Request) -> Response:
            return json_response({"taskId": operation.start(self._backend, given)})

        return answer

    def _task(self, request: Request, **path: str) -> Response:
        def answer(given: Parameters, _: Request) -> Response:
            content = self._backend.document(given["taskId"])
            if content is None:
                return json_response("Document is being processed", 202)
            return Response(content, content_type="application/octet-stream")

        return self._checked(request, path, scopes=TASK_SCOPES, known=(), required=(), answer=answer)

    def _guarded(self, operation: ListOperation | DocumentOperation, answer: Answer) -> Callable[..., Response]:
        def guarded(request: Request, **path: str) -> Response:
            return self._checked(
                request,
                path,
                scopes=operation.scopes,
                known=operation.parameters,
                required=operation.required,
                answer=answer,
            )

        return guarded

    def _checked(
        self,
        request: Request,
        path: dict[str, str],
        *,
        scopes: tuple[str, ...],
        known: tuple[str, ...],
        required: tuple[str, ...],
        answer: Answer,
    ) -> Response:
        try:
            self._check_key(request)
            self._backend.count_call()
            self._check_token(request, scopes)
            self._backend.check_subscription()
            for name in unknown_parameters(request.args, known):
                self._backend.log.effect("unknown_parameter", name=name, path=request.path)
            return answer(read_parameters(request.args, path, known=known, required=required), request)
        except GatewayRefusalError as refusal:
            return json_response(refusal.document, 401)
        except ProblemError as problem:
            return json_response(problem.document, problem.status, problem.headers)

    def _check_key(self, request: Request) -> None:
        """The specification marks the header as optional; in practice it is mandatory (seen in working clients)."""
        key = request.headers.get("X-Subscription-Key")
        if key is None:
            raise GatewayRefusalError(missing=True)
        if not any(hmac.compare_digest(key.encode(), known.encode()) for known in SUBSCRIPTION_KEYS):
            raise GatewayRefusalError(missing=False)

    def _check_token(self, request: Request, scopes: tuple[str, ...]) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ProblemError(40101)
        granted = self._backend.grants.scopes_of(token)
        if granted is None:
            raise ProblemError(40102)
        if granted.isdisjoint(scopes):
            raise ProblemError(40302)


def _with_extra_fields(value: Any) -> Any:
    """The same document, with a field in every object that no specification knows."""
    if isinstance(value, dict):
        return {**{name: _with_extra_fields(each) for name, each in value.items()}, "addedLater": {"since": 2027}}
    return [_with_extra_fields(each) for each in value] if isinstance(value, list) else value
