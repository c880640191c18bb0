"""The three countries of Minimax: one installation each, with its own addresses, currency and ids."""

from dataclasses import dataclass
from typing import Final

__all__ = ["LOCALISATIONS", "Localisation"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Localisation:
    """One country's installation (vendor's developer pages and samples).

    Attributes:
        code: As the setting names it; also the ISO code of the home country.
        api_url: Base of the API. Operations begin with another `api`, so that addresses hold `/API/api/`.
        token_url: Where tokens are given.
        scope: What the vendor's samples ask for.
        currency: The home currency.
    """

    code: str
    api_url: str
    token_url: str
    scope: str
    currency: str


LOCALISATIONS: Final = {
    localisation.code: localisation
    for localisation in (
        Localisation(
            code="SI",
            api_url="https://moj.minimax.si/SI/API",
            token_url="https://moj.minimax.si/SI/AUT/OAuth20/Token",  # noqa: S106  # an address
            scope="minimax.si",
            currency="EUR",
        ),
        Localisation(
            code="HR",
            api_url="https://moj.minimax.hr/HR/API",
            token_url="https://moj.minimax.hr/HR/AUT/oauth20/token",  # noqa: S106  # an address
            scope="minimax.si",
            currency="EUR",
        ),
        Localisation(
            code="RS",
            api_url="https://moj.minimax.rs/RS/API",
            token_url="https://moj.minimax.rs/RS/AUT/oauth20/token",  # noqa: S106  # an address
            scope="minimax.rs",
            currency="RSD",
        ),
    )
}
