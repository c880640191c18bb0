"""The SDK's own tests against the simulator; a stream without records fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.world import World
from singer_sdk.testing import get_tap_test_class
from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS: dict[str, Any] = {"start_date": "2026-09-01", "include_personal_data": ["bsn", "health", "special"]}
"""Completed when the simulator runs; the SDK's tests keep this object."""


def everything() -> dict[str, Any]:
    """A catalog with all streams selected."""
    catalog = TapNmbrs(config=SETTINGS).catalog
    for stream in catalog.streams:
        stream.metadata.root.selected = True
    return catalog.to_dict()


StandardTests = get_tap_test_class(TapNmbrs, config=SETTINGS, parse_env_config=False, catalog=everything())


@pytest.fixture(scope="module", autouse=True)
def _nmbrs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    world = World.build(seed=1, debtors=1, companies=3, employees=12)
    with NmbrsSimulator(world, switches=NmbrsSwitches(document_polls=0)) as simulator:
        SETTINGS.update(tap_settings(simulator, tmp_path_factory.mktemp("tap")), start_date="2026-09-01")
        yield


# Entries leave fiscal year and period to the books; a stream without records fails all the same.
@pytest.mark.filterwarnings("ignore:No records were available to test:UserWarning")
class TestTapNmbrs(StandardTests):
    """All of them, none left out."""


del StandardTests
