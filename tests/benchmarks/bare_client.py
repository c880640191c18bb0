"""The least that calls can take on this machine: the same ones by threads that do nothing else, and look at no answer."""

from __future__ import annotations

import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.benchmarks.provider import Calls, Provider

__all__ = ["processor_of_requests", "repeated"]

REQUESTS_MAX: Final = 1000
HTTP_ERRORS: Final = 400


def repeated(
    source: Provider, asked: Iterable[Mapping[str, Any]], *, threads: int, headers: Mapping[str, str], path: str = "/"
) -> Calls:
    """Send the calls of a sync once more, by the least client that there is.

    Args:
        source: Who was asked.
        asked: The calls, as they stand in its log.
        threads: How many are sent at once.
        headers: Of each call: credentials, where those of TLS are not all.
        path: Calls with that in their path are counted.
    """
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
        assert answer.status < HTTP_ERRORS, f"{target}: {answer.status}"

    source.records()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, _targets(asked)))
    return source.calls(path)


def processor_of_requests(
    source: Provider, asked: Iterable[Mapping[str, Any]], *, threads: int, headers: Mapping[str, str]
) -> float:
    """Send the first of the calls by `requests`, and tell how many processor seconds one takes of it."""
    targets = _targets(asked)[:REQUESTS_MAX]
    session = requests.Session()
    session.trust_env = False
    session.mount(source.url, HTTPAdapter(pool_maxsize=threads))
    session.headers.update({"Accept": "application/json", **headers})
    if source.url.startswith("https:"):
        session.verify = source.settings["ca_bundle"]
        session.cert = (source.settings["client_certificate"], source.settings["client_key"])

    def ask(target: str) -> None:
        answer = session.get(f"{source.url}{target}", timeout=60)
        assert answer.status_code < HTTP_ERRORS, f"{target}: {answer.status_code}"

    began = time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, targets))
    return (time.process_time() - began) / len(targets)


def _targets(asked: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    return [
        f"{call['path']}?{urlencode(call['query'])}" if call["query"] else call["path"]
        for call in asked
        if call["method"] == "GET"
    ]


def _context(settings: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings["ca_bundle"])
    context.load_cert_chain(settings["client_certificate"], settings["client_key"])
    return context
