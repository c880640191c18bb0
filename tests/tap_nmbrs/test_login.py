"""Consent in the browser, once; then syncs live on the token store alone."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.rest.scopes import DEFAULT_SCOPES, asked_scopes, is_granted, scopes_of

from tests.tap_nmbrs.conftest import Settings, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]

TAP = Path(sysconfig.get_path("scripts")) / "tap-nmbrs"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def logged_in(nmbrs: Start, folder: Path, *options: str, **changes: object) -> tuple[list[str], str, Settings]:
    """Log in with these options; the scopes that were asked for, what was told, and the settings."""
    redirect_uri = f"http://localhost:{free_port()}/callback"
    simulator, settings = nmbrs(redirect_uris=(redirect_uri,))
    settings |= {"redirect_uri": redirect_uri, **changes}
    del settings["refresh_token"]
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "login", "--config", str(config), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as login:
        assert login.stderr is not None
        address = next(found[0] for line in login.stderr if (found := re.search(r"http\S+/connect/authorize\S+", line)))
        requests.get(address, timeout=10)
        told = login.stderr.read()
        assert login.wait(timeout=20) == 0, told
    asked = dict(simulator.log.requests(path="/connect/authorize")[0]["query"])
    assert asked["code_challenge_method"] == "S256"
    return asked["scope"].split(), told, settings


def test_login_asks_for_what_the_default_streams_need_and_stores_the_token(nmbrs: Start, tmp_path: Path) -> None:
    asked, told, settings = logged_in(nmbrs, tmp_path)
    assert "Logged in" in told
    assert asked == sorted(DEFAULT_SCOPES)
    assert sync(settings, "companies").records("companies")


def test_login_asks_besides_for_what_named_streams_need(nmbrs: Start, tmp_path: Path) -> None:
    asked, *_ = logged_in(nmbrs, tmp_path, "--streams", "countries,employee_bank_accounts")
    assert set(asked) == DEFAULT_SCOPES | {"employee.info", "employee.bankaccount.read"}


def test_login_asks_for_the_scopes_of_the_setting_and_never_without_a_refresh_token(
    nmbrs: Start, tmp_path: Path
) -> None:
    asked, *_ = logged_in(nmbrs, tmp_path, scopes=["company.info.read"])
    assert asked == ["company.info.read", "offline_access"]


def test_login_with_a_catalog_asks_for_what_it_selects(nmbrs: Start, tmp_path: Path) -> None:
    catalog = {
        "streams": [
            {
                "tap_stream_id": "employee_bank_accounts",
                "schema": {"type": "object", "properties": {}},
                "metadata": [{"breadcrumb": [], "metadata": {"selected": True}}],
            }
        ]
    }
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    options = ("--catalog", str(tmp_path / "catalog.json"))
    asked, *_ = logged_in(nmbrs, tmp_path, *options, scopes=["company.info.read"])
    assert asked == ["company.info.read", "employee.bankaccount.read", "offline_access"]


def test_a_stream_that_does_not_exist_is_refused_before_the_browser(nmbrs: Start, tmp_path: Path) -> None:
    _, settings = nmbrs()
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "login", "--config", str(config), "--streams", "cost_centres"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "there is no stream cost_centres" in ended.stderr
    assert "did you mean cost_centers?" in ended.stderr


def test_the_default_asks_for_no_scope_that_writes_and_for_none_of_a_deselected_stream() -> None:
    deselected = {row.scope for row in OPERATIONS} - {row.scope for row in OPERATIONS if row.selected}
    assert not DEFAULT_SCOPES & deselected
    assert {scope for scope in DEFAULT_SCOPES if not scope.endswith(".read")} == {"offline_access"}


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.stream)
def test_asking_for_a_stream_asks_for_its_own_scope_and_its_parents(row: object) -> None:
    scopes = scopes_of(row.stream)  # type: ignore[attr-defined]  # a row of the table
    assert {"company.info.read", row.scope} <= scopes <= set(asked_scopes((), [row.stream]))  # type: ignore[attr-defined]  # as above


def test_a_scope_that_writes_is_enough_to_read_but_not_the_other_way() -> None:
    assert is_granted("employee.info.read", frozenset({"employee.info"}))
    assert not is_granted("employee.info", frozenset({"employee.info.read"}))
