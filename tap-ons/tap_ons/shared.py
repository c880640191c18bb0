"""What the streams of one tap share: connection and personal-data policy."""

from functools import cached_property
from typing import TYPE_CHECKING

from connector_kit.extract import PersonalDataPolicy

from tap_ons.client import Connection

if TYPE_CHECKING:
    from tap_ons.tap import TapOns

__all__ = ["Shared"]


class Shared:
    """Made when it is first needed: discovery needs no certificate."""

    def __init__(self, tap: "TapOns") -> None:
        self._tap = tap

    @cached_property
    def policy(self) -> PersonalDataPolicy:
        """What happens to personal data."""
        settings = self._tap.config
        return PersonalDataPolicy(
            include=settings.get("include_personal_data") or (),
            pseudonymise=settings.get("pseudonymise") or (),
            key=settings.get("pseudonym_key"),
        )

    @cached_property
    def connection(self) -> Connection:
        """The one session of all streams."""
        return Connection.from_settings(self._tap.config, version=self._tap.plugin_version, logger=self._tap.logger)
