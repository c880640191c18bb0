"""Webhooks: a change of an open item is told to whoever asked for it, again and again until it is taken."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from provider_simulators.clock import Clock
from provider_simulators.log import plain
from provider_simulators.minox import open_items
from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.books import Books
from provider_simulators.minox.catalogue import WEBHOOK
from provider_simulators.minox.documents import Document

LOOPBACK = ("localhost", "127.0.0.1")
ATTEMPTS_MAX = 5
TIMEOUT_SECONDS = 5
REFUSED = 400


class Webhooks:
    """Delivers notifications, to addresses on this machine only; payload and number of attempts are invented.

    Args:
        backend: Whose open items change, and who keeps the history of deliveries.
        clock: On which `retry_in_minutes` passes.
        stopping: Whether the simulator is going away.
    """

    def __init__(self, backend: MinoxBackend, clock: Clock, stopping: Callable[[], bool]) -> None:
        self._backend = backend
        self._clock = clock
        self._stopping = stopping
        self._threads: list[threading.Thread] = []

    def changed(self, books: Books, kind: str, key: open_items.ItemKey) -> None:
        """An open item has changed."""
        shelf = self._backend.records().shelf(WEBHOOK)
        for hook in [(each, shelf.written(each)) for each in shelf.all_keys()]:
            if hook[1].get("enabled") and hook[1].get("notifications", {}).get(kind):
                item = open_items.open_items(books, kind).get(key)
                payload: Document = {
                    "tenant_id": self._backend.tenant,
                    "administration_id": books.administration.number,
                    "type": kind,
                    "open_item": open_items.document(item, books, self._backend.today()) if item else None,
                }
                self._start(*hook, json.dumps(payload, default=plain).encode())

    def join(self) -> None:
        """Wait until no delivery is under way."""
        for thread in self._threads:
            thread.join()

    def _start(self, webhook: str, settings: Document, payload: bytes) -> None:
        thread = threading.Thread(target=self._deliver, args=(webhook, settings, payload), name="minox-webhook")
        self._threads.append(thread)
        thread.start()

    def _deliver(self, webhook: str, settings: Document, payload: bytes) -> None:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            now, status = self._clock.now(), _post(settings, payload)
            self._backend.deliveries.append(
                {"webhook_id": webhook, "attempt": attempt, "status": status, "at": now.isoformat()}
            )
            if status is not None and status < REFUSED:
                return
            if not self._wait_until(now + timedelta(minutes=settings["retry_in_minutes"])):
                return

    def _wait_until(self, moment: datetime) -> bool:
        """False when the simulator goes away first."""
        seconds = (moment - self._clock.now()).total_seconds()
        self._clock.sleep(seconds, unless=lambda: self._stopping() or self._clock.now() >= moment)
        return not self._stopping()


def _post(settings: Document, payload: bytes) -> int | None:
    """Status of the answer; None when there was none."""
    address = urlsplit(settings["url"])
    if address.scheme != "http" or address.hostname not in LOOPBACK:
        return None
    connection = HTTPConnection(address.hostname or "", address.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST", address.path or "/", payload, {"Content-Type": "application/json", **_login(settings)}
        )
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _login(settings: Document) -> dict[str, str]:
    if bearer := settings.get("bearer"):
        return {"Authorization": f"Bearer {bearer}"}
    if user := settings.get("username"):
        pair = base64.b64encode(f"{user}:{settings.get('password', '')}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}
