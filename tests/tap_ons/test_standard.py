"""The SDK's own tests against the simulator; a stream without records fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.ons import OnsSimulator
from provider_simulators.world import World
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from tap_ons.tap import TapOns
from tap_ons.xstream import XstreamTable
from typing_extensions import override

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from singer_sdk import Stream

SETTINGS: dict[str, Any] = {
    "include_personal_data": ["special", "health", "secret"],
    "start_date": "2026-11-09",
    "lookback_days": 7,
}
"""Completed when the simulator runs; the SDK's tests keep this object."""

LISTINGS = {"expenses", "hour_types", "presence_logs", "work_hours_balances", "workdays"}
"""One of each kind of list beside the bulk tables; each list has tests of its own."""


class Simulated(TapOns):
    """The tap with the streams of which the simulator has records, all of them selected."""

    @override
    def discover_streams(self) -> list[Stream]:
        streams = [one for one in super().discover_streams() if isinstance(one, XstreamTable) or one.name in LISTINGS]
        for stream in streams:
            stream.selected_by_default = True
        return streams


StandardTests = get_tap_test_class(
    Simulated, config=SETTINGS, parse_env_config=False, suite_config=SuiteConfig(ignore_no_records=False)
)


@pytest.fixture(scope="module", autouse=True)
def _ons(ons_certificates: Path) -> Iterator[None]:
    with OnsSimulator(World.build(seed=1), certificates=ons_certificates) as simulator:
        SETTINGS.update(tap_settings(simulator))
        yield


# Some fields of employees are never set (deprecated by Ons); a stream without records fails all the same.
@pytest.mark.filterwarnings("ignore:Fields in transformed catalog but not in records:UserWarning")  # absent is normal
@pytest.mark.filterwarnings("ignore:No records were available to test:UserWarning")
class TestTapOns(StandardTests):
    """All of them, none left out."""


del StandardTests
