"""One process per administration."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from connector_kit.books.identity import Administration
from connector_kit.errors import AlreadyRunningError, SettingError

__all__ = ["administration_lock", "already_running"]


def already_running(administration: Administration, lock: str) -> AlreadyRunningError:
    """Say that another process holds the administration, by which lock, and what to do."""
    return AlreadyRunningError(
        f"another process is writing to administration {administration.number} of {administration.provider} "
        f"{administration.tenant} ({lock}); wait until it has ended"
    )


@contextmanager
def administration_lock(ledger: Path, administration: Administration) -> Iterator[None]:
    """Hold the lock beside the ledger; the system releases it when the process ends, however it ends.

    Raises:
        AlreadyRunningError: Another process holds it.
        SettingError: The folder cannot be written.
    """
    path = ledger.with_name(f"{ledger.name}.lock")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Filelock takes a file that cannot be made for one that is held.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        lock = FileLock(path, timeout=0, mode=0o600)
        lock.acquire()
    except Timeout as error:
        raise already_running(administration, f"lock {path}") from error
    except OSError as error:
        raise SettingError(f"ledger: {path.parent} cannot be written ({error.strerror}); name another file") from error
    try:
        yield
    finally:
        lock.release()
