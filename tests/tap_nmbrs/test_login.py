"""Consent in the browser, once; then syncs live on the token store alone."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from tap_nmbrs.rest.auth import SCOPES

from tests.tap_nmbrs.conftest import Settings, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator

TAP = Path(sysconfig.get_path("scripts")) / "tap-nmbrs"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def test_login_asks_for_the_documented_scopes_and_stores_the_token(
    nmbrs: Callable[..., tuple[NmbrsSimulator, Settings]], tmp_path: Path
) -> None:
    redirect_uri = f"http://localhost:{free_port()}/callback"
    simulator, settings = nmbrs(redirect_uris=(redirect_uri,))
    settings |= {"redirect_uri": redirect_uri}
    del settings["refresh_token"]
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "login", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as login:
        assert login.stderr is not None
        address = next(found[0] for line in login.stderr if (found := re.search(r"http\S+/connect/authorize\S+", line)))
        requests.get(address, timeout=10)
        told = login.stderr.read()
        assert login.wait(timeout=20) == 0, told
    assert "Logged in" in told
    asked = simulator.log.requests(path="/connect/authorize")[0]["query"]
    assert dict(asked)["scope"].split() == list(SCOPES)
    assert sync(settings, "companies").records("companies")
