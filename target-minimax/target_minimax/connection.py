"""One connection to one organisation, as the settings describe it; shared by all sinks of a run."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from connector_kit.limiter import RateLimiter
from connector_kit.oauth import BearerAuth
from connector_kit.posting.transport import Transport

from target_minimax import auth
from target_minimax.client import MinimaxClient
from target_minimax.code_lists import CodeLists
from target_minimax.preflight import Preflight
from target_minimax.references import References
from target_minimax.settings import Settings

__all__ = ["Connection"]


class Connection:
    """The client and the checks of one organisation; makes no request by itself.

    Args:
        config: Validated settings.
        booked: The id of a record that we made, by stream and business key.

    Raises:
        SettingError: A setting means nothing.
    """

    def __init__(self, config: Mapping[str, Any], *, booked: Callable[[str, str], str | None] | None = None) -> None:
        self.settings = settings = Settings.from_config(config)
        tokens = auth.tokens(config, settings)
        self.client = MinimaxClient(
            transport=Transport(
                base_url=settings.api_url,
                user_agent=settings.user_agent,
                timeout_seconds=settings.request_timeout_seconds,
                auth=BearerAuth(tokens, api_url=settings.api_url),
            ),
            organisation_id=settings.organisation_id,
            tokens=tokens,
            limiter=RateLimiter(settings.requests_per_second),
        )
        lists = CodeLists(settings.code_lists, hours=settings.code_list_hours)
        self.references = References(self.client, lists, booked=booked, disguise=_disguise(config))
        self.preflight = Preflight(
            self.client,
            references=self.references,
            access_token=tokens.access_token,
            home=settings.localisation,
            organisation_id=settings.organisation_id,
        )


def _disguise(config: Mapping[str, Any]) -> Callable[[str], str]:
    """Keyed by a secret of the settings, so that the file alone tells nobody anything."""
    secret = f"{config['organisation_id']} {config['client_secret']}".encode()
    return lambda code: hmac.new(secret, code.encode(), hashlib.sha256).hexdigest()
