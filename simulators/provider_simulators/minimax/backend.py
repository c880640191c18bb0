"""Minimax without HTTP: organisations, their customers, code lists, row versions and the call budget."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from provider_simulators.clock import Clock
from provider_simulators.minimax.budget import CallBudget
from provider_simulators.minimax.customers import Record, Rules
from provider_simulators.minimax.localisation import COUNTRY_NAMES, LOCALISATIONS, Text, currency_of
from provider_simulators.minimax.refusals import CONCURRENCY, DENIED, Message, RefusedError
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.world import World

FIRST_ORGANISATION = 21001
FIRST_CUSTOMER = 700101
FIRST_ROW_VERSION = 0x3C4E0CF0
SUPPLIERS = (
    "Zdravstvena zavarovalnica Vzorec",
    "Pokojninski sklad Jesen d.d.",
    "Davčna uprava (primer)",
    "Čistilni servis Žabica",
)


@dataclass(kw_only=True)
class Organisation:
    """A set of books. Customers are records whose references are ids."""

    id: int
    name: str
    customers: dict[int, Record] = field(default_factory=dict)

    def customer_by_code(self, code: str) -> Record | None:
        """The customer with exactly this code."""
        return next((customer for customer in self.customers.values() if customer["Code"] == code), None)


class MinimaxBackend:
    """State and rules of one installation with one user's organisations.

    Attributes:
        localisation: The installation.
        organisations: By id: one per company of the world.
        budget: Calls that are left.
        switches: The readings of what is not documented.
    """

    def __init__(self, world: World, *, switches: MinimaxSwitches, clock: Clock, effect: Callable[..., None]) -> None:
        self.switches = switches
        self.localisation = LOCALISATIONS[switches.localisation]
        self.budget = CallBudget(calls_per_day=switches.calls_per_day, clock=clock)
        self._clock = clock
        self._effect = effect
        self._rules = Rules(localisation=self.localisation, code_length=switches.code_length)
        self._customer_ids = count(FIRST_CUSTOMER)
        self._row_versions = count(FIRST_ROW_VERSION)
        self.organisations = {
            FIRST_ORGANISATION + index: Organisation(id=FIRST_ORGANISATION + index, name=company.name)
            for index, company in enumerate(world.companies)
        }
        for organisation in self.organisations.values():
            for number, name in enumerate(SUPPLIERS, 1):
                self._add(organisation, self._supplier(number, name))

    # Reading

    def reachable(self) -> list[Organisation]:
        """The organisations on which the user has the API right."""
        return list(self.organisations.values()) if self.switches.api_right else []

    def organisation(self, organisation_id: int) -> Organisation:
        """An organisation of the user; counts a call on it.

        Raises:
            RefusedError: 403 or 404 (switch) for others, 429 or 403 (switch) when the day's calls are used up.
        """
        organisation = self.organisations.get(organisation_id)
        if organisation is None or not self.switches.api_right:
            raise RefusedError(self.switches.foreign_status, Message(text=DENIED))
        wait = self.budget.take(organisation_id)
        if wait is not None:
            self._effect("call_refused", organisation=organisation_id)
            status = 403 if self.switches.limit_answer == "text" else 429
            told = self.switches.limit_answer == "retry_after"
            headers = {"Retry-After": str(int(wait.total_seconds()) + 1)} if told else {}
            raise RefusedError(status, Message(text=self.localisation.texts[Text.LIMIT]), headers=headers)
        return organisation

    def customer(self, organisation: Organisation, customer_id: int) -> Record:
        """A customer.

        Raises:
            RefusedError: 404.
        """
        customer = organisation.customers.get(customer_id)
        if customer is None:
            raise RefusedError(404)
        return customer

    def countries(self) -> list[Record]:
        """All countries, by id."""
        return [
            {"CountryId": number, "Code": code, "Name": COUNTRY_NAMES.get(code, code), "Currency": self._currency(code)}
            for code, number in sorted(self.localisation.country_ids.items(), key=lambda item: item[1])
        ]

    def currencies(self) -> list[Record]:
        """All currencies, by id."""
        return [
            {"CurrencyId": number, "Code": code, "Name": code}
            for code, number in sorted(self.localisation.currency_ids.items(), key=lambda item: item[1])
        ]

    # Writing

    def add_customer(self, organisation: Organisation, body: Mapping[str, Any]) -> Record:
        """Create a customer.

        Raises:
            RefusedError: Messages about its members, or a code that exists.
        """
        record = self._checked(organisation, body, of=None)
        customer = self._add(organisation, record)
        self._effect("customer_added", organisation=organisation.id, customer=customer["CustomerId"])
        return customer

    def replace_customer(self, organisation: Organisation, customer_id: int, body: Mapping[str, Any]) -> Record:
        """Replace a customer whole: what the body leaves out is blank afterwards (inferred).

        Raises:
            RefusedError: 404; the row version is missing or stale; or as for a new one.
        """
        before = self.customer(organisation, customer_id)
        if body.get("RowVersion") != before["RowVersion"]:
            self._effect("concurrency_refused", organisation=organisation.id, customer=customer_id)
            raise RefusedError(self.switches.concurrency_status, Message(text=CONCURRENCY))
        record = self._checked(organisation, body, of=customer_id)
        customer = self._stamped(customer_id, record)
        organisation.customers[customer_id] = customer
        self._effect("customer_replaced", organisation=organisation.id, customer=customer_id)
        return customer

    def touch(self, organisation_id: int, customer_id: int) -> None:
        """Somebody else saves the customer: its row version changes."""
        customers = self.organisations[organisation_id].customers
        customers[customer_id] = self._stamped(customer_id, customers[customer_id])

    def _checked(self, organisation: Organisation, body: Mapping[str, Any], *, of: int | None) -> Record:
        record, messages, unknown = self._rules.read(body)
        if unknown:
            self._effect("members_ignored", members=unknown)
        if messages:
            raise RefusedError(self.switches.validation_status, *messages)
        same = organisation.customer_by_code(record["Code"]) if record["Code"] else None
        if same is not None and same["CustomerId"] != of:
            text = self.localisation.texts[Text.DUPLICATE]
            raise RefusedError(self.switches.duplicate_status, Message(text=text, property_name="Code"))
        return record

    def _add(self, organisation: Organisation, record: Record) -> Record:
        customer = self._stamped(next(self._customer_ids), record)
        organisation.customers[customer["CustomerId"]] = customer
        return customer

    def _stamped(self, customer_id: int, record: Record) -> Record:
        """With what the server fills in; the row version changes with every write."""
        modified = self._clock.now().astimezone(self.localisation.zone).replace(tzinfo=None)
        version = base64.b64encode(next(self._row_versions).to_bytes(8, "big")).decode()
        return {
            **record,
            "CustomerId": customer_id,
            "RecordDtModified": modified.isoformat(timespec="milliseconds"),
            "RowVersion": version,
        }

    def _supplier(self, number: int, name: str) -> Record:
        home = self.localisation
        record, _, _ = self._rules.read(
            {
                "Code": f"D{number:03}",
                "Name": name,
                "Address": f"Izmišljena ulica {number}",
                "PostalCode": "1000",
                "City": "Nikjer",
                "Country": {"ID": home.country_ids[home.country]},
                "SubjectToVAT": "D",
                "Currency": {"ID": home.currency_ids[home.currency]},
                "EInvoiceIssuing": "SeNePripravlja",
                "ExpirationDays": 30,
            }
        )
        return record

    def _currency(self, country: str) -> int | None:
        code = currency_of(country)
        return self.localisation.currency_ids[code] if code else None
