"""Minox on localhost."""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Action, Fault
from provider_simulators.log import Facts
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.books import Books
from provider_simulators.minox.control import ROOT, Control
from provider_simulators.minox.demo_books import BROKEN_YEAR_NUMBER, TENANT, administrations
from provider_simulators.minox.incidents import Incidents
from provider_simulators.minox.late_writes import LateWrites
from provider_simulators.minox.messages import Code, Message
from provider_simulators.minox.nightly import fetch
from provider_simulators.minox.oauth import Authority
from provider_simulators.minox.operation import ARRIVAL, LATE, Reception
from provider_simulators.minox.portal import Portal
from provider_simulators.minox.rate_limit import RateLimit
from provider_simulators.minox.routes import MinoxRoutes
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.minox.token_routes import TokenRoutes
from provider_simulators.minox.webhooks import Webhooks
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.wire import Delivery
from provider_simulators.world import World

UNAUTHORIZED, SERVER_ERROR = 401, 500
LATEST_BATCHES = 100
PAYROLL_JOURNAL = "LOON"
PORTAL_EVENTS = (
    "book", "edit_batch", "remove_line", "delete_batch", "pay", "block_account", "set_vat", "close_period",
    "reopen_period", "edit_record", "delete_record",
)  # fmt: skip


class MinoxSimulator(Simulator):
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

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        books = {each.number: Books(each) for each in administrations(world)}
        self.backend = MinoxBackend(
            tenant=TENANT, books=books, switches=self.switches, clock=self.clock, effect=self.log.effect
        )
        self.portal = Portal(self.backend)
        self.authority = Authority(switches=self.switches, clock=self.clock, effect=self.log.effect)
        self.rate_limit = RateLimit(self.switches, self.clock)
        self.events = self._events()
        self.incidents = Incidents(self.events, error=self._error, effect=self.log.effect)
        self.late_writes = LateWrites(self.clock, self._apply_one)
        self._webhooks = Webhooks(self.backend, self.clock, self._stopping.is_set)
        self.backend.changed = self._webhooks.changed
        self._consent = self.authority.consent()
        self._control = Control(self)
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
            *(self._reception.unguarded(route) for route in open_),
            *(self._reception.route(operation) for operation in self.operations.values()),
        ]

    def disturb(self, operation: str, action: str, **fault: Any) -> None:
        """Plan a fault at an operation, by its name in the documentation.

        Args:
            operation: ``transaction_line_batch_put``, ``customer_post``, ``oauth_token``, ...
            action: One of the frame's actions.
            fault: Its other fields: `nth`, `times`, `status`, `seconds`, ...

        Raises:
            KeyError: There is no such operation.
        """
        routes = self.routes()
        known = {route.operation: route for route in routes}[operation]
        path = _pattern(known.path)
        # A key in a path fits the words of its neighbours too: /accrual/<key> and /accrual/settings.
        neighbours = {
            each.path for each in routes if not each.path.endswith(">") and re.fullmatch(path, _example(each.path))
        }
        unless = "".join(f"(?!{_pattern(each)}(\\?|$))" for each in sorted(neighbours - {known.path}))
        self.faults.add(method=known.method, path=rf"^{unless}{path}(\?|$)", action=action, **fault)

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self.faults.clear()
        self.incidents.clear()

    def settle(self) -> None:
        """Apply every late write that is due by now; afterwards the books are as the clock says."""
        with self._lock:
            self.late_writes.apply_due()

    def stop(self) -> None:
        """Stop listening and wait until nothing of it runs; late work is done at once."""
        super().stop()
        with self._lock:
            self.late_writes.apply_due(all_of_them=True)
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

    def _answer(self, request: Request) -> Delivery:
        if self._control.answers(request):
            with self._lock:
                return Delivery(response=self._control.answer(request))
        if request.path.startswith(ROOT):
            return super()._answer(request)
        arrival = self.backend.writes.arrive(method=request.method, path=request.path, body=request.get_data())
        request.environ[ARRIVAL] = arrival.number
        delivery = super()._answer(request)
        if delivery.response is not None:
            arrival.status, arrival.whole = delivery.response.status_code, delivery.cut_at is None
        return delivery

    def _apply(self, request: Request) -> Response:
        with self._lock:
            self.late_writes.apply_due()
            return super()._apply(request)

    def _disturbed(self, request: Request, fault: Fault) -> Delivery:
        if fault.action is not Action.APPLY_LATE:
            return super()._disturbed(request, fault)
        match = self._routes.find(request)
        operation = self.operations.get(match.route.operation) if match else None
        if match and operation and (answer := self._reception.admission(operation, request, match.arguments)):
            return Delivery(response=answer)
        due = self.late_writes.add(request, fault.seconds)
        thread = threading.Thread(target=self._wait_and_settle, args=(due, fault.seconds), name="minox-late")
        self._late.append(thread)
        thread.start()
        return Delivery(response=self._planned(fault))

    def _wait_and_settle(self, due: datetime, seconds: float) -> None:
        self.clock.sleep(seconds, unless=lambda: self._stopping.is_set() or self.clock.now() >= due)
        self.settle()

    def _apply_one(self, request: Request) -> None:
        """A late write: it was let in when it came, whatever has happened to its token since."""
        request.environ[LATE] = True
        status = super()._apply(request).status_code
        number = request.environ[ARRIVAL]
        self.log.effect("applied_late", method=request.method, path=request.path, status=status, request=number)

    def _error(self, status: int) -> Response:
        return self.fault_response(Fault(action=Action.STATUS, status=status))

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


def _pattern(rule: str) -> str:
    """The rule of a route as a regular expression."""
    parts = re.split(r"(<[^>]+>)", rule)
    kinds = {True: r"\d+", False: "[^/?]+"}
    return "".join(kinds[part.startswith("<int:")] if part.startswith("<") else re.escape(part) for part in parts)


def _example(rule: str) -> str:
    return re.sub(r"<[^>]+>", "1", rule)


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
