"""The SDK's own tests against the simulator; a stream without records fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.ons import OnsSimulator
from provider_simulators.world import World
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from tap_ons.tap import TapOns

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS: dict[str, Any] = {"include_personal_data": ["special", "health", "secret"]}
"""Completed when the simulator runs; the SDK's tests keep this object."""

StandardTests = get_tap_test_class(
    TapOns, config=SETTINGS, parse_env_config=False, suite_config=SuiteConfig(ignore_no_records=False)
)


@pytest.fixture(scope="module", autouse=True)
def _ons(ons_certificates: Path) -> Iterator[None]:
    with OnsSimulator(World.build(seed=1), certificates=ons_certificates) as simulator:
        SETTINGS.update(tap_settings(simulator))
        yield


# Some fields of employees are never set (deprecated by Ons); a stream without records fails all the same.
@pytest.mark.filterwarnings("ignore:No records were available to test:UserWarning")
class TestTapOns(StandardTests):
    """All of them, none left out."""


del StandardTests
