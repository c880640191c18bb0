"""Documents that Nmbrs makes in the background: start, ask until ready, keep for the other stream that needs it."""

import tempfile
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import requests
from connector_kit.extract import decoded_json, wait
from singer_sdk.exceptions import RetriableAPIError, SkippableAPIError

if TYPE_CHECKING:
    from tap_nmbrs.client import NmbrsStream

__all__ = ["DocumentSpool", "fetch_document"]

_FIRST_WAIT_SECONDS: Final = 0.25
_LONGEST_WAIT_SECONDS: Final = 30.0
_STARTS_MAX: Final = 2
_MEMORY_BYTES_MAX: Final = 32 << 20


def fetch_document(
    stream: "NmbrsStream",
    url: str,
    parameters: Mapping[str, Any],
    *,
    what: str,
    timeout_seconds: float,
) -> bytes:
    """Have a document made and fetch it; calls: one to start, one or more to ask.

    How long a task lives is not documented, so a task that Nmbrs has forgotten is started once more.

    Raises:
        SkippableAPIError: There is nothing to make a document of.
        RetriableAPIError: The document does not get ready, or is lost twice.
    """
    deadline = time.monotonic() + timeout_seconds
    for _ in range(_STARTS_MAX):
        task_id = stream.fetch(url, parameters, what=what, read=_task_id)
        document_url = f"{stream.url_base}/api/documents/{task_id}"
        try:
            return _when_ready(stream, document_url, what=what, deadline=deadline)
        except SkippableAPIError:  # forgotten
            continue
    raise RetriableAPIError(f"{what}: Nmbrs has lost the document, {_STARTS_MAX} times")


def _task_id(response: requests.Response) -> str:
    body = decoded_json(response)
    task_id = body.get("taskId") if isinstance(body, dict) else None
    if not isinstance(task_id, str) or not task_id.replace("-", "").isalnum():
        raise ValueError("no taskId in the answer")
    return task_id


def _when_ready(stream: "NmbrsStream", url: str, *, what: str, deadline: float) -> bytes:
    pause_seconds = _FIRST_WAIT_SECONDS
    while True:
        document = stream.fetch(url, {}, what=f"document of {what}", needs="scope document.read", read=_document)
        if document is not None:
            return document
        if time.monotonic() + pause_seconds > deadline:
            raise RetriableAPIError(f"{what}: the document is not ready in time (setting document_timeout_seconds)")
        wait(pause_seconds)
        pause_seconds = min(2 * pause_seconds, _LONGEST_WAIT_SECONDS)


def _document(response: requests.Response) -> bytes | None:
    """Read the answer: None while the document is being made (202)."""
    if response.status_code == HTTPStatus.ACCEPTED:
        return None
    if not response.content.strip():
        raise ValueError("the document is empty")
    return response.content


class DocumentSpool:
    """Keeps documents from one stream to the next, so that no document is fetched twice in a sync.

    Compressed, in memory up to 32 MiB, beyond that in a temporary file that has no name and is gone with the process.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES_MAX)  # noqa: SIM115  # lives as long as we
        weakref.finalize(self, self._file.close)
        self._places: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def get(self, key: str, fetch: Callable[[], bytes]) -> bytes:
        """Give a document from the spool; fetch and keep it if it is not there."""
        with self._lock:
            place = self._places.get(key)
            if place is not None:
                self._file.seek(place[0])
                return zlib.decompress(self._file.read(place[1]))
        document = fetch()
        packed = zlib.compress(document, level=1)
        with self._lock:
            self._places[key] = (self._file.seek(0, 2), len(packed))
            self._file.write(packed)
        return document
