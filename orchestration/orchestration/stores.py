"""Where the STATE of a tenant lives between runs: a file, or a row in PostgreSQL. One run per tenant at a time."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import filelock

from orchestration.errors import BusyError, OrchestrationError, SettingError

__all__ = ["StateFile", "StateStore", "StateTable", "write_private"]


class StateStore(Protocol):
    """Keeps the STATE of one tenant: of each step, where its pipeline has several."""

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Hold it for a run.

        Raises:
            BusyError: Another run does.
        """

    def read(self, step: str = "") -> str | None:
        """The STATE, as JSON; None before the first run."""

    def write(self, state: str, step: str = "") -> None:
        """Replace it, whole or not at all; it is kept when this returns."""


def write_private(path: Path, text: str) -> None:
    """Replace a file, whole or not at all, for nobody else's eyes; on disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class StateFile:
    """STATE in the file state.json, with a lock beside it.

    Args:
        folder: Where it is; a step among several has a folder of its name there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock; the system gives it back however the process ends."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = f"{self._file('')}.lock"
        lock = filelock.FileLock(path, timeout=0, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise BusyError(f"another run holds {path}; wait until it has ended") from None
        try:
            yield
        finally:
            lock.release()

    def read(self, step: str = "") -> str | None:
        """The STATE.

        Raises:
            SettingError: The file is damaged.
        """
        path = self._file(step)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            json.loads(text)
        except ValueError:
            raise SettingError(f"{path} is no STATE; restore it, or remove it to begin anew") from None
        return text

    def write(self, state: str, step: str = "") -> None:
        """Replace the file."""
        write_private(self._file(step), state)

    def _file(self, step: str) -> Path:
        return self._folder / step / "state.json"


_CREATE: Final = """
    CREATE TABLE IF NOT EXISTS pipeline_state (
        tenant text PRIMARY KEY, state text NOT NULL, written_at timestamptz NOT NULL DEFAULT now()
    )
"""
_WRITE: Final = """
    INSERT INTO pipeline_state (tenant, state) VALUES (%s, %s)
    ON CONFLICT (tenant) DO UPDATE SET state = excluded.state, written_at = now()
"""


class StateTable:
    """STATE in a row of the table pipeline_state, or one per step; the lock is the database's, over all machines.

    Args:
        url: Address of the PostgreSQL database.
        tenant: Name.
    """

    def __init__(self, url: str, tenant: str) -> None:
        self._url = url
        self._tenant = tenant
        self._connection: Any = None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock; the database gives it back when the connection ends, however that happens."""
        try:
            import psycopg  # noqa: PLC0415 (only who keeps STATE in PostgreSQL needs it)
        except ImportError:
            raise SettingError("PostgreSQL needs psycopg; install pipeline-orchestration[postgresql]") from None
        try:
            connection = psycopg.connect(self._url, autocommit=True)
        except psycopg.Error as error:
            raise OrchestrationError(f"the database of states cannot be reached ({type(error).__name__})") from None
        with connection:
            self._prepare(connection)
            (free,) = connection.execute("SELECT pg_try_advisory_lock(%s)", [_key(self._tenant)]).fetchone() or (False,)
            if not free:
                raise BusyError(f"another run works on tenant {self._tenant}; wait until it has ended")
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    def read(self, step: str = "") -> str | None:
        """The STATE."""
        query = "SELECT state FROM pipeline_state WHERE tenant = %s"
        row = self._connection.execute(query, [self._row(step)]).fetchone()
        return row[0] if row else None

    def write(self, state: str, step: str = "") -> None:
        """Replace the row.

        Raises:
            OrchestrationError: The database does not take it; the run must end here.
        """
        import psycopg  # noqa: PLC0415 (as above)

        try:
            self._connection.execute(_WRITE, [self._row(step), state])
        except psycopg.Error as error:
            raise OrchestrationError(f"the database does not take STATE ({type(error).__name__}); run again") from None

    def _row(self, step: str) -> str:
        return f"{self._tenant}/{step}" if step else self._tenant

    @staticmethod
    def _prepare(connection: Any) -> None:
        """Create the table; two who do so at the same moment would step on each other."""
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_key("")])
            connection.execute(_CREATE)


def _key(tenant: str) -> int:
    digest = hashlib.sha256(f"pipeline_state {tenant}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
