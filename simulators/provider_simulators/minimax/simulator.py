"""Minimax on localhost."""

from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Fault
from provider_simulators.log import Facts
from provider_simulators.minimax.backend import MinimaxBackend
from provider_simulators.minimax.logins import CLIENT_ID, CLIENT_SECRET, Logins
from provider_simulators.minimax.routes import MinimaxRoutes
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.minimax.token_routes import TokenRoutes
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.wire import Delivery
from provider_simulators.world import World

SERVER_ERROR = 500
PATH_WORDS = {
    word.lower(): word
    for word in (
        *("SI", "HR", "RS", "API", "AUT", "OAuth20", "Token"),
        *("orgs", "currentuser", "customers", "countries", "currencies"),
    )
}
UPPER_API = 2
"""The second part of a path is ``API``, the third is ``api``."""


class MinimaxSimulator(Simulator):
    """The books of every company of the world in one country's Minimax, reached by one user.

    Attributes:
        backend: State and rules.
        logins: Client, user, tokens, lock-out.
    """

    provider = "minimax"
    connector = "target-minimax"
    default_port = 8805
    Switches = MinimaxSwitches

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self.backend = MinimaxBackend(world, switches=self.switches, clock=self.clock, effect=self.log.effect)
        self.logins = Logins(switches=self.switches, clock=self.clock, effect=self.log.effect)
        self._token_routes = TokenRoutes(self.logins, self.switches)

    def routes(self) -> list[Route]:
        """Log-in, organisations, customers, code lists."""
        api = MinimaxRoutes(backend=self.backend, logins=self.logins, effect=self.log.effect)
        return [*self._token_routes.routes(), *api.routes()]

    def connector_settings(self) -> dict[str, Any]:
        """Where it is, both halves of the credentials, and the first company's organisation."""
        return {
            "localisation": str(self.switches.localisation),
            "api_url": f"{self.url}/{self.switches.localisation}/API",
            "token_url": f"{self.url}{self._token_routes.path}",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "username": self.logins.username,
            "password": self.logins.password,
            "organisation_id": min(self.backend.organisations, default=0),
        }

    def books(self) -> Facts:
        """Organisations with the calls they have used, and their customers."""
        organisations = self.backend.organisations.values()
        return {
            "organisations": [
                {"id": each.id, "name": each.name, "calls_used": self.backend.budget.used(each.id)}
                for each in organisations
            ],
            "customers": [
                {"organisation": each.id, **{name: customer[name] for name in ("CustomerId", "Code", "Name", "City")}}
                for each in organisations
                for customer in each.customers.values()
            ],
        }

    def fault_response(self, fault: Fault) -> Response:
        """Servers fail in HTML, other refusals are ASP.NET's."""
        if fault.status >= SERVER_ERROR:
            return super().fault_response(fault)
        return json_response({"Message": "Refused by the fault plan"}, fault.status)

    def _answer(self, request: Request) -> Delivery:
        """Paths match in any case, and a slash at their end does no harm (seen in clients)."""
        return super()._answer(Request(request.environ | {"PATH_INFO": canonical_path(request.path)}))


def canonical_path(path: str) -> str:
    """The path as documented; what stands in ``code(...)`` keeps its case."""
    if path.startswith("/_simulator"):
        return path
    first, *parts = path.removesuffix("/").split("/")
    words = [PATH_WORDS.get(part.lower(), part) for part in parts]
    # The same word is a folder in capitals and, after it, the part of each operation's path that is doubled.
    words = [word.lower() if word == "API" and place >= UPPER_API else word for place, word in enumerate(words)]
    return "/".join([first, *(f"code({word[5:]}" if word.lower().startswith("code(") else word for word in words)])
