"""The programs of one step, as one tenant runs them: settings, secrets, catalog, STATE, logs."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from orchestration.errors import SettingError
from orchestration.frozen import Frozen, Plugin, Step
from orchestration.office import Office, Tenant
from orchestration.pipe import Command
from orchestration.stores import StateStore, write_private

__all__ = ["StepRun", "check", "last_words", "variable_of"]

_LOGS: Final = "logs"


@dataclass(frozen=True, kw_only=True)
class StepRun:
    """What a run of a step needs.

    Attributes:
        office: All tenants, whose secrets are kept apart.
        tenant: Who runs it.
        step: The pipe.
        place: Its name among several steps; empty for the only one.
        environment: Variables; the secrets of all tenants among them.
    """

    office: Office
    tenant: Tenant
    step: Step
    place: str
    environment: Mapping[str, str] = field(repr=False)

    @property
    def folder(self) -> Path:
        """Settings, catalog and logs; of a step among several in a folder of its name."""
        return self.tenant.folder / self.place

    def commands(self, store: StateStore) -> list[Command]:
        """From tap to target.

        Raises:
            SettingError: A program or a variable is not there, or the kept STATE is damaged.
        """
        tap, *others = [self._command(plugin) for plugin in self.step.plugins]
        return [self._with_state(tap, store), *others]

    def _with_state(self, command: Command, store: StateStore) -> Command:
        catalog = self.folder / "catalog.json"
        write_private(catalog, json.dumps(self.step.catalog))
        words = [*command.words, "--catalog", str(catalog)]
        if state := store.read(self.place):
            file = self.folder / "state-at-start.json"
            write_private(file, state)
            words += ["--state", str(file)]
        return Command(words=words, environment=command.environment, log=command.log)

    def _command(self, plugin: Plugin) -> Command:
        own = dict(self.tenant.settings.get(plugin.name, {}))
        named = self.tenant.secrets.get(plugin.name, {})
        secrets = {
            name: variable_of(self.environment, variable, f"{plugin.name}, {name}") for name, variable in named.items()
        }
        own |= self._of_the_tenant_alone(plugin, own, secrets)
        config = self.folder / "settings" / f"{plugin.name}.json"
        frozen = {name: value for name, value in plugin.settings.items() if name not in secrets}
        write_private(config, json.dumps({**frozen, **own}, indent=1))
        if shutil.which(plugin.program, path=self.environment.get("PATH")) is None:
            raise SettingError(f"{plugin.program} is not there; install it, or run `pipelines freeze` again")
        log = self.folder / _LOGS / f"{plugin.name}.log"
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        return Command(
            words=[plugin.program, "--config", str(config), *(["--config", "ENV"] if plugin.reads_environment else [])],
            environment=self._environment_of(plugin, own, secrets),
            log=log,
        )

    def _of_the_tenant_alone(self, plugin: Plugin, own: Mapping[str, Any], secrets: dict[str, str]) -> dict[str, Any]:
        """What two tenants may never share: the ledger, its dead letters, and the tokens of one's own credentials."""
        alone: dict[str, Any] = {}
        if not self.tenant.keeps_apart:
            return alone
        # Both belong to the tenant, whatever its steps are called: a ledger that is not found books anew.
        if "ledger" in plugin.known and "ledger" not in own:
            file = self.tenant.folder / "ledger.sqlite3"
            alone["ledger"] = str(file)
            if "dead_letters" not in own:
                alone["dead_letters"] = f"{file}.dead-letters.jsonl"
            if self.office.database:
                secrets["ledger"] = self._ledger()
                del alone["ledger"]
        if "token_store" in plugin.known and "token_store" not in own and secrets.keys() - {"ledger"}:
            alone["token_store"] = str(self.tenant.folder / f"{plugin.name}-token.json")
        return alone

    def _ledger(self) -> str:
        """A schema of the tenant's own in the database."""
        url = variable_of(self.environment, self.office.database, "database")
        schema = quote(f"ledger_{self.tenant.name}".replace("-", "_"))
        return f"{url}{'&' if '?' in url else '?'}schema={schema}"

    def _environment_of(self, plugin: Plugin, own: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
        """No program sees another tenant's secrets, and no variable for all replaces what a tenant says itself."""
        hidden = {name for tenant in self.office.tenants for each in tenant.secrets.values() for name in each.values()}
        hidden |= {plugin.variable(setting) for setting in (*own, *secrets)} | {str(self.office.database)}
        kept = {name: value for name, value in self.environment.items() if name not in hidden}
        for setting in plugin.known:
            of_label = plugin.variable_of_label(setting)
            if of_label in kept and plugin.variable(setting) not in hidden:
                kept[plugin.variable(setting)] = kept[of_label]
        return kept | {plugin.variable(setting): value for setting, value in secrets.items()}


def variable_of(environment: Mapping[str, str], name: Any, use: str) -> str:
    """The value of a variable that the file of tenants names.

    Raises:
        SettingError: It is not set.
    """
    value = environment.get(str(name))
    if not value:
        raise SettingError(f"environment variable {name} is not set ({use})")
    return value


def check(tenant: Tenant, pipeline: Frozen) -> None:
    """Refuse what has no meaning for the pipeline, secrets in the file, and one ledger for two sorts of books.

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
                _check_setting(plugins[program], name, is_secret=part is tenant.secrets)
    keep_one = [
        name
        for name, plugin in plugins.items()
        if "ledger" in plugin.known and "ledger" not in {*tenant.settings.get(name, ()), *tenant.secrets.get(name, ())}
    ]
    if tenant.keeps_apart and len(keep_one) > 1:
        raise SettingError(f"{' and '.join(keep_one)} would share a ledger: give one of them a setting ledger")


def _check_setting(plugin: Plugin, name: str, *, is_secret: bool) -> None:
    if name not in plugin.known:
        raise SettingError(f"{plugin.name} has no setting {name}")
    if is_secret and not plugin.reads_environment:
        raise SettingError(f"{plugin.name} takes no settings from the environment, and so no secrets")
    if not is_secret and name in plugin.secret:
        raise SettingError(
            f"setting {name} of {plugin.name} is secret: put it in an environment variable, and name that "
            "variable under secrets"
        )


def last_words(commands: Sequence[Command]) -> str:
    """The line with which a program said why it stopped: that of the last one of the pipe that did."""
    for command in reversed(commands):
        for line in reversed(command.log.read_text(encoding="utf-8", errors="replace").splitlines()):
            if line.startswith(f"{command.log.stem}: "):
                return line
    return f"see the logs in {commands[0].log.parent}"
