"""Minimax on a real socket, and a client that knows nothing but HTTP."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from provider_simulators.minimax import MinimaxSimulator, MinimaxSwitches
from provider_simulators.virtual_clock import VirtualClock
from provider_simulators.world import World


class MinimaxCaller:
    """Logs in with the simulator's settings and calls the API of the first organisation."""

    def __init__(self, simulator: MinimaxSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.connector_settings()
        self.number = self.settings["organisation_id"]
        self.organisation = f"{self.settings['api_url']}/api/orgs/{self.number}"
        self.books = simulator.backend.organisations[self.number]
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

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **{"PageSize": 300, **query})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["Rows"]
        return rows

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(f"{self.organisation}/{path}", json=body, timeout=10)

    def put(self, path: str, body: Any = None, **query: Any) -> requests.Response:
        return self.session.put(f"{self.organisation}/{path}", json=body, params=query, timeout=10)

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(f"{self.organisation}/{path}", timeout=10)

    def add(self, path: str, body: Any) -> int:
        """Create a record; gives its id."""
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        return int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])

    def act(self, path: str, action: str, **query: Any) -> requests.Response:
        """Do an action with the row version that the record has now."""
        version = self.get(path).json()["RowVersion"]
        return self.put(f"{path}/actions/{action}", rowVersion=version, **query)

    def id(self, kind: str, code: str) -> dict[str, int]:
        """A reference to a record by its code."""
        record = self.books.by_code(kind, code)
        assert record is not None, (kind, code)
        return {"ID": record[f"{kind}Id"]}

    def first(self, kind: str) -> dict[str, int]:
        """A reference to the first record of a sort."""
        return {"ID": next(iter(self.books.table(kind)))}

    @property
    def home(self) -> dict[str, dict[str, int]]:
        """References to the home country and currency."""
        place = self.simulator.backend.localisation
        return {
            "Country": {"ID": place.country_ids[place.country]},
            "Currency": {"ID": place.currency_ids[place.currency]},
        }

    # Bodies

    def customer(self, **members: Any) -> dict[str, Any]:
        """The smallest customer that is known to be accepted, with other members."""
        place = self.simulator.backend.localisation
        return {
            "Name": "Kupec Ž",
            "Address": "Cesta 1",
            "PostalCode": "1234",
            "City": "Kraj",
            "Code": "C1",
            "Country": {"ID": place.country_ids["NL"]},
            "CountryName": "-",
            "SubjectToVAT": "N",
            "Currency": self.home["Currency"],
            "EInvoiceIssuing": "SeNePripravlja",
            **members,
        }

    def entry(self, account: str, debit: Any = 0, credit: Any = 0, **members: Any) -> dict[str, Any]:
        """A line of a journal."""
        return {"Account": self.id("Account", account), "Debit": debit, "Credit": credit, **members}

    def journal(self, *entries: dict[str, Any], **members: Any) -> dict[str, Any]:
        """A journal; wages of a hundred where no lines are given."""
        rows = list(entries) or [self.entry("4000", 100), self.entry("1720", 0, 100)]
        return {
            "JournalType": self.id("JournalType", "OP"),
            "JournalDate": "2026-10-31",
            "Description": "NMBRS 2026-10 #a1b2c3",
            "JournalEntries": rows,
            **members,
        }

    def invoice(self, **members: Any) -> dict[str, Any]:
        """A draft of an issued invoice with one row: two hours of care."""
        percent = self.percent()
        row = {
            "Item": self.id("Item", "A1"),
            "ItemName": "Ura nege",
            "RowNumber": 1,
            "Quantity": 2,
            "Price": "50",
            "PriceWithVAT": 50 * (1 + percent / 100),
            "VATPercent": percent,
            "Value": 100,
            "VatRate": self.id("VatRate", "S"),
        }
        return {
            "Customer": self.id("Customer", "D001"),
            "Employee": self.first("Employee"),
            "DateIssued": "2026-11-01",
            "DateTransaction": "2026-11-01",
            "DateDue": "2026-12-01",
            "Currency": self.home["Currency"],
            "InvoiceType": "R",
            "DocumentReference": "I-1",
            "Status": "O",
            "IssuedInvoiceRows": [row],
            **members,
        }

    def percent(self, day: str = "2026-11-01") -> Any:
        return self.get("vatrates/code(S)", date=day).json()["Percent"]


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


@pytest.fixture
def still_minimax(simulated_world: World) -> Iterator[MinimaxCaller]:
    """A simulator whose clock stands still until it is moved."""
    with MinimaxSimulator(simulated_world, clock=VirtualClock()) as simulator:
        caller = MinimaxCaller(simulator)
        with caller.session:
            caller.log_in()
            yield caller


@pytest.fixture(scope="session")
def minimax_specification(provider_specs: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(
        (provider_specs / "minimax" / "endpoints.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    return loaded


FORMS: dict[str, Callable[[Any], bool]] = {
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "fk": lambda value: set(value) == {"ID", "Name", "ResourceUrl"},
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


@pytest.fixture(scope="session")
def minimax_faults(minimax_specification: dict[str, Any]) -> Callable[..., list[str]]:
    """Members of a record that are unknown or missing in a country, and values of another form."""

    def faults(record: dict[str, Any], model: str, country: str = "SI") -> list[str]:
        members = {
            each["name"]: each
            for each in minimax_specification["models"][model]["fields"]
            if country in re.split("/", each.get("only", country))
        }
        found = [f"{model}.{name} is missing or unknown" for name in sorted(members.keys() ^ record.keys())]
        for name, value in record.items():
            if name not in members or value is None:
                continue
            kind = members[name]["type"]
            if not FORMS[kind](value):
                found.append(f"{model}.{name} is no {kind}")
            elif kind == "array" and members[name]["items"] != "any":
                found += [fault for row in value for fault in faults(row, members[name]["items"], country)]
            elif kind == "object":
                found += faults(value, members[name]["model"], country)
        return found

    return faults
