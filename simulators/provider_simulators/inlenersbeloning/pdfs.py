"""PDFs of remunerations: valid ones, as large as wanted, always the same for the same version."""

import base64
import textwrap
from typing import Any

HEAD = b"%PDF-1.4\n"
LINE = 76
PAGE = (
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
)


def pdf(title: str, size: int) -> bytes:
    """A page with a title, filled up with a comment."""
    text = f"BT /F1 12 Tf 72 720 Td ({title.encode('ascii', 'replace').decode()}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    )
    body, places = HEAD, []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    body += b"%" + b"x" * max(size - len(body), 0) + b"\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>"
    return body + f"{end}\nstartxref\n{len(body)}\n%%EOF\n".encode()


def encoded(content: bytes, *, line_breaks: bool) -> str:
    """Base64, perhaps in lines."""
    text = base64.b64encode(content).decode()
    return "\r\n".join(textwrap.wrap(text, LINE)) if line_breaks else text


def in_form(text: str, form: str, member: str) -> Any:
    """As JSON has it: a string, or in an object."""
    return {member: text} if form == "object" else text
