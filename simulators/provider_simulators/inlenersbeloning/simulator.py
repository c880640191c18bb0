"""Inlenersbeloning.com on localhost."""

from typing import Any

from werkzeug.wrappers import Response

from provider_simulators.faults import Action, Fault
from provider_simulators.inlenersbeloning.agency import COMPANIES, COMPANY_NAMES, Share
from provider_simulators.inlenersbeloning.backend import InlenersbeloningBackend
from provider_simulators.inlenersbeloning.control import control_routes
from provider_simulators.inlenersbeloning.refusals import refusal
from provider_simulators.inlenersbeloning.routes import InlenersbeloningRoutes
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches
from provider_simulators.inlenersbeloning.webhooks import WebhookSender
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
        webhooks: Calls the agency's URL. Signs with the secret of the token in the settings.
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
        self.webhooks = WebhookSender(
            self.switches, secret=self._token.secret, now=self.clock.now, effect=self.log.effect
        )
        self.backend.told = self.webhooks.tell
        if self.switches.latency_seconds:
            latency = Fault(
                action=Action.LATENCY,
                path=f"^{self.switches.api_path}/",
                times=None,
                seconds=self.switches.latency_seconds,
            )
            self.faults.add(latency)

    def routes(self) -> list[Route]:
        """The API, and the control of it."""
        routes = InlenersbeloningRoutes(self.backend, self._sleep).routes()
        return [*routes, *control_routes(self.backend, self.webhooks)]

    def stop(self) -> None:
        """Stop as all simulators do, once no webhook is under way any more."""
        self.webhooks.wait()
        super().stop()

    def connector_settings(self) -> dict[str, Any]:
        """Where it is, a token by switch, the companies that it reads, and the secret that signs webhooks."""
        settings = {"api_url": f"{self.url}{self.switches.api_path}"}
        if self.switches.credential == "companies":
            tokens = self.backend.company_tokens
            companies = [
                {"company_id": company, "token": tokens[company].value, "name": COMPANY_NAMES[company]}
                for company in COMPANIES
            ]
            return settings | {"companies": companies, "webhook_secret": self._token.secret}
        token = self._token
        return settings | {
            "token": token.value,
            "company_ids": [company for company in COMPANIES if company in token.companies],
            "webhook_secret": token.secret,
        }

    def books(self) -> Facts:
        """Who shares what."""
        return {
            "remunerations": [
                row
                for company, shares in self.backend.shares.items()
                for share in list(shares.values())
                for row in _shared(company, share)
            ]
        }

    def fault_response(self, fault: Fault) -> Response:
        """A planned 200 is a login page (inferred); servers fail in HTML; other refusals are as by switch."""
        if fault.status == OK:
            return Response(LOGIN_PAGE, fault.status, content_type="text/html; charset=utf-8")
        if fault.status >= SERVER_ERROR:
            return super().fault_response(fault)
        return refusal(fault.status, "Refused by the fault plan", self.switches.refusals, {})

    @property
    def _token(self) -> Any:
        whole = self.switches.credential == "organisation"
        return self.backend.organisation_token if whole else self.backend.company_token

    def _sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds, unless=self._stopping.is_set)


def _shared(company: str, share: Share) -> list[Facts]:
    """A row per remuneration, or one without."""
    hirer = {"company": company, "partner": share.hirer.id, "name": share.hirer.name}
    headers = [each.header() for each in list(share.remunerations.values())] or [{}]
    return [
        hirer
        | {
            "remuneration": row.get("id"),
            "version": row.get("lenderVersion"),
            "published": row.get("publishDate"),
        }
        for row in headers
    ]
