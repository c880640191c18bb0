"""A Minox on a real socket, and a client that says only what a test is about."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import requests
import simplejson
from provider_simulators.clock import Clock
from provider_simulators.faults import FaultPlan
from provider_simulators.minox import MinoxSimulator, MinoxSwitches
from provider_simulators.minox.books import Books
from provider_simulators.world import World

BATCH = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
ADMINISTRATION = 99998


class MinoxClient:
    """What the tests ask of one simulator, with one consent and one session."""

    def __init__(self, sim: MinoxSimulator, session: requests.Session) -> None:
        self.sim = sim
        self.session = session
        self.settings = sim.connector_settings()
        self.tenant_path = f"/tenant/{self.settings['tenant_id']}"
        self.path = f"{self.tenant_path}/administration/{ADMINISTRATION}"
        self.log_in()

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": self.settings["client_id"], "client_secret": self.settings["client_secret"]}

    @property
    def books(self) -> Books:
        return self.sim.backend.books(ADMINISTRATION)

    def log_in(self) -> None:
        token = self.refresh(self.sim.connector_settings()["refresh_token"]).json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def ask_token(self, **form: str) -> requests.Response:
        return requests.post(f"{self.settings['oauth_url']}/token", data=form, timeout=10)

    def refresh(self, token: str) -> requests.Response:
        return self.ask_token(grant_type="refresh_token", refresh_token=token, **self.credentials)

    def code(self, scope: str = "transaction:read", redirect_uri: str = "http://localhost:8765/callback") -> str:
        answer = requests.get(
            f"{self.settings['oauth_url']}/authorize",
            params={
                "response_type": "code",
                "client_id": self.settings["client_id"],
                "redirect_uri": redirect_uri,
                "scope": scope,
                "state": "s1",
            },
            allow_redirects=False,
            timeout=10,
        )
        location = answer.headers["Location"]
        assert location.startswith(f"{redirect_uri}?state=s1&code=")
        return location.rpartition("=")[2]

    def get(self, path: str, **params: Any) -> requests.Response:
        return self.session.get(self.url(path), params=params, timeout=10)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.send("PUT", path, body)

    def post(self, path: str, body: Any = None, **params: Any) -> requests.Response:
        return self.send("POST", path, body, **params)

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.send("PATCH", path, body)

    def send(self, method: str, path: str, body: Any, **params: Any) -> requests.Response:
        text = body if isinstance(body, str) else simplejson.dumps(body, use_decimal=True)
        headers = {"Content-Type": "application/json"}
        data = None if body is None else text.encode()
        return self.session.request(method, self.url(path), params=params, data=data, headers=headers, timeout=10)

    def attach(self, batch: str, text: bytes, part: str = "data", name: str = "factuur.pdf") -> requests.Response:
        files = {part: (name, text, "application/pdf")}
        return self.session.post(self.url(f"/transaction_line_batch/{batch}/blob"), files=files, timeout=10)

    def rows(self, path: str, **params: Any) -> list[Any]:
        """Records of a list, exact."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        return list(simplejson.loads(answer.text, use_decimal=True)["collection"])

    def writes(self, kind: str | None = None) -> list[Any]:
        return list(self.sim.backend.writes.writes(kind))

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(self.url(path), timeout=10)

    def book(self, lines: Any, batch: str | UUID = BATCH) -> requests.Response:
        return self.put(f"/transaction_line_batch/{batch}", lines)

    def url(self, path: str) -> str:
        """Of a path in the administration; a path that starts with /tenant is taken as it is."""
        return self.settings["api_url"] + (path if path.startswith("/tenant") else self.path + path)

    def saved(self) -> list[dict[str, Any]]:
        return self.sim.log.effects("batch_saved")


@pytest.fixture(scope="session")
def minox_world() -> World:
    return World.build(employees=4)


@pytest.fixture
def start_minox(minox_world: World) -> Iterator[Callable[..., MinoxClient]]:
    """Starts a simulator with the given switches (and `faults`), logged in."""
    with ExitStack() as stack:

        def start(*, faults: FaultPlan | None = None, clock: Clock | None = None, **switches: Any) -> MinoxClient:
            granted = MinoxSwitches(**{"scopes": ("all",), **switches})
            simulator = MinoxSimulator(minox_world, switches=granted, faults=faults, clock=clock)
            session = stack.enter_context(requests.Session())
            return MinoxClient(stack.enter_context(simulator), session)

        yield start


@pytest.fixture
def minox(start_minox: Callable[..., MinoxClient]) -> MinoxClient:
    return start_minox()


@pytest.fixture
def sales() -> Callable[..., list[dict[str, Any]]]:
    """A sales invoice: gross on the customer and on revenue, with changes to both lines."""

    def lines(amount: str = "121.00", revenue: str = "8100", **changes: Any) -> list[dict[str, Any]]:
        shared = {
            "document_date": "2026-02-03", "journal": {"id": "VERK"}, "invoice_number": 26000417,
            "description": "Factuur 26000417", **changes,
        }  # fmt: skip
        shared = {name: value for name, value in shared.items() if value is not ...}
        return [
            {"account": {"id": "10001", "type": "customer"}, "debit": Decimal(amount), "credit": 0, **shared},
            {"account": {"id": revenue}, "debit": 0, "credit": Decimal(amount), **shared},
        ]

    return lines


@pytest.fixture
def payroll() -> Callable[..., list[dict[str, Any]]]:
    """A payroll batch of two lines that balances, with changes to its first line (None removes a member)."""

    def lines(amount: str = "2500.10", **changes: Any) -> list[dict[str, Any]]:
        cost: dict[str, Any] = {
            "account": {"id": "4000", "scheme": "MINOX", "type": "ledger_account"},
            "debit": Decimal(amount),
            "credit": 0,
            "document_date": "2026-01-31",
            "journal": {"id": "LOON"},
            "period": {"id": 1, "fiscal_year": 2026},
            "description": "Brutoloon Noëlle & Zn.",
            "cost_center": {"id": 110},
        }
        net = {**cost, "account": {"id": "1720"}, "debit": 0, "credit": cost["debit"]}
        del net["cost_center"]
        first = {name: value for name, value in {**cost, **changes}.items() if value is not ...}
        return [first, net]

    return lines
