"""Ons on localhost, behind mutual TLS."""

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.log import Facts
from provider_simulators.ons.admission import tls_context
from provider_simulators.ons.backend import OnsBackend
from provider_simulators.ons.certificates import PASSWORD, Certificates
from provider_simulators.ons.routes import OnsRoutes, error_response
from provider_simulators.ons.switches import OnsSwitches
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.wire import PEER_CERTIFICATE, Delivery
from provider_simulators.world import World

TOO_MANY = 429


class OnsSimulator(Simulator):
    """The care administration of the world's home care organisation, in one environment.

    Args:
        world: As of every simulator.
        certificates: Folder of the certificates, filled when it has none; a temporary one when left out, which lives
            as long as the simulator object.
        **options: Those of every simulator.

    Attributes:
        backend: State and rules.
        certificates: The certificates of server and clients.
    """

    provider = "ons"
    connector = "tap-ons"
    default_port = 8803
    Switches = OnsSwitches

    def __init__(self, world: World, *, certificates: Path | str | None = None, **options: Any) -> None:
        if certificates is None:
            certificates = tempfile.mkdtemp(prefix="simulated-ons-")
            weakref.finalize(self, shutil.rmtree, certificates, ignore_errors=True)
        self.certificates = Certificates.in_folder(certificates)
        switches: OnsSwitches = options.pop("switches", None) or OnsSwitches()
        context = tls_context(self.certificates, switches)
        super().__init__(world, switches=switches, ssl_context=context, **options)
        self.backend = OnsBackend(world, switches=switches, now=self.clock.now, effect=self.log.effect)

    def routes(self) -> list[Route]:
        """Ping and the bulk resources."""
        return OnsRoutes(self.backend).routes()

    def connector_settings(self, *, encrypted_key: bool = False) -> dict[str, Any]:
        """Where it is, and a certificate that does, with its key in clear or encrypted."""
        key = self.certificates.encrypted_client_key if encrypted_key else self.certificates.client_key
        return {
            "api_url": self.url,
            "client_certificate": str(self.certificates.client(self.switches.environment)),
            "client_key": str(key),
            **({"client_key_password": PASSWORD} if encrypted_key else {}),
            "ca_bundle": str(self.certificates.ca_bundle),
        }

    def books(self) -> Facts:
        """How many records there are, and the organisation's teams."""
        counts = [{"resource": name, "records": len(rows)} for name, rows in self.backend.records.items()]
        teams = [
            {name: row[name] for name in ("id", "name", "costCenterNumber")} for row in self.backend.records["teams"]
        ]
        return {"resources": counts, "teams": teams}

    def _answer(self, request: Request) -> Delivery:
        """Counts the requests of a certificate that run at the same time, also while they wait or are delayed."""
        certificate = request.environ.get(PEER_CERTIFICATE)
        if not certificate:
            return super()._answer(request)
        with self.backend.slot(int(certificate["serialNumber"], 16)) as free:
            return super()._answer(request) if free else self._too_many(request)

    def _too_many(self, request: Request) -> Delivery:
        self.log.request(
            method=request.method, path=request.path, query=list(request.args.items(multi=True)), status=TOO_MANY
        )
        response: Response = error_response(TOO_MANY, "Too many requests")
        if self.switches.retry_after is not None:
            response.headers["Retry-After"] = self.switches.retry_after
        return Delivery(response=response)
