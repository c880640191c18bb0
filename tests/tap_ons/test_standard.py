"""The SDK's own tests against the simulator; a stream without records fails."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.ons import OnsSimulator
from provider_simulators.world import World
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from tap_ons.shared import Shared
from tap_ons.tap import TapOns
from typing_extensions import override

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from singer_sdk import Stream

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "include_personal_data": ["special", "health", "secret"],
    "start_date": "2026-10-31",
    "days_ahead": 1,
    "presence_logs_filter": "Payroll",
}
"""Completed when the simulator runs; the SDK's tests keep this object."""


class Simulated(TapOns):
    """The tap with all of its streams, selected."""

    @cached_property
    @override
    def shared(self) -> Shared:
        """Syncs on a day soon after that of the simulated world, so that the windows stay few."""
        shared = Shared(self)
        shared.now = NOW
        return shared

    @override
    def discover_streams(self) -> list[Stream]:
        streams = super().discover_streams()
        for stream in streams:
            stream.selected_by_default = True
        return streams


StandardTests = get_tap_test_class(
    Simulated, config=SETTINGS, parse_env_config=False, suite_config=SuiteConfig(ignore_no_records=False)
)


@pytest.fixture(scope="module", autouse=True)
def _ons(ons_certificates: Path) -> Iterator[None]:
    with OnsSimulator(World.build(seed=1, employees=8), certificates=ons_certificates) as simulator:
        SETTINGS.update(tap_settings(simulator))
        yield


# Some fields of employees are never set (deprecated by Ons); a stream without records fails all the same.
@pytest.mark.filterwarnings("ignore:Fields in transformed catalog but not in records:UserWarning")  # absent is normal
@pytest.mark.filterwarnings("ignore:No records were available to test:UserWarning")
class TestTapOns(StandardTests):
    """All of them, none left out."""


del StandardTests
