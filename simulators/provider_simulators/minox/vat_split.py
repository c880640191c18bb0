"""VAT that Minox works out itself, from the code of the line or else of its ledger account, as the vendor advises."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from provider_simulators.minox.administration import Administration, Vat
from provider_simulators.minox.booking import Draft

CENT = Decimal("0.01")
VatReading = Literal["gross", "net", "none"]


def vat_code(draft: Draft, books: Administration) -> Vat | None:
    """The code that counts for a line: its own, or else that of its account."""
    if draft.names_vat:
        return draft.vat
    return books.vat_codes.get(draft.account.vat) if draft.account.vat else None


def vat_drafts(draft: Draft, books: Administration, reading: VatReading) -> Iterator[Draft]:
    """The lines that VAT adds: ``gross`` moves it from the account of the line, ``net`` puts it on top."""
    vat = vat_code(draft, books)
    if vat is None or reading == "none" or draft.account.kind != "ledger_account":
        return
    amount = _amount(draft, vat, reading)
    if amount:
        yield draft.with_amount(amount, books.accounts[vat.account], vat.description)
        if reading == "gross":
            yield draft.with_amount(-amount, draft.account, vat.description)


def _amount(draft: Draft, vat: Vat, reading: VatReading) -> Decimal:
    """With the sign of the line; an amount that the line names goes before the percentage."""
    if draft.vat_amount is not None:
        return draft.vat_amount if draft.debit else -draft.vat_amount
    whole = 100 + vat.percentage if reading == "gross" else Decimal(100)
    return (draft.amount * vat.percentage / whole).quantize(CENT, ROUND_HALF_UP)
