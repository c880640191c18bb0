"""Minox on localhost."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Fault
from provider_simulators.log import Facts
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.books import Books
from provider_simulators.minox.demo_books import BROKEN_YEAR_NUMBER, TENANT, administrations
from provider_simulators.minox.messages import Code, Message, RefusedError
from provider_simulators.minox.nightly import fetch
from provider_simulators.minox.oauth import Authority
from provider_simulators.minox.operation import Reception, refused
from provider_simulators.minox.portal import Portal
from provider_simulators.minox.rate_limit import RateLimit
from provider_simulators.minox.routes import MinoxRoutes
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.minox.token_routes import TokenRoutes
from provider_simulators.minox.webhooks import Webhooks
from provider_simulators.routing import Match, Route
from provider_simulators.world import World
from provider_simulators.write_log import WriteLog
from provider_simulators.writing import WritingSimulator

UNAUTHORIZED, SERVER_ERROR = 401, 500
LATEST_BATCHES = 100
PAYROLL_JOURNAL = "LOON"
PORTAL_EVENTS = (
    "book", "edit_batch", "remove_line", "delete_batch", "pay", "block_account", "set_vat", "close_period",
    "reopen_period", "edit_record", "delete_record",
)  # fmt: skip


class MinoxSimulator(WritingSimulator):
    """The bookkeeping of every company of the world, as one tenant of Minox.

    Attributes:
        backend: State and rules; ``backend.books(number)`` are the books in Decimal, ``backend.writes`` is the log of
            writes.
        authority: Consents and tokens.
        portal: What a person does in the screens.
        incidents: What happens in the middle of somebody's work.
        events: What can happen, by name.
        late_writes: What is still to be applied.
        rate_limit: Requests per window and per day.
        operations: All that need a token, by name.
    """

    provider = "minox"
    connector = "target-minox"
    default_port = 8802
    Switches = MinoxSwitches
    refusals = (RefusedError,)

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        books = {each.number: Books(each) for each in administrations(world)}
        self.backend = MinoxBackend(
            tenant=TENANT, books=books, switches=self.switches, clock=self.clock, effect=self.log.effect
        )
        self.portal = Portal(self.backend)
        self.authority = Authority(switches=self.switches, clock=self.clock, effect=self.log.effect)
        self.rate_limit = RateLimit(self.switches, self.clock)
        self.plan(self._events())
        self._webhooks = Webhooks(self.backend, self.clock, self._stopping.is_set)
        self.backend.changed = self._webhooks.changed
        self._consent = self.authority.consent()
        self._reception = Reception(
            backend=self.backend, authority=self.authority, rate_limit=self.rate_limit, incidents=self.incidents
        )
        self.operations = {
            each.name: each
            for each in MinoxRoutes(backend=self.backend, world=world, reception=self._reception).operations()
        }

    def routes(self) -> list[Route]:
        """OAuth, inspect, and every operation that needs a token."""
        open_ = TokenRoutes(self.authority, [TENANT, *self.switches.other_tenants]).routes()
        return [
            *self.with_incidents(open_),
            *(self._reception.route(operation) for operation in self.operations.values()),
        ]

    @property
    def writes(self) -> WriteLog:
        """The log of writes."""
        return self.backend.writes

    def admission(self, request: Request, match: Match) -> Response | None:
        """None, or the answer of who does not get in."""
        operation = self.operations.get(match.route.operation)
        return self._reception.admission(operation, request, match.arguments) if operation else None

    def refused(self, error: Exception) -> Response:
        """The array of messages."""
        assert isinstance(error, RefusedError)
        return refused(error)

    def stop(self) -> None:
        """Stop listening and wait until nothing of it runs; late work is done at once."""
        super().stop()
        self._webhooks.join()

    def _events(self) -> dict[str, Callable[..., Any]]:
        """What can happen in the middle of somebody's work, by name."""
        portal, backend, authority = self.portal, self.backend, self.authority
        return {
            **{name: getattr(portal, name) for name in PORTAL_EVENTS},
            "revoke_consent": authority.revoke_consent,
            "expire_access_tokens": authority.expire_access_tokens,
            "save_link": lambda administration, provider, settings=None: backend.save_link(
                administration, provider, settings
            ),
            "run_nightly_link": lambda administration, provider="nmbrs": fetch(
                backend, self.world, administration, provider
            ),
            "spend_daily_budget": self.rate_limit.spend,
        }

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
        if batch.lines
    ]
