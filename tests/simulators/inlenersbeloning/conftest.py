"""Inlenersbeloning.com on a real socket, and a client that knows nothing but HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, InlenersbeloningSwitches
from provider_simulators.inlenersbeloning.agency import COMPANIES
from provider_simulators.world import World


class HirersCaller:
    """Calls with the token of the simulator's settings."""

    def __init__(self, simulator: InlenersbeloningSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.connector_settings()
        self.company = self.settings.get("company_ids", COMPANIES)[0]
        self.session = requests.Session()
        self.use(self.settings.get("token") or self.settings["companies"][0]["token"])

    def use(self, token: str) -> None:
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, *path: str, **query: Any) -> requests.Response:
        return self.session.get("/".join((self.settings["api_url"], *path)), params=query, timeout=10)

    def first(self, place: int) -> tuple[str, str]:
        """A partner by its place in the list, and the id of the first remuneration that it shares."""
        partner = self.partners()[place]["id"]
        return partner, self.remunerations(partner).json()[0]["id"]

    def document(self, partner: str, remuneration: str) -> Any:
        return self.get("remuneration", self.company, partner, remuneration).json()

    def effects(self, kind: str) -> list[Any]:
        return self.simulator.log.effects(kind)

    def partners(self) -> Any:
        return self.get("partner", self.company).json()

    def remunerations(self, partner: str) -> requests.Response:
        return self.get("remuneration", self.company, partner)

    def documents(self) -> list[Any]:
        """All documents, in the order of the lists."""
        found = []
        for partner in self.partners():
            headers = self.remunerations(partner["id"])
            found += [
                self.get("remuneration", self.company, partner["id"], header["id"]).json()
                for header in (headers.json() if headers.ok else [])
            ]
        return found


StartHirers = Callable[..., HirersCaller]


@pytest.fixture
def start_hirers(simulated_world: World) -> Iterator[StartHirers]:
    """Starts a simulator of Inlenersbeloning.com with the given switches and gives a client of it."""
    with ExitStack() as running:

        def start(world: World = simulated_world, **switches: Any) -> HirersCaller:
            simulator = InlenersbeloningSimulator(world, switches=InlenersbeloningSwitches(**switches))
            caller = HirersCaller(running.enter_context(simulator))
            running.enter_context(caller.session)
            return caller

        yield start


@pytest.fixture
def hirers_caller(start_hirers: StartHirers) -> HirersCaller:
    return start_hirers()
