"""Runs the pipeline of one tenant, or of all of them, so many at a time; none stops another."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from orchestration.ending import INTERRUPTED, OK, gravest
from orchestration.errors import OrchestrationError, SettingError
from orchestration.frozen import Frozen, Plugin
from orchestration.meltano import Project
from orchestration.office import Office, Tenant
from orchestration.pipe import Command, run_pipe
from orchestration.stores import StateFile, StateStore, StateTable, write_private
from orchestration.tally import Tally, tally

__all__ = ["Result", "Runner"]

_LOGS: Final = "logs"


@dataclass(frozen=True, kw_only=True)
class Result:
    """How the run of a tenant ended.

    Attributes:
        tenant: Its name.
        code: Exit code, the gravest of its programs.
        message: One line: what to do, or what the program said last; empty when all is well.
        tally: What happened.
        seconds: How long it took.
    """

    tenant: str
    code: int
    message: str = ""
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
            code, message, counted = self._run(tenant)
        except OrchestrationError as error:
            code, message, counted = error.exit_code, str(error), Tally()
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the end of this tenant's run alone)
            code, message, counted = (
                OrchestrationError.exit_code,
                f"unexpected {type(error).__name__}: {error}",
                Tally(),
            )
        seconds = round(time.monotonic() - started, 1)
        return Result(tenant=tenant.name, code=code, message=message, tally=counted, seconds=seconds)

    def _run(self, tenant: Tenant) -> tuple[int, str, Tally]:
        pipeline = Frozen.read(tenant.pipeline, self.project)
        check(tenant, pipeline)
        store = self.store(tenant)
        with store.alone():
            commands = [self._command(tenant, plugin) for plugin in pipeline.plugins]
            commands[0] = self._with_state(tenant, commands[0], pipeline, store)
            codes = run_pipe(commands, folder=self.project.root, keep=store.write, stopping=self.stopping)
        code = gravest(codes)
        counted = tally(commands[0].log, commands[-1].log)
        return code, "" if code == OK else _last_words(commands), counted

    def store(self, tenant: Tenant) -> StateStore:
        """Where the tenant's STATE is.

        Raises:
            SettingError: The variable with the address of the database is not set.
        """
        if self.office.database:
            return StateTable(self._variable(self.office.database, "database"), tenant.name)
        return StateFile(tenant.folder / "state.json")

    def _with_state(self, tenant: Tenant, command: Command, pipeline: Frozen, store: StateStore) -> Command:
        catalog = tenant.folder / "catalog.json"
        write_private(catalog, json.dumps(pipeline.catalog))
        words = [*command.words, "--catalog", str(catalog)]
        if state := store.read():
            file = tenant.folder / "state-at-start.json"
            write_private(file, state)
            words += ["--state", str(file)]
        return Command(words=words, environment=command.environment, log=command.log)

    def _command(self, tenant: Tenant, plugin: Plugin) -> Command:
        own = dict(tenant.settings.get(plugin.name, {}))
        named = tenant.secrets.get(plugin.name, {})
        secrets = {name: self._variable(variable, f"{plugin.name}, {name}") for name, variable in named.items()}
        own |= self._of_the_tenant_alone(tenant, plugin, own, secrets)
        config = tenant.folder / "settings" / f"{plugin.name}.json"
        write_private(config, json.dumps({**plugin.settings, **own}, indent=1))
        log = tenant.folder / _LOGS / f"{plugin.name}.log"
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        return Command(
            words=[plugin.program, "--config", str(config), *(["--config", "ENV"] if plugin.reads_environment else [])],
            environment=self._environment_of(plugin, own, secrets),
            log=log,
        )

    def _of_the_tenant_alone(
        self, tenant: Tenant, plugin: Plugin, own: Mapping[str, Any], secrets: dict[str, str]
    ) -> dict[str, Any]:
        """What two tenants may never share: the ledger, its dead letters, and the tokens of one's own credentials."""
        alone: dict[str, Any] = {}
        if not tenant.keeps_apart:
            return alone
        if "ledger" in plugin.known and "ledger" not in own:
            file = tenant.folder / "ledger.sqlite3"
            alone["ledger"] = str(file)
            if "dead_letters" not in own:
                alone["dead_letters"] = f"{file}.dead-letters.jsonl"
            if self.office.database:
                secrets["ledger"] = self._ledger(tenant)
                del alone["ledger"]
        if "token_store" in plugin.known and "token_store" not in own and secrets.keys() - {"ledger"}:
            alone["token_store"] = str(tenant.folder / f"{plugin.name}-token.json")
        return alone

    def _ledger(self, tenant: Tenant) -> str:
        """A schema of the tenant's own in the database."""
        url = self._variable(str(self.office.database), "database")
        schema = quote(f"ledger_{tenant.name}".replace("-", "_"))
        return f"{url}{'&' if '?' in url else '?'}schema={schema}"

    def _variable(self, name: Any, use: str) -> str:
        value = self.environment.get(str(name))
        if not value:
            raise SettingError(f"environment variable {name} is not set ({use})")
        return value

    def _environment_of(self, plugin: Plugin, own: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
        """No program sees another tenant's secrets, and no variable for all replaces what a tenant says itself."""
        hidden = {name for tenant in self.office.tenants for each in tenant.secrets.values() for name in each.values()}
        hidden |= {plugin.variable(setting) for setting in (*own, *secrets)} | {str(self.office.database)}
        kept = {name: value for name, value in self.environment.items() if name not in hidden}
        return kept | {plugin.variable(setting): value for setting, value in secrets.items()}


def check(tenant: Tenant, pipeline: Frozen) -> None:
    """Refuse what has no meaning for the pipeline, and secrets in the file.

    Raises:
        SettingError: It names the setting.
    """
    plugins = {plugin.name: plugin for plugin in pipeline.plugins}
    for part in (tenant.settings, tenant.secrets):
        for program, settings in part.items():
            if program not in plugins:
                have = ", ".join(plugins)
                raise SettingError(f"{program} is no program of pipeline {pipeline.job}; it has {have}")
            for name in settings:
                if name not in plugins[program].known:
                    raise SettingError(f"{program} has no setting {name}")
                if part is tenant.secrets and not plugins[program].reads_environment:
                    raise SettingError(f"{program} takes no settings from the environment, and so no secrets")
                if part is tenant.settings and name in plugins[program].secret:
                    raise SettingError(
                        f"setting {name} of {program} is secret: put it in an environment variable, and name that "
                        "variable under secrets"
                    )


def _last_words(commands: Sequence[Command]) -> str:
    """The line with which a program said why it stopped: that of the last one of the pipe that did."""
    for command in reversed(commands):
        for line in reversed(command.log.read_text(encoding="utf-8", errors="replace").splitlines()):
            if line.startswith(f"{command.log.stem}: "):
                return line
    return f"see the logs in {commands[0].log.parent}"
