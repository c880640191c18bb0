"""Refused keys, spent tokens and limits: what is renewed, what is waited for, and what ends the sync."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from connector_kit.errors import LoginRequiredError, SettingError
from connector_kit.extract import QuotaExhaustedError
from provider_simulators.nmbrs.api_routes import SUBSCRIPTION_KEYS

from tests.tap_nmbrs.conftest import Settings, paths, sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]


def renewals(simulator: NmbrsSimulator) -> int:
    return len(simulator.log.requests(path="/connect/token"))


def test_the_secondary_key_takes_over_once_and_burns_no_refresh_token(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    settings |= {"subscription_key": "regenerated", "subscription_key_secondary": SUBSCRIPTION_KEYS[1]}
    settings |= {"concurrent_requests": 1}
    assert sync(settings, "debtors", "companies").records("companies")
    assert paths(simulator).count("/api/debtors") + paths(simulator).count("/api/companies") == 3
    assert renewals(simulator) == 1


def test_the_secondary_key_rests_while_the_primary_is_good(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    sync({**settings, "subscription_key_secondary": "never needed"}, "companies")
    assert paths(simulator).count("/api/companies") == 1


def test_two_refused_keys_are_a_matter_of_settings(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    settings |= {"subscription_key": "wrong", "subscription_key_secondary": "wrong too"}
    done = sync(settings, "debtors", fails=True)
    assert type(done.error) is SettingError
    assert "check the setting subscription_key and subscription_key_secondary" in str(done.error)
    assert renewals(simulator) == 1


def test_an_access_token_that_ended_early_is_renewed_once(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    sync(settings, "debtors")
    simulator.backend.grants.expire_access_tokens()
    assert sync(settings, "debtors").records("debtors")
    assert renewals(simulator) == 2


def test_a_consent_that_was_taken_back_asks_for_a_login_after_one_try(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    sync(settings, "debtors")
    simulator.backend.grants.revoke_consent()
    done = sync(settings, "debtors", fails=True)
    assert type(done.error) is LoginRequiredError
    assert "tap-nmbrs login --config" in str(done.error)
    assert renewals(simulator) <= 3


@pytest.mark.parametrize("retry_after", ["1", None])
def test_too_many_calls_are_waited_for(nmbrs: Start, retry_after: str | None) -> None:
    simulator, settings = nmbrs()
    simulator.faults.add(action="status", path="/api/debtors", status=429, code=42908, retry_after=retry_after)
    started = time.monotonic()
    assert sync(settings, "debtors").records("debtors")
    assert time.monotonic() - started >= (0.9 if retry_after else 0.4)


def test_a_used_up_call_volume_is_not_tried_again(nmbrs: Start) -> None:
    simulator, settings = nmbrs(call_quota=0)
    done = sync(settings, "debtors", fails=True)
    assert type(done.error) is QuotaExhaustedError
    assert paths(simulator) == ["/api/debtors"]
