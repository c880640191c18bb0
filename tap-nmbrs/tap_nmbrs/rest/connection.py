"""The connection to the Nmbrs REST API."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from connector_kit.extract import ApiSession, Limits
from connector_kit.service_url import service_url

from tap_nmbrs.rest.auth import NmbrsAuth, auth_from_settings
from tap_nmbrs.rest.problems import error_table, read_problem

__all__ = ["Connection"]

T = TypeVar("T")


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
            errors=error_table(skip_forbidden=settings["skip_forbidden"], has_secondary_key=auth.has_secondary_key),
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
