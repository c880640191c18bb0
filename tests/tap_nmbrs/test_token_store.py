"""The refresh token, which works once, survives two processes and kills, although Nmbrs ends the consent on reuse."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provider_simulators.nmbrs.scopes import CONNECTOR_SCOPES
from tap_nmbrs.tap import TapNmbrs

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator

    from tests.tap_nmbrs.conftest import Settings

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]

PROGRAM = Path(__file__).with_name("token_program.py")
ALWAYS_RENEWED = {"access_token_seconds": 30, "refresh_token_reuse": "ends_consent"}
"""An access token with less than a minute left is renewed before every use."""


def start(job: dict[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    process.stdin.write(json.dumps(job))
    process.stdin.close()
    process.stdin = None
    return process


def ended(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str, str]]:
    with ThreadPoolExecutor() as readers:
        texts = list(readers.map(lambda process: process.communicate(timeout=120), processes))
    return [(process.returncode, *text) for process, text in zip(processes, texts, strict=True)]


def with_defaults(settings: Settings) -> Settings:
    return dict(TapNmbrs(config=settings).config)


def effects(simulator: NmbrsSimulator) -> Counter[str]:
    return Counter(effect["kind"] for effect in simulator.log.effects())


def test_two_processes_renew_two_hundred_times_each_and_nobody_has_to_log_in(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1, **ALWAYS_RENEWED)
    job = {"settings": with_defaults(settings), "times": 200}
    results = ended([start(job), start(job)])
    assert [code for code, *_ in results] == [0, 0], results[0][2][-2000:]
    counted = effects(simulator)
    assert counted["token_refreshed"] == 400
    assert not counted["consent_ended_by_reuse"]
    assert not counted["grant_refused"]
    assert json.loads(Path(settings["token_store"]).read_text())["generation"] == 400


def test_a_process_killed_at_any_moment_loses_only_an_answer_that_was_on_its_way(nmbrs: Start, tmp_path: Path) -> None:
    """Between Nmbrs' rotation and our disk nobody can save the token: then one more attempt, and a person logs in."""
    simulator, settings = nmbrs(companies=1, **ALWAYS_RENEWED)
    grants = simulator.backend.grants
    plain = with_defaults(settings)
    rounds = [
        {
            **plain,
            "refresh_token": grants.seed(frozenset(CONNECTOR_SCOPES)),
            "token_store": str(tmp_path / str(number) / "token.json"),
        }
        for number in range(40)
    ]
    [(code, output, told)] = ended([start({"rounds": rounds, "seed": 1})])
    assert code == 0, told[-2000:]
    results = [json.loads(line) for line in output.splitlines()]
    assert all(result["killed"] for result in results)
    assert {result["exit_code"] for result in results} <= {0, 13}
    lost = sum(result["exit_code"] == 13 for result in results)
    assert lost < len(results) / 2
    counted = effects(simulator)
    assert counted["consent_ended_by_reuse"] == lost
    assert counted["grant_refused"] <= 2 * lost
    for settings_of_round, result in zip(rounds, results, strict=True):
        folder = Path(settings_of_round["token_store"]).parent
        if result["exit_code"] == 0:
            assert {path.name for path in folder.iterdir()} == {"token.json", "token.json.lock"}
