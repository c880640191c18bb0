"""Ons without HTTP: what a connector may read, of which customer, and what happens there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from provider_simulators.ons.admission import Caller, admitted
from provider_simulators.ons.customer import Customer
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.export_jobs import ExportJobs
from provider_simulators.ons.limits import Limits
from provider_simulators.ons.moments import instant
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.resources import RESOURCES, Feed, Resource
from provider_simulators.ons.store import Key, Row, Store
from provider_simulators.ons.switches import CUSTOMERS, MORE_CUSTOMERS, OnsSwitches
from provider_simulators.ons.tables import LINKS, PLANS
from provider_simulators.ons.technical_design import Shown, TechnicalDesign
from provider_simulators.world import World

__all__ = ["RESOURCES", "OnsBackend", "Reading", "Resource"]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A row that is about to be sent.

    Attributes:
        resource: The xstream resource, or the endpoint.
        feed: Of an xstream resource; empty for other endpoints.
        row: How many rows were sent before it.
    """

    resource: str
    feed: str
    row: int


class OnsBackend:
    """Records and rules of one environment and its customers.

    Attributes:
        switches: The readings of what is not documented.
        customers: By customer code; the first is the one of the settings.
        limits: What certificates have used.
        jobs: Exports.
        while_reading: Called before each row of a list is sent, outside of all locks; a test changes records here.
        outage: Until when, and with which status, the gateway answers instead of Ons.
    """

    def __init__(
        self, world: World, *, switches: OnsSwitches, now: Callable[[], datetime], effect: Callable[..., None]
    ) -> None:
        environment = switches.environment
        self.switches = switches
        self.limits = Limits()
        self.jobs = ExportJobs(switches)
        self.while_reading: Callable[[Reading], None] | None = None
        self.outage: tuple[datetime, int] | None = None
        self.customers = {
            code: Customer(
                CareOrganisation(world, number, plans=PLANS, links=LINKS, insurance_depth=switches.insurance_depth),
                now=now,
                effect=effect,
            )
            for number, code in enumerate((CUSTOMERS[environment], *MORE_CUSTOMERS[environment]))
        }
        self._now = now
        self._effect = effect
        self._revoked: set[int] = set()
        self._designs: dict[str, TechnicalDesign] = {}
        self._shown: dict[TechnicalDesign, Shown] = {}

    # Who asks

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

    def approve(
        self, connector: str, *, granted: Iterable[str] | None = None, hidden_fields: Iterable[str] = ()
    ) -> None:
        """A new Technical Design for a connector; before the first one the switches say what it may read."""
        self._designs[connector] = TechnicalDesign(
            granted=None if granted is None else frozenset(granted), hidden_fields=frozenset(hidden_fields)
        )
        self._effect("design_approved", connector=connector)

    def allow(self, caller: Caller, *names: str) -> None:
        """Nothing, when the endpoint with these names is in the connector's Technical Design.

        Raises:
            RefusedError: It is not.
        """
        if not self._design(caller).allows(names):
            raise RefusedError(self.switches.not_granted_status, "The endpoint is not granted")

    def shown(self, caller: Caller, model: str | None) -> Callable[[Record], Record]:
        """What a connector sees of a record of this model."""
        if model is None:
            return lambda record: record
        design = self._design(caller)
        if design not in self._shown:
            self._shown[design] = Shown(
                design.hidden_fields, sparse=self.switches.sparse, nested_filter=self.switches.nested_filter
            )
        return self._shown[design].one(model)

    def _design(self, caller: Caller) -> TechnicalDesign:
        return self._designs.get(caller.connector, self._first_design)

    @cached_property
    def _first_design(self) -> TechnicalDesign:
        return TechnicalDesign(granted=self.switches.granted, hidden_fields=self.switches.hidden_fields)

    # What there is, of the first customer unless another is named

    @property
    def records(self) -> Store:
        """The first customer's records by table; a test may change them."""
        return self.customer().store

    def customer(self, code: str | None = None) -> Customer:
        """A customer by code, or the first."""
        return self.customers[code or next(iter(self.customers))]

    def create(self, table: str, *, customer: str | None = None, **values: Any) -> Record:
        """A new record, at the simulator's moment; what is not said is drafted.

        Raises:
            ValueError: There is one with its key.
        """
        return self.customer(customer).create(table, values)

    def update(self, table: str, key: Key, *, customer: str | None = None, **values: Any) -> Record:
        """Change fields of a record.

        Raises:
            KeyError: There is no such record.
        """
        return self.customer(customer).update(table, key, values)

    def delete(self, table: str, key: Key, *, customer: str | None = None) -> None:
        """Delete a record.

        Raises:
            KeyError: There is no such record.
        """
        self.customer(customer).delete(table, key)

    def break_down(self, status: int, *, seconds: float) -> None:
        """From now on, for so many seconds of the simulator's clock, the gateway answers with HTML and this status."""
        self.outage = self._now() + timedelta(seconds=seconds), status

    def broken_down(self) -> int | None:
        """The gateway's status, while it answers instead of Ons."""
        return self.outage[1] if self.outage and self._now() < self.outage[0] else None

    # The bulk resources

    def feed(self, resource: Resource, feed: Feed, caller: Caller, since: datetime | None) -> list[Record]:
        """Records of a feed as they are at this moment; whatever happens later is in the next answer.

        Args:
            resource: Which one.
            feed: One that it has.
            caller: Who asks.
            since: Of updates and deletes; without zone as it came.
        """
        store = self.customers[caller.customer].store
        if since is None:
            rows = store.rows(resource.name)
        else:
            of = store.rows(resource.name) if feed is Feed.UPDATES else store.deleted(resource.name)
            rows = [row for row in of if self._is_since(row, since)]
        if feed is Feed.UPDATES and not self.switches.updates_include_created:
            rows = [row for row in rows if row.created_at != row.changed_at]
        records = [row.record for row in rows]
        if feed is Feed.DELETES and self.switches.deletes == "key":
            records = [{field: record[field] for field in resource.key} for record in records]
        self._effect("read", resource=resource.name, feed=str(feed), connector=caller.connector, records=len(records))
        return records

    def _is_since(self, row: Row, since: datetime) -> bool:
        moment = instant(since, naive_is_local=self.switches.since_zone == "amsterdam")
        if self.switches.feed_days is not None:
            moment = max(moment, self._now() - timedelta(days=self.switches.feed_days))
        return row.changed_at > moment or (row.changed_at == moment and self.switches.since_bound == "inclusive")
