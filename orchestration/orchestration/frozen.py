"""A job of meltano.yml as plain files of settings: read through Meltano once, run without it as often as wanted."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from orchestration.errors import SettingError
from orchestration.meltano import Meltano, Project, variable
from orchestration.stores import write_private

__all__ = ["Frozen", "Plugin", "Step", "freeze"]

FORMAT: Final = 2


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A program of the pipe.

    Attributes:
        name: Name of the program and of its environment variables, such as tap-nmbrs.
        label: What meltano.yml calls it: an inherited tap or a mapping has a name of its own.
        program: The file that is run, or a name on the PATH.
        settings: What Meltano says, without secrets that the environment holds.
        known: The names of all its settings.
        secret: Those of them that are secret.
        reads_environment: Whether it takes settings from its environment variables, as programs of the Singer SDK do.
    """

    name: str
    label: str
    program: str
    settings: Mapping[str, Any]
    known: tuple[str, ...]
    secret: tuple[str, ...]
    reads_environment: bool = True

    def variable(self, setting: str) -> str:
        """The environment variable of a setting, such as TAP_NMBRS_CLIENT_SECRET."""
        return variable(self.name, setting)

    def variable_of_label(self, setting: str) -> str:
        """The one that Meltano knows for an inherited tap alone, such as TAP_NMBRS__JOURNALS_START_DATE."""
        return variable(self.label, setting)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One pipe of a pipeline.

    Attributes:
        state_id: Under which Meltano keeps its STATE.
        plugins: The tap, mappers, the target.
        catalog: The tap's streams, and which are selected.
    """

    state_id: str
    plugins: tuple[Plugin, ...]
    catalog: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Such as tap-ons--care-to-target-duckdb."""
        return f"{self.plugins[0].label}-to-{self.plugins[-1].label}"

    @property
    def pipe(self) -> str:
        """As people write it."""
        return " | ".join(plugin.label for plugin in self.plugins)


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A pipeline that needs Meltano no more.

    Attributes:
        job: The job in meltano.yml.
        made_from: Digest of meltano.yml; of another one this is out of date.
        steps: Its pipes, one after the other.
    """

    job: str
    made_from: str
    steps: tuple[Step, ...]

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Those of all steps."""
        return tuple(plugin for step in self.steps for plugin in step.plugins)

    @property
    def provider(self) -> str:
        """Whom the last target writes to: what limits how many may run at a time."""
        return self.plugins[-1].name.removeprefix("target-")

    def place(self, step: Step) -> str:
        """The name of a step among several, for what it keeps for itself; empty for the only one."""
        return step.name if len(self.steps) > 1 else ""

    @classmethod
    def read(cls, job: str, project: Project) -> Self:
        """What `pipelines freeze` has written.

        Raises:
            SettingError: It is not there, or meltano.yml has changed since.
        """
        path = file_of(job, project)
        again = f"run `pipelines freeze {job}`"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            raise SettingError(f"pipeline {job} is not frozen yet; {again}") from None
        if content.pop("format") != FORMAT or content["made_from"] != digest(project):
            raise SettingError(f"meltano.yml has changed since pipeline {job} was frozen; {again}")
        return cls(steps=tuple(_step_of(each) for each in content.pop("steps")), **content)

    def write(self, project: Project) -> Path:
        """Keep it for the runs to come; returns the file."""
        path = file_of(self.job, project)
        write_private(path, json.dumps({"format": FORMAT, **asdict(self)}, indent=1))
        return path


def file_of(job: str, project: Project) -> Path:
    """Where a frozen pipeline is."""
    return project.root / "var" / "pipelines" / f"{job}.json"


def digest(project: Project) -> str:
    """Of meltano.yml as it is now."""
    return hashlib.sha256((project.root / "meltano.yml").read_bytes()).hexdigest()


def freeze(job: str, project: Project, environment: str) -> Frozen:
    """Ask Meltano once for the settings of a job's plugins and for the taps' selected streams.

    Raises:
        SettingError: A step of the job is not one tap, mappers and one target; or Meltano refuses.
    """
    steps = tuple(_step(labels, project, environment) for labels in project.steps(job))
    return Frozen(job=job, made_from=digest(project), steps=steps)


def _step(labels: Sequence[str], project: Project, environment: str) -> Step:
    meltano = Meltano(root=project.root, environment=environment, load_schema=project.plugin(labels[0]).load_schema)
    return Step(
        state_id=f"{environment}:{labels[0]}-to-{labels[-1]}",
        plugins=tuple(_plugin(label, project, meltano) for label in labels),
        catalog=meltano.dump("catalog", labels[0]),
    )


def _step_of(content: Mapping[str, Any]) -> Step:
    plugins = (
        Plugin(**{**each, "known": tuple(each["known"]), "secret": tuple(each["secret"])})
        for each in content["plugins"]
    )
    return Step(**{**content, "plugins": tuple(plugins)})


def _plugin(label: str, project: Project, meltano: Meltano) -> Plugin:
    declared = project.plugin(label)
    settings = meltano.dump("config", label)
    hidden = set(declared.secret) - project.open_secrets(label, meltano.environment)
    program = declared.program if declared.program.exists() else shutil.which(declared.program.name)
    if program is None:
        raise SettingError(f"{declared.program.name} is not installed; run `meltano install`")
    return Plugin(
        name=declared.name,
        label=label,
        program=str(program),
        settings={name: value for name, value in settings.items() if name not in hidden},
        known=declared.known,
        secret=declared.secret,
        reads_environment=_reads_environment(str(program)),
    )


def _reads_environment(program: str) -> bool:
    """The SDK's `--config` takes the word ENV, and says so."""
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)  # noqa: S603 (of meltano.yml)
    return "'ENV'" in told.stdout
