"""Minox's own nightly payroll links (vendor guide): while one is on, Minox books every payroll journal itself."""

from collections.abc import Mapping
from typing import Any

from provider_simulators.minox.messages import Code, refusal

# Members of the settings on write and read, with the strays in camelCase as a client copied them.
MEMBERS = {
    "nmbrs": {
        "username",
        "api_token",
        "company_id",
        "start_period",
        "connection_active",
        "journal_id",
        "default_ledgeraccount_id",
        "pain_active",
        "costCenterId",
    },
    "loket.nl": {"state", "connection"},
}
LOKET_CONNECTION = {
    "externalAdministrationId",
    "startFromDate",
    "active",
    "email",
    "journalId",
    "ledgerAccountId",
    "costCenterId",
}
# What a link that was never set up answers is unknown; it is off, whatever the answer.
OFF: Mapping[str, Mapping[str, Any]] = {
    "nmbrs": {"connection_active": False},
    "loket.nl": {"connection": {"active": False}},
}


class PayrollLinks:
    """Settings of the ``nmbrs`` and ``loket.nl`` links of one administration."""

    def __init__(self) -> None:
        self._settings: dict[str, Mapping[str, Any]] = dict(OFF)

    def read(self, provider: str) -> dict[str, Any]:
        """The settings without the secret (that it is left out is inferred)."""
        return {name: value for name, value in self._settings[provider].items() if name != "api_token"}

    def save(self, provider: str, settings: Mapping[str, Any] | None) -> None:
        """Replace the settings, or with None remove the link.

        Raises:
            RefusedError: 400 for members that these settings do not have.
        """
        settings = OFF[provider] if settings is None else settings
        unknown = sorted(settings.keys() - MEMBERS[provider])
        unknown += sorted(settings.get("connection", {}).keys() - LOKET_CONNECTION)
        if unknown:
            raise refusal(400, Code.UNKNOWN_MEMBER, f"Onbekend: {', '.join(unknown)}")
        self._settings[provider] = dict(settings)

    def is_active(self, provider: str) -> bool:
        """Whether Minox books the payroll journals itself."""
        settings = self._settings[provider]
        return bool(settings.get("connection_active") or settings.get("connection", {}).get("active"))
