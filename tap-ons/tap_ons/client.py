"""Ons as streams see it: one address, one session behind the client certificate, and what its error answers mean."""

import logging
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

import requests
from connector_kit.errors import LoginRequiredError, SettingError
from connector_kit.extract import (
    Action,
    ApiSession,
    BookmarkedStream,
    ErrorRule,
    ErrorTable,
    Limits,
    Problem,
    RecordConverter,
    problem_of,
)
from connector_kit.service_url import service_url
from singer_sdk.exceptions import FatalAPIError, SkippableAPIError
from typing_extensions import override

from tap_ons.auth import ClientCertificate
from tap_ons.state import FieldNames
from tap_ons.tls import ClientCertificateAdapter, client_context

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_ons.tap import TapOns

__all__ = ["CONCURRENT_REQUESTS", "DELETED_AT", "ENVIRONMENTS", "JSON", "SYNCED_AT", "Connection", "OnsStream", "rules"]

ENVIRONMENTS: Final = {
    "production": "https://api.ons.io",
    "staging": "https://api-staging.ons.io",
    "development": "https://api-development.ons.io",
}
"""Base URLs (vendor OpenAPI and documentation)."""
CONCURRENT_REQUESTS: Final = 4
"""Ons enforces four requests at a time per certificate (vendor documentation)."""
JSON: Final = "application/json"
SYNCED_AT: Final = "_ons_synced_at"
"""Column: when the reading began that a record comes from, in UTC."""
DELETED_AT: Final = "_sdc_deleted_at"
"""Column: when a reading began that found the record deleted, in UTC; null while it lives."""
_SYNCED_AT_TEXT: Final = "When the reading began that the row comes from, by the clock of Ons."
_REFUSED: Final = "Ons refuses the client certificate (expired, disabled, or of another environment's authority)"
_PING: Final = "run tap-ons ping to see"


def rules(*rows: tuple[int, Action, str]) -> ErrorTable:
    """Build a table of error answers."""
    return ErrorTable([ErrorRule(status=status, action=action, advice=advice) for status, action, advice in rows])


XSTREAM_ERRORS: Final = rules(
    (400, Action.FATAL, f"Ons refuses the request, or a proxy removed the client certificate; {_PING}"),
    (401, Action.SKIP, "the connector has insufficient rights for {needs}: ask for it in its Technical Design"),
    (403, Action.SKIP, "{needs} is not granted: ask for it in the connector's Technical Design"),
    (404, Action.SKIP, "Ons has no {needs} for this connector: ask for it in the connector's Technical Design"),
    (406, Action.FATAL, "Ons does not offer the media types that the tap reads; please report it"),
    (
        429,
        Action.RETRY,
        "more than four requests at a time with this certificate; other programs that use it count too",
    ),
    (495, Action.LOGIN, f"{_REFUSED}; see tap-ons certificate"),
    (496, Action.LOGIN, f"no client certificate arrived; {_PING}"),
    (502, Action.RETRY, "Ons is being updated"),
    (503, Action.RETRY, "Ons is being updated"),
)
"""What error answers mean (vendor documentation; 400 and 496 from proxies: inferred). What may be skipped, because it
is not granted, is so only if the certificate itself is accepted."""

_IDENTITY_HEADERS: Final = {"user_name": "X-Cupido-User-Name", "active_identity": "X-Cupido-Active-Identity"}
"""Who acts, by setting: for the audit trail of Ons (vendor OpenAPI)."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What all streams of one tap share."""

    api_url: str
    session: ApiSession

    @classmethod
    def from_settings(
        cls,
        settings: Mapping[str, Any],
        *,
        version: str,
        logger: logging.Logger,
        errors: ErrorTable = XSTREAM_ERRORS,
        attempts: int = 6,
    ) -> "Connection":
        """Build it, and say whose certificate it uses; sends nothing yet.

        Raises:
            SettingError: A setting is missing or wrong.
            LoginRequiredError: The certificate has expired, or is not yet valid.
        """
        api_url = _api_url(settings)
        certificate, now = ClientCertificate.from_settings(settings), datetime.now(UTC)
        certificate.check(now)
        context = client_context(certificate, settings.get("ca_bundle"))
        environment = next((name for name, url in ENVIRONMENTS.items() if url == api_url), None)
        logger.info("Certificate valid for %d more days; asking %s", certificate.days_left(now), api_url)
        for warning in certificate.warnings(now, environment=environment):
            logger.warning(warning)
        session = ApiSession(
            user_agent=settings.get("user_agent") or f"tap-ons/{version}",
            # The pace of 100 requests a second is published; an answer of a large table may take minutes.
            limits=Limits(
                requests_per_second=100,
                concurrent_requests=CONCURRENT_REQUESTS,
                attempts=attempts,
                read_timeout_seconds=300,
            ),
            errors=errors,
            read_problem=lambda response: Problem(status=response.status_code),  # bodies may repeat data
        )
        session.http.headers.update(
            {header: settings[name] for name, header in _IDENTITY_HEADERS.items() if settings.get(name)}
        )
        session.http.mount("https://", ClientCertificateAdapter(context, connections=CONCURRENT_REQUESTS))
        return cls(api_url=api_url, session=session)

    def prepare(
        self, path: str, *, parameters: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.PreparedRequest:
        """Prepare a reading request; answers are JSON unless the headers say otherwise."""
        return self.session.http.prepare_request(
            requests.Request("GET", f"{self.api_url}{path}", params=parameters, headers=headers)
        )

    def require_acceptance(self) -> None:
        """Make sure that Ons accepts the certificate here, so that a refusal is about what was asked for.

        Raises:
            LoginRequiredError: It does not, or no longer.
        """
        request = self.prepare("/ping", headers={"Accept": "text/plain"})
        try:
            self.session.call(request, what=f"ping of {self.api_url}", read=lambda response: response)
        except SkippableAPIError as error:
            problem = problem_of(error)
            raise LoginRequiredError(
                f"{self.api_url} refuses the client certificate ({problem}): it is disabled or of another environment; "
                f"{_PING}"
            ) from None


def _api_url(settings: Mapping[str, Any]) -> str:
    if not settings.get("api_url"):
        return ENVIRONMENTS[settings["environment"]]
    url = service_url(settings["api_url"], setting="api_url")
    if not url.startswith("https:"):
        raise SettingError("setting api_url: must be https, for the certificate is the login")
    return url


class OnsStream(BookmarkedStream):
    """Records of Ons: each holds what was sent, and nothing else.

    Args:
        tap: The tap.
        name: Name of the stream.
        declared: Its schema; the columns that all streams have are added.
        primary_keys: Columns of the key.
    """

    STATE_MSG_FREQUENCY = 1 << 62  # a table has nothing to say before its end
    state_partitioning_keys: ClassVar[tuple[str, ...] | None] = ()

    def __init__(
        self, tap: "TapOns", name: str, declared: Mapping[str, Any], *, primary_keys: tuple[str, ...] = ("id",)
    ) -> None:
        self.shared = tap.shared
        shown = tap.shared.policy.schema(declared)
        super().__init__(tap, name=name, schema={**shown, "properties": {**shown["properties"], **self.columns()}})
        self.primary_keys = primary_keys
        self.convert = RecordConverter(name, declared, tap.shared.policy, fill=False)
        self.fields = FieldNames(shown)
        self._fields_noted = 0
        self.key_sources = {
            key: declared["properties"][key].get("x-source-name", key)
            for key in primary_keys
            if key in declared["properties"]
        }

    def columns(self) -> dict[str, Any]:
        """Columns that are ours, with their declarations."""
        return {SYNCED_AT: {"type": ["string", "null"], "format": "date-time", "description": _SYNCED_AT_TEXT}}

    def check_settings(self) -> None:
        """Make sure that the settings have what this stream needs, if it is selected.

        Raises:
            SettingError: They have not.
        """

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        """Give the records; what is not granted is reported, and the other streams go on."""
        try:
            yield from self.records()
        except SkippableAPIError as error:
            self.shared.leave_out(self.name, error)

    @abstractmethod
    def records(self) -> Iterable["Record"]:
        """Give the records, in order.

        Raises:
            SkippableAPIError: The stream is not granted.
        """

    def record(self, row: Mapping[str, Any], *, synced_at: datetime) -> "Record":
        """Make the record of a row, and take note of its fields.

        Raises:
            FatalAPIError: The row has no key, or a value is not of the declared type.
        """
        self.require_keys(row)
        record = self.convert(row)
        if self.convert.fields_met != self._fields_noted:
            self._fields_noted = self.convert.fields_met
            self.fields.note(record)
        record[SYNCED_AT] = moment_text(synced_at)
        return record

    def require_keys(self, row: Mapping[str, Any]) -> None:
        """Make sure that a row has its key.

        Raises:
            FatalAPIError: It has not; names the fields to select.
        """
        for source in self.key_sources.values():
            if row.get(source) is None:
                missing = ", ".join(source for source in self.key_sources.values() if row.get(source) is None)
                raise FatalAPIError(
                    f"{self.name}: a row has no {missing}: select that field in the connector's Technical Design"
                )

    def report_missing_fields(self) -> None:
        """Say which fields never arrived, after a reading of everything."""
        if missing := [path for path in self.fields.missing() if self.is_selected(path)]:
            self.logger.info(
                "%s: never arrived, so not selected in the Technical Design or empty: %s", self.name, ", ".join(missing)
            )

    def is_selected(self, path: str) -> bool:
        """Tell whether a field is selected, by its columns with dots."""
        return self.mask[tuple(crumb for name in path.split(".") for crumb in ("properties", name))]

    @override
    def get_replication_key_signpost(self, context: "Context | None" = None) -> None:
        """None: the bookmark is a moment that Ons has told."""


@lru_cache(maxsize=64)  # all records of a reading have the same
def moment_text(moment: datetime) -> str:
    """Write a moment as records hold it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
