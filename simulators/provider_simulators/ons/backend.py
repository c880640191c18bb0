"""Ons without HTTP: what a connector may read of the care organisation's records."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from provider_simulators.ons import models
from provider_simulators.ons.admission import Caller, RefusedError, admitted
from provider_simulators.ons.models import Record
from provider_simulators.ons.switches import OnsSwitches
from provider_simulators.world import World

PARALLEL_REQUESTS = 4
"""Per certificate; the only limit that is enforced (vendor's documentation)."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A bulk resource of the ``xstream`` family.

    Attributes:
        name: As in the path.
        model: Name of the vendor's schema.
        list_key: The one member of the JSON wrapper.
    """

    name: str
    model: str
    list_key: str


RESOURCES = (
    Resource(name="locations", model="Location", list_key="locations"),
    Resource(name="teams", model="Team", list_key="teams"),
    Resource(name="employees", model="Employee", list_key="employees"),
    Resource(name="contract_types", model="payroll.ContractType", list_key="contractTypes"),
)
NESTED = {"employeePrivacySettings": "EmployeePrivacySettings", "addresses": "TeamAddress"}
"""Members that hold a model of their own, whose fields are selected apart."""


class OnsBackend:
    """Records and rules of one environment with one customer.

    Attributes:
        records: The records per resource; a test may change them.
        switches: The readings of what is not documented.
    """

    def __init__(
        self, world: World, *, switches: OnsSwitches, now: Callable[[], datetime], effect: Callable[..., None]
    ) -> None:
        company = models.care_company(world)
        self.switches = switches
        self.records: dict[str, list[Record]] = {
            "locations": models.locations(company) if company else [],
            "teams": models.teams(company) if company else [],
            "employees": models.employees(company) if company else [],
            "contract_types": models.contract_types(),
        }
        self._now = now
        self._effect = effect
        self._revoked: set[int] = set()
        self._running: dict[int, int] = {}
        self._lock = Lock()

    def caller(self, certificate: Mapping[str, Any] | None) -> Caller:
        """Who asks.

        Raises:
            RefusedError: The certificate does not do.
        """
        try:
            caller = admitted(certificate, self.switches.environment, self._now())
        except RefusedError as error:
            self._effect("certificate_refused", status=error.status)
            raise
        if caller.serial in self._revoked:
            self._effect("certificate_refused", status=self.switches.revoked_status)
            raise RefusedError(self.switches.revoked_status, "The SSL certificate error: revoked")
        return caller

    def revoke(self, serial: int) -> None:
        """Disable a certificate, as after a leak (a button in the vendor's dashboard)."""
        self._revoked.add(serial)
        self._effect("certificate_revoked")

    @contextmanager
    def slot(self, serial: int) -> Iterator[bool]:
        """One of the certificate's parallel requests; False when there are too many."""
        with self._lock:
            running = self._running[serial] = self._running.get(serial, 0) + 1
        try:
            yield running <= PARALLEL_REQUESTS
        finally:
            with self._lock:
                self._running[serial] -= 1

    def read(self, resource: Resource, caller: Caller) -> list[Record]:
        """All records of a resource, with the fields that the connector is granted.

        Raises:
            RefusedError: The resource is not in the Technical Design.
        """
        if self.switches.granted is not None and resource.name not in self.switches.granted:
            raise RefusedError(self.switches.not_granted_status, "The endpoint is not granted")
        records = [self._granted(record, resource.model) for record in self.records[resource.name]]
        self._effect("read", resource=resource.name, connector=caller.connector, records=len(records))
        return records

    def _granted(self, record: Record, model: str) -> Record:
        return {
            name: self._nested(value, NESTED[name]) if name in NESTED else value
            for name, value in record.items()
            if f"{model}.{name}" not in self.switches.hidden_fields
            and (not self.switches.sparse or name == "id" or not _is_empty(value))
        }

    def _nested(self, value: Any, model: str) -> Any:
        if isinstance(value, list):
            return [self._granted(each, model) for each in value]
        return self._granted(value, model)


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in (0, [])
