"""VAT that does not agree with its rate: said, but booked as the record has it, for it may be right all the same."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from target_minimax.references import References

__all__ = ["doubtful_vat"]

_PAIRS: Final = {f"{kind}Vat": f"{kind}VatBase" for kind in ("", "NonDeductible", "Services", "ServicesNonDeductible")}
_TOLERANCE: Final = Decimal("0.02")
_HUNDRED: Final = Decimal(100)


def doubtful_vat(entry: Mapping[str, Any], references: References, on: date | None) -> Iterator[str]:
    """Where the VAT of a row is not the percentage of its base that its rate says.

    Args:
        entry: A VAT entry, as it is sent.
        references: Codes of the organisation.
        on: Day of the rate.

    Returns:
        Places in the entry.
    """
    percents = {row.get("VatRateId"): row.get("Percent") for row in references.rows("VatRate", on)}
    for place, row in enumerate(entry.get("VatEntryRows", ())):
        percent = percents.get((row.get("VatRate") or {}).get("ID"))
        if not isinstance(percent, int | Decimal):
            continue
        for vat, base in _PAIRS.items():
            wanted = Decimal(row.get(base) or 0) * percent / _HUNDRED
            if abs(wanted - Decimal(row.get(vat) or 0)) > _TOLERANCE:
                yield f"vat_entry_rows[{place}]"
                break
