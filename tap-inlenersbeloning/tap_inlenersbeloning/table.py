"""The table of streams, in the order in which they are written."""

from typing import Final

from tap_inlenersbeloning.blocks import DOCUMENT_STREAMS
from tap_inlenersbeloning.reading import VERSIONS
from tap_inlenersbeloning.streams import CodeLists, Declaration, DocumentRows, Partners, RemunerationIndex
from tap_inlenersbeloning.unconfirmed import Companies, PartnerFunctions, RemunerationPdfs

__all__ = ["STREAMS"]

_REMUNERATION: Final = ("company_id", "partner_id", "remuneration_id")
STREAMS: Final = (
    Declaration(name="companies", primary_keys=("company_id",), kind=Companies, selected=False),
    Declaration(name="partners", primary_keys=("company_id", "id"), kind=Partners),
    Declaration(name="remuneration_index", primary_keys=_REMUNERATION, kind=RemunerationIndex),
    *(
        Declaration(name=row.name, primary_keys=row.primary_keys, kind=DocumentRows, selected=row.selected)
        for row in DOCUMENT_STREAMS
    ),
    Declaration(
        name=VERSIONS,
        primary_keys=("company_id", "partner_id", "id", "lender_version"),
        kind=DocumentRows,
        selected=False,
    ),
    Declaration(name="code_lists", primary_keys=("list", "code"), kind=CodeLists),
    Declaration(
        name="partner_functions",
        primary_keys=("company_id", "partner_id", "id"),
        kind=PartnerFunctions,
        selected=False,
    ),
    Declaration(
        name="remuneration_pdfs",
        primary_keys=(*_REMUNERATION, "lender_version"),
        kind=RemunerationPdfs,
        selected=False,
    ),
)  # fmt: skip
