"""Documents of payroll runs: those that several streams need are asked for together, and once per sync."""

import re
import tempfile
import threading
import weakref
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from singer_sdk.exceptions import SkippableAPIError

from tap_nmbrs.runs import Run
from tap_nmbrs.source import DocumentRequest, Source

__all__ = ["RejectedDocuments", "RunDocuments"]

Document = IO[bytes] | Exception
_KEPT_BYTES_MAX: Final = 1 << 30
"""Of packed documents on disk; beyond it a document is asked for again when its turn comes."""
_MEMORY_BYTES_MAX: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 16


@dataclass(frozen=True, kw_only=True)
class _Place:
    offset: int
    length: int


class RunDocuments:
    """Asks for documents and keeps those that other streams need later. Thread-safe.

    Args:
        source: Makes and gives the documents.
        timeout_seconds: How long to wait for those of one run.
    """

    def __init__(self, source: Source, *, timeout_seconds: float) -> None:
        self._source = source
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the tap lives
        weakref.finalize(self, self._file.close)
        self._kept: dict[tuple[str, str], _Place | SkippableAPIError] = {}

    def fetch(self, run: Run, names: Sequence[str], *, later: Iterable[str] = ()) -> dict[str, Document]:
        """Give documents of a run.

        Args:
            run: The run.
            names: Which ones, as in `DocumentRequest.document`.
            later: Those that other streams are going to need in this sync.

        Returns:
            By name the document, to be closed by the caller, or what went wrong.
        """
        found: dict[str, Document] = {}
        for name in names:
            kept = self._kept.get((run["payroll_run_id"], name))
            if kept is not None:
                found[name] = self._restored(kept) if isinstance(kept, _Place) else kept
        asked = [name for name in names if name not in found]
        if asked:
            needed_later = [name for name in dict.fromkeys(later) if not self._is_kept(run, name)]
            together = list(dict.fromkeys([*asked, *needed_later]))
            requests = [_request(run, name) for name in together]
            answers = self._source.documents(requests, timeout_seconds=self._timeout_seconds)
            answered = dict(zip(together, answers, strict=True))
            for name in needed_later:
                self._keep(run, name, answered[name])
            found |= {name: answered.pop(name) for name in asked}
            for document in answered.values():
                if not isinstance(document, Exception):
                    document.close()
        return found

    def _is_kept(self, run: Run, name: str) -> bool:
        return (run["payroll_run_id"], name) in self._kept

    def _keep(self, run: Run, name: str, document: Document) -> None:
        key = run["payroll_run_id"], name
        if isinstance(document, SkippableAPIError):
            self._kept[key] = document
        elif not isinstance(document, Exception):
            packer = zlib.compressobj(1)
            with self._lock:
                offset = self._file.seek(0, 2)
                if offset > _KEPT_BYTES_MAX:
                    return
                while chunk := document.read(_CHUNK_BYTES):
                    self._file.write(packer.compress(chunk))
                self._file.write(packer.flush())
                self._kept[key] = _Place(offset=offset, length=self._file.tell() - offset)
            document.seek(0)

    def _restored(self, place: _Place) -> IO[bytes]:
        document: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES_MAX)  # noqa: SIM115  # the caller's
        unpacker = zlib.decompressobj()
        for start in range(0, place.length, _CHUNK_BYTES):
            with self._lock:
                self._file.seek(place.offset + start)
                chunk = self._file.read(min(_CHUNK_BYTES, place.length - start))
            document.write(unpacker.decompress(chunk))
        document.write(unpacker.flush())
        document.seek(0)
        return document


class RejectedDocuments:
    """Where documents are put that could not be read, for a person to look at: they hold pay.

    Args:
        folder: Made when it is needed, for nobody else to read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, document: IO[bytes], parts: Mapping[str, str]) -> Path:
        """Keep a document; one of the same name is replaced.

        Args:
            document: From its beginning.
            parts: What it is: company, run, kind of document.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / (re.sub(r"[^\w-]+", "-", "_".join(parts.values()), flags=re.ASCII) + ".xml")
        document.seek(0)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        with path.open("wb") as file:
            while chunk := document.read(_CHUNK_BYTES):
                file.write(chunk)
        return path


def _request(run: Run, name: str) -> DocumentRequest:
    keys = {"company_id": run["company_id"], "payroll_run_id": run["payroll_run_id"]}
    what = f"{name} of company {run['company_id']}, run {run['payroll_run_id']}"
    return DocumentRequest(document=name, keys=keys, parameters={"year": run["year"]}, what=what)
