"""The document of a batch: one file, sent as base64 text in a multipart form (seen in a working client)."""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from werkzeug.wrappers import Request

from provider_simulators.minox.messages import Code, refusal

PART = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file.

    Attributes:
        id: Given by the server.
        name: File name.
        mime_type: Type that the part named.
        content: The decoded bytes.
    """

    id: UUID
    name: str
    mime_type: str
    content: bytes


def attachment(request: Request, new_id: UUID) -> Attachment:
    """The file in a request.

    Raises:
        RefusedError: 400 or 415 when there is not exactly one part `data` with base64 text and a file name.
    """
    if request.mimetype != "multipart/form-data":
        raise refusal(415, Code.ATTACHMENT, "Content-Type is niet multipart/form-data")
    with request:  # closes the temporary files of its parts
        parts = list(request.files.items(multi=True))
        if [name for name, _ in parts] != [PART] or request.form or not parts[0][1].filename:
            raise refusal(400, Code.ATTACHMENT, "Verwacht één deel met de naam data en een bestandsnaam")
        file = parts[0][1]
        content = _decoded(b"".join(file.stream.read().split()))
        return Attachment(id=new_id, name=file.filename or "", mime_type=file.mimetype, content=content)


def _decoded(text: bytes) -> bytes:
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise refusal(400, Code.ATTACHMENT, "De inhoud is geen base64") from error
    if not content:
        raise refusal(400, Code.ATTACHMENT, "Het bestand is leeg")
    return content
