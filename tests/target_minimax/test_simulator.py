"""Everything against the simulated Minimax of each country: written once, and found again without a ledger."""

from typing import Any

import pytest
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.world import World

from tests.target_minimax.books import Books, entry, line
from tests.target_minimax.positions import switches
from tests.target_minimax.test_records import DAY, RECORDS

STREAMS = {
    "suppliers": {},
    "items": {"key": "A9"},
    "cost_centers": {},
    "employees": {},
    "product_groups": {},
    "warehouses": {},
    "customer_addresses": {"customer": "D001"},
    "customer_contacts": {"customer": "D001"},
    "customer_bank_accounts": {"customer": "D001"},
    "documents": {"customer": "D001"},
    "inbox_items": {},
    "purchase_invoices": {"supplier": "D001"},
    "sales_invoices": {"customer": "D001", "minimax": {"employee": "12345678"}},
    "orders": {"customer": "D001"},
}


def records(country: str) -> list[tuple[str, dict[str, Any]]]:
    result = [(stream, RECORDS[stream] | {"country_code": country} | change) for stream, change in STREAMS.items()]
    for stream, record in result:
        if stream != "suppliers":
            record.pop("country_code")
        if stream == "employees" and country == "RS":
            record["employment_type"] = "Z30"
        if stream == "purchase_invoices" and country == "RS":
            record["minimax"] = {"date_approved": DAY}
        if stream == "sales_invoices":
            lines = {**record["lines"][0], "vat_amount": {"SI": 22, "HR": 25, "RS": 20}[country]}
            record["lines"] = [lines]
        if stream == "customer_addresses":
            record["country"] = country
    lines = (line("7690", "-100.00"), line("1000", "100.00"))
    acts = [("sales_invoices", "F1", "issue"), ("orders", "1", "confirm"), ("inbox_items", "1", "approve")]
    for stream, key, action in acts:
        result.append(("actions", {"key": stream, "stream": stream, "entry_key": key, "action": action}))
    return [*result, ("journal_entries", entry("J1", *lines, date=DAY, journal=None))]


@pytest.mark.parametrize(("country", "journal_type"), [("SI", "PR"), ("HR", "OP"), ("RS", "BT")])
def test_all_is_written_once_in_each_country(
    minimax_world: World, tmp_path: Any, country: str, journal_type: str
) -> None:
    with MinimaxSimulator(minimax_world, switches=switches(localisation=country)) as simulator:
        settings = simulator.connector_settings() | {"default_journal_type": journal_type}
        books = Books(simulator, tmp_path, settings)
        ended = books.deliver_all(records(country))
        assert (ended.code, ended.counts.get("success")) == (0, len(STREAMS) + 4), (ended.error, ended.letters)
        assert not simulator.log.effects("members_ignored")
        for path in tmp_path.glob("ledger.sqlite3*"):
            path.unlink()
        again = books.deliver_all(records(country))
        assert (again.code, again.counts.get("existing")) == (0, len(STREAMS) + 4), (again.error, again.letters)
