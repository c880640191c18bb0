"""What happens in the middle of somebody's work: a token revoked at the so-manieth call, a person in the portal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import simplejson  # type: ignore[import-untyped]  # it has no types of its own
from werkzeug.wrappers import Response

from provider_simulators.documents import json_response

Event = Callable[..., Any]
AFTER_ONLY = ("status_after", "without_id")


@dataclass(kw_only=True)
class Incident:
    """One incident.

    Attributes:
        event: Name of an event (`Incidents.names`).
        operation: Name of the operation at which it happens; every operation when left out.
        nth: At the so-manieth call of it, from now.
        times: At so many calls from there; None is all.
        when: ``before`` the request is looked at, or ``after`` it was applied.
        facts: What the event needs to know: `status` and `retry_after`, or an administration, a batch, ...
        seen: Calls so far.
    """

    event: str
    operation: str = ""
    nth: int = 1
    times: int | None = 1
    when: str = "before"
    facts: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0

    def strikes(self, operation: str, when: str) -> bool:
        """Whether it happens now; counts the call."""
        if self.operation not in ("", operation) or when != self.when:
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


class Incidents:
    """The plan of incidents; may be added to while the simulator runs.

    ``status_after`` (applied, answered with an error: `status`, `retry_after`) and ``without_id`` (applied, answered
    without any id) change the answer. All other events change the provider.
    """

    def __init__(
        self, events: Mapping[str, Event], *, error: Callable[[int], Response], effect: Callable[..., None]
    ) -> None:
        self._events = events
        self._error = error
        self._effect = effect
        self._plan: list[Incident] = []
        self._lock = RLock()

    @property
    def names(self) -> list[str]:
        """The events that there are."""
        return sorted([*self._events, *AFTER_ONLY])

    def add(
        self,
        event: str | Callable[[], Any],
        operation: str = "",
        *,
        nth: int = 1,
        times: int | None = 1,
        when: str = "before",
        **facts: Any,
    ) -> None:
        """Plan an incident; in a test an event may also be a callable.

        Raises:
            ValueError: There is no such event, or no such moment.
        """
        name = event if isinstance(event, str) else "call"
        if name not in ("call", *self.names) or when not in ("before", "after"):
            raise ValueError(f"incident {name} {when}: expected before or after, and one of {', '.join(self.names)}")
        if callable(event):
            facts["call"] = event
        when = "after" if name in AFTER_ONLY else when
        with self._lock:
            self._plan.append(Incident(event=name, operation=operation, nth=nth, times=times, when=when, facts=facts))

    def clear(self) -> None:
        """Nothing happens any more."""
        with self._lock:
            self._plan.clear()

    def happen(self, operation: str, when: str, response: Response | None = None) -> Any:
        """Let happen what is due at this call; gives the answer, changed or not."""
        with self._lock:
            due = [incident for incident in self._plan if incident.strikes(operation, when)]
        for incident in due:
            self._effect("incident", event=incident.event, operation=operation)
            if incident.event == "call":
                incident.facts["call"]()
            elif incident.event in self._events:
                self._events[incident.event](**incident.facts)
            elif response is not None:
                response = self._changed(response, incident)
        return response

    def _changed(self, response: Response, incident: Incident) -> Response:
        if incident.event == "without_id":
            response.headers.pop("Location", None)
            if text := response.get_data(as_text=True):
                response.set_data(json_response(_without_id(simplejson.loads(text, use_decimal=True))).get_data())
            return response
        answer = self._error(incident.facts.get("status", 503))
        if (retry_after := incident.facts.get("retry_after")) is not None:
            answer.headers["Retry-After"] = str(retry_after)
        return answer


def _without_id(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: inner for name, inner in value.items() if name not in ("id", "batch_id")}
    return [_without_id(each) for each in value] if isinstance(value, list) else None
