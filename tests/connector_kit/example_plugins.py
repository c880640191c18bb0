"""A tiny tap and target, run as real processes by the console tests: `python example_plugins.py tap --config ...`."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, NoReturn

import click
import requests
from connector_kit.console import program, protect, settings_option
from connector_kit.errors import ExitCode, LoginRequiredError
from singer_sdk import RecordSink, Stream, Tap, Target
from singer_sdk import typing as th
from singer_sdk.exceptions import ConfigValidationError, FatalAPIError, RetriableAPIError
from typing_extensions import override

SETTINGS = th.PropertiesList(
    th.Property("client_id", th.StringType, required=True),
    th.Property("client_secret", th.StringType, secret=True),
    th.Property("page_size", th.IntegerType, default=100),
    th.Property("requests_per_second", th.NumberType, default=5),
    th.Property("company_ids", th.ArrayType(th.StringType)),
    th.Property("on_reject", th.StringType, allowed_values=["hold", "advance"]),
    th.Property("accounts", th.ArrayType(th.ObjectType(th.Property("key", th.StringType, required=True)))),
    th.Property("fail", th.StringType),
).to_dict()


class Numbers(Stream):
    name = "numbers"
    schema: ClassVar[dict[str, Any]] = th.PropertiesList(th.Property("id", th.IntegerType)).to_dict()

    @override
    def get_records(self, context: Any) -> Iterable[dict[str, Any]]:
        yield {"id": 1}
        fail(self.config)


def call_a_closed_port(secret: str) -> None:
    requests.get(f"http://127.0.0.1:9/numbers?token={secret}", timeout=5)


def stumble_over_a_bug(secret: str) -> None:
    rotated = "rotated-token-value"
    protect(rotated)
    raise KeyError(secret, rotated)


def log_the_secret(secret: str) -> None:
    log = logging.getLogger("someone.elses")
    log.setLevel("DEBUG")
    log.debug("refresh with %s", secret)
    log.debug("headers %r", {"Authorization": f"Bearer {secret}"})
    try:
        int(secret)
    except ValueError:
        log.exception("it failed")
    log.warning("extra", extra={"body": {"client_secret": secret}})


def write_much(_: str) -> None:
    for _ in range(3000):
        sys.stdout.write("{}" * 100 + "\n")


def give_up(error: Exception) -> NoReturn:
    raise error


FAILURES: dict[str | None, Callable[[str], None]] = {
    None: lambda _: None,
    "login": lambda _: give_up(LoginRequiredError("consent is gone,\nrun: tap-example login --config c.json")),
    "fatal": lambda secret: give_up(FatalAPIError(f"numbers failed: secret {secret}")),
    "retriable": lambda _: give_up(RetriableAPIError("numbers failed after 5 tries: 503")),
    "settings": lambda _: give_up(ConfigValidationError("bad", errors=["setting page_size: must be even"])),
    "unreachable": call_a_closed_port,
    "bug": stumble_over_a_bug,
    "logs": log_the_secret,
    "terminate": lambda _: os.kill(os.getpid(), signal.SIGTERM),
    "interrupt": lambda _: os.kill(os.getpid(), signal.SIGINT),
    "many": write_much,
}


def fail(config: Mapping[str, Any]) -> None:
    FAILURES[config.get("fail")](config.get("client_secret", ""))


class Sink(RecordSink):
    @override
    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        fail(self.config)


class TapExample(Tap):
    """A tap of one record."""

    name = "tap-example"
    config_jsonschema = SETTINGS

    @override
    def discover_streams(self) -> list[Stream]:
        return [Numbers(self)]


class TargetExample(Target):
    """A target that writes nothing."""

    name = "target-example"
    config_jsonschema = SETTINGS
    default_sink_class = Sink


@click.command()
@settings_option
def login(settings: dict[str, Any]) -> ExitCode:
    """Log in at the provider."""
    pace = settings["requests_per_second"]
    click.echo(
        f"page size {settings['page_size']} for {settings['client_id']}" + (f" at {pace}/s" if pace != 5 else "")
    )
    fail(settings)
    return ExitCode.DIFFERENCE


if __name__ == "__main__":
    program({"tap": TapExample, "target": TargetExample}[sys.argv.pop(1)], login)()
