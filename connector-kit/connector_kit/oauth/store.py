"""Where a rotating refresh token lives between runs: one small file that survives crashes and serves many processes."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import filelock

from connector_kit.errors import AlreadyRunningError, SettingError
from connector_kit.redaction import protect

FORMAT: Final = 1
LOCK_TIMEOUT_SECONDS: Final = 180
_RESERVE_BYTES: Final = 64 * 1024
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Token:
    """One generation of an access token and the refresh token that renews it."""

    access_token: str = field(repr=False)
    """Empty for a seed, which has only a refresh token."""
    refresh_token: str = field(repr=False)
    expires_at: datetime
    """When the access token ends, in UTC."""
    generation: int
    """Counts the refreshes in this store; 0 before the first."""
    scope: str | None
    obtained_at: datetime = _NEVER

    def __post_init__(self) -> None:
        protect(self.access_token, self.refresh_token)

    def is_fresh(self, now: datetime, *, seconds_left: float) -> bool:
        """Tell whether the access token lives for more than that many seconds."""
        return bool(self.access_token) and self.expires_at - now > timedelta(seconds=seconds_left)


class TokenStore:
    """A JSON file with mode 0600, replaced atomically; a lock file beside it orders several processes.

    The refresh token in the settings is only the seed: once something is stored, the store wins, unless the seed
    itself has changed (then somebody has logged in elsewhere and wrote the new token into the settings).

    Args:
        path: The file; its folder is created with mode 0700.
        seed: The refresh token from the settings, if any.
        setting: The name of the path's setting, for messages.

    Raises (all methods):
        SettingError: The file is damaged or cannot be read or written. A damaged file is never overwritten.
        AlreadyRunningError: Another process holds the lock for too long.
    """

    def __init__(self, path: str | Path, *, seed: str | None, setting: str = "token_store") -> None:
        self.path = Path(path).expanduser().resolve()
        self._setting = setting
        self._seed = seed or None
        self._seed_hash = hashlib.sha256(seed.encode()).hexdigest() if seed else None
        self._new_path = self.path.with_name(f"{self.path.name}.new")
        self._lock = filelock.FileLock(f"{self.path}.lock", timeout=LOCK_TIMEOUT_SECONDS, mode=0o600)
        protect(seed)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store alone, among threads and processes; finishes what a killed process had begun to write."""
        with self._clear_errors("use"):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with self._clear_errors("lock"):
                self._lock.acquire()
        except filelock.Timeout:
            message = f"another process has been renewing the token in {self.path} for {LOCK_TIMEOUT_SECONDS} s"
            raise AlreadyRunningError(message) from None
        try:
            self._recover()
            yield
        finally:
            self._lock.release()

    def read(self) -> Token | None:
        """Read the newest token: from the file, or from the seed when that is newer; None when there is neither."""
        content = self._content(self.path)
        if content is None:
            return self._seed_token(generation=0)
        if self._seed_hash not in {None, content["seed_sha256"]}:
            return self._seed_token(generation=content["generation"])
        return _token(content)

    def read_previous(self) -> Token | None:
        """Read the generation before the current one, as long as the current one has not yet worked."""
        content = self._content(self.path)
        return _token(content["previous"]) if content is not None and content["previous"] is not None else None

    def check_writable(self) -> None:
        """Make sure that a new token can be stored, before the provider is asked for one."""
        with self._clear_errors("write"):
            _write_synced(self._new_path, b" " * _RESERVE_BYTES)
            self._new_path.unlink()
        self._content(self.path)

    def replace(self, old: Token, new: Token) -> Token:
        """Store the successor of a token, if nobody else has; call it with the lock held.

        Returns:
            The stored token with its generation; the one that somebody else stored when `old` is no longer current.
        """
        current = self.read()
        if current is not None and current.generation != old.generation:
            return current
        stored = replace(new, generation=old.generation + 1)
        self._write(stored, previous=old if old.refresh_token != new.refresh_token else None)
        return stored

    def start(self, token: Token) -> Token:
        """Store the result of a login: it wins over whatever was there; call it with the lock held."""
        content = self._content(self.path)
        stored = replace(token, generation=(content["generation"] if content else 0) + 1)
        self._write(stored, previous=None)
        return stored

    def forget_previous(self, token: Token) -> None:
        """Drop the previous generation now that this one has worked; call it with the lock held."""
        content = self._content(self.path)
        if content and content["previous"] is not None and content["generation"] == token.generation:
            self._write(_token(content), previous=None)

    def _seed_token(self, *, generation: int) -> Token | None:
        if self._seed is None:
            return None
        return Token(access_token="", refresh_token=self._seed, expires_at=_NEVER, generation=generation, scope=None)

    def _write(self, token: Token, *, previous: Token | None) -> None:
        content = {
            "format": FORMAT,
            "seed_sha256": self._seed_hash,
            **_json(token),
            "previous": None if previous is None else _json(previous),
        }
        with self._clear_errors("write"):
            _write_synced(self._new_path, json.dumps(content, indent=2).encode() + b"\n")
            self._finish()

    def _finish(self) -> None:
        self._new_path.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _recover(self) -> None:
        """Finish a write that was cut off after its content was safe; drop one that was not."""
        if not self._new_path.exists():
            return
        with self._clear_errors("write"):
            try:
                new = self._content(self._new_path)
            except SettingError:
                new = None  # cut off in the middle
            current = self._content(self.path)
            if new is not None and new["generation"] >= (current["generation"] if current else 0):
                self._finish()
            else:
                self._new_path.unlink()

    def _content(self, path: Path) -> dict[str, Any] | None:
        with self._clear_errors("read"):
            try:
                text = path.read_text(encoding="utf-8")
            except FileNotFoundError:
                return None
            except UnicodeDecodeError:
                raise self._damaged(path) from None
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
        try:
            content: dict[str, Any] = json.loads(text)
            if content["format"] != FORMAT:
                raise SettingError(f"setting {self._setting}: {path} was written by another version of this program")
            _token(content)
            if content["previous"] is not None:
                _token(content["previous"])
            hash(content["seed_sha256"])
        except (KeyError, TypeError, ValueError):
            raise self._damaged(path) from None
        return content

    def _damaged(self, path: Path) -> SettingError:
        return SettingError(f"setting {self._setting}: {path} is damaged; move it away and log in again")

    @contextlib.contextmanager
    def _clear_errors(self, action: str) -> Iterator[None]:
        try:
            yield
        except filelock.Timeout:
            raise
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SettingError(f"setting {self._setting}: cannot {action} {self.path}: {reason}") from None


def _write_synced(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _json(token: Token) -> dict[str, Any]:
    return {
        "generation": token.generation,
        "obtained_at": token.obtained_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "scope": token.scope,
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
    }


def _token(content: Any) -> Token:
    token = Token(
        access_token=content["access_token"],
        refresh_token=content["refresh_token"],
        expires_at=datetime.fromisoformat(content["expires_at"]),
        obtained_at=datetime.fromisoformat(content["obtained_at"]),
        generation=content["generation"],
        scope=content["scope"],
    )
    texts = (token.access_token, token.refresh_token, token.scope or "")
    if not all(isinstance(text, str) for text in texts) or not isinstance(token.generation, int):
        raise TypeError
    if token.expires_at.tzinfo is None or not token.refresh_token:
        raise ValueError
    return token
