"""`simulate <provider>` runs one simulator, `simulate up` all of them, until they are told to stop."""

import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

import click

from provider_simulators.env_file import may_write, write_env_file
from provider_simulators.faults import FaultPlan, FaultPlanError
from provider_simulators.log import EffectLog
from provider_simulators.registry import PROVIDERS
from provider_simulators.server import Simulator
from provider_simulators.switching import SwitchError, switches_from
from provider_simulators.world import World
from provider_simulators.world.build import TODAY

Decorator = Callable[[Any], Any]


def _together(*options: Decorator) -> Decorator:
    def decorate(target: Any) -> Any:
        for option in reversed(options):
            target = option(target)
        return target

    return decorate


run_options = _together(
    click.option("--seed", default=1, show_default=True, help="Another seed, other people and amounts."),
    click.option("--debtors", default=2, show_default=True, help="Clients of the payroll office."),
    click.option("--companies", default=3, show_default=True, help="Companies, dealt out over the debtors."),
    click.option("--employees", default=25, show_default=True, help="Employees of each company."),
    click.option(
        "--today", type=click.DateTime(["%Y-%m-%d"]), default=str(TODAY), show_default=True, help="The world's day."
    ),
    click.option("--env-file", type=click.Path(path_type=Path), help="Write the connectors' settings there."),
    click.option("--exit-with-stdin", is_flag=True, help="Stop when standard input ends: the parent is gone."),
)


@click.group()
def main() -> None:
    """Payroll and bookkeeping providers on localhost. All people, companies and amounts are invented."""


def _provider_command(kind: type[Simulator]) -> click.Command:
    def run(port: int, faults: Path | None, log: Path | None, switch: Sequence[str], **options: Any) -> None:
        try:
            simulator = kind(
                _world(options),
                switches=switches_from(kind.Switches, switch),
                port=port,
                faults=FaultPlan.from_file(faults) if faults else None,
                log=EffectLog(log),
            )
        except (FaultPlanError, SwitchError) as error:
            raise click.ClickException(str(error)) from error
        _serve([simulator], options["env_file"], exit_with_stdin=options["exit_with_stdin"])

    decorate = _together(
        click.option("--port", default=kind.default_port, show_default=True, help="0 takes a free one."),
        click.option(
            "--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Fault plan (YAML)."
        ),
        click.option("--log", type=click.Path(path_type=Path, dir_okay=False), help="Append requests and effects."),
        click.option("--switch", multiple=True, metavar="NAME=VALUE", help="Behaviour; see the README. Repeatable."),
        run_options,
    )
    return click.command(kind.provider, help=f"Simulate {kind.provider.capitalize()}.")(decorate(run))


@main.command()
@click.option("--log-dir", type=click.Path(path_type=Path, file_okay=False), help="One log per provider in there.")
@click.option("--any-port", is_flag=True, help="Take free ports instead of each provider's own.")
@run_options
def up(log_dir: Path | None, *, any_port: bool, **options: Any) -> None:
    """Simulate all providers, each on its own port."""
    world = _world(options)
    logs = {kind: EffectLog(log_dir / f"{kind.provider}.jsonl" if log_dir else None) for kind in PROVIDERS}
    simulators = [kind(world, port=0 if any_port else kind.default_port, log=logs[kind]) for kind in PROVIDERS]
    _serve(simulators, options["env_file"], exit_with_stdin=options["exit_with_stdin"])


def _world(options: dict[str, Any]) -> World:
    sizes = {name: options[name] for name in ("seed", "debtors", "companies", "employees")}
    return World.build(**sizes, today=options["today"].date())


def _serve(simulators: Sequence[Simulator], env_file: Path | None, *, exit_with_stdin: bool) -> None:
    """Run until SIGINT, SIGTERM or, when asked, the end of standard input."""
    stop = _StopSignal()
    if env_file and not may_write(env_file):
        raise click.ClickException(f"{env_file} was not written by this command: name another file, or remove it")
    with ExitStack() as running:
        for simulator in simulators:
            try:
                running.enter_context(simulator)
            except OSError as error:
                raise click.ClickException(f"{simulator.provider} cannot listen: {error.strerror}") from error
        if env_file:
            write_env_file(env_file, simulators)
        for simulator in simulators:
            click.echo(f"{simulator.provider} ready at {simulator.url} (page: {simulator.url}/_simulator/)")
        sys.stdout.flush()
        stop.wait(exit_with_stdin=exit_with_stdin)


class _StopSignal:
    """SIGINT and SIGTERM as something readable, so that they can be awaited together with standard input."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._noted)

    def _noted(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (the standard library's)
        os.write(self._write, b"x")

    def wait(self, *, exit_with_stdin: bool) -> None:
        sources = [self._read, *([sys.stdin.fileno()] if exit_with_stdin else [])]
        while True:
            readable, _, _ = select.select(sources, [], [])
            if self._read in readable or not os.read(sys.stdin.fileno(), 4096):
                return


for _kind in PROVIDERS:
    main.add_command(_provider_command(_kind))
