"""Which credentials Minimax has refused, remembered from run to run, so that nobody knocks until it locks them."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from connector_kit.errors import AlreadyRunningError, SettingError
from filelock import FileLock, Timeout

__all__ = ["LoginMemory"]

_LOCK_TIMEOUT_SECONDS: Final = 180
_SALT_BYTES: Final = 16
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
"""Slow on purpose: who reads the file shall not find a password by trying."""


class LoginMemory:
    """A file with salted hashes of refused credentials and the day of their refusal; mode 0600, replaced atomically.

    Args:
        path: The file; its folder is created with mode 0700.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let one log-in at a time through, so that two runs cannot both try the same wrong password.

        Proves that the file can be read and written, before anything is asked from Minimax.

        Raises:
            AlreadyRunningError: Another process does not finish its log-in.
            SettingError: The file cannot be read or written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock_path = self.path.with_name(f"{self.path.name}.lock")
            # Filelock takes a file that cannot be made for one that is held.
            os.close(os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600))
            lock = FileLock(lock_path, timeout=_LOCK_TIMEOUT_SECONDS, mode=0o600)
            lock.acquire()
        except Timeout as error:
            raise AlreadyRunningError(
                f"another process logs in to Minimax and does not finish ({lock_path})"
            ) from error
        except OSError as error:
            raise self._unusable(error) from error
        try:
            if not self.path.exists():
                self._write({"salt": secrets.token_hex(_SALT_BYTES), "refused": {}})
            yield
        finally:
            lock.release()

    def refused_on(self, credentials: Sequence[str]) -> str | None:
        """The day on which these credentials were refused, None if they were not; call it under the lock.

        Raises:
            SettingError: The file cannot be read.
        """
        content = self._read()
        day = content["refused"].get(_digest(credentials, salt=content["salt"]))
        return None if day is None else str(day)

    def remember(self, credentials: Sequence[str], *, at: datetime) -> None:
        """Remember that these credentials were refused; call it under the lock.

        Raises:
            SettingError: The file cannot be written.
        """
        content = self._read()
        content["refused"][_digest(credentials, salt=content["salt"])] = at.date().isoformat()
        self._write(content)

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            bytes.fromhex(content["salt"])
            content["refused"].get("")
        except OSError as error:
            raise self._unusable(error) from error
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SettingError(
                f"login_memory: {self.path} is damaged; it says which credentials Minimax has refused. Make sure that "
                "those in the settings are right, then remove the file"
            ) from None
        assert isinstance(content, dict)  # it has members
        return content

    def _write(self, content: dict[str, Any]) -> None:
        temporary = self.path.with_name(f"{self.path.name}.new")
        try:
            temporary.unlink(missing_ok=True)
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as out:
                json.dump(content, out)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> SettingError:
        return SettingError(f"login_memory: {self.path} cannot be used ({error.strerror}); name another file")


def _digest(credentials: Sequence[str], *, salt: str) -> str:
    text = json.dumps(list(credentials)).encode()
    return hashlib.scrypt(text, salt=bytes.fromhex(salt), **_SCRYPT).hex()
