"""A provider's operations as a table: method, path, name, and what answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation on the wire.

    Attributes:
        method: HTTP method.
        path: Werkzeug's rule: `/api/companies/<company_id>/runs`. Matched to the letter, also in case.
        operation: Its name in the provider's documentation, for the log.
        answer: Called with the request and the parts of the path by name.
    """

    method: str
    path: str
    operation: str
    answer: Callable[..., Response]


@dataclass(frozen=True, kw_only=True)
class Match:
    """The operation that a request asks for, with the parts of its path."""

    route: Route
    arguments: dict[str, Any]

    def answer(self, request: Request) -> Response:
        """Let the operation answer."""
        return self.route.answer(request, **self.arguments)


class Routes:
    """All operations of a simulator."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = list(routes)
        self._map = _compiled(tuple((route.method, route.path) for route in self._routes))

    def find(self, request: Request) -> Match | None:
        """The operation, or None when this simulator does not have it."""
        try:
            place, arguments = self._map.bind_to_environ(request.environ).match()
        except HTTPException:
            return None
        return Match(route=self._routes[place], arguments=dict(arguments))


@cache
def _compiled(rules: tuple[tuple[str, str], ...]) -> Map:
    """Rules that lead to their place in the table. Werkzeug takes long to compile many: once per table is enough."""
    return Map(
        [Rule(path, methods=[method], endpoint=place) for place, (method, path) in enumerate(rules)],
        strict_slashes=True,
        merge_slashes=False,
        redirect_defaults=False,
    )
