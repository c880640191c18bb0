"""The PDFs of issued invoices, as files: from the answer of the action that makes them, else from Minimax' folder."""

import base64
import binascii
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from connector_kit.errors import SettingError
from connector_kit.posting.transport import may_write

from target_minimax.exchange import Exchange
from target_minimax.operations import looking

__all__ = ["Pdfs"]

_INVOICES: Final = looking("issuedinvoices")
_FILES: Final = looking("documents/{parent}/attachments")
_NAME_LENGTH_MAX: Final = 100


class Pdfs:
    """A folder with a file per invoice, whose name begins with the invoice's id at Minimax.

    Args:
        folder: Where they go.
        say: Warns: an invoice that is issued stays issued, even if its PDF cannot be had.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say

    def check(self) -> None:
        """Make the folder, and see that files can be made in it.

        Raises:
            SettingError: They cannot.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self._folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise SettingError(f"setting pdf_folder: {self._folder} cannot be written ({error.strerror})") from None

    def keep(self, number: str, exchange: Exchange, body: Any = None) -> None:
        """Save the PDF of an issued invoice, unless it is there; a plan saves none.

        Args:
            number: Id of the invoice.
            exchange: Reads it, if need be.
            body: What the action answered.
        """
        if not may_write() or any(self._folder.glob(f"{number}-*.pdf")):
            return
        said = body.get("Data") if isinstance(body, Mapping) else None
        content = _content(said) if isinstance(said, Mapping) else None
        if content is None:
            said = _of_invoice(number, exchange)
            content = _content(said)
        if content is None:
            self._say(f"The PDF of issued invoice {number} cannot be read now; it is in Minimax")
            return
        name = str(said.get("AttachmentFileName") or said.get("FileName") or "") if said else ""
        path = self._folder / f"{number}-{_plain(name)}.pdf"
        try:
            temporary = path.with_name(f".{path.name}.{os.getpid()}")
            temporary.touch(mode=0o600)
            temporary.write_bytes(content)
            temporary.replace(path)
        except OSError as error:
            self._say(f"The PDF of issued invoice {number} cannot be saved ({error.strerror}); it is in Minimax")


def _of_invoice(number: str, exchange: Exchange) -> Mapping[str, Any]:
    """The file in the folder of documents that Minimax keeps for the invoice."""
    invoice = exchange.version(_INVOICES, id=number)
    body = invoice.body if invoice else None
    folder, file = (_id(body, name) for name in ("Document", "InvoiceAttachment"))
    found = exchange.version(_FILES, parent=folder, id=file) if folder and file else None
    return found.body if found and isinstance(found.body, Mapping) else {}


def _id(body: Any, member: str) -> str | None:
    value = body.get(member) if isinstance(body, Mapping) else None
    return str(value["ID"]) if isinstance(value, Mapping) and value.get("ID") else None


def _content(said: Mapping[str, Any]) -> bytes | None:
    """The file in an answer, if there is one."""
    data = said.get("AttachmentData")
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) and data else None
    except binascii.Error:
        return None


def _plain(name: str) -> str:
    """A name that is good on every disk, without its ending."""
    return re.sub(r"[^\w-]+", "-", name.removesuffix(".pdf")).strip("-")[:_NAME_LENGTH_MAX] or "invoice"
