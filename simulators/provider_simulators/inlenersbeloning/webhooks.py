"""Calls of the URL that an agency has registered with its token: they exist, but it is not known how they go."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from provider_simulators.inlenersbeloning.encoding import compact
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches

TIMEOUT_SECONDS = 10
BODY_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class EventName(StrEnum):
    """What the portal tells (inferred, but for the test button)."""

    PUBLISHED = "remuneration.published"
    WITHDRAWN = "remuneration.withdrawn"
    ANSWERED = "invitation.answered"
    TEST = "test"
    """The test button next to the URL (vendor's manual)."""
    UNKNOWN = "company.merged"
    """Nobody has heard of it."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        name: What.
        at: When, in UTC.
        company: Id of the agency's company; the others are those of the hirer and of what it shares.
        partner: See company.
        remuneration: See company.
        version: Number of a version.
    """

    name: str
    at: datetime
    company: str | None = None
    partner: str | None = None
    remuneration: str | None = None
    version: int | None = None

    def payload(self, form: str) -> dict[str, Any]:
        """Its members, in one of the forms of the switch."""
        if form == "id":
            return {"id": self.remuneration}
        moment = self.at.isoformat(timespec="seconds")
        if form == "nested":
            objects = {"company": self.company, "partner": self.partner}
            data: dict[str, Any] = {name: {"id": each} for name, each in objects.items() if each}
            if self.remuneration:
                data["remuneration"] = {"id": self.remuneration, "lenderVersion": self.version}
            return {"type": self.name, "createdAt": moment, "data": data}
        flat = {
            "event": self.name,
            "companyId": self.company,
            "partnerId": self.partner,
            "remunerationId": self.remuneration,
            "version": self.version,
            "timestamp": moment,
        }
        return {name: each for name, each in flat.items() if each is not None}


class WebhookSender:
    """The portal's side of webhooks.

    Args:
        switches: How calls go, and where to.
        secret: That of the token with which the URL was registered.
        now: The simulator's clock.
        effect: Notes every call in the log, without its body.

    Attributes:
        waiting: Events that have not been delivered yet.
    """

    def __init__(
        self,
        switches: InlenersbeloningSwitches,
        *,
        secret: str,
        now: Callable[[], datetime],
        effect: Callable[..., None],
    ) -> None:
        self.switches = switches
        self.waiting: list[Event] = []
        self._secret, self._now, self._effect = secret, now, effect
        self._under_way: list[threading.Thread] = []

    def tell(self, event: Event) -> None:
        """Keep an event until `deliver`; with a registered URL it goes out at once, in a thread of its own."""
        if self.switches.webhook_url is None:
            self.waiting.append(event)
            return
        thread = threading.Thread(target=self.send, args=(self.switches.webhook_url, event), name="simulator-webhook")
        self._under_way.append(thread)
        thread.start()

    def deliver(self, url: str, *, copies: int = 1, backwards: bool = False) -> list[int | None]:
        """Send what is waiting: each so many times, perhaps the last one first. Gives the statuses, as `send` does."""
        events, self.waiting = self.waiting, []
        if backwards:
            events.reverse()
        return [self.send(url, event) for event in events for _ in range(copies)]

    def test(self, url: str) -> int | None:
        """Press the test button."""
        return self.send(url, Event(name=EventName.TEST, at=self._now()))

    def unknown(self, url: str) -> int | None:
        """Send something nobody has heard of."""
        return self.send(url, Event(name=EventName.UNKNOWN, at=self._now(), company="zzzzzz"))

    def send(self, url: str, event: Event) -> int | None:
        """Send one event; gives the status of the answer, None when there was none."""
        members = event.payload(self.switches.webhook_payload)
        body, headers = self._body(members)
        method = self.switches.webhook_method
        target = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(members)}" if method == "GET" else url
        status = _call(method, target, body, {**headers, **self._signature(body, event.at)})
        self._effect("webhook_sent", name=event.name, method=method, answer=status)
        return status

    def wait(self) -> None:
        """Until nothing is under way any more."""
        while self._under_way:
            self._under_way.pop().join()

    def _body(self, members: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        if self.switches.webhook_method == "GET" or self.switches.webhook_body == "empty":
            return b"", {}
        headers = {"Content-Type": BODY_TYPES[self.switches.webhook_body]}
        return (compact(members) if self.switches.webhook_body == "json" else urlencode(members).encode()), headers

    def _signature(self, body: bytes, at: datetime) -> dict[str, str]:
        moment = str(int(at.timestamp()))
        signed = f"{moment}.".encode() + body if self.switches.webhook_signature == "timestamped" else body
        digest = hmac.new(self._secret.encode(), signed, hashlib.sha256)
        values = {
            "hex": digest.hexdigest(),
            "prefixed": f"sha256={digest.hexdigest()}",
            "base64": base64.b64encode(digest.digest()).decode(),
            "timestamped": f"t={moment},v1={digest.hexdigest()}",
            "secret": self._secret,
        }
        style = self.switches.webhook_signature
        return {self.switches.webhook_header: values[style]} if style != "none" else {}


def _call(method: str, url: str, body: bytes, headers: dict[str, str]) -> int | None:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, f"{parts.path or '/'}?{parts.query}".rstrip("?"), body or None, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
