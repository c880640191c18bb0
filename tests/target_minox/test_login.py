"""The consent of the main user, once, in the browser."""

import re
import socket
import subprocess

import requests
from target_minox.sinks import scopes

from tests.target_minox.conftest import PROGRAM, Bookkeeping


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_after_the_login_a_run_needs_no_refresh_token_in_its_settings(bookkeeping: Bookkeeping) -> None:
    before = bookkeeping.book("three_payroll_journals", refresh_token=...)
    assert before.code == 13
    assert "target-minox login" in before.message

    config = bookkeeping.config(refresh_token=..., redirect_uri=f"http://127.0.0.1:{free_port()}/callback")
    process = subprocess.Popen(
        [str(PROGRAM), "login", "--config", str(config)], stderr=subprocess.PIPE, text=True, cwd=bookkeeping.folder
    )
    assert process.stderr is not None
    shown = ""
    while (address := re.search(r"http\S+/oauth/authorize\S+", shown)) is None or "Waiting" not in shown:
        line = process.stderr.readline()
        assert line, shown
        shown += line
    page = requests.get(address.group(), timeout=10)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 0, shown + rest
    assert "Approved" in page.text
    assert all(scope in requests.utils.unquote(address.group()) for scope in scopes())

    run = bookkeeping.book("three_payroll_journals", refresh_token=...)
    assert run.code == 0, run.stderr
    assert len(bookkeeping.writes) == 3


def test_a_schedule_keeps_the_approval_alive_and_says_when_it_is_gone(bookkeeping: Bookkeeping) -> None:
    first = bookkeeping.command("login", "--refresh-only")
    assert (first.code, first.stdout) == (0, ""), first.stderr
    assert bookkeeping.command("login", "--refresh-only").code == 0
    assert len(bookkeeping.simulator.log.effects("tokens_issued")) >= 2
    bookkeeping.simulator.authority.revoke_consent()
    gone = bookkeeping.command("login", "--refresh-only")
    assert gone.code == 13
    assert "target-minox login" in gone.message
