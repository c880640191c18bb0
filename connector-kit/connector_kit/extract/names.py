"""From the provider's spelling of field names to ours: snake_case, with a table of acronyms."""

import re
from functools import cache
from typing import Final

__all__ = ["snake_case"]

_ACRONYMS: Final = ("IBAN", "BSN", "BIC", "SVW", "AOF", "CAO", "ZVW", "ZW", "WW", "WGA", "WHK", "WKR", "UWV", "VCR")
"""Dutch payroll and banking abbreviations that providers write in capitals and join to the next word."""
_ACRONYM: Final = re.compile(rf"((?:{'|'.join(_ACRONYMS)})s?)(?=[A-Z0-9_]|$)")
_WORD_ENDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER: Final = re.compile(r"[^0-9A-Za-z]+")


@cache
def snake_case(name: str) -> str:
    """Give the mechanical name of a provider's field.

    `employeeId` becomes `employee_id`, `BSN` becomes `bsn`, `SVWSettingsId` becomes `svw_settings_id`,
    `invalid-params` becomes `invalid_params`. Text without any letter or digit stays as it is.
    """
    spaced = _ACRONYM.sub(lambda match: f"_{match[1].capitalize()}_", name)
    words = _OTHER.split(_WORD_ENDS.sub("_", spaced).replace("_", " "))
    return "_".join(word.lower() for word in words if word) or name
