"""Pipelines of several steps: one after the other, and none after one that failed."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.orchestration.conftest import SmallOffice

FIRST, SECOND = "tap-small-to-target-small", "tap-small-2-to-target-small-2"
# Sends on what the first step has put into its books, which is the `share` of its settings.
TAP = """
config = json.load(open(sys.argv[2]))
state = json.load(open(sys.argv[sys.argv.index("--state") + 1]))["last"] if "--state" in sys.argv else 0
for number in sorted({int(line) for line in open(config["share"])}):
    if number > state:
        print(number, flush=True)
"""


@pytest.fixture
def two_steps(small_office: SmallOffice) -> SmallOffice:
    """What the first step books is the source of the second."""
    small_office.write("count", small_office.step(""), small_office.step("-2", tap=TAP))
    add(small_office, "one")
    return small_office


def add(office: SmallOffice, name: str, **settings: Any) -> None:
    office.content["tenants"].append({"name": name, "pipeline": "count", "settings": settings})
    usual = {
        "target-small": {"books": str(office.books(name))},
        "tap-small-2": {"share": str(office.books(name))},
        "target-small-2": {"books": str(office.books(f"{name}-2")), "ledger": "{folder}/second.sqlite3"},
    }
    tenant = office.content["tenants"][-1]["settings"]
    for program, own in usual.items():
        tenant[program] = {**own, **tenant.get(program, {})}


def results(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {each["tenant"]: each for each in json.loads(run.stdout)["tenants"]}


def state(office: SmallOffice, step: str) -> Path:
    return office.folder / "var" / "tenants" / "one" / step / "state.json"


def test_the_second_step_starts_from_what_the_first_has_done_and_each_has_a_state(two_steps: SmallOffice) -> None:
    (one,) = results(two_steps.run("--json")).values()

    assert (one["code"], one["message"], one["step"]) == (0, "", "")
    assert two_steps.booked("one") == two_steps.booked("one-2") == [1, 2, 3]
    assert one["booked"] == 6  # of both steps together
    for step in (FIRST, SECOND):
        assert json.loads(state(two_steps, step).read_text()) == {"last": 3}

    two_steps.content["tenants"][0]["settings"]["tap-small"] = {"until": 5}
    assert results(two_steps.run("--json"))["one"]["booked"] == 4
    assert two_steps.booked("one") == two_steps.booked("one-2") == [1, 2, 3, 4, 5]


def test_a_step_that_fails_stops_those_after_it_and_the_table_says_which(two_steps: SmallOffice) -> None:
    add(two_steps, "refused", **{"target-small": {"refuses": 10}})

    run = two_steps.run()

    assert run.returncode == 10
    assert f"refused: step {FIRST}: target-small: no, this one is wrong" in run.stdout
    assert "2 tenants: 1 ok, 1 entries were refused" in run.stdout
    assert two_steps.booked("one-2") == [1, 2, 3]
    assert not two_steps.books("refused-2").exists()
    assert not (two_steps.folder / "var" / "tenants" / "refused" / SECOND).exists()


def test_after_a_second_step_that_failed_the_first_sends_nothing_twice(two_steps: SmallOffice) -> None:
    settings = two_steps.content["tenants"][0]["settings"]
    settings["target-small-2"]["refuses"] = 12
    one = results(two_steps.run("--json"))["one"]
    assert (one["code"], one["step"], one["booked"]) == (12, SECOND, 3)
    assert one["message"] == f"step {SECOND}: target-small-2: no, this one is wrong"

    del settings["target-small-2"]["refuses"]
    one = results(two_steps.run("--json"))["one"]

    assert (one["code"], one["booked"]) == (0, 3)
    assert two_steps.booked("one") == two_steps.booked("one-2") == [1, 2, 3]


def test_a_run_that_is_stopped_in_a_step_does_not_begin_the_next(two_steps: SmallOffice) -> None:
    two_steps.content["tenants"][0]["settings"]["tap-small"] = {"until": 400, "pause": 0.05}
    process = subprocess.Popen(
        two_steps.words("tenants", str(two_steps.file), "--json"), stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not two_steps.booked("one"):
        assert time.monotonic() < deadline, "nothing was booked"
        time.sleep(0.02)

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)

    (one,) = json.loads(output)["tenants"]
    assert (one["code"], one["step"]) == (143, FIRST)
    assert not two_steps.books("one-2").exists()


def test_two_sorts_of_books_never_share_a_ledger_unsaid(two_steps: SmallOffice) -> None:
    del two_steps.content["tenants"][0]["settings"]["target-small-2"]["ledger"]

    one = results(two_steps.run("--json"))["one"]

    assert one["code"] == 16
    assert one["message"] == "target-small and target-small-2 would share a ledger: give one of them a setting ledger"
    assert not two_steps.books("one").exists()


def test_the_ledger_stays_where_it_is_when_a_pipeline_gets_a_step_more(small_office: SmallOffice) -> None:
    small_office.tenant("one")
    small_office.run()
    folder = small_office.folder / "var" / "tenants" / "one"
    alone = json.loads((folder / "settings" / "target-small.json").read_text())["ledger"]

    small_office.write("count", small_office.step("-0", target="sys.stdin.read()"), small_office.step(""))
    small_office.content["tenants"][0]["settings"]["target-small-0"] = {"ledger": "{folder}/other.sqlite3"}
    small_office.run()

    among_two = json.loads((folder / FIRST / "settings" / "target-small.json").read_text())["ledger"]
    assert alone == among_two == str(folder / "ledger.sqlite3")


def test_a_variable_of_an_inherited_tap_alone_goes_over_that_of_the_tap(small_office: SmallOffice) -> None:
    step = small_office.step("", tap="print(json.dumps(dict(os.environ)), file=sys.stderr)")
    heir = replace(step.plugins[0], label="tap-small--some")
    small_office.write("count", replace(step, plugins=(heir, *step.plugins[1:])))
    small_office.tenant("one")

    small_office.run(environment={"TAP_SMALL_SHARE": "all", "TAP_SMALL__SOME_SHARE": "some"})

    seen = json.loads((small_office.folder / "var/tenants/one/logs/tap-small.log").read_text())
    assert seen["TAP_SMALL_SHARE"] == "some"


def test_a_program_that_is_gone_is_named(small_office: SmallOffice) -> None:
    small_office.tenant("one")
    (small_office.folder / "tap-small").unlink()

    one = results(small_office.run("--json"))["one"]

    assert one["code"] == 16
    assert one["message"].endswith("tap-small is not there; install it, or run `pipelines freeze` again")
