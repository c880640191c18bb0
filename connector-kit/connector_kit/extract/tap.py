"""What every tap of the house that reads an API declares alike."""

from typing import Any, Final

from singer_sdk import typing as th
from typing_extensions import override

from connector_kit.extract.personal_data import PERSONAL_DATA_CLASSES
from connector_kit.extract.watched import WatchedTap

__all__ = ["ApiTap"]

_CLASSES: Final = th.ArrayType(th.StringType(allowed_values=list(PERSONAL_DATA_CLASSES)))
_SETTINGS: Final = th.PropertiesList(
    th.Property(
        "include_personal_data",
        _CLASSES,
        title="Include personal data",
        description="Classes of personal data to let through although they are left out by default: bsn, health, "
        "special, secret.",
    ),
    th.Property(
        "pseudonymise",
        _CLASSES,
        title="Pseudonymise",
        description=f"Classes of personal data to replace by a keyed hash: {', '.join(PERSONAL_DATA_CLASSES)}.",
    ),
    th.Property(
        "pseudonym_key",
        th.StringType,
        secret=True,
        title="Pseudonym key",
        description="Secret of the hash; the same key gives the same pseudonyms.",
    ),
    th.Property(
        "user_agent",
        th.StringType,
        title="User agent",
        description="How we call ourselves. Default: the tap's name and version.",
    ),
).to_dict()


class ApiTap(WatchedTap):
    """Base of the taps of an API; run it with `console.program`.

    Adds the settings `include_personal_data`, `pseudonymise`, `pseudonym_key` and `user_agent`.
    """

    @classmethod
    @override
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add the settings that every tap of the house has."""
        for name, setting in _SETTINGS["properties"].items():
            config_jsonschema["properties"].setdefault(name, setting)
        super().append_builtin_config(config_jsonschema)
