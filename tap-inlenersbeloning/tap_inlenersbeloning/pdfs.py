"""PDFs of remunerations: text in base64, in whatever wrapping it comes, and the files that are made of it."""

import base64
import binascii
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from connector_kit.errors import SettingError
from connector_kit.extract import UnreadableAnswerError

from tap_inlenersbeloning.answers import shape
from tap_inlenersbeloning.decoding import decoded

__all__ = ["PdfFolder", "pdf_of"]

_MAGIC: Final = b"%PDF"
_MEMBERS: Final = ("pdf", "data", "file", "content", "base64", "contents", "document")
_DATA_URI: Final = re.compile(r"data:[\w/+.-]*(;[\w=.-]+)*,", re.ASCII)
_URL_SAFE: Final = str.maketrans("-_", "+/")
_UNSAFE: Final = re.compile(r"[^\w.-]", re.ASCII)
_DEPTH_MAX: Final = 3


def pdf_of(content: bytes) -> bytes | None:
    """Read an answer: the file itself, base64 (with line breaks or without) as plain or JSON text, or in an object.

    Returns:
        The file; None where there is none.

    Raises:
        UnreadableAnswerError: It is something else.
    """
    if content.startswith(_MAGIC):
        return content
    text: Any = content.strip()
    if text[:1] in (b'"', b"{", b"[") or text == b"null":
        text = _text_in(decoded(content))
    elif text:
        text = text.decode("ascii", errors="replace")
    if not text:
        return None
    try:
        return base64.b64decode(_padded(_DATA_URI.sub("", text, count=1)), validate=True) or None
    except binascii.Error:
        raise UnreadableAnswerError(f"the answer, {len(content)} bytes, is no file in base64") from None


def _text_in(value: Any, depth: int = 0) -> str | None:
    """Find the text in JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and len(value) <= 1:
        return _text_in(value[0], depth + 1) if value else None
    if isinstance(value, Mapping) and depth < _DEPTH_MAX:
        for name in _MEMBERS:
            if name in value:
                return _text_in(value[name], depth + 1)
    raise UnreadableAnswerError(f"found no file in {shape(value)}")


def _padded(text: str) -> str:
    joined = "".join(text.split()).translate(_URL_SAFE).rstrip("=")
    return joined + "=" * (-len(joined) % 4)


class PdfFolder:
    """Keeps files, one per version of a remuneration; readable by their owner only.

    Args:
        path: Of the folder; it is made when the first file comes.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path).expanduser()

    def keep(self, content: bytes, *, names: tuple[str, ...]) -> str:
        """Write a file whole or not at all; gives its name, which is always the same for the same version.

        Raises:
            SettingError: The folder cannot be written.
        """
        name = "_".join(map(_safe, names)) + ".pdf"
        try:
            self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._path, suffix=".part", delete=False) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self._path / name)
        except OSError as error:
            raise SettingError(f"setting pdf_folder: cannot write there: {error.strerror}") from None
        return name


def _safe(identifier: str) -> str:
    """Give an id as part of a file name; one that has to be changed for it gets something that tells it apart."""
    cleaned = _UNSAFE.sub("-", identifier)[:60].lstrip(".")
    if cleaned == identifier:
        return identifier
    return f"{cleaned}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"
