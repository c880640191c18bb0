"""Minimax on a real socket, and a client that knows nothing but HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from provider_simulators.minimax import MinimaxSimulator, MinimaxSwitches
from provider_simulators.world import World


class MinimaxCaller:
    """Logs in with the simulator's settings and calls the API of the first organisation."""

    def __init__(self, simulator: MinimaxSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.connector_settings()
        self.organisation = f"{self.settings['api_url']}/api/orgs/{self.settings['organisation_id']}"
        self.session = requests.Session()
        self.session.headers["Accept"] = "application/json"

    def token(self, **form: str) -> requests.Response:
        names = ("client_id", "client_secret", "username", "password")
        credentials = {name: self.settings[name] for name in names}
        data = {"grant_type": "password", "scope": "minimax.si", **credentials, **form}
        return self.session.post(self.settings["token_url"], data=data, timeout=10)

    def log_in(self) -> None:
        answer = self.token()
        assert answer.status_code == 200, answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(f"{self.organisation}/{path}", params=query, timeout=10)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(f"{self.organisation}/{path}", json=body, timeout=10)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.session.put(f"{self.organisation}/{path}", json=body, timeout=10)

    def customer(self, **members: Any) -> dict[str, Any]:
        """The smallest customer that is known to be accepted, with other members."""
        home = self.simulator.backend.localisation
        return {
            "Name": "Kupec Ž",
            "Address": "Cesta 1",
            "PostalCode": "1234",
            "City": "Kraj",
            "Code": "C1",
            "Country": {"ID": home.country_ids["NL"]},
            "CountryName": "-",
            "SubjectToVAT": "N",
            "Currency": {"ID": home.currency_ids[home.currency]},
            "EInvoiceIssuing": "SeNePripravlja",
            **members,
        }


StartMinimax = Callable[..., MinimaxCaller]


@pytest.fixture
def start_minimax(simulated_world: World) -> Iterator[StartMinimax]:
    """Starts a Minimax simulator with the given switches and gives a logged-in client of it."""
    with ExitStack() as running:

        def start(**switches: Any) -> MinimaxCaller:
            simulator = MinimaxSimulator(simulated_world, switches=MinimaxSwitches(**switches))
            caller = MinimaxCaller(running.enter_context(simulator))
            running.enter_context(caller.session)
            caller.log_in()
            return caller

        yield start


@pytest.fixture
def minimax_caller(start_minimax: StartMinimax) -> MinimaxCaller:
    return start_minimax()
