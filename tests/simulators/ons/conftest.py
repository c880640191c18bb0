"""Ons behind mutual TLS, and a client that knows nothing but HTTP and certificates."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from provider_simulators.ons import Certificates, OnsSimulator, OnsSwitches
from provider_simulators.world import World


class OnsCaller:
    """Calls with the certificate of the simulator's settings, or another."""

    def __init__(self, simulator: OnsSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.connector_settings()
        self.session = requests.Session()
        self.session.trust_env = False  # else REQUESTS_CA_BUNDLE of the environment wins over `verify`
        self.session.verify = self.settings["ca_bundle"]
        self.session.headers["Accept"] = "application/json"
        self.use(Path(self.settings["client_certificate"]))

    def use(self, certificate: Path | None) -> None:
        self.session.close()  # the certificate belongs to the connection
        self.session.cert = (str(certificate), self.settings["client_key"]) if certificate else None

    def get(self, path: str, **headers: str | None) -> requests.Response:
        return self.session.get(f"{self.simulator.url}{path}", headers=headers, timeout=10)

    def data(self, resource: str, **headers: str | None) -> requests.Response:
        return self.get(f"/v0/xstream/{resource}/data", **headers)


StartOns = Callable[..., OnsCaller]


@pytest.fixture(scope="session")
def ons_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.in_folder(tmp_path_factory.mktemp("ons-certificates"))


@pytest.fixture
def start_ons(simulated_world: World, ons_certificates: Certificates) -> Iterator[StartOns]:
    """Starts an Ons simulator with the given switches and gives a client of it."""
    with ExitStack() as running:

        def start(world: World = simulated_world, **switches: Any) -> OnsCaller:
            simulator = OnsSimulator(world, certificates=ons_certificates.folder, switches=OnsSwitches(**switches))
            caller = OnsCaller(running.enter_context(simulator))
            running.enter_context(caller.session)
            return caller

        yield start


@pytest.fixture
def ons_caller(start_ons: StartOns) -> OnsCaller:
    return start_ons()
