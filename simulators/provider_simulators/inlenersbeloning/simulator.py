"""Inlenersbeloning.com on localhost."""

from typing import Any

from werkzeug.wrappers import Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Fault
from provider_simulators.inlenersbeloning.backend import COMPANIES, InlenersbeloningBackend, Share
from provider_simulators.inlenersbeloning.routes import API, InlenersbeloningRoutes
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches
from provider_simulators.log import Facts
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.world import World

OK, SERVER_ERROR = 200, 500
LOGIN_PAGE = (
    "<!doctype html><html lang=nl><title>Inloggen</title><form method=post action=/login>Inloggen</form></html>"
)


class InlenersbeloningSimulator(Simulator):
    """One temp agency with two companies; the world's companies are its hirers.

    Attributes:
        backend: State and rules.
    """

    provider = "inlenersbeloning"
    connector = "tap-inlenersbeloning"
    default_port = 8804
    Switches = InlenersbeloningSwitches

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self.backend = InlenersbeloningBackend(
            world, switches=self.switches, now=self.clock.now, effect=self.log.effect
        )

    def routes(self) -> list[Route]:
        """Partners and remunerations."""
        return InlenersbeloningRoutes(self.backend).routes()

    def connector_settings(self) -> dict[str, Any]:
        """Where it is, a token by switch, and the companies that it reads."""
        whole = self.switches.credential == "organisation"
        token = self.backend.organisation_token if whole else self.backend.company_token
        return {
            "api_url": f"{self.url}{API}",
            "token": token.value,
            "company_ids": [company for company in COMPANIES if company in token.companies],
        }

    def books(self) -> Facts:
        """Who shares what."""
        return {
            "remunerations": [
                row
                for company, shares in self.backend.shares.items()
                for share in shares.values()
                for row in _shared(company, share)
            ]
        }

    def fault_response(self, fault: Fault) -> Response:
        """A planned 200 is a login page (inferred); servers fail in HTML; other refusals are JSON."""
        if fault.status == OK:
            return Response(LOGIN_PAGE, fault.status, content_type="text/html; charset=utf-8")
        if fault.status >= SERVER_ERROR:
            return super().fault_response(fault)
        return json_response({"message": "Refused by the fault plan"}, fault.status)


def _shared(company: str, share: Share) -> list[Facts]:
    """A row per remuneration, or one without."""
    hirer = {"company": company, "partner": share.hirer.id, "name": share.hirer.name}
    return [
        hirer
        | {
            "remuneration": document.get("id"),
            "version": document.get("lenderVersion"),
            "published": document.get("publishDate"),
        }
        for document in (*share.remunerations.values(), {})[: len(share.remunerations) or 1]
    ]
