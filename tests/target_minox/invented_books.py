"""An invented administration and entries for it, for tests that need no server."""

from datetime import date
from decimal import Decimal
from typing import Any

from connector_kit.books.journal import JournalEntry, JournalLine
from target_minox.booking import BookingRules, Bookkeeper
from target_minox.masterdata import AdministrationInfo, MasterData
from target_minox.open_periods import ClosedPeriod, ClosedPeriods, OpenPeriods

ADMINISTRATION = {
    "id": 7001,
    "name": "De Vlinderhof B.V.",
    "currency": {"id": "EUR"},
    "fiscal_years": [
        {"fiscal_year": 2025, "number_of_periods": 4, "start_date": "2025-01-01", "end_date": "2025-12-31"},
        {
            "fiscal_year": 2026,
            "number_of_periods": 12,
            "start_date": "2026-01-01T00:00:00.000Z",
            "end_date": "2026-12-31T00:00:00.000Z",
        },
    ],
}
JOURNALS = [
    {"id": "LOON", "type": "general"},
    {"id": "BANK", "type": "bank"},
    {"id": "INK", "type": "purchase"},
    {"id": "VERK", "type": "sales"},
]
LEDGER_ACCOUNTS = [
    {"id": 4000, "description": "Brutolonen", "cost_type": {"id": 1}},
    {"id": "4010", "description": "Werkgeverslasten", "cost_type": {"id": 0}, "vat": None},
    {"id": 1720, "description": "Netto lonen", "cost_type": None, "blocked": {"active": False}},
    {"id": 1799, "description": "Vervallen", "blocked": {"active": True, "reason": "oud"}},
    {"id": 4600, "description": "Kantine", "vat": {"id": 2, "percentage": 9}},
]
COST_CENTERS = [{"id": 100, "description": "Zorg"}, {"id": 200, "description": "Kantoor"}]


def master_data(**changes: Any) -> MasterData:
    """The books of the invented administration."""
    administration = AdministrationInfo.from_record(ADMINISTRATION | changes)
    return MasterData.from_records(
        administration,
        journals=JOURNALS,
        ledger_accounts=LEDGER_ACCOUNTS,
        cost_centers=COST_CENTERS,
        read_vat_codes=lambda: [{"id": 1}, {"id": "2"}],
    )


def bookkeeper(**rules: Any) -> Bookkeeper:
    """A bookkeeper of the invented administration."""
    return Bookkeeper(master_data(), BookingRules(**({"journal": "LOON"} | rules)))


def open_periods(policy: str = "defer", earliest: date | None = None, **changes: Any) -> OpenPeriods:
    """The periods of the invented administration."""
    closed = ClosedPeriods(policy=ClosedPeriod(policy), earliest=earliest)
    return OpenPeriods(AdministrationInfo.from_record(ADMINISTRATION | changes), closed)


def entry(*lines: JournalLine, **changes: Any) -> JournalEntry:
    """A balanced entry of January 2026, with changes."""
    members: dict[str, Any] = {
        "key": "run-17",
        "date": date(2026, 1, 31),
        "lines": lines or (debit("4010"), credit("1720")),
    }
    return JournalEntry(**(members | changes))


def debit(account: str, amount: str = "2500.00", **members: Any) -> JournalLine:
    """A debit line."""
    return JournalLine(account=account, debit=Decimal(amount), **members)


def credit(account: str, amount: str = "2500.00", **members: Any) -> JournalLine:
    """A credit line."""
    return JournalLine(account=account, credit=Decimal(amount), **members)
