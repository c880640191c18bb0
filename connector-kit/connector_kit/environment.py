"""What the environment says of requests: proxies, and authorities to trust."""

from typing import Any
from urllib.parse import urlsplit

import requests

__all__ = ["Surroundings"]


class Surroundings:
    """Settings of requests from environment variables, asked once per origin: each time would cost a fifth of a call.

    Args:
        session: Whose requests they are.
    """

    def __init__(self, session: requests.Session) -> None:
        self._session = session
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def of(self, url: str) -> dict[str, Any]:
        """Give them as arguments of `Session.send`."""
        scheme, host, *_ = urlsplit(url)
        if (scheme, host) not in self._known:
            merged = self._session.merge_environment_settings(url, {}, True, None, None)  # noqa: FBT003  # its signature
            self._known[scheme, host] = dict(merged)
        return self._known[scheme, host]
