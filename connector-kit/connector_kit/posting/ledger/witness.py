"""A small file that remembers where the ledger ended, so that a ledger that is gone or older than that is noticed.

It is written when a run begins and when it ends, after the ledger itself, so it is never ahead of it. It cannot tell
anything when it got lost together with the ledger: then the ledger begins cold, and each entry is looked up before
its first write.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from connector_kit.errors import SettingError

__all__ = ["Witness"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Witness:
    """What is known of a ledger apart from it.

    Attributes:
        ledger: Its identifier.
        seq: Number of the newest line in its log.
        chain: Hash of that line.
        run: The run that wrote this.
        at: When.
    """

    ledger: str
    seq: int
    chain: str
    run: str
    at: str

    @classmethod
    def read(cls, path: Path | None) -> Self | None:
        """Read the file; None if there is none.

        Raises:
            SettingError: It is not ours, or damaged.
        """
        try:
            return cls(**json.loads(path.read_bytes())) if path else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingError(f"ledger: {path} cannot be read ({error.strerror})") from error
        except (ValueError, TypeError):
            raise SettingError(
                f"ledger: {path} is damaged, it says when the ledger was used last; if the ledger is the newest that "
                "there is, remove it"
            ) from None

    def write(self, path: Path | None) -> None:
        """Replace the file, all of it or nothing.

        Raises:
            OSError: The disk does not take it.
        """
        if path is None:
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        new.unlink(missing_ok=True)
        with _opened(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
            os.write(file, json.dumps(asdict(self)).encode())
            os.fsync(file)
        new.replace(path)
        with _opened(path.parent, os.O_RDONLY) as folder:
            os.fsync(folder)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
