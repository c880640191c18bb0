"""Ons on localhost, behind mutual TLS."""

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from werkzeug.http import http_date
from werkzeug.wrappers import Request, Response

from provider_simulators.faults import Fault
from provider_simulators.log import Facts
from provider_simulators.ons.admission import tls_context
from provider_simulators.ons.backend import OnsBackend
from provider_simulators.ons.certificates import PASSWORD, Certificates
from provider_simulators.ons.limits import Slot
from provider_simulators.ons.refusals import GATEWAY, TOO_MANY, error_response, too_many
from provider_simulators.ons.resources import RESOURCES
from provider_simulators.ons.routes import OnsRoutes
from provider_simulators.ons.switches import OnsSwitches
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.wire import PEER_CERTIFICATE, Delivery
from provider_simulators.world import World


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

    def routes(self) -> Iterable[Route]:
        """Everything that is simulated."""
        return OnsRoutes(self.backend, self.clock.now).routes()

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
        records = self.backend.records
        counts = [{"resource": resource.name, "records": len(records[resource.name])} for resource in RESOURCES]
        teams = [{name: row[name] for name in ("id", "name", "costCenterNumber")} for row in records["teams"]]
        return {"resources": counts, "teams": teams}

    def fault_response(self, fault: Fault) -> Response:
        """HTML of the gateway for its statuses; Ons' own envelopes for the others."""
        if fault.status in GATEWAY:
            return super().fault_response(fault)
        if fault.status == TOO_MANY:
            return too_many("", retry_after=None, words=self.switches.errors)
        return error_response(fault.status, "Planned by the simulator", words=self.switches.errors)

    def _answer(self, request: Request) -> Delivery:
        """Counts the requests of a certificate that run at the same time, also while they wait or are streamed."""
        certificate = request.environ.get(PEER_CERTIFICATE)
        if not certificate:
            return self._dated(super()._answer(request))
        slot = self.backend.limits.enter(int(certificate["serialNumber"], 16))
        try:
            delivery = self._dated(super()._answer(request) if slot.free else self._too_many(request))
        except BaseException:
            slot.leave()
            raise
        response = delivery.response
        if response is not None and response.is_streamed:
            response.response = _Held(iter(response.response), slot)
        else:
            slot.leave()
        return delivery

    def _dated(self, delivery: Delivery) -> Delivery:
        if delivery.response is not None:
            delivery.response.headers["Date"] = http_date(self.clock.now())
        return delivery

    def _too_many(self, request: Request) -> Delivery:
        self.log.request(
            method=request.method, path=request.path, query=list(request.args.items(multi=True)), status=TOO_MANY
        )
        return Delivery(
            response=too_many(request.path, retry_after=self.switches.retry_after, words=self.switches.errors)
        )


class _Held:
    """A body that gives its certificate's slot back before its last chunk, or when it is closed."""

    def __init__(self, pieces: Iterator[Any], slot: Slot) -> None:
        self._pieces = pieces
        self._slot = slot

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._pieces)
        except StopIteration:
            self._slot.leave()
            raise

    def close(self) -> None:
        self._slot.leave()
