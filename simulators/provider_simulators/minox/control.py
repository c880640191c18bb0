"""The simulator from another process: writes, clock, faults, incidents and the portal under `/_simulator/`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body, json_response
from provider_simulators.faults import FaultPlanError
from provider_simulators.minox.messages import RefusedError
from provider_simulators.minox.operation import refused

if TYPE_CHECKING:
    from provider_simulators.minox.simulator import MinoxSimulator

ROOT = "/_simulator/"
Facts = dict[str, Any]


class Control:
    """`GET writes?after=<seq>`, `GET late`, and POST with a JSON object to everything else.

    Args:
        simulator: What is controlled.
    """

    def __init__(self, simulator: "MinoxSimulator") -> None:
        self._simulator = simulator
        self._acts: Mapping[str, Callable[..., Any]] = {
            "clock": self._clock,
            "fault": simulator.faults.add,
            "disturb": simulator.disturb,
            "incident": simulator.incidents.add,
            "calm": simulator.calm,
        }

    def answers(self, request: Request) -> bool:
        """Whether a request is meant for it; the page has the rest."""
        name = request.path.removeprefix(ROOT)
        if not request.path.startswith(ROOT):
            return False
        return name in ("writes", "late") if request.method == "GET" else request.method == "POST"

    def answer(self, request: Request) -> Response:
        """What is asked, or the error as `{"error": ...}`."""
        name, simulator = request.path.removeprefix(ROOT), self._simulator
        if name == "writes":
            return json_response(simulator.backend.writes.documents(request.args.get("after", 0, type=int)))
        if name == "late":
            return json_response({"waiting": len(simulator.late_writes)})
        try:
            facts = json_body(request) if request.get_data() else {}
            self._act(name)(**facts)
        except RefusedError as error:
            return refused(error)
        except (FaultPlanError, KeyError, IndexError, TypeError, ValueError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)
        return json_response({"done": name})

    def _act(self, name: str) -> Callable[..., Any]:
        if name in self._acts:
            return self._acts[name]
        section, _, event = name.partition("/")
        events = self._simulator.events
        if section != "portal" or event not in events:
            raise KeyError(f"{name}: expected {', '.join([*self._acts, *(f'portal/{each}' for each in events)])}")
        return events[event]

    def _clock(self, advance: float) -> None:
        self._simulator.clock.advance(float(advance))
        self._simulator.settle()
