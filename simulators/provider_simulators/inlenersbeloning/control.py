"""What hirers do, and what the portal tells, for those who run the simulator as a process: `POST /_control/<action>`.

The body is a JSON object with the action's arguments by name. In the same process `backend` and `webhooks` do the same.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_body, json_response
from provider_simulators.inlenersbeloning.backend import InlenersbeloningBackend
from provider_simulators.inlenersbeloning.editions import raise_increase, raise_salaries
from provider_simulators.inlenersbeloning.hirers import LEGACY
from provider_simulators.inlenersbeloning.webhooks import WebhookSender
from provider_simulators.routing import Route

CHANGES = {"increase": raise_increase, "salaries": raise_salaries}


def control_routes(backend: InlenersbeloningBackend, webhooks: WebhookSender) -> list[Route]:
    """A route for each action."""
    actions: dict[str, Callable[..., Any]] = {
        "publish": lambda company, partner: backend.publish(company, partner, LEGACY),
        "republish": lambda change="increase", **ids: backend.republish(**ids, change=CHANGES[change]),
        "amend": lambda change="increase", **ids: backend.amend(**ids, change=CHANGES[change]),
        "withdraw": backend.withdraw,
        "restore": backend.restore,
        "add_partner": backend.add_partner,
        "remove_partner": lambda **ids: backend.remove_partner(**ids).hirer.id,
        "revoke": lambda token: backend.tokens.pop(token).value[:4],
        "deliver_webhooks": webhooks.deliver,
        "test_webhook": webhooks.test,
        "unknown_webhook": webhooks.unknown,
    }
    return [
        Route(method="POST", path=f"/_control/{name}", operation=f"control {name}", answer=_answer(action))
        for name, action in actions.items()
    ]


def _answer(action: Callable[..., Any]) -> Callable[[Request], Response]:
    def answered(request: Request) -> Response:
        try:
            return json_response({"result": action(**json_body(request))})
        except (KeyError, TypeError, ValueError) as error:
            return json_response({"error": f"{type(error).__name__}: {error}"}, 400)

    return answered
