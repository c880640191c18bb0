"""`tenants.yml`: for whom a pipeline runs, with which settings, and which environment variables hold the secrets."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import yaml

from orchestration.errors import SettingError

__all__ = ["Office", "Tenant", "read_office"]

AT_ONCE: Final = 4
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")
_TOP: Final = ("folder", "at_once", "database", "defaults", "tenants")
_OF_TENANT: Final = ("pipeline", "settings", "secrets")
Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """One administration, and what its run needs.

    Attributes:
        name: Small letters, digits and dashes.
        pipeline: A frozen job.
        settings: By program, such as target-minox, its settings that differ from the pipeline's.
        secrets: By program, setting to name of the environment variable that holds it.
        folder: Its STATE, ledger, tokens, dead letters and logs.
        keeps_apart: Whether ledger and tokens are its own without saying so; a job that is run as it stands in
            meltano.yml has those of there.
    """

    name: str
    pipeline: str
    settings: Settings
    secrets: Settings
    folder: Path
    keeps_apart: bool = True

    @classmethod
    def of_job(cls, job: str, folder: Path) -> Self:
        """A job as it stands in meltano.yml."""
        return cls(name=job, pipeline=job, settings={}, secrets={}, folder=folder / job, keeps_apart=False)


@dataclass(frozen=True, kw_only=True)
class Office:
    """All tenants.

    Attributes:
        tenants: In the order of the file.
        at_once: How many run at the same time.
        database: Name of the environment variable with the address of the PostgreSQL database that keeps STATE and
            ledgers; None for files.
    """

    tenants: tuple[Tenant, ...]
    at_once: int = AT_ONCE
    database: str | None = None

    def only(self, names: tuple[str, ...]) -> tuple[Tenant, ...]:
        """These tenants; all for none.

        Raises:
            SettingError: There is no such tenant.
        """
        have = [tenant.name for tenant in self.tenants]
        for name in names:
            if name not in have:
                raise SettingError(f"there is no tenant {name}{_meant(name, have)}")
        return tuple(tenant for tenant in self.tenants if not names or tenant.name in names)


def read_office(path: Path) -> Office:
    """Read `tenants.yml`.

    Raises:
        SettingError: It is missing, or says what has no meaning; the message names the place.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingError(f"{path}: not valid YAML{f' (line {mark.line + 1})' if mark else ''}") from None
    return _Reading(path, _mapping(content, str(path))).office()


class _Reading:
    """Reads the file, and says where something is wrong."""

    def __init__(self, path: Path, content: Mapping[str, Any]) -> None:
        self._path = path
        self._content = content

    def office(self) -> Office:
        self._know(self._content, _TOP, "")
        defaults = _mapping(self._content.get("defaults", {}), f"{self._path}: defaults")
        self._know(defaults, _OF_TENANT, "defaults")
        at_once = self._content.get("at_once", AT_ONCE)
        if not isinstance(at_once, int) or at_once < 1:
            raise SettingError(f"{self._path}: at_once must be a number of 1 or more")
        entries = self._content.get("tenants") or []
        if not isinstance(entries, list) or not entries:
            raise SettingError(f"{self._path}: tenants must be a list with at least one tenant")
        tenants = tuple(self._tenant(defaults, entry) for entry in entries)
        names = [tenant.name for tenant in tenants]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise SettingError(f"{self._path}: tenant {twice[0]} stands there twice")
        return Office(tenants=tenants, at_once=at_once, database=self._content.get("database"))

    def _tenant(self, defaults: Mapping[str, Any], entry: Any) -> Tenant:
        entry = _mapping(entry, f"{self._path}: tenants")
        name = str(entry.get("name", ""))
        if not _NAME.fullmatch(name):
            raise SettingError(
                f"{self._path}: {name!r} is no name of a tenant: small letters, digits and dashes, 48 at most"
            )
        where = f"tenant {name}"
        self._know(entry, ("name", *_OF_TENANT), where)
        pipeline = entry.get("pipeline", defaults.get("pipeline"))
        if not pipeline:
            raise SettingError(f"{self._path}: {where} has no pipeline, and defaults name none")
        folder = self._path.resolve().parent / str(self._content.get("folder", "var/tenants")) / name
        words = {"name": name, "NAME": name.upper().replace("-", "_"), "folder": str(folder)}
        return Tenant(
            name=name,
            pipeline=str(pipeline),
            settings=self._both(defaults, entry, "settings", words, where),
            secrets=self._both(defaults, entry, "secrets", words, where),
            folder=folder,
        )

    def _both(
        self, defaults: Mapping[str, Any], entry: Mapping[str, Any], part: str, words: Mapping[str, str], where: str
    ) -> Settings:
        """What the tenant says over what the defaults say."""
        usual = _mapping(defaults.get(part, {}), f"{self._path}: defaults, {part}")
        own = _mapping(entry.get(part, {}), f"{self._path}: {where}, {part}")
        merged = {}
        for program in {**usual, **own}:
            place = f"{self._path}: {where}, {part} of {program}"
            settings = _mapping(usual.get(program, {}), place) | _mapping(own.get(program, {}), place)
            merged[program] = {name: _filled(value, words) for name, value in settings.items()}
        return merged

    def _know(self, found: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
        for name in found:
            if name not in known:
                raise SettingError(
                    f"{self._path}: {f'{where}: ' if where else ''}{name} means nothing{_meant(name, known)}"
                )


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    """Put the tenant's name and folder where a text has {name}, {NAME} or {folder}."""
    if isinstance(value, str):
        return re.sub(r"\{(name|NAME|folder)\}", lambda match: words[match[1]], value)
    if isinstance(value, list):
        return [_filled(each, words) for each in value]
    return value


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingError(f"{where}: expected names with values")
    return {str(name): each for name, each in value.items()}


def _meant(name: str, known: list[str] | tuple[str, ...]) -> str:
    nearest = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    return f"; did you mean {nearest[0]}?" if nearest else ""
