"""What a document may have that nobody promised it would not: each an odd habit of its own, the same for the same seed.

Some were seen in recordings; others fit a provider that keeps to no published schema, or software that does not tell
lists from objects (inferred). A connector must lose no value of any of them.
"""

from collections.abc import Callable, Collection
from decimal import Decimal
from enum import StrEnum
from random import Random
from typing import Any

Document = dict[str, Any]
Change = Callable[[str, Any], Any]

HEADER = ("id", "title", "intermediaryID", "startDate", "publishDate", "lenderVersion", "totalVersions")
HALF = 0.5
UNHEARD_OF = "NietEerderGezien"
CODES = frozenset({
    "basedOn", "calculationMethod", "incrementType", "interval", "name", "occasion", "tableType", "type", "typeCode",
    "value",
})  # fmt: skip
FREE_TEXTS = frozenset({"conditions", "description", "explanation", "scalesComment", "workingHoursComments"})
QUIRKS = ("\r\n\t", "\x02", "\N{NARROW NO-BREAK SPACE}", "\N{MATHEMATICAL BOLD CAPITAL A}", "\n\n- ", "  ", "é\u0301")
"""What recorded texts contain: line ends of Windows, tabs, a control character, letters beyond 16 bits, blanks."""
LONGEST_TEXT = 7_445


class Oddity(StrEnum):
    """Odd habits, in the order in which they are put on."""

    NEW_FIELDS = "new_fields"
    """Members nobody has seen: at the root, in an object, in an array's objects; a new block, a new list in a block."""
    UNKNOWN_CODES = "unknown_codes"
    """Codes that are in no list."""
    CONTRADICTIONS = "contradictions"
    """Every `hasX` says the opposite of its list (seen in 16 of 345 pairs)."""
    PLACEHOLDERS = "placeholders"
    """Every list of arrangements has an item with nothing in it but an amount of 0 (seen)."""
    DIRTY_TEXT = "dirty_text"
    """Free text with everything that recordings had, up to their greatest length."""
    UNSTORABLE_TEXT = "unstorable_text"
    """Free text with U+0000 and half a surrogate pair: valid JSON that databases refuse (inferred)."""
    DUTCH_NUMBERS = "dutch_numbers"
    """Numbers as text: `1.234,56`, `18.500,-`, `0,607` (text fields had them)."""
    LONG_NUMBERS = "long_numbers"
    """Numbers with more digits than a float holds, and with an exponent (inferred)."""
    CHANGED_TYPES = "changed_types"
    """Numbers as text, flags as text or number, digits in text as numbers, a unit as a plain text."""
    DUPLICATE_IDS = "duplicate_ids"
    """Items of one list share an id."""
    WITHOUT_IDS = "without_ids"
    """Ids below the document's are missing, null or empty."""
    MISSING_MEMBERS = "missing_members"
    """Members and whole blocks are not there (whole keys were missing in recordings)."""
    NULLS = "nulls"
    """Lists and objects are null."""
    ODD_ITEMS = "odd_items"
    """Lists of objects hold nulls, texts and lists too."""
    ODD_LISTS = "odd_lists"
    """Lists come as objects keyed by id or number, or as their one item; empty objects come as `[]`."""


def strange(document: Document, oddities: Collection[Oddity], seed: str) -> Document:
    """The document with these oddities. Its header, and the hirer's id and name, stay as they are."""
    if not oddities:
        return document
    kept = {name: document[name] for name in HEADER if name in document}
    odd = {name: value for name, value in document.items() if name not in HEADER}
    company = {name: value for name, value in odd["company"].items() if name in ("id", "businessName")}
    for oddity in Oddity:
        if oddity in oddities:
            odd = CHANGES[oddity](odd, Random(f"{seed}/{oddity}"))
    if isinstance(odd.get("company"), dict):
        odd["company"] |= company
    return kept | odd


def _each(value: Any, change: Change, name: str = "") -> Any:
    """The value with everything in it changed, the innermost first; items of a list go by the list's name."""
    if isinstance(value, dict):
        value = {member: _each(each, change, member) for member, each in value.items()}
    elif isinstance(value, list):
        value = [_each(each, change, name) for each in value]
    return change(name, value)


def _members(document: Document, change: Change) -> Document:
    return {name: _each(value, change, name) for name, value in document.items()}


def _sometimes(chance: Random, change: Change) -> Change:
    return lambda name, value: change(name, value) if chance.random() < HALF else value


def _new_fields(document: Document, chance: Random) -> Document:
    places: dict[str, Document] = {
        "company": {"tradeName": "Nieuw"},
        "functionGroups": {"escoCode": "9333.4", "bandwidth": {"from": 1, "to": Decimal("2.5")}},
        "steps": {"validUntil": "2027-01-01"},
        "weekdays": {"isoDay": 1},
        "allowances": {"nightWork": [{"id": "n1", "amount": 4, "shifts": [{"title": "Nacht"}]}]},
        "amountType": {"symbol": "%"},
        "leave": {"bereavement": {"days": 5}},
    }

    def change(name: str, value: Any) -> Any:
        return value | places[name] if name in places and isinstance(value, dict) else value

    new = {"isReported": False, "items": [{"gap": Decimal("3.1"), "reason": "Verzonnen"}], "years": [2025, 2026]}
    return _members(document, change) | {"payTransparency": new, "sector": chance.choice(("A", "B"))}


def _unknown_codes(document: Document, chance: Random) -> Document:
    def change(name: str, value: Any) -> Any:
        return f"{UNHEARD_OF}{chance.randrange(9)}" if name in CODES and isinstance(value, str) else value

    return _members(document, _sometimes(chance, change))


def _contradictions(document: Document, chance: Random) -> Document:  # noqa: ARG001 (all oddities are called alike)
    return _members(
        document, lambda name, value: not value if name.startswith("has") and isinstance(value, bool) else value
    )


def _placeholders(document: Document, chance: Random) -> Document:  # noqa: ARG001 (all oddities are called alike)
    def emptied(name: str, value: Any) -> Any:
        if isinstance(value, bool):
            return False
        if name in ("amount", "intervalAmount", "from", "to"):
            return 0
        return value if name == "id" or isinstance(value, dict) else [] if isinstance(value, list) else None

    def change(_: str, value: Any) -> Any:
        lines = isinstance(value, list) and value and isinstance(value[0], dict) and "amount" in value[0]
        if not lines:
            return value
        empty = _members(value[0], emptied)
        return [*value, empty | ({"id": f"{empty['id']}-leeg"} if "id" in empty else {})]

    return _members(document, change)


def _dirty_text(document: Document, chance: Random) -> Document:
    def dirty(text: str) -> str:
        soiled = "".join(f"{word} {chance.choice(QUIRKS)}" for word in text.split(" "))
        return (soiled * (LONGEST_TEXT // len(soiled) + 1))[:LONGEST_TEXT] if chance.random() < 1 / 20 else soiled

    return _members(
        document, lambda name, value: dirty(value) if name in FREE_TEXTS and isinstance(value, str) else value
    )


def _unstorable_text(document: Document, chance: Random) -> Document:
    def change(name: str, value: Any) -> Any:
        if name in FREE_TEXTS and isinstance(value, str):
            return value + chance.choice(("\x00 nul", "\ud835 half", " \udc00"))
        return value

    return _members(document, change)


def _dutch_numbers(document: Document, chance: Random) -> Document:
    def change(_: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return value
        text = f"{value:,}".translate(str.maketrans(",.", ".,"))
        return f"{text},-" if isinstance(value, int) and chance.random() < HALF else text

    return _members(document, _sometimes(chance, change))


def _long_numbers(document: Document, chance: Random) -> Document:
    def change(name: str, value: Any) -> Any:
        if name not in ("amount", "percentage", "salary", "calculationValue") or isinstance(value, str):
            return value
        return chance.choice(
            (Decimal("12345678901234567.89"), Decimal("0.10"), Decimal("1.5E+3"), 9_007_199_254_740_993)
        )

    return _members(document, _sometimes(chance, change))


def _changed_types(document: Document, chance: Random) -> Document:
    def change(name: str, value: Any) -> Any:
        if isinstance(value, bool):
            return chance.choice(("true", "ja", 1, "1") if value else ("false", "nee", 0, "0", ""))
        if isinstance(value, int | Decimal):
            return str(value)
        if isinstance(value, str) and value.isdecimal() and not value.startswith("0"):
            return int(value)
        return value.get("value") if name == "amountType" and isinstance(value, dict) else value

    return _members(document, _sometimes(chance, change))


def _duplicate_ids(document: Document, chance: Random) -> Document:  # noqa: ARG001 (all oddities are called alike)
    def change(_: str, value: Any) -> Any:
        if not (isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]):
            return value
        return [each | {"id": value[0]["id"]} for each in value]

    return _members(document, change)


def _without_ids(document: Document, chance: Random) -> Document:
    def change(name: str, value: Any) -> Any:
        if not isinstance(value, dict) or "id" not in value or name == "company":
            return value
        rest = {member: each for member, each in value.items() if member != "id"}
        return chance.choice((rest, rest | {"id": None}, rest | {"id": ""}))

    return _members(document, _sometimes(chance, change))


def _missing_members(document: Document, chance: Random) -> Document:
    def change(_: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: each for name, each in value.items() if chance.random() > 1 / 5}

    left = {name: value for name, value in document.items() if name == "company" or chance.random() > 1 / 5}
    return _members(left, change)


def _nulls(document: Document, chance: Random) -> Document:
    return _members(
        document, lambda _, value: None if isinstance(value, dict | list) and chance.random() < 1 / 5 else value
    )


def _odd_items(document: Document, chance: Random) -> Document:
    def change(_: str, value: Any) -> Any:
        if not (isinstance(value, list) and value and isinstance(value[0], dict)):
            return value
        return [*value[:1], None, "los", *value[1:], chance.choice((7, True, ["genest", {"diep": 1}]))]

    return _members(document, _sometimes(chance, change))


def _odd_lists(document: Document, chance: Random) -> Document:
    def change(_: str, value: Any) -> Any:
        if value == {}:
            return []
        if not (isinstance(value, list) and value):
            return value
        keyed = {str(place): each for place, each in enumerate(value)}
        named = {str(each["id"]): each for each in value if isinstance(each, dict) and "id" in each}
        return chance.choice(
            (keyed, named if len(named) == len(value) else keyed, value[0] if len(value) == 1 else keyed)
        )

    return _members(document, _sometimes(chance, change))


CHANGES: dict[Oddity, Callable[[Document, Random], Document]] = {
    Oddity.NEW_FIELDS: _new_fields,
    Oddity.UNKNOWN_CODES: _unknown_codes,
    Oddity.CONTRADICTIONS: _contradictions,
    Oddity.PLACEHOLDERS: _placeholders,
    Oddity.DIRTY_TEXT: _dirty_text,
    Oddity.UNSTORABLE_TEXT: _unstorable_text,
    Oddity.DUTCH_NUMBERS: _dutch_numbers,
    Oddity.LONG_NUMBERS: _long_numbers,
    Oddity.CHANGED_TYPES: _changed_types,
    Oddity.DUPLICATE_IDS: _duplicate_ids,
    Oddity.WITHOUT_IDS: _without_ids,
    Oddity.MISSING_MEMBERS: _missing_members,
    Oddity.NULLS: _nulls,
    Oddity.ODD_ITEMS: _odd_items,
    Oddity.ODD_LISTS: _odd_lists,
}
