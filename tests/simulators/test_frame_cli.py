import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from provider_simulators.registry import PROVIDERS

SIMULATE = Path(sys.executable).with_name("simulate")


@contextmanager
def simulate(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [str(SIMULATE), *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ready_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def settings_in(path: Path) -> dict[str, str]:
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    with simulate("nmbrs", "--port", "0") as process:
        url = ready_line(process).split()[3]
        assert requests.get(f"{url}/_simulator/", timeout=5).ok
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == ""
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}/_simulator/", timeout=5)


def test_it_stops_when_its_parent_is_gone() -> None:
    with simulate("nmbrs", "--port", "0", "--exit-with-stdin") as process:
        ready_line(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(10) == 0


def test_up_starts_all_and_writes_their_settings(tmp_path: Path) -> None:
    env_file = tmp_path / "simulators.env"
    with simulate("up", "--any-port", "--env-file", str(env_file), "--log-dir", str(tmp_path / "logs")) as process:
        settings = settings_in(env_file)
        assert [ready_line(process).split()[0] for _ in PROVIDERS] == [kind.provider for kind in PROVIDERS]
        assert settings["TAP_NMBRS_API_URL"] == settings["SIMULATOR_NMBRS_URL"]
        assert settings["TARGET_MINOX_API_URL"].startswith(settings["SIMULATOR_MINOX_URL"])
        assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
        client = {"client_id": settings["TAP_NMBRS_CLIENT_ID"], "client_secret": settings["TAP_NMBRS_CLIENT_SECRET"]}
        form = {"grant_type": "refresh_token", "refresh_token": settings["TAP_NMBRS_REFRESH_TOKEN"], **client}
        url = f"{settings['TAP_NMBRS_IDENTITY_URL']}/connect/token"
        assert requests.post(url, data=form, timeout=5).status_code == 200
        assert "token_refreshed" in (tmp_path / "logs" / "nmbrs.jsonl").read_text()


def test_somebody_elses_env_file_is_not_replaced(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("TAP_NMBRS_CLIENT_SECRET=mine\n")
    with simulate("nmbrs", "--port", "0", "--env-file", str(env_file)) as process:
        assert process.wait(20) == 1
        assert process.stderr
        assert "name another file" in process.stderr.read()
    assert env_file.read_text() == "TAP_NMBRS_CLIENT_SECRET=mine\n"


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with simulate("nmbrs", "--port", "0") as first:
        port = ready_line(first).split()[3].rsplit(":", 1)[-1]
        with simulate("nmbrs", "--port", port) as second:
            assert second.wait(20) == 1
            assert second.stderr
            assert second.stderr.read() == "Error: nmbrs cannot listen: Address already in use\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--switch", "document_poll=1"), "expected name=value"),
        (("--switch", "document_polls=often"), "document_polls: 'often' does not fit"),
        (("--switch", "journal_variants=bom,pink"), "journal_variants"),
    ],
)
def test_a_wrong_switch_is_one_clear_line(words: tuple[str, ...], message: str) -> None:
    with simulate("nmbrs", "--port", "0", *words) as process:
        assert process.wait(20) == 1
        assert process.stderr
        assert message in process.stderr.read()


def test_faults_switches_and_sizes_come_from_the_command_line(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yml"
    plan.write_text("- {action: status, path: ^/api/debtors$, status: 503}\n")
    words = ("--faults", str(plan), "--switch", "consent_debtors=2210", "--companies", "5", "--log", os.devnull)
    with simulate("nmbrs", "--port", "0", *words) as process:
        url = ready_line(process).split()[3]
        assert requests.get(f"{url}/api/debtors", timeout=5).status_code == 503
        assert len(requests.get(f"{url}/_simulator/books", timeout=5).json()["companies"]) == 5
