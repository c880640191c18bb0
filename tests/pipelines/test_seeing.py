"""What runs say of themselves agrees with what the simulated providers saw, on a pipe and under Meltano."""

from __future__ import annotations

import json
import logging
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tap_nmbrs.tap import TapNmbrs

from tests.payroll import BIN, ROOT, meltano_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provider_simulators.server import Simulator

    from tests.payroll import Payroll

pytestmark = pytest.mark.timeout(600)  # waiting for other tests with Meltano included


def summary(stderr: bytes) -> dict[str, Any]:
    (line,) = [line for line in stderr.decode().splitlines() if "Summary {" in line]
    told: dict[str, Any] = json.loads(line[line.index("{") :])
    return told


def asked(simulator: Simulator) -> int:
    """Requests that the provider's API saw; those for tokens are not the API's."""
    return sum("/api/" in request["path"] for request in simulator.log.requests())


def records(lines: bytes) -> Counter[str]:
    messages = map(json.loads, lines.splitlines())
    return Counter(message["stream"] for message in messages if message["type"] == "RECORD")


def test_the_totals_of_both_ends_are_those_of_the_messages_and_of_the_providers(payroll: Payroll) -> None:
    tapped = payroll.run(payroll.command("tap-nmbrs", "--catalog", str(payroll.catalog())))
    mapped = payroll.run(payroll.command("map-books"), stdin=tapped.stdout)
    payroll.minox.events["close_period"](payroll.company.books_number, 2026, 1)
    first = payroll.book(mapped.stdout, budget_day=500)
    calls = asked(payroll.minox)
    again = payroll.book(mapped.stdout, budget_day=500)

    tap = summary(tapped.stderr)
    emitted = records(tapped.stdout)
    assert (tap["complete"], tap["records"], tap["calls"]) == (True, emitted.total(), asked(payroll.nmbrs))
    assert {name: each["records"] for name, each in tap["streams"].items()} == dict(emitted)

    target, booked = summary(first.stderr), payroll.writes()
    assert (target["received"], target["success"], target["calls"]) == (emitted.total(), booked, calls)
    assert target["calls_left"] == 500 - calls
    of_stream = target["streams"]["journal_entries"]
    assert (of_stream["received"], of_stream["success"]) == (emitted.total(), booked)
    assert sum(of_stream.values()) == 2 * emitted.total()
    second = summary(again.stderr)
    assert (second["existing"], second["calls"]) == (booked, asked(payroll.minox) - calls)


def test_a_long_sync_says_how_many_companies_are_done(
    payroll: Payroll, caplog: pytest.LogCaptureFixture, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    class Talkative(TapNmbrs):
        progress_seconds = 0.01

    payroll.nmbrs.faults.add(method="GET", path="/api/companies/.*/hourcodes", action="delay", seconds=0.5, nth=1)
    with caplog.at_level(logging.INFO):
        tap = Talkative(config=payroll.settings()["tap-nmbrs"])
        for name, stream in tap.streams.items():
            stream.selected = name == "hour_codes"
        tap.sync_all()

    line = "Progress: hour_codes (stream 1 of 1): 0 of 1 companies, 0 records"
    told = next(record for record in caplog.records if record.getMessage() == line)
    facts = told.__dict__["progress"]
    assert (facts["stream"], facts["done"], facts["parts"], facts["of"]) == ("hour_codes", 0, 1, "companies")
    assert records(capsysbinary.readouterr().out)["hour_codes"] > 0


@pytest.fixture
def _alone() -> Iterator[None]:
    with meltano_alone():
        yield


@pytest.mark.usefixtures("_alone")
def test_levels_and_fields_come_through_meltano(payroll: Payroll) -> None:
    payroll.minox.events["block_account"](payroll.company.books_number, 4000)
    run = subprocess.run(
        [str(BIN / "meltano"), "--log-format", "json", "run", "--force", "payroll-to-minox"],
        cwd=ROOT,
        env=payroll.environment(),
        capture_output=True,
        timeout=300,
        check=False,
    )
    lines = [json.loads(line) for line in (run.stdout + run.stderr).splitlines() if line.startswith(b"{")]
    said = {
        name: [line for line in lines if line.get("name") == name] for name in ("tap-nmbrs--journals", "target-minox")
    }

    (tap,) = [line for line in said["tap-nmbrs--journals"] if line["event"].startswith("Summary: ")]
    (target,) = [line for line in said["target-minox"] if line["event"].startswith("Summary: ")]
    assert (tap["level"], tap["plugin_logger"]) == ("info", "tap-nmbrs")
    assert tap["summary"]["calls"] == asked(payroll.nmbrs)
    assert target["summary"]["calls"] == asked(payroll.minox)
    rejected = target["summary"]["fail"]
    assert rejected == tap["summary"]["records"] > 0
    assert f"{rejected} rejected" in target["event"]
    warnings = [line["event"] for line in said["target-minox"] if line["level"] == "warning"]
    assert sum(warning.startswith("Rejected blocked_account: ") for warning in warnings) == rejected
    (error,) = [line["event"] for line in said["target-minox"] if line["level"] == "error"]
    assert error.startswith(f"{rejected} of {rejected} records were rejected and stand in ")
    assert {line["metric_info"]["metric"] for line in said["tap-nmbrs--journals"] if "metric_info" in line} >= {
        "record_count"
    }
