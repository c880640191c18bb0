"""What people look at, looked at in a real browser: the demo's report and a simulator's page."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import requests
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.ons import OnsSimulator
from provider_simulators.world import World
from provider_simulators.writing import WritingSimulator

from demo.report import AccountBalance, Report, TrialBalance, as_html
from tests.browser import browse, in_a_browser, words

if TYPE_CHECKING:
    from pathlib import Path

    from provider_simulators.server import Simulator

pytestmark = in_a_browser


def seen(address: str, profile: Path) -> str:
    """The page as the browser has it after loading, without tags."""
    return words(browse(address, "--dump-dom", "--ignore-certificate-errors", profile=profile))


def report(second_bookings: int) -> Report:
    rows = (
        AccountBalance(account="4000", description="Brutolonen <b>&", debit=Decimal("1234.50"), credit=Decimal()),
        AccountBalance(account="1720", description="Te betalen nettolonen", debit=Decimal(), credit=Decimal("1234.50")),
    )
    return Report(
        first_rows={"nmbrs.companies": 3},
        second_rows={"nmbrs.companies": 3},
        first_bookings={"minox": 11, "minimax": 11},
        second_bookings={"minox": 0, "minimax": second_bookings},
        books=tuple(
            TrialBalance(package=package, administration=f"{number} Bakkerij", entries=11, rows=rows)
            for package, number in (("Minox", 99998), ("Minimax", 21001))
        ),
    )


@pytest.mark.parametrize(
    ("second_bookings", "verdict"),
    [(0, "Nothing doubled, and the books agree."), (2, "Something is not as it should be")],
)
def test_the_report_of_the_demo_says_whether_something_doubled(
    tmp_path: Path, second_bookings: int, verdict: str
) -> None:
    page = tmp_path / "report.html"
    page.write_text(as_html(report(second_bookings)), encoding="utf-8")

    text = seen(page.as_uri(), tmp_path / "profile")

    assert f"Second run: {second_bookings} new bookings (0 in Minox, {second_bookings} in Minimax)." in text
    assert verdict in text
    assert "4000 Brutolonen &lt;b&gt;&amp; 1,234.50 0.00 1,234.50 0.00" in text
    assert "total 1,234.50 1,234.50 1,234.50 1,234.50" in text


@pytest.mark.parametrize(
    ("kind", "tables"),
    [
        (NmbrsSimulator, ("companies", "runs")),
        (MinoxSimulator, ("trial balance", "latest batches", "administrations", "written, latest first")),
        (OnsSimulator, ("resources", "teams")),
        (InlenersbeloningSimulator, ("remunerations",)),
        (MinimaxSimulator, ("trial balance", "organisations", "customers", "journals", "written, latest first")),
    ],
)
def test_a_simulator_shows_what_it_holds_what_was_written_and_what_it_was_asked(
    kind: type[Simulator], tables: tuple[str, ...], tmp_path: Path
) -> None:
    world = World.build(seed=1, debtors=1, companies=1, employees=2, today=date(2026, 11, 15))
    with kind(world) as simulator:
        authority = simulator.connector_settings().get("ca_bundle", True)  # Ons has its own
        for path in ("/persons/1234", "/persons/5678"):
            assert requests.get(f"{simulator.url}{path}", verify=authority, timeout=20).status_code == 501
        if isinstance(simulator, MinoxSimulator):
            simulator.events["block_account"](99998, 4000)
        if isinstance(simulator, MinimaxSimulator):
            simulator.events["block_account"](21001, "4000")
        page = f"{simulator.url}/_simulator/"
        text = seen(page, tmp_path / "profile")
        failed = requests.get(f"{page}?status=5xx", verify=authority, timeout=20).text
        log = requests.get(f"{page}log?status=5xx", verify=authority, timeout=20).json()

    assert [caption for caption in tables if f" {caption} " not in text] == []
    assert "operation requests 2xx 3xx 4xx 5xx cut GET /persons/… 2 0 0 0 2 0" in text
    assert re.search(r"all \(\d+\) 5xx \(2\) effects \(\d+\)", text)
    assert ("portal" in text) is isinstance(simulator, WritingSimulator)
    assert "GET /persons/1234 501" in words(failed)
    assert "not_simulated" in text
    assert "not_simulated" not in words(failed)
    assert [record["status"] for record in log] == [501, 501]
