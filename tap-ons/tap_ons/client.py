"""Ons as streams see it: one address, one session behind the client certificate, and what its error answers mean."""

import logging
from abc import ABC
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import requests
from connector_kit.errors import SettingError
from connector_kit.extract import Action, ApiSession, ErrorRule, ErrorTable, Limits, Problem, RecordConverter
from connector_kit.service_url import service_url
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.streams import RESTStream
from typing_extensions import override

from tap_ons.answers import ACCEPT, AnswerError, rows
from tap_ons.auth import ClientCertificate
from tap_ons.schemas import SCHEMAS
from tap_ons.tls import ClientCertificateAdapter, client_context

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_ons.tap import TapOns

__all__ = ["ENVIRONMENTS", "Connection", "OnsStream", "rules"]

ENVIRONMENTS: Final = {
    "production": "https://api.ons.io",
    "staging": "https://api-staging.ons.io",
    "development": "https://api-development.ons.io",
}
"""Base URLs (vendor OpenAPI and documentation)."""
CONCURRENT_REQUESTS: Final = 4
"""Ons enforces four requests at a time per certificate (vendor documentation)."""
_REFUSED: Final = "Ons refuses the client certificate (expired, disabled, or of another environment's authority)"
_PING: Final = "run tap-ons ping to see"


def rules(*rows: tuple[int, Action, str]) -> ErrorTable:
    """Build a table of error answers."""
    return ErrorTable([ErrorRule(status=status, action=action, advice=advice) for status, action, advice in rows])


XSTREAM_ERRORS: Final = rules(
    (400, Action.FATAL, f"Ons refuses the request, or a proxy removed the client certificate; {_PING}"),
    (401, Action.LOGIN, f"the certificate's connector has insufficient rights, or Ons does not know it; {_PING}"),
    (
        403,
        Action.LOGIN,
        (
            "the connector's Technical Design does not grant {needs}, or the certificate is of another environment; "
            f"{_PING} which"
        ),
    ),
    (
        404,
        Action.LOGIN,
        "there is no {needs} for this connector: its Technical Design does not grant it, or api_url is wrong",
    ),
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
"""What error answers to bulk reads mean (vendor documentation; 400, 401 and 496 from proxies: inferred)."""


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
        session.http.mount("https://", ClientCertificateAdapter(context, connections=CONCURRENT_REQUESTS))
        return cls(api_url=api_url, session=session)


def _api_url(settings: Mapping[str, Any]) -> str:
    if not settings.get("api_url"):
        return ENVIRONMENTS[settings["environment"]]
    url = service_url(settings["api_url"], setting="api_url")
    if not url.startswith("https:"):
        raise SettingError("setting api_url: must be https, for the certificate is the login")
    return url


class OnsStream(RESTStream[str], ABC):
    """A table of Ons, read in full as one streamed answer."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the converter does it
    STATE_MSG_FREQUENCY = 1 << 62  # a full table has nothing to say before its end
    _LOG_REQUEST_METRICS = False  # one line per request drowns the story

    primary_keys: ClassVar[tuple[str, ...]] = ("id",)

    def __init__(self, tap: "TapOns", name: str) -> None:
        self.shared = tap.shared
        declared = SCHEMAS.get_schema(name)
        super().__init__(tap, name=name, schema=tap.shared.policy.schema(declared))
        self.convert = RecordConverter(self.name, declared, tap.shared.policy)
        properties = declared["properties"]
        self._sources = {key: properties[key].get("x-source-name", key) for key in self.primary_keys}

    @property
    @override
    def url_base(self) -> str:
        return self.shared.connection.api_url

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self.shared.connection.session.http

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        """Give the rows while they arrive.

        Lines of JSON without a single line could be a lost body: then the one document is asked for, whose empty list
        says that there is nothing.

        Raises:
            RetriableAPIError: The answer ended early or is damaged; records before that place have been given.
            FatalAPIError: A row has no key.
        """
        count = yield from self._answer(context, accept=ACCEPT)
        if not count and not (yield from self._answer(context, accept="application/json")):
            self.logger.warning("%s: Ons has no row", self.name)

    def _answer(self, context: "Context | None", *, accept: str) -> Generator["Record", None, int]:
        """Give the rows of one answer, and return how many there were."""
        request = self.build_prepared_request(method="GET", url=self.get_url(context), headers={"Accept": accept})
        count = 0
        try:
            with self.shared.connection.session.stream(request, what=self.name, needs=self.path) as response:
                for row in rows(response):
                    self._require_keys(row)
                    yield self.convert(row)
                    count += 1
        except requests.RequestException:
            raise self._cut(count, "the connection broke") from None
        except AnswerError as error:
            raise self._cut(count, str(error)) from None
        return count

    def _cut(self, count: int, reason: str) -> RetriableAPIError:
        return RetriableAPIError(f"{self.name}: {reason}, after {count} rows; the table is not complete, run again")

    def _require_keys(self, row: Mapping[str, Any]) -> None:
        missing = [source for source in self._sources.values() if row.get(source) is None]
        if missing:
            raise FatalAPIError(
                f"{self.name}: a row has no {', '.join(missing)}: select that field in the connector's Technical Design"
            )
