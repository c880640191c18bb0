"""A care organisation's data in a warehouse, and what its hours, mileage and invoices come to by the simulated world."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from provider_simulators.world import World
from tap_ons.tap import TapOns

from tests.warehouses import BIN, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from provider_simulators.ons import OnsSimulator
    from provider_simulators.ons.customer import Customer

    from tests.warehouses import Warehouse

Record = dict[str, Any]
Group = tuple[str, str, str, str, str]
"""Kind, month, product, law, location."""
TABLES = ROOT / "demo" / "care"
FIRST, LAST = "2026-07", "2026-10"
START = "2026-07-01"
STREAMS = frozenset(
    {
        "presence_logs", "hour_types", "hour_type_product_assignments", "teams", "care_orders", "products",
        "finance_types", "expenses", "expense_types", "invoices", "invoice_rows", "care_order_products",
        "invoice_row_finance_logs", "finance_logs", "locations",
    }
)  # fmt: skip
RATES = {
    "PV": ((date(2026, 1, 1), Decimal("38.50")),),
    "VP": ((date(2026, 9, 1), Decimal("48.4")), (date(2026, 1, 1), Decimal("47.25"))),
    "BI": ((date(2026, 1, 1), Decimal("41.00")),),
    "0040": ((date(2026, 1, 1), Decimal("36.1525")),),
    "0050": ((date(2026, 1, 1), Decimal("33.33")),),
}
MEAL = Decimal("12.50")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CLIENT_TIME = 12


def care_world() -> World:
    """A small world; its second company is the care organisation."""
    return World.build(seed=1, debtors=1, companies=2, employees=6, today=date(2026, 11, 15))


def tap_settings(ons: OnsSimulator) -> Record:
    """The settings of tap-ons: clients by pseudonym."""
    own = {"start_date": START, "pseudonymise": ["health"], "pseudonym_key": "a key of the tests"}
    return ons.connector_settings() | own


def read(ons: OnsSimulator, folder: Path) -> list[str]:
    """What tap-ons says of the streams that the books need."""
    config, catalog = folder / "ons.json", folder / "catalog.json"
    config.write_text(json.dumps(tap_settings(ons)))
    if not catalog.exists():
        found = TapOns(config=tap_settings(ons)).catalog_dict
        for stream in found["streams"]:
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = stream["tap_stream_id"] in STREAMS
        catalog.write_text(json.dumps(found))
    words = [BIN / "tap-ons", "--config", config, "--catalog", catalog]
    return subprocess.run(words, capture_output=True, check=True, encoding="utf-8", timeout=300).stdout.splitlines()


@dataclass(frozen=True, kw_only=True)
class CareBooks:
    """A loaded warehouse, and the settings with which it is booked."""

    warehouse: Warehouse
    database: str
    tables: Path = TABLES
    settings: Record = field(default_factory=dict)

    def config(self, **changes: Any) -> Record:
        """The settings of tap-care-books."""
        own = {
            "database": self.database,
            "first_month": FIRST,
            "last_month": LAST,
            "accounts_file": str(self.tables / "accounts.csv"),
            "cost_centers_file": str(self.tables / "cost_centers.csv"),
            "rates_file": str(self.tables / "rates.csv"),
            "smallest_group": 0,
        }
        return own | self.settings | changes

    def run(self, *arguments: str, **changes: Any) -> subprocess.CompletedProcess[str]:
        """Run the program."""
        config = self.warehouse.folder / "care-books.json"
        config.write_text(json.dumps(self.config(**changes)))
        words = [str(BIN / "tap-care-books"), *arguments, "--config", str(config)]
        return subprocess.run(words, capture_output=True, check=False, encoding="utf-8", timeout=300)


@dataclass(frozen=True, kw_only=True)
class CareWorld:
    """What the simulated organisation has done, and what that comes to: reckoned without the warehouse."""

    customer: Customer

    def groups(self) -> dict[Group, Decimal]:
        """Amounts per group, debit of the account: revenue is negative."""
        sums: dict[Group, Decimal] = defaultdict(Decimal)
        for kind, day, product, law, location, amount in (*self._hours(), *self._mileage(), *self._invoices()):
            month = f"{day:%Y-%m}"
            if FIRST <= month <= LAST:
                sums[kind, month, product, law, location] += amount
        return dict(sums)

    def totals(self) -> dict[tuple[str, str], Decimal]:
        """Amounts per kind and month."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (kind, month, *_), amount in self.groups().items():
            sums[kind, month] += amount
        return dict(sums)

    def rows(self, table: str) -> dict[int, Record]:
        """The records of a bulk table, by id."""
        return {row.record["id"]: row.record for row in self.customer.store.rows(table)}

    def diary(self, name: str) -> Iterator[Record]:
        """Rows of the people, oldest first."""
        organisation = self.customer.organisation
        for person in organisation.people:
            owner = organisation.employee_id(person)
            yield from self.customer.diaries[name].between(owner, date(2026, 7, 1), date(2026, 12, 1))

    def _hours(self) -> Iterator[tuple[str, date, str, str, str, Decimal]]:
        types, products = self.rows("hour_types"), self.rows("products")
        laws, orders, teams = self.rows("finance_types"), self.rows("care_orders"), self.rows("teams")
        product_of = {
            row["hourTypeId"]: products[row["productId"]] for row in self.rows("hour_type_product_assignments").values()
        }
        for log in self.diary("presence_logs"):
            if log["removed"] or not log["payrollingActivity"] or log["fixedRateCompensation"] or not log["verified"]:
                continue
            day, seconds = _day(log["date"] or log["startDate"]), _seconds(log)
            parts = [(log["activityObjectId"], seconds)]
            if log["activityObjectId"] == CLIENT_TIME:
                whole = sum(item["duration"] for item in log["products"])
                parts = [(item["activityObjectId"], seconds * item["duration"] // whole) for item in log["products"]]
            for hour_type, part in parts:
                code = types[hour_type]["identificationNo"]
                product = product_of.get(hour_type)
                law = orders[log["careOrderObjectId"]]["financeTypeId"] if log["careOrderObjectId"] else None
                law = law or (product and product["financeTypeId"])
                rate = next(rate for first, rate in RATES[code] if first <= day)
                yield (
                    "hours", day, product["productCode"] if product else code,
                    laws[law]["userIdentifier"] if law else "", teams[log["clusterObjectId"]]["costCenterNumber"],
                    _cents(Decimal(part) * rate / 3600),
                )  # fmt: skip

    def _mileage(self) -> Iterator[tuple[str, date, str, str, str, Decimal]]:
        types, teams = self.rows("expense_types"), self.rows("teams")
        for row in self.diary("expenses"):
            if row["verifyDate"] is None:
                continue
            kind = types[row["expenseTypeObjectId"]]
            if kind["name"] == "Maaltijd":
                amount = row["amount"] * MEAL
            else:  # one trip a day
                near, far = min(row["amount"], Decimal(10)), max(row["amount"] - 10, Decimal(0))
                cents = near * kind["compensationInCents"] + far * kind["compensationInCentsGreaterThanTen"]
                amount = cents / 100
            location = teams[row["departureClusterObjectId"]]["costCenterNumber"]
            yield "mileage", row["expenseDate"], kind["name"], "", location, _cents(amount)

    def _invoices(self) -> Iterator[tuple[str, date, str, str, str, Decimal]]:
        invoices, products, laws = self.rows("invoices"), self.rows("products"), self.rows("finance_types")
        ordered, logs = self.rows("care_order_products"), self.rows("finance_logs")
        centers: dict[int, set[str]] = defaultdict(set)
        for row in self.customer.store.rows("invoice_row_finance_logs"):
            centers[row.record["invoiceRowId"]].add(logs[row.record["financeLogId"]]["costCenter"])
        for row in self.rows("invoice_rows").values():
            if not row["accepted"]:
                continue
            (center,) = centers[row["id"]]
            law = ordered[row["careOrderProductId"]]["financeTypeId"]
            yield (
                "invoices", _day(invoices[row["invoiceId"]]["bookDate"]), products[row["productId"]]["productCode"],
                laws[law]["userIdentifier"], center, -Decimal(row["calculatedAmount"]) / 100,
            )  # fmt: skip


def _day(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(AMSTERDAM).date()


def _seconds(log: Record) -> int:
    if (told := log.get("calculatedWorktimeAmount")) is not None:
        return int(told)
    span: timedelta = datetime.fromisoformat(log["endDate"]) - datetime.fromisoformat(log["startDate"])
    return int(span.total_seconds())


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def lines_of(messages: str) -> list[Record]:
    """The records among the messages of a tap, amounts exact."""
    decoded = (json.loads(line, parse_float=Decimal) for line in messages.splitlines())
    return [message["record"] for message in decoded if message["type"] == "RECORD"]


def entries_of(lines: Iterable[Record]) -> dict[str, list[Record]]:
    """Lines by the key of their entry."""
    entries: dict[str, list[Record]] = defaultdict(list)
    for line in lines:
        entries[line["entry_key"]].append(line)
    return dict(entries)
