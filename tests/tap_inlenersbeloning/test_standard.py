"""The SDK's own tests against the simulator; a stream without records fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from provider_simulators.world import World
from singer_sdk.testing import get_tap_test_class
from tap_inlenersbeloning.tap import TapInlenersbeloning

from tests.tap_inlenersbeloning.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS: dict[str, Any] = {"token": f"org_{'0' * 64}", "company_ids": ["not-yet"]}
"""Completed when the simulator runs; the SDK's tests keep this object."""

StandardTests = get_tap_test_class(TapInlenersbeloning, config=SETTINGS, parse_env_config=False)


@pytest.fixture(scope="module", autouse=True)
def _inlenersbeloning() -> Iterator[None]:
    with InlenersbeloningSimulator(World.build(seed=1)) as simulator:
        SETTINGS.update(tap_settings(simulator))
        yield


class TestTapInlenersbeloning(StandardTests):
    """All of them, none left out."""


del StandardTests
