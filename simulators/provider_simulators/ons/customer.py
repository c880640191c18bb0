"""A customer of Ons: a care organisation with what has happened to its records since the simulator started."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from provider_simulators.ons.diaries import diaries_of
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.moments import moment
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.resources import BY_NAME
from provider_simulators.ons.schema import fields_of
from provider_simulators.ons.store import Key, Store, Table
from provider_simulators.ons.tables import PLANS


class Customer:
    """The data behind a customer code.

    Attributes:
        organisation: How it all was at the start.
        store: Tables, each in memory.
        diaries: Tables that are made on demand.
    """

    def __init__(
        self, organisation: CareOrganisation, *, now: Callable[[], datetime], effect: Callable[..., None]
    ) -> None:
        self.organisation = organisation
        self.store = Store({name: self._table(name) for name in PLANS}, now=now)
        self.diaries = diaries_of(organisation)
        self._now = now
        self._effect = effect

    def create(self, table: str, values: Record) -> Record:
        """A new record; what is not said is drafted.

        Raises:
            ValueError: There is one with its key.
        """
        diary = self.diaries.get(table)
        model = diary.model if diary else PLANS[table].model
        identifier = values.get("id") or (diary.next_id() if diary else self._next_id(table, model))
        known = self._stamped(model, {"id": identifier, **values}, "createdAt", "updatedAt")
        if "id" not in fields_of(model):
            del known["id"]
        record = self.organisation.drafts.record(model, int(identifier) if str(identifier).isdigit() else 0, known)
        if diary:
            diary.add(record)
        else:
            self.store.add(table, record)
        self._effect("record_created", resource=table, key=identifier)
        return record

    def update(self, table: str, key: Key, values: Record) -> Record:
        """Change fields of a record; its `updatedAt` follows where it has one.

        Raises:
            KeyError: There is no such record.
        """
        diary = self.diaries.get(table)
        stamped = self._stamped(diary.model if diary else PLANS[table].model, values, "updatedAt")
        record = diary.replace(key, stamped) if diary else self.store.replace(table, key, stamped)
        self._effect("record_updated", resource=table, key=key)
        return record

    def delete(self, table: str, key: Key) -> None:
        """Delete a record.

        Raises:
            KeyError: There is no such record.
        """
        diary = self.diaries.get(table)
        if diary:
            diary.remove(key)
        else:
            self.store.remove(table, key)
        self._effect("record_deleted", resource=table, key=key)

    def known(self, table: str, key: Key) -> Record:
        """The record with this key.

        Raises:
            RefusedError: 404, there is none.
        """
        diary = self.diaries.get(table)
        record = diary.find(key) if diary else self.store.find(table, key)
        if record is None:
            raise RefusedError(404, "Resource not found")
        return record

    def _next_id(self, table: str, model: str | None) -> int:
        return self.store.next_id(table) if fields_of(model).get("id", "").startswith("int") else 0

    def _stamped(self, model: str | None, values: Record, *fields: str) -> Record:
        now = self._now()
        kinds = fields_of(model)
        texts: dict[str, Any] = {"datetime": moment(now), "date": now.date()}
        return {field: texts[kinds[field]] for field in fields if field in kinds} | values

    def _table(self, name: str) -> Table:
        resource = BY_NAME.get(name)
        return Table(key=resource.key if resource else ("id",), load=lambda: self.organisation.loaded(name))
