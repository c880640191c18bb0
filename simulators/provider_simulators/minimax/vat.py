"""VAT rates: their percentage on a day, at home and abroad."""

from datetime import date
from decimal import Decimal

from provider_simulators.minimax.localisation import FOREIGN_VAT, Localisation
from provider_simulators.minimax.reading import Record

ABROAD = 500
"""Percentages of rates abroad have the id of their rate and so much more."""


def rate_on(home: Localisation, rate: Record, day: date) -> Record | None:
    """A rate with its percentage on a day; None before there was one."""
    if rate["country"] != home.country:
        percent = Decimal(FOREIGN_VAT[rate["country"]])
        return {**rate, "Percent": percent, "VatRatePercentage": rate["VatRateId"] + ABROAD}
    history = next(each for each in home.vat if each.id == rate["VatRateId"])
    for (since, percent), number in reversed(list(zip(history.percents, history.percentage_ids, strict=True))):
        if since <= day:
            return {**rate, "Percent": percent, "VatRatePercentage": number}
    return None
