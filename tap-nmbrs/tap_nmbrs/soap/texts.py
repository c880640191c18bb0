"""Documents that come as the text of an element: kept as bytes in a file, whatever their size."""

import re
import tempfile
from typing import IO, Final
from xml.sax.saxutils import unescape

__all__ = ["DocumentText"]

_HEAD_LENGTH: Final = 1024
_MEMORY_BYTES_MAX: Final = 1 << 20
_ENTITY_LENGTH_MAX: Final = 12
_DECLARATION: Final = re.compile(r"<\?xml[^>]*\?>\s*")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}
_NO_DOCUMENT: Final = "<document/>"


class DocumentText:
    """Takes a document piece by piece and keeps it as UTF-8, in a file without a name if it is large.

    Some documents are escaped twice, and some declare utf-16 although nothing of them is (seen in working clients): a
    second escape is undone, and the declaration, which spoke of other bytes, is left out.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES_MAX)  # noqa: SIM115  # the reader's
        self._head: str | None = ""
        self._is_escaped = False
        self._held = ""

    def write(self, text: str) -> None:
        """Take the next piece."""
        if self._head is None:
            self._keep(text)
            return
        self._head = (self._head + text).lstrip("\ufeff \t\r\n")
        if len(self._head) >= _HEAD_LENGTH:
            self._begin()

    def finished(self) -> IO[bytes]:
        """Give the document, to be closed by the caller; an empty text is a document without content."""
        if self._head is not None:
            self._begin()
        self._put(unescape(self._held, _QUOTES) if self._is_escaped else self._held)
        if not self._file.tell():
            self._put(_NO_DOCUMENT)
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Forget it."""
        self._file.close()

    def _begin(self) -> None:
        """Look at the head: is it escaped, is there a declaration."""
        head, self._head = self._head or "", None
        self._is_escaped = head.startswith("&")
        if self._is_escaped:
            declaration, end, rest = head.partition("?&gt;")
            if end and declaration.startswith("&lt;?xml"):
                head = rest.lstrip()
        else:
            head = _DECLARATION.sub("", head, count=1) if head.startswith("<?xml") else head
        self._keep(head)

    def _keep(self, text: str) -> None:
        if not self._is_escaped:
            self._put(text)
            return
        text = self._held + text
        # An entity may be cut between two pieces.
        start = text.rfind("&", -_ENTITY_LENGTH_MAX)
        cut = start if start >= 0 and ";" not in text[start:] else len(text)
        self._put(unescape(text[:cut], _QUOTES))
        self._held = text[cut:]

    def _put(self, text: str) -> None:
        self._file.write(text.encode())
