"""What every tap of the house declares alike."""

from functools import cached_property
from typing import Any, ClassVar, Final

from singer_sdk import Tap
from singer_sdk import typing as th
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TapCapabilities
from typing_extensions import override

from connector_kit.extract.personal_data import PERSONAL_DATA_CLASSES
from connector_kit.extract.progress import progress_told
from connector_kit.extract.watch import Watch
from connector_kit.extract.writer import ExactWriter
from connector_kit.run_summary import count_of, tell

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

_HEADINGS: Final = {
    "records": "records",
    "deleted": "deleted",
    "left_out": "left out",
    "calls": "calls",
    "seconds": "seconds",
}


class ApiTap(Tap):
    """Base of the taps; run it with `console.program`.

    Adds the settings `include_personal_data`, `pseudonymise`, `pseudonym_key` and `user_agent`, writes amounts exactly,
    says how far a sync is and what it did, and offers no BATCH, which would pass records by selection, maps and the
    personal-data policy.
    """

    message_writer: ExactWriter
    message_writer_class = ExactWriter
    progress_seconds: ClassVar[float | None] = None
    """Seconds between two lines that say how far a sync is; None: a live line on a terminal, else the usual."""
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    @cached_property
    def watch(self) -> Watch:
        """What the streams of this sync have done; begins when it is first looked at."""
        return Watch(self.message_writer, turns=sum(stream.selected for stream in self.streams.values()))

    def sync_all(self) -> None:  # type: ignore[misc]  # final: nothing else sees both ends of a sync; a test does if it goes
        """Sync all streams, say how far that is, and at the end, whatever that is, what was done."""
        is_complete = False
        try:
            with progress_told(self.watch, self.logger, every=self.progress_seconds):
                super().sync_all()
            is_complete = True
        finally:
            self._tell_summary(is_complete=is_complete)

    def _tell_summary(self, *, is_complete: bool) -> None:
        streams = self.watch.counts()
        if not is_complete and not streams and not self.watch.calls:
            return  # it did not begin
        records, deleted, left_out = (
            sum(int(counts[field]) for counts in streams.values()) for field in ("records", "deleted", "left_out")
        )
        filled = sum(counts["records"] > 0 for counts in streams.values())
        facts = {
            "complete": is_complete,
            "records": records,
            "deleted": deleted,
            "left_out": left_out,
            "calls": self.watch.calls,
            "seconds": round(self.watch.seconds, 1),
        }
        said = [
            f"{count_of(records, 'record')} of {count_of(filled, 'stream')}",
            *([f"{count_of(deleted)} deleted"] if deleted else []),
            *([f"{count_of(left_out)} left out"] if left_out else []),
            count_of(self.watch.calls, "call"),
            f"{count_of(facts['seconds'])} s",
            *([] if is_complete else ["the sync did not come to its end"]),
        ]
        tell(self.logger, ", ".join(said), facts, streams, headings=_HEADINGS)

    @classmethod
    @override
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add the settings that every tap of the house has."""
        for name, setting in _SETTINGS["properties"].items():
            config_jsonschema["properties"].setdefault(name, setting)
        super().append_builtin_config(config_jsonschema)
