"""Minox's own links with other products; while a payroll link is on, Minox books every payroll journal itself."""

from collections.abc import Mapping
from typing import Any

from provider_simulators.minox.catalogue import SECRETS
from provider_simulators.minox.messages import RefusedError
from provider_simulators.minox.schemas import schema

# What a link that was never set up answers is unknown; it is off, whatever the answer.
OFF: Mapping[str, Mapping[str, Any]] = {
    "nmbrs": {"connection_active": False},
    "loket.nl": {"connection": {"active": False}},
    "mollie": {"connection_active": False},
    "paragon": {},
}


class PayrollLinks:
    """Settings of the links of one administration, by the product's word in the path: ``nmbrs``, ``loket.nl``, ...

    Attributes:
        history: What each link has fetched, oldest first (its shape is unknown).
    """

    def __init__(self) -> None:
        self._settings: dict[str, Mapping[str, Any]] = dict(OFF)
        self.history: dict[str, list[dict[str, Any]]] = {provider: [] for provider in OFF}

    def read(self, provider: str) -> dict[str, Any]:
        """The settings without the secret (that it is left out is inferred)."""
        return {name: value for name, value in self._settings[provider].items() if name not in SECRETS}

    def save(self, provider: str, settings: Mapping[str, Any] | None) -> None:
        """Replace the settings, or with None remove the link.

        Raises:
            RefusedError: 400 for members that these settings do not have.
        """
        settings = OFF[provider] if settings is None else settings
        name = f"{provider.partition('.')[0]}_settings"
        if messages := schema(name).problems(settings, partial=False, unknown=True, empty=False):
            raise RefusedError(400, *messages)
        self._settings[provider] = dict(settings)

    def is_active(self, provider: str) -> bool:
        """Whether Minox books the payroll journals itself."""
        settings = self._settings[provider]
        return bool(settings.get("connection_active") or settings.get("connection", {}).get("active"))
