"""What people look at, looked at in a real browser: the demo's report and a simulator's page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from demo.report import AccountBalance, Report, TrialBalance, as_html
from tests.browser import browse, in_a_browser, words

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = in_a_browser


def seen(address: str, profile: Path) -> str:
    """The page as the browser has it after loading, without tags."""
    return words(browse(address, "--dump-dom", profile=profile))


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


def test_a_simulator_shows_what_it_holds_and_what_it_was_asked(tmp_path: Path) -> None:
    world = World.build(seed=1, debtors=1, companies=1, employees=2, today=date(2026, 11, 15))
    with NmbrsSimulator(world) as simulator:
        seen(f"{simulator.url}/api/companies", tmp_path / "profile")  # refused, and noted
        text = seen(f"{simulator.url}/_simulator/", tmp_path / "profile")

    assert world.companies[0].name in text
    assert "GET /api/companies" in text
