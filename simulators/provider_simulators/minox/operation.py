"""An operation of Minox on the wire: guarded by token, tenant, scope and rate, refused by an array of messages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body, json_response
from provider_simulators.incidents import Incidents
from provider_simulators.minox import scopes
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.messages import Code, RefusedError, refusal
from provider_simulators.minox.oauth import Authority, Consent
from provider_simulators.minox.rate_limit import RateLimit
from provider_simulators.routing import Route
from provider_simulators.write_log import Origin
from provider_simulators.writing import ARRIVAL, LATE

TENANT = "/api/1/tenant/<int:tenant>"
BOOKS = f"{TENANT}/administration/<int:administration>"
PAGE = frozenset({"next"})


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation: its route, the scope that guards it (mostly inferred from the names), and what answers it.

    Attributes:
        scope: Several with " or " between them, as far as it is not known which; None needs only a token.
        answer: Called with the request and the parts of the path but for the tenant.
    """

    method: str
    path: str
    name: str
    scope: str | None
    answer: Callable[..., Response]
    query: frozenset[str] = frozenset()


class Reception:
    """What every request passes, in this order: rate, token, tenant, administration, scope, parameters."""

    def __init__(
        self, *, backend: MinoxBackend, authority: Authority, rate_limit: RateLimit, incidents: Incidents
    ) -> None:
        self._backend = backend
        self._authority = authority
        self._rate_limit = rate_limit
        self._incidents = incidents

    def route(self, operation: Operation) -> Route:
        """The operation, guarded."""

        def answer(request: Request, **arguments: Any) -> Response:
            if request.environ.get(LATE):
                return self._applied(operation, request, arguments)
            ticket = self._rate_limit.take()
            try:
                if not ticket.passes:
                    raise refusal(429, ticket.code, "Te veel aanvragen")
                self._incidents.happen(operation.name, "before")
                response = self.admission(operation, request, arguments) or self._applied(operation, request, arguments)
                response = self._incidents.happen(operation.name, "after", response)
            except RefusedError as error:
                response = refused(error)
            response.headers.extend(ticket.headers())
            return response

        return Route(method=operation.method, path=operation.path, operation=operation.name, answer=answer)

    def admission(self, operation: Operation, request: Request, arguments: dict[str, Any]) -> Response | None:
        """None, or the answer of who does not get in."""
        try:
            consent = self._consent(request)
            if consent is None:
                # A bare JSON string: seen in a client, though not for which call.
                return json_response("Unauthorized", 401)
            self._backend.check_tenant(arguments["tenant"])
            if "administration" in arguments:
                self._backend.books(arguments["administration"])
            self._check_scope(operation.scope, consent)
            if unknown := sorted(request.args.keys() - operation.query):
                raise refusal(400, Code.PARAMETER, f"Onbekend: {', '.join(unknown)}")
        except RefusedError as error:
            return refused(error)
        return None

    def _applied(self, operation: Operation, request: Request, arguments: dict[str, Any]) -> Response:
        parts = {name: value for name, value in arguments.items() if name != "tenant"}
        number, late = request.environ.get(ARRIVAL), bool(request.environ.get(LATE))
        origin = Origin(actor="api", request=number, operation=operation.name, late=late)
        with self._backend.writes.by(origin):
            try:
                return operation.answer(request, **parts)
            except RefusedError as error:
                return refused(error)

    def _check_scope(self, scope: str | None, consent: Consent) -> None:
        if scope is None:
            return
        for each in scope.split(" or "):
            name = each.partition(" ")[0]
            if each not in scopes.ALL and self._backend.switches.unpublished_scopes == "accept":
                name = name.replace(":write", ":read")
            if name in consent.scopes:
                return
        raise refusal(403, Code.SCOPE, f"Scope {scope} ontbreekt")

    def _consent(self, request: Request) -> Consent | None:
        credentials = request.authorization
        if credentials is None or credentials.type != "bearer":  # werkzeug lowers it: the vendor's demo does not care
            return None
        return self._authority.consent_behind(credentials.token or "")


def refused(error: RefusedError) -> Response:
    """The array of messages."""
    return json_response([message.document() for message in error.messages], error.status)


def body_of(request: Request) -> Any:
    """The parsed body.

    Raises:
        RefusedError: 400 or 415 when it is no JSON.
    """
    if request.mimetype != "application/json":
        raise refusal(415, Code.BODY, "Content-Type is niet application/json")
    try:
        return json_body(request)
    except ValueError as error:
        raise refusal(400, Code.BODY, "De inhoud is geen JSON") from error


def tolerant_body(request: Request) -> Any:
    """The parsed body of a call whose body is not known: none at all is fine too.

    Raises:
        RefusedError: 400 or 415 when there is one that is no JSON.
    """
    return body_of(request) if request.get_data() else None
