"""The least that calls can take on this machine: the same ones by threads that do nothing else, and look at no answer."""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.benchmarks.provider import Calls, Provider

__all__ = ["repeated"]


def repeated(
    source: Provider, asked: Iterable[Mapping[str, Any]], *, threads: int, headers: Mapping[str, str], path: str = "/"
) -> Calls:
    """Send the calls of a sync once more.

    Args:
        source: Who was asked.
        asked: The calls, as they stand in its log.
        threads: How many are sent at once.
        headers: Of each call: credentials, where those of TLS are not all.
        path: Calls with that in their path are counted.
    """
    targets = [
        f"{call['path']}?{urlencode(call['query'])}" if call["query"] else call["path"]
        for call in asked
        if call["method"] == "GET"
    ]
    here = threading.local()
    address = urlsplit(source.url)
    context = _context(source.settings) if address.scheme == "https" else None

    def ask(target: str) -> None:
        if not hasattr(here, "connection"):
            here.connection = (
                HTTPSConnection(str(address.hostname), address.port, context=context)
                if context
                else HTTPConnection(str(address.hostname), address.port)
            )
        here.connection.request("GET", target, headers={"Accept": "application/json", **headers})
        answer = here.connection.getresponse()
        answer.read()
        assert answer.status < 400, f"{target}: {answer.status}"

    source.records()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, targets))
    return source.calls(path)


def _context(settings: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings["ca_bundle"])
    context.load_cert_chain(settings["client_certificate"], settings["client_key"])
    return context
