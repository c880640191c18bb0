"""What the streams of one tap share; made when it is first needed, discovery needs only the policy."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from connector_kit.extract import PersonalDataPolicy
from singer_sdk.exceptions import FatalAPIError

from tap_inlenersbeloning.access import Access
from tap_inlenersbeloning.blocks import DOCUMENT_STREAMS
from tap_inlenersbeloning.changes import signature
from tap_inlenersbeloning.client import InlenersbeloningApi
from tap_inlenersbeloning.companies import Company, Credential, companies_of, credentials_of
from tap_inlenersbeloning.directory import Directory, Wanted
from tap_inlenersbeloning.documents import DocumentReader
from tap_inlenersbeloning.drift import Drift
from tap_inlenersbeloning.drift_file import DriftError, write_drift_report
from tap_inlenersbeloning.inbox import Event, Inbox
from tap_inlenersbeloning.memory import Memory
from tap_inlenersbeloning.operations import GET_REMUNERATION, LIST_REMUNERATIONS
from tap_inlenersbeloning.reading import REMUNERATIONS, VERSIONS, Documents
from tap_inlenersbeloning.sightings import Sightings

if TYPE_CHECKING:
    from singer_sdk import Stream

    from tap_inlenersbeloning.tap import TapInlenersbeloning

__all__ = ["Shared"]

_OF_DOCUMENTS: Final = frozenset({row.name for row in DOCUMENT_STREAMS} | {VERSIONS})
_OF_LISTS: Final = _OF_DOCUMENTS | {"remuneration_index", "remuneration_pdfs"}
_REMEMBERING: Final = _OF_LISTS | {"partners"}
"""Nothing that was known changes before all of these have been written, as far as they are selected."""
_TELLING: Final = frozenset({LIST_REMUNERATIONS.name, GET_REMUNERATION.name})
"""Operations without which a sync has not seen what an event may be about."""
_DECIDING: Final = (
    "stream_maps",
    "stream_map_config",
    "flattening_enabled",
    "flattening_max_depth",
    "strip_control_chars",
)
"""Settings that decide what records hold, beside those of personal data."""


class Shared:
    """Policy, companies, lists, documents and memory of one sync."""

    def __init__(self, tap: "TapInlenersbeloning") -> None:
        self._tap = tap
        self._settings: Mapping[str, Any] = tap.config
        self._finished: set[str] = set()
        self.written = 0

    @cached_property
    def policy(self) -> PersonalDataPolicy:
        """What happens to personal data."""
        return PersonalDataPolicy(
            include=self._settings.get("include_personal_data") or (),
            pseudonymise=self._settings.get("pseudonymise") or (),
            key=self._settings.get("pseudonym_key"),
        )

    @cached_property
    def api(self) -> InlenersbeloningApi:
        """The one session of all streams; nothing is sent before it is asked."""
        return InlenersbeloningApi.from_settings(self._settings, version=self._tap.plugin_version)

    @cached_property
    def credentials(self) -> list[Credential]:
        """The tokens of the settings."""
        return credentials_of(self._settings, api_url=self.api.api_url)

    @cached_property
    def companies(self) -> Sequence[Company]:
        """The companies that are read for."""
        return companies_of(self.credentials, self.api)

    @cached_property
    def access(self) -> Access:
        """Asks for what may be refused."""
        return Access(self.api, fail_on_forbidden=self._settings["fail_on_forbidden"])

    @cached_property
    def workers(self) -> int:
        """Requests under way at the same moment."""
        return int(self._settings["concurrent_requests"])

    @cached_property
    def directory(self) -> Directory:
        """Partners and what they share."""
        named = frozenset[str]().union(*(event.identifiers for event in self.events))
        return Directory(
            self.api,
            self.access,
            companies=lambda: self.companies,
            wanted=Wanted.of(self._settings, named),
            memory=self.memory,
            workers=self.workers,
        )

    @cached_property
    def memory(self) -> Memory:
        """What was known before this sync."""
        return Memory.of(self._bookmark)

    @cached_property
    def sightings(self) -> Sightings:
        """What this sync has seen."""
        return Sightings(self.directory, self.memory)

    @cached_property
    def documents(self) -> Documents:
        """The remuneration documents."""
        return Documents(
            self.api,
            self.access,
            directory=self.directory,
            memory=self.memory,
            sightings=self.sightings,
            reader=self._reader,
            signature=self._signature,
            force=self.force,
            workers=self.workers,
        )

    @property
    def force(self) -> bool:
        """Whether everything is read again."""
        return bool(self._settings["force"])

    @cached_property
    def drift(self) -> Drift:
        """Fields and codes that nobody knows yet."""
        return Drift()

    @cached_property
    def events(self) -> list[Event]:
        """What the webhook has received before this sync."""
        if self._inbox is None or not self._selected(_OF_LISTS):
            return []
        return self._inbox.pending()

    def finish(self, stream: str) -> None:
        """Take note that all records of a stream have been written; after the last one the sync is complete.

        Raises:
            FatalAPIError: Nothing of what is selected may be read.
            DriftError: There are unknown fields or codes, and the settings say to fail then.
        """
        self._finished.add(stream)
        remembering = self._selected(_REMEMBERING)
        if stream in remembering and self._finished >= remembering:
            self._remember()
        if self._finished >= {name for name, other in self._tap.streams.items() if other.selected}:
            self._complete()

    def _remember(self) -> None:
        documents = self._selected(_OF_DOCUMENTS)
        self.sightings.remember(
            listed=bool(self._selected(_OF_LISTS)), signature=self._signature if documents else None
        )
        self.memory.write(self._bookmark)

    def _complete(self) -> None:
        forbidden = self.access.forbidden
        if forbidden and not self.written:
            raise FatalAPIError(forbidden[0][1])
        self._tap.state_writer.write_state(self._tap.state)
        was_refused = any(name in _TELLING for name, _ in forbidden)
        if self._inbox is not None and self.events and self._selected(_OF_DOCUMENTS) and not was_refused:
            self._inbox.done(self.events)
            self._tap.logger.info("%d webhook events are done", len(self.events))
        self._report_drift()

    def _report_drift(self) -> None:
        if not self._selected(_OF_DOCUMENTS):
            return
        if path := self._settings.get("drift_report"):
            write_drift_report(path, self.drift.report())
        if line := self.drift.line():
            if self._settings["fail_on_drift"]:
                raise DriftError(line)
            self._tap.logger.warning("%s", line)

    def _reader(self, streams: Collection[str]) -> DocumentReader:
        return DocumentReader(self.policy, streams=streams, drift=self.drift)

    @cached_property
    def _inbox(self) -> Inbox | None:
        path = self._settings.get("webhook_inbox")
        return Inbox(path) if path else None

    @property
    def _bookmark(self) -> dict[str, Any]:
        """The one place in the state where everything is remembered."""
        return self._tap.streams[REMUNERATIONS].get_context_state(None)

    @cached_property
    def _signature(self) -> str:
        streams: list[Stream] = [self._tap.streams[name] for name in self._selected(_OF_DOCUMENTS)]
        deciding = {name: self._settings.get(name) for name in _DECIDING}
        deciding |= {name: sorted(self._settings.get(name) or ()) for name in ("include_personal_data", "pseudonymise")}
        key = self._settings.get("pseudonymise") and self.policy.pseudonym("", "secret")
        return signature(streams, deciding, key or None)

    def _selected(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(name for name, stream in self._tap.streams.items() if stream.selected and name in names)
