"""Whole syncs with the certificate in each form in which it may come."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from provider_simulators.ons.certificates import PASSWORD
from provider_simulators.ons.switches import Environment

from tests.tap_ons.conftest import chosen, tap_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.ons import OnsSimulator

STREAMS = ("employees", "hour_types", "presence_logs")
"""A bulk table, a list, and many requests at once."""
OWN = {"client_certificate", "client_key", "client_key_password", "client_pkcs12", "client_pkcs12_password"}
Settings = dict[str, Any]


def encrypted_key(simulator: OnsSimulator) -> Settings:
    return tap_settings(simulator, encrypted_key=True)


def archive(simulator: OnsSimulator) -> Settings:
    path = simulator.certificates.pkcs12(Environment.DEVELOPMENT)
    return {"client_pkcs12": str(path), "client_pkcs12_password": PASSWORD}


def old_archive(simulator: OnsSimulator) -> Settings:
    path = simulator.certificates.legacy_pkcs12(Environment.DEVELOPMENT)
    return {"client_pkcs12": str(path), "client_pkcs12_password": PASSWORD}


def archive_as_text(simulator: OnsSimulator) -> Settings:
    content = Path(archive(simulator)["client_pkcs12"]).read_bytes()
    return {"client_pkcs12": base64.b64encode(content).decode(), "client_pkcs12_password": PASSWORD}


def texts(simulator: OnsSimulator) -> Settings:
    settings = encrypted_key(simulator)
    paths = {name: Path(settings[name]) for name in ("client_certificate", "client_key")}
    return {**settings, **{name: path.read_text(encoding="utf-8") for name, path in paths.items()}}


def texts_on_one_line(simulator: OnsSimulator) -> Settings:
    return {name: value.replace("\n", "\\n") for name, value in texts(simulator).items()}


@pytest.mark.parametrize("source", ["settings", "environment"])
@pytest.mark.parametrize(
    "form",
    [encrypted_key, archive, old_archive, archive_as_text, texts, texts_on_one_line],
    ids=lambda form: form.__name__,
)
def test_a_whole_sync_with_the_certificate_in_this_form(
    form: Callable[[OnsSimulator], Settings], source: str, ons: Any, tap_ons: Any, tmp_path: Path
) -> None:
    simulator = ons()
    good = tap_settings(simulator)
    settings: Settings = {name: value for name, value in good.items() if name not in OWN}
    settings["start_date"] = "2026-11-10"
    own = {name: value for name, value in form(simulator).items() if name in OWN}
    arguments = chosen(tmp_path, settings, STREAMS)
    if source == "environment":
        environment = {f"TAP_ONS_{name.upper()}": value for name, value in own.items()}
        run = tap_ons(settings, "--config", "ENV", *arguments, **environment)
    else:
        run = tap_ons({**settings, **own}, *arguments)
    assert run.code == ExitCode.OK, run.stderr
    assert run.complaints == []
    assert all(run.records(stream) for stream in STREAMS)
    assert PASSWORD not in run.stderr
    assert "PRIVATE KEY" not in run.stderr
