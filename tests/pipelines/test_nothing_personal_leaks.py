"""No secret, token, salary, name or citizen number in any log, state or ledger, at the chattiest log level."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.payroll import Payroll

DEBUG = {
    "LOGLEVEL": "DEBUG",
    "TAP_NMBRS_LOGLEVEL": "DEBUG",
    "MAP_BOOKS_LOGLEVEL": "DEBUG",
    "TARGET_MINOX_LOGLEVEL": "DEBUG",
}


def markers(payroll: Payroll) -> dict[str, set[str]]:
    """What must not be seen, by kind."""
    employees = payroll.company.employees
    stores = [json.loads((payroll.folder / name).read_text()) for name in ("nmbrs.json", "minox.json")]
    settings = payroll.settings()
    return {
        "name": {employee.last_name for employee in employees} | {employee.display_name for employee in employees},
        "citizen number": {employee.bsn for employee in employees},
        "salary": {str(employee.salary) for employee in employees},
        "secret": {
            settings["tap-nmbrs"]["client_secret"],
            settings["tap-nmbrs"]["subscription_key"],
            settings["tap-nmbrs"]["refresh_token"],
            settings["target-minox"]["client_secret"],
            settings["target-minox"]["refresh_token"],
            *(store[kind] for store in stores for kind in ("access_token", "refresh_token")),
        },
        # Smaller ones look like the seconds of a moment.
        "amount": {
            str(amount)
            for run in payroll.runs()
            for line in run.journal_lines("cost_center")
            if (amount := abs(line.amount)) >= 100
        },
    }


@pytest.mark.parametrize("split", ["cost_center", "employee"])
def test_logs_state_and_ledger_hold_nothing_personal(payroll: Payroll, split: str) -> None:
    catalog = payroll.folder / "everything.json"
    catalog.write_bytes(payroll.run(payroll.command("tap-nmbrs", "--discover")).stdout)
    everything = payroll.run(
        payroll.command("tap-nmbrs", "--catalog", str(catalog), journal_split=split), environment=DEBUG
    )
    tapped = payroll.run(
        payroll.command("tap-nmbrs", "--catalog", str(payroll.catalog()), journal_split=split), environment=DEBUG
    )
    mapper = payroll.command("map-books", fallback_account="", default_cost_center="110", cost_center_accounts=["4*"])
    mapped = payroll.run(mapper, stdin=tapped.stdout, environment=DEBUG)
    booked = payroll.book(mapped.stdout, DEBUG)
    assert b"employees" in everything.stdout
    assert payroll.writes() > 0
    assert booked.returncode in {0, 10}

    state = [line for line in everything.stdout.splitlines() if json.loads(line)["type"] == "STATE"]
    seen = {
        "log of the tap": everything.stderr + tapped.stderr,
        "log of the mapper": mapped.stderr,
        "log of the target": booked.stderr,
        "state of the tap": b"\n".join(state),
        "state of the target": booked.stdout,
        "ledger": b"".join(
            path.read_bytes() for path in payroll.folder.glob("ledger.sqlite3*") if "dead" not in path.name
        ),
    }
    assert b"DEBUG" in seen["log of the tap"]
    assert b"DEBUG" in seen["log of the target"]
    found = [
        (kind, place)
        for kind, values in markers(payroll).items()
        for value in values
        for place, text in seen.items()
        if value.encode() in text
    ]
    assert found == []


def test_citizen_numbers_leave_the_tap_only_when_asked_for(payroll: Payroll) -> None:
    result = payroll.run(payroll.command("tap-nmbrs"))

    assert result.returncode == 0
    assert not [employee.bsn for employee in payroll.company.employees if employee.bsn.encode() in result.stdout]
