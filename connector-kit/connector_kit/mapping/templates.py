"""Descriptions composed from the fields of an entry and its lines."""

import string
from collections.abc import Collection, Mapping
from typing import Any, Final

from connector_kit.errors import SettingError

__all__ = ["ENTRY_PLACEHOLDERS", "LINE_PLACEHOLDERS", "Template", "joined", "shortened"]

ENTRY_PLACEHOLDERS: Final = (
    "key",
    "date",
    "journal",
    "description",
    "reference",
    "currency",
    "fiscal_year",
    "period",
    "version",
)
LINE_PLACEHOLDERS: Final = (
    "account",
    "description",
    "cost_center",
    "cost_unit",
    "customer",
    "supplier",
    "employee",
    "vat_code",
    "invoice_number",
    "due_date",
    *(name for name in ENTRY_PLACEHOLDERS if name != "description"),
    "entry_description",
)
_SEPARATOR: Final = ", "
_CUT: Final = "..."


class Template:
    """Text with fields in braces: `Run {reference} {description}`; a field without value leaves nothing behind.

    Args:
        text: The template; `{{` and `}}` are braces.
        placeholders: Fields that may occur.
        setting: Name of the setting, for the error.

    Raises:
        SettingError: For an unknown field, a format (`{date:%Y}`) or a brace without its pair.
    """

    def __init__(self, text: str, *, placeholders: Collection[str], setting: str) -> None:
        self._parts: list[tuple[str, str | None]] = []
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError as error:
            raise SettingError(f"{setting}: {error}") from error
        for literal, name, form, conversion in parsed:
            if form or conversion:
                raise SettingError(f"{setting}: {{{name}}} takes no format")
            if name is not None and name not in placeholders:
                raise SettingError(f"{setting}: unknown {{{name}}}; known are {', '.join(placeholders)}")
            self._parts.append((literal, name))

    def fill(self, fields: Mapping[str, Any]) -> str | None:
        """Compose the text; blanks in a row become one, and no text at all is None."""
        texts = (literal + ("" if name is None else _text(fields.get(name))) for literal, name in self._parts)
        return " ".join("".join(texts).split()) or None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def joined(descriptions: Collection[str], *, length_max: int | None) -> str | None:
    """Join the different descriptions of lines that become one.

    What does not fit into `length_max` is counted: `Salary, Holiday pay, +3`.
    """
    texts = list(dict.fromkeys(descriptions))
    for kept in range(len(texts), 0, -1):
        rest = [f"+{len(texts) - kept}"] if kept < len(texts) else []
        text = _SEPARATOR.join(texts[:kept] + rest)
        if length_max is None or len(text) <= length_max:
            return text
    return texts[0] if texts else None


def shortened(text: str | None, *, length_max: int | None) -> str | None:
    """Cut a text to `length_max` characters, visibly."""
    if text is None or length_max is None or len(text) <= length_max:
        return text
    return text[: length_max - len(_CUT)].rstrip() + _CUT
