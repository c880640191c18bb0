"""The code lists of an organisation: ids of countries and currencies differ from installation to installation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from target_minimax.localisation import Localisation

__all__ = ["MasterData", "ids_by_code"]


@dataclass(frozen=True, kw_only=True)
class MasterData:
    """What customers are checked against.

    Attributes:
        home: The installation's country.
        countries: Id by ISO 3166 code.
        currencies: Id by ISO 4217 code.
    """

    home: Localisation
    countries: Mapping[str, int]
    currencies: Mapping[str, int]

    @classmethod
    def from_records(
        cls, home: Localisation, *, countries: Iterable[Mapping[str, Any]], currencies: Iterable[Mapping[str, Any]]
    ) -> Self:
        """Read the rows of the lists."""
        return cls(
            home=home,
            countries=ids_by_code(countries, "CountryId"),
            currencies=ids_by_code(currencies, "CurrencyId"),
        )


def ids_by_code(rows: Iterable[Mapping[str, Any]], member: str) -> dict[str, int]:
    """Ids by code; rows without either are left out."""
    return {
        code: number
        for row in rows
        if isinstance(code := row.get("Code"), str) and isinstance(number := row.get(member), int)
    }
