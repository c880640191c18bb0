"""Runs the pipeline of one tenant, or of all of them, so many at a time; none stops another."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from orchestration.ending import INTERRUPTED, OK, gravest
from orchestration.errors import OrchestrationError
from orchestration.frozen import Frozen, Step
from orchestration.meltano import Project
from orchestration.office import Office, Tenant
from orchestration.pipe import run_pipe
from orchestration.step_run import StepRun, check, last_words, variable_of
from orchestration.stores import StateFile, StateStore, StateTable
from orchestration.tally import Tally, tally

__all__ = ["Result", "Runner"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """How the run of a tenant ended.

    Attributes:
        tenant: Its name.
        code: Exit code, the gravest of its programs.
        message: One line: what to do, or what the program said last; empty when all is well.
        step: Where a pipeline of several steps has stopped; those after it did not begin.
        tally: What happened, in all steps together.
        seconds: How long it took.
    """

    tenant: str
    code: int
    message: str = ""
    step: str = ""
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0


@dataclass(kw_only=True)
class Runner:
    """Runs tenants of an office.

    Attributes:
        project: With meltano.yml and the frozen pipelines.
        office: The tenants.
        environment: Variables; the secrets of all tenants among them.
        stopping: Set to end the runs in order and to begin no other.
    """

    project: Project
    office: Office
    environment: Mapping[str, str] = field(repr=False)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run_all(self, tenants: Sequence[Tenant], *, at_once: int, done: Callable[[Result], None]) -> list[Result]:
        """Run them, at most so many at a time.

        Args:
            tenants: In which order.
            at_once: How many at a time.
            done: Called with each result, as soon as it is there.

        Returns:
            All results, in the order of the tenants.
        """
        with ThreadPoolExecutor(max_workers=at_once) as pool:
            waiting = [pool.submit(self._counted, tenant, done) for tenant in tenants]
            return [each.result() for each in waiting]

    def _counted(self, tenant: Tenant, done: Callable[[Result], None]) -> Result:
        result = self.run(tenant)
        done(result)
        return result

    def run(self, tenant: Tenant) -> Result:
        """Run one to its end; what is wrong with it is in the result."""
        started = time.monotonic()
        if self.stopping.is_set():
            return Result(tenant=tenant.name, code=INTERRUPTED, message="not begun")
        try:
            result = self._run(tenant)
        except OrchestrationError as error:
            result = Result(tenant=tenant.name, code=error.exit_code, message=str(error))
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the end of this tenant's run alone)
            message = f"unexpected {type(error).__name__}: {error}"
            result = Result(tenant=tenant.name, code=OrchestrationError.exit_code, message=message)
        return replace(result, seconds=round(time.monotonic() - started, 1))

    def _run(self, tenant: Tenant) -> Result:
        """The steps of its pipeline, one after the other, until one does not end well."""
        pipeline = Frozen.read(tenant.pipeline, self.project)
        check(tenant, pipeline)
        store = self.store(tenant)
        counted: Tally | None = None
        with store.alone():
            for step in pipeline.steps:
                place = pipeline.place(step)
                try:
                    code, message, of_step = self._step(tenant, step, place, store)
                except OrchestrationError as error:
                    code, message, of_step = error.exit_code, str(error), Tally()
                counted = counted + of_step if counted else of_step
                if code != OK:
                    message = f"step {place}: {message}" if place else message
                    return Result(tenant=tenant.name, code=code, message=message, step=place, tally=counted)
        return Result(tenant=tenant.name, code=OK, tally=counted or Tally())

    def _step(self, tenant: Tenant, step: Step, place: str, store: StateStore) -> tuple[int, str, Tally]:
        if self.stopping.is_set():
            return INTERRUPTED, "not begun", Tally()
        run = StepRun(office=self.office, tenant=tenant, step=step, place=place, environment=self.environment)
        commands = run.commands(store)
        codes = run_pipe(
            commands, folder=self.project.root, keep=partial(store.write, step=place), stopping=self.stopping
        )
        code = gravest(codes)
        return code, "" if code == OK else last_words(commands), tally(commands[0].log, commands[-1].log)

    def store(self, tenant: Tenant) -> StateStore:
        """Where the tenant's STATE is.

        Raises:
            SettingError: The variable with the address of the database is not set.
        """
        if self.office.database:
            return StateTable(variable_of(self.environment, self.office.database, "database"), tenant.name)
        return StateFile(tenant.folder)
