"""Refresh tokens survive several processes, kills and lost answers, with a provider that revokes on reuse."""

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("oauth_program.py")


def start(provider: Any, store: Path, **job: Any) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    client = {"client_id": provider.client_id, "client_secret": provider.client_secret}
    process.stdin.write(json.dumps({"url": provider.url, "store": str(store), **client, **job}))
    process.stdin.close()
    process.stdin = None
    return process


def communicate(processes: list[subprocess.Popen[str]]) -> list[tuple[str, str]]:
    """Read from all at once: one that waits for a reader would wait with the lock in its hands."""
    with ThreadPoolExecutor() as readers:
        return list(readers.map(lambda process: process.communicate(timeout=150), processes))


def assert_no_secret(provider: Any, *texts: str) -> None:
    for text in texts:
        assert [secret for secret in provider.secrets if secret in text] == []
        assert "refresh-error-canary" not in text


def test_two_processes_with_many_refreshes_never_lose_the_consent(oauth_provider: Any, tmp_path: Path) -> None:
    oauth_provider.expires_in = 60  # always about to expire: each request refreshes
    seed = oauth_provider.consent()
    store = tmp_path / "tokens" / "token.json"
    processes = [start(oauth_provider, store, mode="refresh", seed=seed, times=200) for _ in range(2)]
    outputs = communicate(processes)
    assert [process.returncode for process in processes] == [0, 0], outputs[0][1][-2000:]
    assert len(oauth_provider.grants) == 400
    assert oauth_provider.revocations == 0
    assert json.loads(store.read_text())["generation"] == 400
    assert json.loads(store.read_text())["refresh_token"] == oauth_provider.families[0].current
    assert_no_secret(oauth_provider, *(text for pair in outputs for text in pair))


def test_two_processes_share_a_token_that_is_still_good(oauth_provider: Any, tmp_path: Path) -> None:
    seed = oauth_provider.consent()
    processes = [start(oauth_provider, tmp_path / "t.json", mode="refresh", seed=seed, times=20) for _ in range(2)]
    outputs = communicate(processes)
    assert outputs[0][0] == outputs[1][0] == "200\n" * 20
    assert len(oauth_provider.grants) == 1


def test_a_kill_at_any_step_loses_nothing_but_in_the_one_window(oauth_provider: Any, tmp_path: Path) -> None:
    seeds = [oauth_provider.consent() for _ in range(60)]
    process = start(oauth_provider, tmp_path, mode="crash", seeds=seeds)
    output, errors = process.communicate(timeout=150)
    assert process.returncode == 0, errors[-2000:]
    results = [json.loads(line) for line in output.splitlines()]
    assert results[-1]["killed"] is False, "not every step was reached"
    assert len(results) > 8
    lost = [result["step"] for result in results if result["again"] != 0]
    assert len(lost) in {1, 2, 3}, results  # after the answer: look at the store, make room, create the new file
    assert lost[-1] - lost[0] == len(lost) - 1
    assert {result["again"] for result in results} == {0, 13}
    [message] = {line for line in errors.splitlines() if "run: " in line}
    assert message.endswith(
        "no longer accepts the refresh token (invalid_grant): it was used, expired or revoked; "
        "then run: tap-example login --config c.json"
    )
    assert all(result["files"] == ["token.json", "token.json.lock"] for result in results if result["again"] == 0)
    assert oauth_provider.revocations == len(lost)
    assert_no_secret(oauth_provider, output, errors)


def test_a_terminated_process_stores_the_answer_that_is_on_its_way(oauth_provider: Any, tmp_path: Path) -> None:
    seed = oauth_provider.consent()
    store = tmp_path / "t.json"
    with oauth_provider._lock:  # the provider is slow to answer
        process = start(oauth_provider, store, mode="refresh", seed=seed, times=1)
        deadline = time.monotonic() + 30
        while not (tmp_path / "t.json.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert json.loads(store.read_text())["refresh_token"] == oauth_provider.families[0].current


def test_a_slow_answer_is_waited_for_because_the_next_try_would_end_the_consent(
    oauth_provider: Any, tmp_path: Path
) -> None:
    seed = oauth_provider.consent()
    with oauth_provider._lock:
        process = start(oauth_provider, tmp_path / "t.json", mode="refresh", seed=seed, times=1)
        deadline = time.monotonic() + 30
        while not (tmp_path / "t.json.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(8)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert oauth_provider.revocations == 0
    assert len(oauth_provider.grants) == 1
