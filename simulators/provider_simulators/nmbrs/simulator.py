"""Nmbrs on localhost: identity server, REST API and SOAP services on one port."""

from collections.abc import Iterable
from typing import Any, ClassVar

from werkzeug.wrappers import Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Fault
from provider_simulators.log import Facts
from provider_simulators.nmbrs.api_routes import SUBSCRIPTION_KEYS, ApiRoutes
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.identity_routes import CLIENT_ID, CLIENT_SECRET, IdentityRoutes
from provider_simulators.nmbrs.problems import PROBLEMS, USUAL_CODES, ProblemError
from provider_simulators.nmbrs.soap.backend import DOMAIN, TOKEN, USERNAME
from provider_simulators.nmbrs.soap.routes import SoapRoutes
from provider_simulators.nmbrs.switches import NmbrsSwitches
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.world import World


class NmbrsSimulator(Simulator):
    """Visma Nmbrs' REST API with its identity server, and its SOAP services. Arguments: see `Simulator`."""

    provider: ClassVar[str] = "nmbrs"
    connector: ClassVar[str] = "tap-nmbrs"
    default_port: ClassVar[int] = 8801
    Switches: ClassVar[type[NmbrsSwitches]] = NmbrsSwitches

    def __init__(self, world: World, **frame: Any) -> None:
        super().__init__(world, **frame)
        self.backend = NmbrsBackend(world, self.switches, self.clock, self.log)

    def routes(self) -> Iterable[Route]:
        """Identity server, REST API and SOAP services."""
        yield from IdentityRoutes(self.backend).routes()
        yield from ApiRoutes(self.backend).routes()
        yield from SoapRoutes(self.backend).routes()

    def connector_settings(self) -> dict[str, Any]:
        """Settings for tap-nmbrs, with a refresh token of a consent given before. It works once, as in real life."""
        return {
            "api_url": self.url,
            "identity_url": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "subscription_key": SUBSCRIPTION_KEYS[0],
            "refresh_token": self.backend.seeded_refresh_token,
            "redirect_uri": self.switches.redirect_uris[0],
        }

    def soap_settings(self) -> dict[str, Any]:
        """Settings for tap-nmbrs in SOAP mode."""
        return {
            "api": "soap",
            "soap_url": f"{self.url}/soap/v3",
            "username": USERNAME,
            "token": TOKEN,
            "domain": DOMAIN,
        }

    def books(self) -> Facts:
        """Companies, and their runs with the debit total of the journal."""
        companies = self.world.companies
        return {
            "companies": [
                {
                    "number": company.number,
                    "name": company.name,
                    "periods": company.period_type,
                    "employees": len(company.employees),
                    "books": company.books_number,
                    "id": company.id,
                }
                for company in companies
            ],
            "runs": [
                {
                    "company": company.number,
                    "run": run.number,
                    "description": run.description,
                    "type": run.type,
                    "locked": run.locked,
                    "journal_date": run.journal_date,
                    "debit": run.total,
                    "id": run.id,
                }
                for company in companies
                for run in self.backend.all_runs(company)
            ],
        }

    def fault_response(self, fault: Fault) -> Response:
        """Nmbrs' problem object; HTML for 502 and 503, as working clients have seen them."""
        code = fault.code or USUAL_CODES.get(fault.status)
        if code not in PROBLEMS:
            return super().fault_response(fault)
        return json_response(ProblemError(code).document, fault.status)
