"""Inlenersbeloning.com on a real socket, and a client that knows nothing but HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, InlenersbeloningSwitches
from provider_simulators.world import World


class HirersCaller:
    """Calls with the token of the simulator's settings."""

    def __init__(self, simulator: InlenersbeloningSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.connector_settings()
        self.company = self.settings["company_ids"][0]
        self.session = requests.Session()
        self.use(self.settings["token"])

    def use(self, token: str) -> None:
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, *path: str) -> requests.Response:
        return self.session.get("/".join((self.settings["api_url"], *path)), timeout=10)

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
