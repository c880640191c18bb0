"""A tiny tap and target, run as real processes by the console tests: `python example_plugins.py tap --config ...`."""

import logging
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import Any, ClassVar

import click
import requests
from singer_sdk import RecordSink, Stream, Tap, Target
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError, FatalAPIError, RetriableAPIError

from connector_kit.console import program, protect, settings_option
from connector_kit.errors import ExitCode, LoginRequiredError

SETTINGS = th.PropertiesList(
    th.Property("client_id", th.StringType, required=True),
    th.Property("client_secret", th.StringType, secret=True),
    th.Property("page_size", th.IntegerType, default=100),
    th.Property("company_ids", th.ArrayType(th.StringType)),
    th.Property("on_reject", th.StringType, allowed_values=["hold", "advance"]),
    th.Property("accounts", th.ArrayType(th.ObjectType(th.Property("key", th.StringType, required=True)))),
    th.Property("fail", th.StringType),
).to_dict()


class Numbers(Stream):
    name = "numbers"
    schema: ClassVar[dict[str, Any]] = th.PropertiesList(th.Property("id", th.IntegerType)).to_dict()

    def get_records(self, context: Any) -> Iterable[dict[str, Any]]:
        yield {"id": 1}
        fail(self.config)


def fail(config: Any) -> None:
    secret = config.get("client_secret", "")
    match config.get("fail"):
        case "login":
            raise LoginRequiredError("consent is gone,\nrun: tap-example login --config c.json")
        case "fatal":
            raise FatalAPIError(f"numbers failed: secret {secret}")
        case "retriable":
            raise RetriableAPIError("numbers failed after 5 tries: 503")
        case "settings":
            raise ConfigValidationError("bad", errors=["setting page_size: must be even"])
        case "unreachable":
            requests.get(f"http://127.0.0.1:9/numbers?token={secret}", timeout=5)
        case "bug":
            rotated = "rotated-token-value"
            protect(rotated)
            raise KeyError(secret, rotated)
        case "logs":
            log = logging.getLogger("someone.elses")
            log.setLevel("DEBUG")
            log.debug("refresh with %s", secret)
            log.debug("headers %r", {"Authorization": f"Bearer {secret}"})
            try:
                raise RuntimeError(secret)
            except RuntimeError:
                log.exception("it failed")
            log.warning("extra", extra={"body": {"client_secret": secret}})
        case "terminate":
            os.kill(os.getpid(), signal.SIGTERM)
        case "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
        case "many":
            for _ in range(3000):
                sys.stdout.write("{}" * 100 + "\n")
            time.sleep(0.01)


class TapExample(Tap):
    """A tap of one record."""

    name = "tap-example"
    config_jsonschema = SETTINGS

    def discover_streams(self) -> list[Stream]:
        return [Numbers(self)]


class Sink(RecordSink):
    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        fail(self.config)


class TargetExample(Target):
    """A target that writes nothing."""

    name = "target-example"
    config_jsonschema = SETTINGS
    default_sink_class = Sink


@click.command()
@settings_option
def login(settings: dict[str, Any]) -> ExitCode:
    """Log in at the provider."""
    click.echo(f"page size {settings['page_size']} for {settings['client_id']}")
    fail(settings)
    return ExitCode.DIFFERENCE


if __name__ == "__main__":
    program({"tap": TapExample, "target": TargetExample}[sys.argv.pop(1)], login)()
