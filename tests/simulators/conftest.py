"""Simulators on real sockets, and a client that knows nothing but HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.world import World


class NmbrsCaller:
    """Logs in with the simulator's settings and calls the API."""

    def __init__(self, simulator: NmbrsSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.connector_settings()
        self.session = requests.Session()
        self.session.headers["X-Subscription-Key"] = self.settings["subscription_key"]

    def token(self, **form: str) -> requests.Response:
        client = {"client_id": self.settings["client_id"], "client_secret": self.settings["client_secret"]}
        return requests.post(f"{self.simulator.url}/connect/token", data={**client, **form}, timeout=10)

    def refresh(self) -> requests.Response:
        answer = self.token(grant_type="refresh_token", refresh_token=self.settings["refresh_token"])
        if answer.ok:
            self.settings["refresh_token"] = answer.json()["refresh_token"]
            self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(f"{self.simulator.url}{path}", params=query, timeout=10)

    def rows(self, path: str, **query: Any) -> list[Any]:
        answer = self.get(path, pageSize=100, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


StartNmbrs = Callable[..., NmbrsCaller]


@pytest.fixture(scope="session")
def simulated_world() -> World:
    return World.build()


@pytest.fixture
def start_nmbrs(simulated_world: World) -> Iterator[StartNmbrs]:
    """Starts a Nmbrs simulator with the given switches and gives a logged-in client of it."""
    with ExitStack() as running:

        def start(world: World = simulated_world, **switches: Any) -> NmbrsCaller:
            simulator = running.enter_context(NmbrsSimulator(world, switches=NmbrsSwitches(**switches)))
            caller = NmbrsCaller(simulator)
            running.enter_context(caller.session)
            assert caller.refresh().status_code == 200
            return caller

        yield start


@pytest.fixture
def nmbrs_caller(start_nmbrs: StartNmbrs) -> NmbrsCaller:
    return start_nmbrs()
