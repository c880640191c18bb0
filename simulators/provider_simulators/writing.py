"""Providers in whose books others write: the log of writes, incidents, late writes, and control from elsewhere."""

import re
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.control import ROOT, Control
from provider_simulators.faults import Action, Fault
from provider_simulators.incidents import Incidents
from provider_simulators.late_writes import LateWrites
from provider_simulators.log import Facts
from provider_simulators.routing import Match, Route
from provider_simulators.server import Simulator
from provider_simulators.wire import Delivery
from provider_simulators.world import World
from provider_simulators.write_log import WriteLog

ARRIVAL = "simulator.arrival"
"""Key in a request's environ: its number."""
LATE = "simulator.late"
"""Key in a request's environ: it was admitted earlier, and is applied now."""


class WritingSimulator(Simulator):
    """A provider that is written to.

    A provider's class calls `plan` once its backend is there, and answers `writes` and `admission`.

    Attributes:
        incidents: What happens in the middle of somebody's work.
        events: What can happen, by name.
        late_writes: What is still to be applied.
    """

    refusals: tuple[type[Exception], ...] = ()
    """What the backend raises when it refuses."""

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world, **options)
        self.late_writes = LateWrites(self.clock, self._apply_one)
        self._control = Control(self)

    def plan(self, events: Mapping[str, Callable[..., Any]]) -> None:
        """Make the plan of incidents, from the events that there are."""
        self.events = dict(events)
        self.incidents = Incidents(self.events, error=self._error, effect=self.log.effect)

    @property
    @abstractmethod
    def writes(self) -> WriteLog:
        """The log of writes."""

    def written(self) -> list[Facts]:
        """Who wrote what, latest first; contents are in the log of writes."""
        return [
            {
                "seq": write.seq,
                "at": write.at.isoformat()[:19],
                "by": write.origin.actor,
                "operation": write.origin.operation,
                "administration": write.administration,
                "record": write.kind,
                "key": write.key,
                "action": write.action,
                "late": "late" if write.origin.late else "",
            }
            for write in reversed(self.writes.writes())
        ]

    @abstractmethod
    def admission(self, request: Request, match: Match) -> Response | None:
        """None, or the answer of who does not get in: a late write is looked at when it comes."""

    @abstractmethod
    def refused(self, error: Exception) -> Response:
        """The answer for one of `refusals`."""

    def disturb(self, operation: str, action: str, **fault: Any) -> None:
        """Plan a fault at an operation, by its name in the documentation.

        Args:
            operation: ``transaction_line_batch_put``, ``AddJournal``, ``oauth_token``, ...
            action: One of the frame's actions.
            fault: Its other fields: `nth`, `times`, `status`, `seconds`, ...

        Raises:
            KeyError: There is no such operation.
        """
        routes = list(self.routes())
        known = {route.operation: route for route in routes}[operation]
        path = _pattern(known.path)
        # A key in a path fits the words of its neighbours too: /accrual/<key> and /accrual/settings.
        neighbours = {
            each.path for each in routes if not each.path.endswith(">") and re.fullmatch(path, _example(each.path))
        }
        unless = "".join(f"(?!{_pattern(each)}(\\?|$))" for each in sorted(neighbours - {known.path}))
        self.faults.add(method=known.method, path=rf"^{unless}{path}(\?|$)", action=action, **fault)

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self.faults.clear()
        self.incidents.clear()

    def settle(self) -> None:
        """Apply every late write that is due by now; afterwards the books are as the clock says."""
        with self._lock:
            self.late_writes.apply_due()

    def stop(self) -> None:
        """Stop listening and wait until nothing of it runs; late work is done at once."""
        super().stop()
        with self._lock:
            self.late_writes.apply_due(all_of_them=True)

    def with_incidents(self, routes: Iterable[Route]) -> Iterable[Route]:
        """Routes with what happens before and after them."""
        for route in routes:
            yield self._with_incidents(route)

    def _with_incidents(self, route: Route) -> Route:
        def answer(request: Request, **arguments: Any) -> Response:
            if request.environ.get(LATE):
                return route.answer(request, **arguments)
            self.incidents.happen(route.operation, "before")
            response: Response = route.answer(request, **arguments)
            changed: Response = self.incidents.happen(route.operation, "after", response)
            return changed

        return Route(method=route.method, path=route.path, operation=route.operation, answer=answer)

    def _answer(self, request: Request) -> Delivery:
        if self._control.answers(request):
            with self._lock:
                return Delivery(response=self._control.answer(request))
        if request.path.startswith(ROOT):
            return super()._answer(request)
        arrival = self.writes.arrive(method=request.method, path=request.path, body=request.get_data())
        request.environ[ARRIVAL] = arrival.number
        delivery = super()._answer(request)
        if delivery.response is not None:
            arrival.status, arrival.whole = delivery.response.status_code, delivery.cut_at is None
        return delivery

    def _apply(self, request: Request) -> Response:
        with self._lock:
            self.late_writes.apply_due()
            return super()._apply(request)

    def _disturbed(self, request: Request, fault: Fault) -> Delivery:
        if fault.action is not Action.APPLY_LATE:
            return super()._disturbed(request, fault)
        match = self._routes.find(request)
        if match and (answer := self.admission(request, match)):
            return Delivery(response=answer)
        due = self.late_writes.add(request, fault.seconds)
        name = f"{self.provider}-late"
        thread = threading.Thread(target=self._wait_and_settle, args=(due, fault.seconds), name=name)
        self._late.append(thread)
        thread.start()
        return Delivery(response=self._planned(fault))

    def _wait_and_settle(self, due: datetime, seconds: float) -> None:
        self.clock.sleep(seconds, unless=lambda: self._stopping.is_set() or self.clock.now() >= due)
        self.settle()

    def _apply_one(self, request: Request) -> None:
        """A late write: it was let in when it came, whatever has happened to its token since."""
        request.environ[LATE] = True
        status = super()._apply(request).status_code
        number = request.environ[ARRIVAL]
        self.log.effect("applied_late", method=request.method, path=request.path, status=status, request=number)

    def _error(self, status: int) -> Response:
        return self.fault_response(Fault(action=Action.STATUS, status=status))


def _pattern(rule: str) -> str:
    """The rule of a route as a regular expression."""
    parts = re.split(r"(<[^>]+>)", rule)
    kinds = {True: r"\d+", False: "[^/?]+"}
    return "".join(kinds[part.startswith("<int:")] if part.startswith("<") else re.escape(part) for part in parts)


def _example(rule: str) -> str:
    return re.sub(r"<[^>]+>", "1", rule)
