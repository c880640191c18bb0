"""The Nmbrs REST API as streams see it: requests, paging, and what its error answers mean."""

from abc import ABC
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import requests
from connector_kit.errors import ConnectorError
from connector_kit.extract import (
    Action,
    ApiSession,
    ErrorRule,
    ErrorTable,
    Limits,
    Problem,
    RecordConverter,
    decoded_json,
)
from connector_kit.service_url import service_url
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SingerSDKError, SkippableAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.streams import RESTStream
from typing_extensions import override

from tap_nmbrs.auth import NmbrsAuth, auth_from_settings
from tap_nmbrs.paging import Page, Row, RowCountPaginator
from tap_nmbrs.schemas import SCHEMAS

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["Connection", "NmbrsStream", "error_table", "read_problem"]

T = TypeVar("T")
_LISTINGS_MAX: Final = 3


def error_table(*, skip_forbidden: bool) -> ErrorTable:
    """What the error answers mean (vendor OpenAPI; codes seen in working clients)."""
    hidden = Action.SKIP if skip_forbidden else Action.FATAL
    hidden_advice = (
        "the login that gave consent may not see this company or debtor (tags and filters of the login); "
        "leave it out by company_ids or debtor_ids, or set skip_forbidden"
    )
    rows: tuple[tuple[int, str | None, Action, str], ...] = (
        (400, None, Action.FATAL, "Nmbrs refuses a parameter of the request"),
        (401, "40101", Action.FATAL, "no access token was sent, please report it"),
        (401, "40102", Action.RENEW, "Nmbrs refuses a token that was just renewed: run tap-nmbrs login"),
        (401, None, Action.FATAL, "the subscription key is missing or wrong: check the setting subscription_key"),
        (403, "40303", hidden, hidden_advice),
        (403, "40304", Action.FATAL, "the environment is disabled or has no valid subscription; ask Nmbrs"),
        (403, "40305", hidden, hidden_advice),
        (403, "40306", Action.SKIP, "the consent spans several debtors, companies are listed per debtor"),
        (403, None, Action.FATAL, "the consent lacks {needs}: run tap-nmbrs login to consent again"),
        (404, "40401", Action.SKIP, "it does not exist (any more)"),
        (404, "40404", Action.FATAL, "Nmbrs does not know this company"),
        (404, None, Action.FATAL, "there is no such address: check the setting api_url"),
        (429, "42908", Action.RETRY, "too many calls: lower requests_per_second"),
        (429, "42909", Action.QUOTA, "the call volume of the plan is used up; the state is kept, run again later"),
    )
    return ErrorTable([ErrorRule(status=s, code=c, action=action, advice=advice) for s, c, action, advice in rows])


def read_problem(response: requests.Response) -> Problem:
    """Read the problem object of an error answer; the gateway's own errors (HTML, other JSON) have only a status."""
    try:
        body = decoded_json(response)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return Problem(status=response.status_code)
    refused = body.get("invalid-params")
    return Problem(
        status=response.status_code,
        code=str(body["code"]) if body.get("code") is not None else None,
        title=body.get("title") if isinstance(body.get("title"), str) else None,
        parameters=tuple(str(item.get("name"))[:40] for item in refused if isinstance(item, dict))
        if isinstance(refused, list)
        else (),
    )


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What all streams and threads of one tap share."""

    api_url: str
    auth: NmbrsAuth
    session: ApiSession
    user_agent: str

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], *, version: str) -> "Connection":
        """Build it; sends nothing yet.

        Raises:
            SettingError: A setting is missing or wrong.
        """
        api_url = service_url(settings["api_url"], setting="api_url")
        auth = auth_from_settings(settings, api_url=api_url)
        user_agent = settings.get("user_agent") or f"tap-nmbrs/{version}"
        session = ApiSession(
            user_agent=user_agent,
            limits=Limits(
                requests_per_second=settings["requests_per_second"],
                concurrent_requests=settings["concurrent_requests"],
            ),
            errors=error_table(skip_forbidden=settings["skip_forbidden"]),
            read_problem=read_problem,
            auth=auth,
        )
        return cls(api_url=api_url, auth=auth, session=session, user_agent=user_agent)


class NmbrsStream(RESTStream[int], ABC):
    """A list of the Nmbrs REST API."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the converter does it
    _LOG_REQUEST_METRICS = False  # one line per request drowns the story

    scope: str
    """The scope of the consent that the operation needs."""
    row_id: str
    """The field that identifies a row of the list, in the provider's spelling."""

    def __init__(self, tap: "TapNmbrs", name: str | None = None) -> None:
        self.shared = tap.shared
        declared = SCHEMAS.get_schema(name or self.name)
        super().__init__(tap, name=name, schema=tap.shared.policy.schema(declared))
        self.convert = RecordConverter(self.name, declared, tap.shared.policy)

    @property
    @override
    def url_base(self) -> str:
        return self.shared.connection.api_url

    @property
    @override
    def authenticator(self) -> NmbrsAuth:
        return self.shared.connection.auth

    @property
    @override
    def requests_session(self) -> requests.Session:
        return self.shared.connection.session.http

    @override
    def get_new_paginator(self) -> RowCountPaginator:
        return RowCountPaginator(self.config["page_size"])

    @override
    def parse_response(self, response: requests.Response) -> Iterable[Row]:
        return Page.of(response).rows

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Query parameters of every request."""
        return {}

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        """Give the records of a partition; an error leaves a state message of everything before it."""
        try:
            yield from self.records(context)
        except SkippableAPIError as error:
            self.shared.count_skipped(self.name, error)
        except (SingerSDKError, ConnectorError):
            self._tap.state_writer.write_state(self._tap.state)
            raise

    def records(self, context: "Context | None") -> Iterable["Record"]:
        """Give the records of a partition, in order."""
        return self.request_records(context)

    @override
    def request_records(self, context: "Context | None") -> Iterator["Record"]:
        """Read the whole list and convert it.

        Raises:
            RetriableAPIError: The list is not complete.
        """
        for row in self.rows(context):
            for record in self.unwrapped(row):
                yield self.convert({**record, **(context or {})})

    def unwrapped(self, row: Row) -> Iterable[Row]:
        """Give the objects that become records, from a row of the list."""
        return (row,)

    def rows(self, context: "Context | None", parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Read a whole list, page by page, each row once.

        Rows move between pages while data changes. Rows that are added push others to later pages, where they come
        twice; rows that go pull others to earlier pages, where they are missed. So a list that is shorter than the
        server says, or became shorter meanwhile, is read again.
        """
        what = self.what(context, parameters)
        parameters = {**self.parameters, **(parameters or {})}
        received = expected = 0
        for _ in range(_LISTINGS_MAX):
            rows, totals = self._listing(context, parameters, what)
            received = len(rows)
            if not totals or (received >= totals[0] and totals == sorted(totals)):
                return list(rows.values())
            expected = totals[-1]
        raise RetriableAPIError(
            f"{what}: received {received} of {expected} rows, in {_LISTINGS_MAX} readings; "
            "the list changes while it is read, run again"
        )

    def _listing(
        self, context: "Context | None", parameters: Mapping[str, Any], what: str
    ) -> tuple[dict[str, Row], list[int]]:
        """Read all pages once: the rows by their id, and the totals that the server named, page by page."""
        rows: dict[str, Row] = {}
        totals: list[int] = []
        paginator = self.get_new_paginator()
        while not paginator.finished:
            paging = {"pageNumber": paginator.current_value, "pageSize": self.config["page_size"]}
            response, page = self.fetch(
                self.get_url(context),
                {**parameters, **paging},
                what=what,
                read=lambda response: (response, Page.of(response)),
            )
            for row in page.rows:
                if not row.get(self.row_id):
                    raise FatalAPIError(f"{what}: a row has no {self.row_id}; Nmbrs has changed its answer")
                rows[str(row[self.row_id])] = row
            if page.total_records is not None:
                totals.append(page.total_records)
            paginator.advance(response)
        return rows, totals

    def fetch(
        self,
        url: str,
        parameters: Mapping[str, Any],
        *,
        what: str,
        read: Callable[[requests.Response], T],
        needs: str | None = None,
    ) -> T:
        """Send one GET request and read its answer; errors by the table."""
        request = self.build_prepared_request(method="GET", url=url, params=parameters)
        needs = needs or f"scope {self.scope}"
        return self.shared.connection.session.call(request, what=what, needs=needs, read=read)

    def what(self, context: "Context | None", parameters: Mapping[str, Any] | None = None) -> str:
        """Say what is asked for, in messages: `payroll_runs of company 12, year 2026`."""
        company = f" of company {context['company_id']}" if context and "company_id" in context else ""
        rest = "".join(f", {name} {value}" for name, value in (parameters or {}).items())
        return f"{self.name}{company}{rest}"
