"""Where calls of the webhook wait for the next sync: a folder, and a file per call.

A call is on disk before it is answered, a kill at any moment loses none that was, and no process waits for another:
files are only ever created under a new name and moved. So equal calls are kept one by one and become one event when
they are read; what arrives after a sync has read the inbox stays in it, however equal.
"""

import json
import logging
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from connector_kit.errors import ConnectorError, SettingError

from tap_inlenersbeloning.calls import Call
from tap_inlenersbeloning.identifiers import identifiers
from tap_inlenersbeloning.verification import Means, Proof

__all__ = ["Event", "Inbox", "InboxFullError"]

FORMAT: Final = 1
_DONE: Final = "done"
_UNREADABLE: Final = "unreadable"
_ENDING: Final = ".json"
_PART: Final = ".part"
_PART_SECONDS: Final = 60
"""After that long nobody is still writing it."""

logger = logging.getLogger(__name__)


class InboxFullError(ConnectorError):
    """So much waits that calls which cannot be verified are not taken any more; run a sync."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One or several equal calls.

    Attributes:
        received_at: When the first of them came.
        content_hash: What makes them equal.
        verified: Whether one of them was verified. One that was not still tells where to look first: what has changed
            is always read from the provider.
        company_id: The company whose secret they know, if that is known.
        call: The first of them.
        files: Names of their files.
    """

    received_at: datetime
    content_hash: str
    verified: bool
    company_id: str | None
    call: Call = field(repr=False)
    files: tuple[str, ...]

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Every text that could be the id of a company, a partner or a remuneration."""
        return identifiers(self.call) | ({self.company_id} if self.company_id else frozenset())


class Inbox:
    """The folder; it may be read and written by several processes of one user at once.

    Args:
        path: Setting `webhook_inbox`.
        unverified_files_max: More calls than these may wait only if they are verified.
        unverified_bytes_max: The same, by size.

    Raises (all methods):
        SettingError: The folder cannot be used, or others may read it.
    """

    def __init__(
        self, path: str | Path, *, unverified_files_max: int = 10_000, unverified_bytes_max: int = 16 << 20
    ) -> None:
        self.path = Path(path).expanduser().resolve()
        self._files_max = unverified_files_max
        self._bytes_max = unverified_bytes_max

    def prepare(self) -> None:
        """Make the folder, and finish what a killed process has begun."""
        with _clear_errors("make", self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.stat().st_mode & 0o077:
                raise SettingError(
                    f"setting webhook_inbox: others may read or write {self.path}; name a folder of its own, "
                    "or take their rights away (chmod 700)"
                )
            self._recover()

    def put(self, call: Call, proof: Proof, *, now: datetime | None = None) -> str:
        """Keep a call; when this returns, it is on disk.

        Args:
            call: Without secrets of ours.
            proof: What it proves.
            now: The present.

        Returns:
            Name of its file.

        Raises:
            InboxFullError: It is not verified, and too much waits already.
        """
        now = now or datetime.now(UTC)
        if proof.means is None:
            self._make_room()
        content = {
            "format": FORMAT,
            "received_at": now.isoformat(),
            "verified": proof.means is not None,
            "verified_by": proof.means,
            "company_id": proof.company_id,
            "content_hash": call.content_hash,
            **call.as_json(),
        }
        name = f"{now:%Y%m%dT%H%M%S%fZ}-{call.content_hash[:16]}-{secrets.token_hex(4)}{_ENDING}"
        part = self._part(name)
        with _clear_errors("write", self.path):
            try:
                _write_synced(part, json.dumps(content).encode() + b"\n")
                self._finish(name)
                _sync_folder(self.path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return name

    def pending(self) -> list[Event]:
        """Read what waits, the oldest first; a file that cannot be read is put aside."""
        with _clear_errors("read", self.path):
            if not self.path.is_dir():
                return []
            self._recover()
            grouped: dict[str, Event] = {}
            for name in self._names():
                event = self._read(name)
                if event is not None:
                    known = grouped.get(event.content_hash)
                    grouped[event.content_hash] = _joined(known, event) if known else event
        return list(grouped.values())

    def done(self, events: Iterable[Event]) -> None:
        """Move these out of the way, into `done`; call it when a sync that has read them is complete."""
        names = [name for event in events for name in event.files]
        if names:
            self._move(names, _DONE)

    def _names(self) -> list[str]:
        """The files that wait, in the order of their arrival."""
        names = (path.name for path in self.path.iterdir())
        return sorted(name for name in names if name.endswith(_ENDING) and not name.startswith("."))

    def _read(self, name: str) -> Event | None:
        try:
            return _event(name, (self.path / name).read_bytes())
        except FileNotFoundError:  # another sync is done with it
            return None
        except _UNREADABLE_FILE:
            self._put_aside(name)
            return None

    def _put_aside(self, name: str) -> None:
        logger.warning("Webhook inbox: %s cannot be read and was moved to %s/%s", name, self.path.name, _UNREADABLE)
        self._move([name], _UNREADABLE)

    def _move(self, names: Iterable[str], folder: str) -> None:
        target = self.path / folder
        with _clear_errors("write", target):
            target.mkdir(mode=0o700, exist_ok=True)
            for name in names:
                try:
                    (self.path / name).rename(target / name)
                except FileNotFoundError:  # another process was first
                    continue
            _sync_folder(target)
            _sync_folder(self.path)

    def _make_room(self) -> None:
        files = size = 0
        with _clear_errors("read", self.path), os.scandir(self.path) as entries:
            for entry in entries:
                try:
                    size += entry.stat().st_size
                except FileNotFoundError:
                    continue
                files += 1
        if files >= self._files_max or size >= self._bytes_max:
            raise InboxFullError(f"webhook inbox: {files} files wait in {self.path}; run a sync, which empties it")

    # A file is written under a hidden name and renamed when it is whole and on disk. Both steps may be repeated by
    # another process, so whoever finds the hidden file of a killed receiver can finish its work.

    def _part(self, name: str) -> Path:
        return self.path / f".{name}{_PART}"

    def _finish(self, name: str) -> None:
        try:
            self._part(name).rename(self.path / name)
        except FileNotFoundError:
            # Another process has found it whole and finished it; a sync may even be done with it.
            if not any((self.path / folder / name).exists() for folder in ("", _DONE)):
                raise

    def _recover(self) -> None:
        for hidden in sorted(path.name for path in self.path.glob(f".*{_PART}")):
            name = hidden[1 : -len(_PART)]
            try:
                _event(name, _read_synced(self.path / hidden))
                self._finish(name)
            except FileNotFoundError:
                continue
            except _UNREADABLE_FILE:
                self._put_aside_if_old(hidden)

    def _put_aside_if_old(self, hidden: str) -> None:
        """Leave a half file alone while somebody may be writing it; its call was never answered."""
        try:
            age_seconds = time.time() - (self.path / hidden).stat().st_mtime
        except FileNotFoundError:
            return
        if age_seconds > _PART_SECONDS:
            self._put_aside(hidden)


_UNREADABLE_FILE: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _event(name: str, text: bytes) -> Event:
    """Read a file.

    Raises:
        ValueError, TypeError, KeyError, AttributeError, RecursionError: It is damaged, or none of ours.
    """
    content: Mapping[str, Any] = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError
    company_id = content["company_id"]
    received_at = datetime.fromisoformat(content["received_at"])
    if received_at.tzinfo is None or not isinstance(company_id, str | None):
        raise TypeError
    call = Call.from_json(content)
    means = Means(content["verified_by"]) if content["verified_by"] is not None else None
    return Event(
        received_at=received_at,
        content_hash=call.content_hash,
        verified=means is not None,
        company_id=company_id,
        call=call,
        files=(name,),
    )


def _joined(first: Event, again: Event) -> Event:
    return Event(
        received_at=first.received_at,
        content_hash=first.content_hash,
        verified=first.verified or again.verified,
        company_id=first.company_id or again.company_id,
        call=first.call,
        files=(*first.files, *again.files),
    )


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _read_synced(path: Path) -> bytes:
    """Read a file that is on disk when this returns."""
    with path.open("rb") as file:
        content = file.read()
        os.fsync(file.fileno())
    return content


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _clear_errors(action: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingError(f"setting webhook_inbox: cannot {action} {path}: {reason}") from None
