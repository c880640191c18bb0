"""Settings of the webhook: what the receiver needs, and where the next sync finds what it has received."""

from typing import Any, Final

from singer_sdk import typing as th

__all__ = ["WEBHOOK_SETTINGS"]

WEBHOOK_SETTINGS: Final[tuple[th.Property[Any], ...]] = (
    th.Property(
        "webhook_inbox",
        th.StringType,
        title="Webhook inbox",
        description="Folder where `tap-inlenersbeloning webhook` keeps the calls of the portal; a sync reads the "
        "partners that they name first. Only its owner may read it (mode 0700).",
    ),
    th.Property(
        "webhook_secret",
        th.StringType,
        secret=True,
        title="Webhook secret",
        description="The Secret that the portal shows beside the token; a call that is signed with it (HMAC-SHA256), "
        "or that carries it, is verified. Of several companies: webhook_secret of each in companies.",
    ),
    th.Property(
        "webhook_url_token",
        th.StringType(min_length=16),
        secret=True,
        title="Webhook URL token",
        description="A random text of your own in the URL that the portal calls (/webhook/TOKEN, or ?token=TOKEN); "
        "calls that have neither it nor the Secret are refused.",
    ),
    th.Property(
        "webhook_require_signature",
        th.BooleanType,
        default=False,
        title="Webhook requires signature",
        description="Refuse calls that cannot be verified; otherwise they are kept and marked as not verified.",
    ),
)
