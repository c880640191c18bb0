"""Many tenants, as processes: who runs, what they see of each other, and how it all ends."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.orchestration.conftest import TAP, TARGET
from tests.orchestration.payroll_office import descendants_of, is_running

if TYPE_CHECKING:
    from tests.orchestration.conftest import SmallOffice


def codes(results: str) -> dict[str, int]:
    return {each["tenant"]: each["code"] for each in json.loads(results)["tenants"]}


def test_one_failing_tenant_stops_no_other_and_decides_the_exit_code(small_office: SmallOffice) -> None:
    small_office.tenant("first")
    small_office.tenant("refused", refuses=13)
    small_office.tenant("last")

    result = small_office.run("--json", "--at-once", "1")

    assert codes(result.stdout) == {"first": 0, "refused": 13, "last": 0}
    assert result.returncode == 13
    assert (small_office.booked("first"), small_office.booked("last")) == ([1, 2, 3], [1, 2, 3])


def test_the_table_says_what_became_of_each_and_what_the_target_said(small_office: SmallOffice) -> None:
    small_office.tenant("good")
    small_office.tenant("refused", refuses=10)

    table = small_office.run().stdout

    good = next(line for line in table.splitlines() if line.startswith("good"))
    assert good.split()[:5] == ["good", "ok", "3", "3", "-"]  # records, booked, changed
    assert good.split()[-2] == "7"  # calls of tap and target
    assert "refused  10 entries were refused" in table
    assert "refused: target-small: no, this one is wrong" in table
    assert "2 tenants: 1 ok, 1 entries were refused" in table


def test_running_again_goes_on_after_the_state_and_books_nothing_twice(small_office: SmallOffice) -> None:
    small_office.tenant("one")
    assert small_office.run().returncode == 0

    again = json.loads(small_office.run("--json").stdout)["tenants"][0]

    assert again["records"] == again["booked"] == 0
    assert small_office.booked("one") == [1, 2, 3]
    assert small_office.state("one") == {"last": 3}


def test_only_the_named_tenants_run(small_office: SmallOffice) -> None:
    for name in ("one", "two", "three"):
        small_office.tenant(name)

    result = small_office.run("--only", "two", "--json")

    assert codes(result.stdout) == {"two": 0}
    assert not small_office.booked("one")


def test_a_wrong_name_says_which_one_was_meant(small_office: SmallOffice) -> None:
    small_office.tenant("bakery")

    result = small_office.run("--only", "bakry")

    assert result.returncode == 16
    assert result.stderr == "pipelines: there is no tenant bakry; did you mean bakery?\n"


def test_no_more_run_at_a_time_than_the_file_says(small_office: SmallOffice) -> None:
    count = """
me = f"{os.environ['RUNNING']}/{os.getpid()}"
open(me, "w").close()
time.sleep(0.3)
print(len(os.listdir(os.environ["RUNNING"])), file=open(os.environ["SEEN"], "a"))
os.unlink(me)
"""
    running = small_office.folder / "running"
    running.mkdir()
    seen = small_office.folder / "seen"
    small_office.freeze(tap=count)
    small_office.content["at_once"] = 2
    for name in ("a", "b", "c", "d", "e"):
        small_office.tenant(name)

    result = small_office.run(environment={"RUNNING": str(running), "SEEN": str(seen)})

    assert result.returncode == 0, result.stderr
    assert len(seen.read_text().split()) == 5
    assert {int(number) for number in seen.read_text().split()} <= {1, 2}


def test_a_program_sees_the_secrets_of_its_own_tenant_and_no_other(small_office: SmallOffice) -> None:
    small_office.freeze(tap="print(json.dumps(dict(os.environ)), file=sys.stderr)")
    for name in ("one", "two"):
        small_office.tenant(name)
    small_office.content["defaults"] = {"secrets": {"tap-small": {"token": "{NAME}_TOKEN"}}}

    small_office.run(environment={"ONE_TOKEN": "s3cret-one", "TWO_TOKEN": "s3cret-two"})

    for name, other in (("one", "two"), ("two", "one")):
        folder = small_office.folder / "var" / "tenants" / name
        seen = json.loads((folder / "logs" / "tap-small.log").read_text())
        assert seen["TAP_SMALL_TOKEN"] == f"s3cret-{name}"
        assert f"s3cret-{other}" not in seen.values()
        assert all("s3cret" not in path.read_text() for path in (folder / "settings").iterdir())


def test_own_credentials_have_a_token_file_of_their_own_and_every_tenant_a_ledger(small_office: SmallOffice) -> None:
    small_office.tenant("own")
    small_office.tenant("shared")
    small_office.content["tenants"][0]["secrets"] = {"tap-small": {"token": "OWN_TOKEN"}}

    small_office.run(environment={"OWN_TOKEN": "x"})

    def settings(name: str, program: str) -> Any:
        return json.loads((small_office.folder / f"var/tenants/{name}/settings/{program}.json").read_text())

    assert settings("own", "tap-small")["token_store"].endswith("var/tenants/own/tap-small-token.json")
    assert "token_store" not in settings("shared", "tap-small")
    ledgers = {settings(name, "target-small")["ledger"] for name in ("own", "shared")}
    assert len(ledgers) == 2


def test_a_variable_for_all_does_not_replace_what_a_tenant_says_itself(small_office: SmallOffice) -> None:
    small_office.freeze(tap="print(json.dumps(dict(os.environ)), file=sys.stderr)")
    small_office.tenant("one", tap={"until": 5})

    small_office.run(environment={"TAP_SMALL_UNTIL": "9", "TARGET_SMALL_LEDGER": "of-all", "TAP_SMALL_SHARE": "yes"})

    logs = small_office.folder / "var" / "tenants" / "one" / "logs"
    seen = json.loads((logs / "tap-small.log").read_text())
    assert "TAP_SMALL_UNTIL" not in seen
    assert seen["TAP_SMALL_SHARE"] == "yes"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"secrets": {"tap-small": {"token": "NOT_THERE"}}}, "environment variable NOT_THERE is not set"),
        ({"settings": {"tap-small": {"token": "abc"}}}, "setting token of tap-small is secret"),
        ({"settings": {"tap-small": {"untill": 4}}}, "tap-small has no setting untill"),
        ({"settings": {"tap-large": {"until": 4}}}, "tap-large is no program of pipeline count"),
        ({"pipeline": "sum"}, "pipeline sum is not frozen yet; run `pipelines freeze sum`"),
    ],
)
def test_what_is_wrong_with_one_tenant_is_its_own_line_and_the_others_run(
    small_office: SmallOffice, wrong: dict[str, Any], message: str
) -> None:
    small_office.tenant("good")
    small_office.content["tenants"].append({"name": "wrong", "pipeline": "count", **wrong})

    result = small_office.run("--json")

    tenants = {each["tenant"]: each for each in json.loads(result.stdout)["tenants"]}
    assert message in tenants["wrong"]["message"]
    assert (tenants["wrong"]["code"], tenants["good"]["code"], result.returncode) == (16, 0, 16)
    assert "abc" not in result.stdout + result.stderr


def test_a_pipeline_frozen_from_another_meltano_yml_does_not_run(small_office: SmallOffice) -> None:
    small_office.tenant("one")
    (small_office.folder / "meltano.yml").write_text("jobs: []\n# changed\n")

    result = small_office.run()

    assert result.returncode == 16
    assert "meltano.yml has changed since pipeline count was frozen; run `pipelines freeze count`" in result.stdout


def wait_for(office: SmallOffice, name: str, number: int) -> None:
    deadline = time.monotonic() + 60
    while number not in office.booked(name):
        assert time.monotonic() < deadline, f"{number} was not booked"
        time.sleep(0.02)


def started(office: SmallOffice) -> subprocess.Popen[str]:
    return subprocess.Popen(
        office.words("tenants", str(office.file), "--json", "--at-once", "1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )


def test_sigterm_ends_the_run_in_order_and_the_next_one_finishes_it(small_office: SmallOffice) -> None:
    small_office.tenant("running", tap={"until": 40, "pause": 0.05})
    small_office.tenant("next")
    process = started(small_office)
    wait_for(small_office, "running", 3)

    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 143, errors
    assert codes(output) == {"running": 143, "next": 143}
    assert not small_office.booked("next")
    assert small_office.state("running") == {"last": small_office.booked("running")[-1]}

    assert small_office.run().returncode == 0
    assert small_office.booked("running") == list(range(1, 41))


def test_a_run_killed_with_sigkill_leaves_a_state_that_was_emitted_and_nothing_is_lost(
    small_office: SmallOffice,
) -> None:
    small_office.tenant("one", tap={"until": 40, "pause": 0.05})
    process = started(small_office)
    wait_for(small_office, "one", 5)

    process.kill()
    process.communicate(timeout=60)

    assert small_office.state("one")["last"] in small_office.booked("one")
    again = small_office.run("--json")
    assert again.returncode == 0
    assert set(small_office.booked("one")) == set(range(1, 41))


def test_after_sigkill_no_program_goes_on_that_never_looks_whether_anybody_takes_its_state(
    small_office: SmallOffice,
) -> None:
    silent = TARGET.replace('    print(json.dumps({"last": int(line)}), flush=True)\n', "")
    small_office.freeze(target=silent)
    small_office.tenant("one", tap={"until": 100_000, "pause": 0.02})
    process = started(small_office)
    wait_for(small_office, "one", 5)
    programs = descendants_of(process.pid)
    assert len(programs) == 2

    process.kill()
    process.communicate(timeout=60)

    deadline = time.monotonic() + 60
    while any(is_running(program) for program in programs):
        assert time.monotonic() < deadline, f"still there after {len(small_office.booked('one'))} bookings"
        time.sleep(0.02)


def test_a_second_run_on_the_same_tenant_is_refused(small_office: SmallOffice) -> None:
    small_office.tenant("one", tap={"until": 100, "pause": 0.05})
    process = started(small_office)
    wait_for(small_office, "one", 1)

    second = small_office.run("--json")

    assert codes(second.stdout) == {"one": 15}
    assert second.returncode == 15
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143


def test_a_tap_killed_in_the_middle_is_a_failure_although_the_target_saw_an_ordinary_end(
    small_office: SmallOffice,
) -> None:
    small_office.freeze(tap=TAP + "os.kill(os.getpid(), signal.SIGKILL)", target=TARGET)
    small_office.tenant("one")

    result = small_office.run("--json")

    assert codes(result.stdout) == {"one": 1}
    assert small_office.state("one") == {"last": 3}


def test_files_of_a_tenant_are_for_its_owner_alone(small_office: SmallOffice) -> None:
    small_office.tenant("one")
    small_office.run()

    folder = small_office.folder / "var" / "tenants" / "one"
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in ("state.json", "settings/tap-small.json"))
    assert folder.stat().st_mode & 0o077 == 0
