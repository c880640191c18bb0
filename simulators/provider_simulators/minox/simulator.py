"""Minox on localhost."""

from typing import Any

from werkzeug.wrappers import Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Fault
from provider_simulators.log import Facts
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.books import Books
from provider_simulators.minox.demo_books import BROKEN_YEAR_NUMBER, TENANT, administrations
from provider_simulators.minox.messages import Code, Message
from provider_simulators.minox.oauth import Authority
from provider_simulators.minox.rate_limit import RateLimit
from provider_simulators.minox.routes import MinoxRoutes
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.minox.token_routes import TokenRoutes
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.world import World

UNAUTHORIZED, SERVER_ERROR = 401, 500
LATEST_BATCHES = 100
PAYROLL_JOURNAL = "LOON"


class MinoxSimulator(Simulator):
    """The bookkeeping of every company of the world, as one tenant of Minox.

    Attributes:
        backend: State and rules; ``backend.books(number)`` are the books in Decimal.
        authority: Consents and tokens.
    """

    provider = "minox"
    connector = "target-minox"
    default_port = 8802
    Switches = MinoxSwitches

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        books = {each.number: Books(each) for each in administrations(world)}
        self.backend = MinoxBackend(
            tenant=TENANT, books=books, switches=self.switches, today=self.clock.today, effect=self.log.effect
        )
        self.authority = Authority(switches=self.switches, clock=self.clock, effect=self.log.effect)
        self._rate_limit = RateLimit(self.switches, self.clock)
        self._consent = self.authority.consent()

    def routes(self) -> list[Route]:
        """OAuth, inspect, look-ups, batches, lines, trial balance, payroll links."""
        guarded = MinoxRoutes(
            backend=self.backend, authority=self.authority, rate_limit=self._rate_limit, switches=self.switches
        )
        return [*TokenRoutes(self.authority, [TENANT]).routes(), *guarded.routes()]

    def connector_settings(self) -> dict[str, Any]:
        """Where it is, one client, the newest refresh token of one consent, and the first company's books."""
        numbers = [company.books_number for company in self.world.companies]
        return {
            "api_url": f"{self.url}/api/1",
            "oauth_url": f"{self.url}/oauth",
            "client_id": self.authority.client_id,
            "client_secret": self.authority.client_secret,
            "refresh_token": self._consent.refresh_token,
            "tenant_id": TENANT,
            "administration_id": numbers[0] if numbers else BROKEN_YEAR_NUMBER,
            "journal": PAYROLL_JOURNAL,
        }

    def books(self) -> Facts:
        """Trial balances and the latest batches of every administration."""
        every = self.backend.administrations()
        return {
            "trial_balance": [row for books in every for row in _trial_balance(books)],
            "latest_batches": [row for books in every for row in _latest_batches(books)],
            "administrations": [
                {
                    "administration": books.administration.number,
                    "name": books.administration.name,
                    "batches": len(books.batches),
                    "nmbrs_link": self.backend.links(books.administration.number).is_active("nmbrs"),
                }
                for books in every
            ],
        }

    def fault_response(self, fault: Fault) -> Response:
        """Servers fail in HTML (a gateway's), refusals are an array of messages, a bad token a bare JSON string."""
        if fault.status >= SERVER_ERROR:
            return super().fault_response(fault)
        if fault.status == UNAUTHORIZED:
            return json_response("Unauthorized", fault.status)
        message = Message(code=Code.WARNING, text="Door het storingsplan geweigerd")
        return json_response([message.document()], fault.status)


def _trial_balance(books: Books) -> list[Facts]:
    return [
        {
            "administration": books.administration.number,
            "year": year,
            "account": row.account.number,
            "description": row.account.description,
            "debit": row.debit,
            "credit": row.credit,
            "balance": row.debit - row.credit,
        }
        for year in books.administration.fiscal_years
        for row in books.trial_balance(year)
    ]


def _latest_batches(books: Books) -> list[Facts]:
    return [
        {
            "administration": books.administration.number,
            "batch": str(batch.id),
            "journal": batch.lines[0].draft.journal.code,
            "date": batch.lines[0].draft.document_date,
            "period": f"{batch.lines[0].draft.fiscal_year.year}/{batch.lines[0].draft.period}",
            "lines": len(batch.lines),
            "debit": batch.debit,
            "credit": batch.credit,
        }
        for batch in reversed(list(books.batches.values())[-LATEST_BATCHES:])
    ]
