"""Minimax on localhost."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.faults import Fault
from provider_simulators.log import Facts
from provider_simulators.minimax.answers import refused
from provider_simulators.minimax.backend import MinimaxBackend
from provider_simulators.minimax.books import Organisation
from provider_simulators.minimax.logins import CLIENT_ID, CLIENT_SECRET, Logins
from provider_simulators.minimax.operations import PLACE, words
from provider_simulators.minimax.portal import Portal
from provider_simulators.minimax.refusals import RefusedError
from provider_simulators.minimax.routes import MinimaxRoutes
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.minimax.token_routes import TokenRoutes
from provider_simulators.routing import Match, Route
from provider_simulators.wire import Delivery
from provider_simulators.world import World
from provider_simulators.write_log import WriteLog
from provider_simulators.writing import WritingSimulator

SERVER_ERROR = 500
ADDRESS_WORDS = {word.lower(): word for word in ("SI", "HR", "RS", "API", "AUT", "OAuth20", "Token")}
UPPER_API = 2
"""The second part of a path is ``API``, the third is ``api``."""
PORTAL_EVENTS = (
    "book", "add_record", "edit_record", "delete_record", "edit_journal", "remove_entry", "confirm_journal", "pay",
    "block_account", "close_period", "reopen_period", "withdraw_right", "grant_right",
)  # fmt: skip
LATEST_JOURNALS = 100


class MinimaxSimulator(WritingSimulator):
    """The books of every company of the world in one country's Minimax, reached by one user.

    Attributes:
        backend: State and rules; ``backend.organisations[number]`` are the books, ``backend.writes`` is the log of
            writes.
        logins: Client, user, tokens, lock-out.
        portal: What a person does in the screens.
    """

    provider = "minimax"
    connector = "target-minimax"
    default_port = 8805
    Switches = MinimaxSwitches
    refusals = (RefusedError,)

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self.backend = MinimaxBackend(world, switches=self.switches, clock=self.clock, effect=self.log.effect)
        self.logins = Logins(switches=self.switches, clock=self.clock, effect=self.log.effect)
        self.portal = Portal(self.backend)
        self._token_routes = TokenRoutes(self.logins, self.switches)
        self._routes_of_api = MinimaxRoutes(backend=self.backend, logins=self.logins, effect=self.log.effect)
        self.plan(self._events())

    def routes(self) -> list[Route]:
        """Log-in, and all operations."""
        return list(self.with_incidents([*self._token_routes.routes(), *self._routes_of_api.routes()]))

    @property
    def writes(self) -> WriteLog:
        """The log of writes."""
        return self.backend.writes

    def admission(self, request: Request, match: Match) -> Response | None:
        """None, or the answer of who does not get in."""
        return self._routes_of_api.admission(match.route.operation, request, match.arguments)

    def refused(self, error: Exception) -> Response:
        """Messages."""
        assert isinstance(error, RefusedError)
        return refused(error, self.switches)

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
        """Trial balances, organisations with the calls they have used, their customers and their latest journals."""
        budget, every = self.backend.budget, self.backend.organisations.values()
        return {
            "trial_balance": [row for each in every for row in _trial_balance(each)],
            "organisations": [
                {
                    "id": each.id,
                    "name": each.name,
                    "journals": len(each.table("Journal")),
                    "calls_used": budget.used(each.id),
                    "calls_this_month": budget.used_this_month(each.id),
                    "journal_rows_this_month": budget.journal_rows(each.id),
                }
                for each in every
            ],
            "customers": [
                {"organisation": each.id, **{name: customer[name] for name in ("CustomerId", "Code", "Name", "City")}}
                for each in every
                for customer in each.table("Customer").values()
            ],
            "journals": [
                {
                    "organisation": each.id,
                    **{name: journal[name] for name in ("JournalId", "JournalDate", "Description", "Status")},
                    "entries": len(journal["JournalEntries"]),
                    "debit": sum(entry["DebitInDomesticCurrency"] or 0 for entry in journal["JournalEntries"]),
                }
                for each in every
                for journal in list(each.table("Journal").values())[-LATEST_JOURNALS:]
            ],
        }

    def fault_response(self, fault: Fault) -> Response:
        """Servers fail in HTML, other refusals are ASP.NET's."""
        if fault.status >= SERVER_ERROR:
            return super().fault_response(fault)
        return json_response({"Message": "Refused by the fault plan"}, fault.status)

    def _events(self) -> dict[str, Callable[..., Any]]:
        """What can happen in the middle of somebody's work, by name."""
        return {
            **{name: getattr(self.portal, name) for name in PORTAL_EVENTS},
            "touch": lambda administration, key, kind="Customer": self.backend.touch(administration, key, kind),
            "expire_access_tokens": self.logins.expire_access_tokens,
            "recreate_login": self.logins.recreate,
            "spend_daily_budget": lambda administration, calls=None: self.backend.budget.spend(administration, calls),
        }

    def _answer(self, request: Request) -> Delivery:
        """Paths match in any case, and a slash at their end does no harm (seen in clients)."""
        return super()._answer(Request(request.environ | {"PATH_INFO": canonical_path(request.path)}))


def _trial_balance(books: Organisation) -> list[Facts]:
    """Sums of the accounts that were posted to, in domestic currency, drafts included."""
    return [
        {
            "organisation": books.id,
            "account": account["Code"],
            "name": account["Name"],
            "debit": debit,
            "credit": credit,
            "balance": debit - credit,
        }
        for account, debit, credit in books.trial_balance()
    ]


def canonical_path(path: str) -> str:
    """The path as documented; what stands in ``code(...)``, and the name of an action, keep their case."""
    if path.startswith("/_simulator"):
        return path
    first, *parts = path.removesuffix("/").split("/")
    written, before = [first], ""
    for place, part in enumerate(parts):
        name, bracket, rest = part.partition("(")
        # The same word is a folder in capitals and, after it, the part of each operation's path that is doubled.
        folder = ADDRESS_WORDS.get(name.lower()) if place < UPPER_API or before in ("aut", "oauth20") else None
        known = folder or words().get((before, name.lower())) or ("api" if name.lower() == "api" else name)
        written.append(f"{known}{bracket}{rest}")
        before = PLACE if part.isdecimal() else name.lower()
    return "/".join(written)
