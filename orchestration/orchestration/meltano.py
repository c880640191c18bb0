"""What is asked of Meltano, by its commands and its project file alone."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from dotenv import dotenv_values

from orchestration.errors import OrchestrationError, SettingError

__all__ = ["Declared", "Meltano", "Project", "variable"]

_KINDS = ("extractors", "mappers", "loaders")


def variable(name: str, setting: str) -> str:
    """The environment variable of a setting, such as TAP_NMBRS_CLIENT_SECRET."""
    return f"{name}_{setting}".replace("-", "_").upper()


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A plugin as meltano.yml declares it.

    Attributes:
        name: That of the plugin from which it inherits all, and of its environment variables.
        program: The executable in the plugin's environment.
        known: The names of its settings.
        secret: Those that are sensitive.
        load_schema: Where its records go in a warehouse, if it is a tap.
    """

    name: str
    program: Path
    known: tuple[str, ...]
    secret: tuple[str, ...]
    load_schema: str


@dataclass(frozen=True, kw_only=True)
class Project:
    """The folder with meltano.yml.

    Attributes:
        root: The folder.
        content: What meltano.yml says.
    """

    root: Path
    content: Mapping[str, Any]

    @classmethod
    def at(cls, root: Path) -> Self:
        """Read the project.

        Raises:
            SettingError: There is none.
        """
        path = root / "meltano.yml"
        try:
            return cls(root=root.resolve(), content=yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError):
            raise SettingError(f"{path} cannot be read; name the project's folder with --project") from None

    def environment(self) -> dict[str, str]:
        """The variables of this process, and those of .env that it does not set, as Meltano takes them."""
        given = {name: value for name, value in dotenv_values(self.root / ".env").items() if value is not None}
        return given | os.environ

    def steps(self, job: str) -> list[list[str]]:
        """The steps of a job, one after the other: the plugins of each, from tap to target.

        Raises:
            SettingError: There is no such job, or a step is something else.
        """
        tasks = {each["name"]: each["tasks"] for each in self.content.get("jobs", ())}
        if job not in tasks:
            raise SettingError(f"meltano.yml has no job {job}; it has: {', '.join(sorted(tasks)) or 'none'}")
        given = [tasks[job]] if isinstance(tasks[job], str) else tasks[job]
        words = [word for task in given for word in (task.split() if isinstance(task, str) else task)]
        steps: list[list[str]] = [[]]
        for word in words:
            steps[-1].append(word)
            if self._kind(word) == "loaders":
                steps.append([])
        steps = [step for step in steps if step]
        for step in steps:
            kinds = [self._kind(word) for word in step]
            if kinds[0] != "extractors" or kinds[-1] != "loaders" or set(kinds[1:-1]) - {"mappers"}:
                raise SettingError(f"job {job}: {' '.join(step)} is not one tap, mappers and one target")
        ends = [(step[0], step[-1]) for step in steps]
        if not steps or len(set(ends)) < len(ends):
            raise SettingError(f"job {job} has no steps, or two of the same tap and target, which share STATE")
        return steps

    def open_secrets(self, label: str, environment: str) -> set[str]:
        """Secret settings that stand in meltano.yml as they are: the file of a warehouse, where others have an address.

        Those that have a variable of their own are not among them: they are known when the pipeline runs.

        Raises:
            SettingError: One is made of other variables, which are not known then.
        """
        declared, variables, found = self.plugin(label), self.environment(), set()
        for name, value in self._says(label, environment).items():
            own = {variable(label, name), variable(declared.name, name)}
            if name not in declared.secret or own & variables.keys():
                continue
            if not all(word.startswith("MELTANO_") for word in re.findall(r"\$\{?(\w+)", str(value))):
                wanted = variable(declared.name, name)
                raise SettingError(f"setting {name} of {label} is secret, and made of variables: set {wanted} itself")
            found.add(name)
        return found

    def _says(self, label: str, environment: str) -> dict[str, Any]:
        """What meltano.yml itself gives as settings, to the plugin or to those whose settings it has."""
        kind, entries = self._kind(label), list(self._inherited(label))
        named = {entry["name"] for entry in entries}
        for each in self.content.get("environments", ()):
            if each["name"] == environment:
                plugins = each.get("config", {}).get("plugins", {}).get(kind, ())
                entries += [entry for entry in plugins if entry["name"] in named]
        return {name: value for entry in entries for name, value in entry.get("config", {}).items()}

    def plugin(self, label: str) -> Declared:
        """What is declared of a plugin or mapping, inherited or its own."""
        entries = list(self._inherited(label))
        settings = {each["name"]: each for entry in reversed(entries) for each in entry.get("settings", ())}
        origin = entries[-1]
        environment = self.root / ".meltano" / self._kind(label) / origin["name"] / "venv"
        return Declared(
            name=origin["name"],
            program=environment / "bin" / origin.get("executable", origin["name"]),
            known=tuple(settings),
            secret=tuple(name for name, each in settings.items() if each.get("sensitive")),
            load_schema=next(
                (entry["load_schema"] for entry in entries if "load_schema" in entry), origin["namespace"]
            ),
        )

    def _inherited(self, label: str) -> Iterator[Mapping[str, Any]]:
        """The plugin, and those whose settings it has."""
        while True:
            entry = self._entry(label)
            yield entry
            if "inherit_from" not in entry:
                return
            label = entry["inherit_from"]

    def _entries(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for kind in _KINDS:
            for entry in self.content.get("plugins", {}).get(kind, ()):
                yield kind, entry["name"], entry
                for mapping in entry.get("mappings", ()):
                    yield kind, mapping["name"], entry

    def _entry(self, label: str) -> Mapping[str, Any]:
        return next(entry for _, name, entry in self._entries() if name == label)

    def _kind(self, label: str) -> str:
        return next((kind for kind, name, _ in self._entries() if name == label), "none")


@dataclass(frozen=True, kw_only=True)
class Meltano:
    """The program `meltano`, in one of its environments.

    Attributes:
        root: The project.
        environment: Such as production.
        load_schema: Of the tap, for settings of a target that follow it.
    """

    root: Path
    environment: str
    load_schema: str = ""

    def dump(self, what: str, plugin: str) -> dict[str, Any]:
        """The file that Meltano would give the plugin: config or catalog."""
        content: dict[str, Any] = json.loads(self._answer("invoke", f"--dump={what}", plugin))
        return content

    def state(self, state_id: str) -> dict[str, Any] | None:
        """The STATE that Meltano would give the tap; None before the first run."""
        kept = json.loads(self._answer("state", "get", state_id))
        state: dict[str, Any] | None = (kept or {}).get("singer_state")
        return state or None

    def set_state(self, state_id: str, state: Mapping[str, Any]) -> None:
        """Let Meltano go on from this STATE."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "state.json"
            file.write_text(json.dumps({"singer_state": state}), encoding="utf-8")
            self._answer("state", "set", "--force", "--input-file", str(file), state_id)

    def _variables(self) -> dict[str, str]:
        """What Meltano itself sets in a run, and nothing told to anybody."""
        schema = {"MELTANO_EXTRACT__LOAD_SCHEMA": self.load_schema} if self.load_schema else {}
        return {"MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false", **schema}

    def _answer(self, *words: str) -> str:
        beside = Path(sys.executable).with_name("meltano")
        program = str(beside) if beside.exists() else shutil.which("meltano")
        if program is None:
            raise SettingError(
                "the program meltano is not on the PATH; install Meltano, it is needed to read its project"
            )
        result = subprocess.run(  # noqa: S603 (our own words)
            [program, f"--environment={self.environment}", *words],
            cwd=self.root,
            env=os.environ | self._variables(),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            last = (result.stderr.strip().splitlines() or ["no message"])[-1]
            raise OrchestrationError(f"meltano {' '.join(words[:2])} ended with exit code {result.returncode}: {last}")
        return result.stdout
