"""Documents as records: payslips, annual statements, wage tax returns. All of them hold citizen service numbers."""

import base64
import hashlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from singer_sdk.exceptions import FatalAPIError, SkippableAPIError
from typing_extensions import override

from tap_nmbrs.company_lists import Answer, CompanyList
from tap_nmbrs.operation import Operation, Parent, Window
from tap_nmbrs.reading import Request
from tap_nmbrs.run_streams import DOCUMENTS_PER_REQUEST
from tap_nmbrs.source import DocumentRequest, HiddenError, RefusedError

if TYPE_CHECKING:
    from tap_nmbrs.tap import TapNmbrs

__all__ = ["DOCUMENT_OPERATIONS", "DocumentList", "DocumentOperation"]

_BYTES_MAX: Final = 32 << 20


@dataclass(frozen=True, kw_only=True)
class DocumentOperation(Operation):
    """A document that Nmbrs makes, and the stream that it becomes.

    Attributes:
        content_type: What the document is (vendor OpenAPI, in words).
    """

    content_type: str


DOCUMENT_OPERATIONS: Final = (
    DocumentOperation(
        stream="payslips",
        primary_keys=("employee_id", "year", "period"),
        window=Window.PERIOD,
        parent=Parent(stream="employees", key="employee_id"),
        selected=False,
        personal_data="bsn",
        content_type="application/pdf",
    ),
    DocumentOperation(
        stream="annual_statements",
        primary_keys=("employee_id", "year"),
        window=Window.YEAR,
        parent=Parent(stream="employees", key="employee_id"),
        selected=False,
        personal_data="bsn",
        content_type="application/pdf",
    ),
    DocumentOperation(
        stream="wage_tax_returns",
        primary_keys=("wage_tax_id",),
        parent=Parent(stream="wage_taxes", key="wage_tax_id"),
        selected=False,
        personal_data="bsn",
        content_type="application/xml",
    ),
)


class DocumentList(CompanyList):
    """One record per document; one that does not exist (yet) has none."""

    operation: DocumentOperation

    def __init__(self, tap: "TapNmbrs", operation: DocumentOperation) -> None:
        super().__init__(tap, operation)

    @property
    @override
    def workers(self) -> int:
        return DOCUMENTS_PER_REQUEST * super().workers

    @override
    def answer(self, request: Request) -> Answer:
        what = self.operation.what(request.keys, request.window)
        asked = DocumentRequest(document=self.name, keys=request.keys, parameters=request.window, what=what)
        (document,) = self.shared.source.documents([asked], timeout_seconds=self.config["document_timeout_seconds"])
        if not isinstance(document, Exception):
            with document:
                return Answer(records=[self._record(request, document, what)])
        is_missing = isinstance(document, SkippableAPIError) and not isinstance(document, HiddenError)
        if is_missing or (isinstance(document, RefusedError) and request.may_be_missing):
            return Answer(records=[])
        raise document

    def _record(self, request: Request, document: IO[bytes], what: str) -> dict[str, Any]:
        content = document.read(_BYTES_MAX + 1)
        if len(content) > _BYTES_MAX:
            raise FatalAPIError(f"{what}: the document is larger than {_BYTES_MAX >> 20} MiB")
        return self.convert(
            {
                **request.keys,
                **request.window,
                "content_type": self.operation.content_type,
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "content": base64.b64encode(content).decode(),
            }
        )
