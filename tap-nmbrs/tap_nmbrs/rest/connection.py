"""The connection to the Nmbrs REST API, and what its error answers mean."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from connector_kit.extract import (
    Action,
    ApiSession,
    ErrorRule,
    ErrorTable,
    Limits,
    Problem,
    decoded_json,
)
from connector_kit.service_url import service_url

from tap_nmbrs.rest.auth import NmbrsAuth, auth_from_settings

__all__ = ["Connection", "error_table", "read_problem"]

T = TypeVar("T")


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

    def get(
        self,
        path: str,
        parameters: Mapping[str, Any],
        *,
        what: str,
        scope: str,
        read: Callable[[requests.Response], T],
    ) -> T:
        """Send one GET request and read its answer; errors by the table."""
        request = self._request(path, parameters)
        return self.session.call(request, what=what, needs=f"scope {scope}", read=read)

    @contextmanager
    def stream(self, path: str, *, what: str, scope: str) -> Iterator[requests.Response]:
        """Send one GET request and give the answer with its body unread; errors by the table."""
        with self.session.stream(self._request(path, {}), what=what, needs=f"scope {scope}") as response:
            yield response

    def _request(self, path: str, parameters: Mapping[str, Any]) -> requests.PreparedRequest:
        request = requests.Request("GET", f"{self.api_url}{path}", params=dict(parameters), auth=self.auth)
        return self.session.http.prepare_request(request)
