"""Sub-commands: serve the URL that the portal calls, and ask what the tokens may do."""

import logging
from typing import Any, Final

import click
from connector_kit.console import settings_option
from connector_kit.errors import ExitCode, SettingError

from tap_inlenersbeloning.check import check
from tap_inlenersbeloning.inbox import Inbox
from tap_inlenersbeloning.verification import Verifier

__all__ = ["COMMANDS"]

logger = logging.getLogger("tap-inlenersbeloning")


@click.command("webhook", short_help="Serve the URL that the portal calls when a remuneration is published.")
@settings_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8088, show_default=True, help="0 takes a free one.")
@click.option("--path", default="/webhook", show_default=True, help="Path of the URL; a token may follow it.")
def webhook(settings: dict[str, Any], *, host: str, port: int, path: str) -> int:
    """Serve the URL that the portal calls when a remuneration is published, until it is stopped.

    Keeps each call in the folder of the setting webhook_inbox; the next sync reads the partners that it names first.
    Speaks plain HTTP: the internet reaches it through a reverse proxy with TLS. /health says whether it can work.
    """
    from tap_inlenersbeloning.webhook import Receiver, address, listening_socket, serve  # noqa: PLC0415  # a sync needs no server

    if not path.startswith("/") or not path.strip("/"):
        raise click.UsageError("--path: expected something like /webhook")
    if not settings.get("webhook_inbox"):
        raise SettingError("setting webhook_inbox is missing: name a folder for the calls, on a disk that lasts")
    verifier = Verifier.from_settings(settings)
    inbox = Inbox(settings["webhook_inbox"])
    inbox.prepare()
    with listening_socket(host, port) as listening:
        if not verifier.can_verify:
            logger.warning("Without webhook_secret and webhook_url_token no call can be verified; all are kept")
        logger.info("Listening on %s, inbox %s", address(listening, path), inbox.path)
        serve(Receiver(inbox, verifier, path=path), listening)
    logger.info("Stopped")
    return ExitCode.OK


COMMANDS: Final = (check, webhook)
