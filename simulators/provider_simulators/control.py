"""The simulator from another process: writes, clock, faults, incidents and the portal under `/_simulator/`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body, json_response
from provider_simulators.faults import FaultPlanError

if TYPE_CHECKING:
    from provider_simulators.writing import WritingSimulator

ROOT = "/_simulator/"
Facts = dict[str, Any]


class Control:
    """`GET writes?after=<seq>`, `GET late`, and POST with a JSON object to everything else.

    Args:
        simulator: What is controlled.
    """

    def __init__(self, simulator: "WritingSimulator") -> None:
        self._simulator = simulator

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
            return json_response(simulator.writes.documents(request.args.get("after", 0, type=int)))
        if name == "late":
            return json_response({"waiting": len(simulator.late_writes)})
        try:
            facts = json_body(request) if request.get_data() else {}
            self._act(name)(**facts)
        except simulator.refusals as error:
            return simulator.refused(error)
        except (FaultPlanError, KeyError, IndexError, TypeError, ValueError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)
        return json_response({"done": name})

    def _act(self, name: str) -> Callable[..., Any]:
        simulator = self._simulator
        acts: Mapping[str, Callable[..., Any]] = {
            "clock": self._clock,
            "fault": simulator.faults.add,
            "disturb": simulator.disturb,
            "incident": simulator.incidents.add,
            "calm": simulator.calm,
            **{f"portal/{event}": act for event, act in simulator.events.items()},
        }
        if name not in acts:
            raise KeyError(f"{name}: expected {', '.join(acts)}")
        return acts[name]

    def _clock(self, advance: float) -> None:
        self._simulator.clock.advance(float(advance))
        self._simulator.settle()
