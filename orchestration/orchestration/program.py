"""The program `pipelines`."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import click

from orchestration.ending import gravest
from orchestration.errors import OrchestrationError
from orchestration.frozen import Frozen, Step, freeze
from orchestration.meltano import Meltano, Project
from orchestration.office import Office, Tenant, read_office
from orchestration.stores import StateFile
from orchestration.table import as_json, as_table, one_line
from orchestration.tenants import Result, Runner

__all__ = ["main"]

_environment = click.option(
    "--environment", envvar="MELTANO_ENVIRONMENT", default="production", show_default=True, help="Meltano's."
)
_json = click.option("--json", "wants_json", is_flag=True, help="The results as JSON on stdout.")


class _Clear(click.Group):
    """Says what a user has to mend in one line, with the exit code of the connectors."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OrchestrationError as error:
            click.echo(f"pipelines: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Clear)
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="Folder with meltano.yml.  [default: this one]",
)
@click.pass_context
def main(context: click.Context, project: Path) -> None:
    """Run the jobs of meltano.yml without Meltano: once, or for every tenant."""
    context.obj = Project.at(project)


@main.command("freeze")
@click.argument("jobs", nargs=-1, required=True)
@_environment
@click.pass_obj
def freeze_command(project: Project, jobs: tuple[str, ...], environment: str) -> None:
    """Read the settings and the selected streams of JOBS through Meltano, once."""
    for job in jobs:
        frozen = freeze(job, project, environment)
        click.echo(f"{', then '.join(step.pipe for step in frozen.steps)}: {frozen.write(project)}")


@main.command()
@click.argument("job")
@_json
@click.pass_obj
def run(project: Project, job: str, *, wants_json: bool) -> None:
    """Run JOB as it stands in meltano.yml: the same settings, its own STATE."""
    tenant = Tenant.of_job(job, _folder(project))
    _end(project, Office(tenants=(tenant,)), (tenant,), at_once=1, wants_json=wants_json)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=Path("tenants.yml"))
@click.option("--only", multiple=True, metavar="NAME", help="Only this tenant. Repeatable.")
@click.option("--at-once", type=click.IntRange(min=1), help="How many at a time.  [default: what the file says]")
@_json
@click.pass_obj
def tenants(project: Project, file: Path, only: tuple[str, ...], at_once: int | None, *, wants_json: bool) -> None:
    """Run the pipelines of all tenants of FILE; none stops another."""
    office = read_office(file)
    _end(project, office, office.only(only), at_once=at_once or office.at_once, wants_json=wants_json)


@main.command("state-from-meltano")
@click.argument("job")
@_environment
@click.pass_obj
def state_from_meltano(project: Project, job: str, environment: str) -> None:
    """Let `pipelines run JOB` go on where `meltano run JOB` has stopped."""
    frozen = Frozen.read(job, project)
    meltano = Meltano(root=project.root, environment=environment)
    store = _store(project, job)
    with store.alone():
        found = [(step, state) for step in frozen.steps if (state := meltano.state(step.state_id)) is not None]
        if not found:
            raise OrchestrationError(f"Meltano has no STATE of {_state_ids(frozen.steps)}; nothing is changed")
        for step, state in found:
            store.write(json.dumps(state), frozen.place(step))
    click.echo(f"{job} goes on from Meltano's STATE of {_state_ids(step for step, _ in found)}")


@main.command("state-to-meltano")
@click.argument("job")
@_environment
@click.pass_obj
def state_to_meltano(project: Project, job: str, environment: str) -> None:
    """Let `meltano run JOB` go on where `pipelines run JOB` has stopped."""
    frozen = Frozen.read(job, project)
    meltano = Meltano(root=project.root, environment=environment)
    store = _store(project, job)
    with store.alone():
        found = [(step, state) for step in frozen.steps if (state := store.read(frozen.place(step))) is not None]
        if not found:
            raise OrchestrationError(f"there is no STATE of {job} yet; nothing is changed")
        for step, state in found:
            meltano.set_state(step.state_id, json.loads(state))
    click.echo(f"Meltano goes on with {_state_ids(step for step, _ in found)} from the STATE of {job}")


def _folder(project: Project) -> Path:
    return project.root / "var" / "pipelines"


def _store(project: Project, job: str) -> StateFile:
    return StateFile(_folder(project) / job)


def _state_ids(steps: Iterable[Step]) -> str:
    return ", ".join(step.state_id for step in steps)


def _end(project: Project, office: Office, chosen: tuple[Tenant, ...], *, at_once: int, wants_json: bool) -> None:
    """Run them, show what became of them, and end with the gravest exit code."""
    runner = Runner(project=project, office=office, environment=project.environment())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopper(runner.stopping))
    results = runner.run_all(chosen, at_once=at_once, done=_said)
    click.echo(as_json(results) if wants_json else as_table(results))
    sys.exit(gravest(result.code for result in results))


def _stopper(stopping: threading.Event) -> Callable[[int, FrameType | None], None]:
    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (the standard library's)
        stopping.set()

    return stop


def _said(result: Result) -> None:
    click.echo(one_line(result), err=True)
