"""The SDK's own tests over all streams, also those that are not selected by default, against the simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, InlenersbeloningSwitches
from provider_simulators.world import World
from singer_sdk.testing import get_tap_test_class
from tap_inlenersbeloning.tap import TapInlenersbeloning

from tests.tap_inlenersbeloning.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS: dict[str, Any] = {"token": f"org_{'0' * 64}", "company_ids": ["not-yet"]}
"""Completed when the simulator runs; the SDK's tests keep this object."""


def everything() -> dict[str, Any]:
    """A catalog with all streams selected."""
    catalog = TapInlenersbeloning(config=SETTINGS).catalog
    for stream in catalog.streams:
        stream.metadata.root.selected = True
    return catalog.to_dict()


StandardTests = get_tap_test_class(TapInlenersbeloning, config=SETTINGS, parse_env_config=False, catalog=everything())


@pytest.fixture(scope="module", autouse=True)
def _inlenersbeloning() -> Iterator[None]:
    switches = InlenersbeloningSwitches(hirers="every_kind")
    with InlenersbeloningSimulator(World.build(seed=1), switches=switches) as simulator:
        SETTINGS.update(tap_settings(simulator))
        yield


# Columns that no document of the simulator has a value for; a stream without records fails all the same.
@pytest.mark.filterwarnings("ignore:No records were available to test:UserWarning")
class TestTapInlenersbeloning(StandardTests):
    """All of them, none left out."""


del StandardTests
