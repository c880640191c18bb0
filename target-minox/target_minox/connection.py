"""One connection to one administration, as the settings describe it; shared by all sinks of a run."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from connector_kit.limiter import RateLimiter
from connector_kit.oauth import BearerAuth
from connector_kit.posting.transport import Transport

from target_minox import auth
from target_minox.client import MinoxClient
from target_minox.masterdata import JournalKind
from target_minox.pace import Pace
from target_minox.preflight import Preflight
from target_minox.settings import Settings

__all__ = ["Connection"]


class Connection:
    """The client and the checks of one administration; makes no request by itself.

    Args:
        config: Validated settings.

    Raises:
        SettingError: A setting means nothing.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.settings = settings = Settings.from_config(config)
        tokens = auth.tokens(config)
        transport = partial(
            Transport,
            base_url=settings.api_url,
            user_agent=settings.user_agent,
            timeout_seconds=settings.request_timeout_seconds,
        )
        self.client = MinoxClient(
            transport=transport(auth=BearerAuth(tokens, api_url=settings.api_url)),
            inspector=transport(auth=auth.client_credentials(config)),
            tenant_id=settings.tenant_id,
            administration_id=settings.administration_id,
            tokens=tokens,
            pace=Pace(RateLimiter(settings.requests_per_second)),
            closed_periods=settings.rules.closed,
        )
        self.preflight = Preflight(
            self.client,
            access_token=tokens.access_token,
            tenant_id=settings.tenant_id,
            administration_id=settings.administration_id,
            journal=settings.rules.journal,
            default_cost_center=settings.rules.default_cost_center,
            invoice_journals={
                JournalKind.SALES: settings.sales_journal,
                JournalKind.PURCHASE: settings.purchase_journal,
            },
            rounding_account=settings.rounding_account,
            allow_native_payroll_link=settings.allow_native_payroll_link,
        )
