"""Personal data is a property of the schema: what is left out, what is pseudonymised, and what may pass.

A field carries its class as `x-personal-data`. The policy acts on the schema and in the converter, so that nothing
downstream (maps, selection, state, logs, targets) ever sees a value that was not asked for.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from connector_kit.errors import SettingError

__all__ = ["LEFT_OUT_BY_DEFAULT", "PERSONAL_DATA_CLASSES", "PersonalDataPolicy", "class_of_name"]

PERSONAL_DATA_CLASSES: Final = (
    "name",
    "contact",
    "birth",
    "address",
    "family",
    "identifier",
    "bank",
    "wage",
    "health",
    "special",
    "secret",
    "bsn",
    "free_text",
)
"""Classes that a field of a schema may carry."""
LEFT_OUT_BY_DEFAULT: Final = frozenset({"bsn", "health", "special", "secret"})
"""Classes that no record contains unless a setting asks for them."""

_NAMES: Final = (
    (
        "bsn",
        re.compile(
            r"(^|_)(bsn|sofi|ssn|sofinummer|burgerservicenummer|burger_service_nummer|citizen_service_number"
            r"|social_security_number|national_id|bsnnummer|bsn_?number)(_|$)"
        ),
    ),
    (
        "secret",
        re.compile(
            r"(^|_)(password|passwd|passphrase|wachtwoord|secret|token|api_?key|private_key|pincode|credentials?)(_|$)"
        ),
    ),
)
_PSEUDONYM_LENGTH: Final = 32
_BLOCK_LENGTH: Final = 64
_INNER, _OUTER = (bytes(byte ^ mark for byte in range(256)) for mark in (0x36, 0x5C))


def class_of_name(name: str) -> str | None:
    """Guess the class of a field that no schema declares, from its snake_case name: `bsn`, `secret` or None."""
    for personal_data_class, pattern in _NAMES:
        if pattern.search(name):
            return personal_data_class
    return None


class PersonalDataPolicy:
    """Decides what happens to a field of a class.

    Args:
        include: Classes to let through although they are left out by default.
        pseudonymise: Classes whose values become a keyed hash: equal values stay equal, nobody can read them back.
        key: The secret of the hash; needed as soon as anything is pseudonymised.

    Raises:
        SettingError: A class is unknown, or the key is missing.
    """

    def __init__(
        self, *, include: Sequence[str] = (), pseudonymise: Sequence[str] = (), key: str | None = None
    ) -> None:
        for setting, classes in (("include_personal_data", include), ("pseudonymise", pseudonymise)):
            unknown = sorted(set(classes) - set(PERSONAL_DATA_CLASSES))
            if unknown:
                raise SettingError(
                    f"setting {setting}: unknown class {', '.join(unknown)}; classes are "
                    f"{', '.join(PERSONAL_DATA_CLASSES)}"
                )
        if pseudonymise and not key:
            raise SettingError("setting pseudonym_key is missing: it is needed to pseudonymise")
        self._left_out = LEFT_OUT_BY_DEFAULT - set(include) - set(pseudonymise)
        self._pseudonymised = frozenset(pseudonymise)
        self._key = (key or "").encode()
        self._pseudonyms: dict[str, Callable[[str], str]] = {}

    def leaves_out(self, personal_data_class: str | None) -> bool:
        """Tell whether fields of the class do not exist for anyone downstream."""
        return personal_data_class in self._left_out

    def pseudonymises(self, personal_data_class: str | None) -> bool:
        """Tell whether values of the class are replaced by their pseudonym."""
        return personal_data_class in self._pseudonymised

    def pseudonym(self, value: Any, personal_data_class: str) -> str | None:
        """Replace a value: HMAC-SHA256 over class and value, 32 hexadecimal digits; null stays null."""
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
        return self.pseudonyms(personal_data_class)(text)

    def pseudonyms(self, personal_data_class: str) -> Callable[[str], str]:
        """Give what replaces texts of a class, for those who have many."""
        if personal_data_class not in self._pseudonyms:
            self._pseudonyms[personal_data_class] = self._pseudonyms_of(personal_data_class)
        return self._pseudonyms[personal_data_class]

    def _pseudonyms_of(self, personal_data_class: str) -> Callable[[str], str]:
        key = hashlib.sha256(self._key).digest() if len(self._key) > _BLOCK_LENGTH else self._key
        block = key.ljust(_BLOCK_LENGTH, b"\0")
        # HMAC by its definition: what is the same for all values of a class is hashed once.
        before = hashlib.sha256(block.translate(_INNER) + f"{personal_data_class}\0".encode())
        after = hashlib.sha256(block.translate(_OUTER))

        def pseudonym(text: str) -> str:
            inner, outer = before.copy(), after.copy()
            inner.update(text.encode())
            outer.update(inner.digest())
            return outer.hexdigest()[:_PSEUDONYM_LENGTH]

        return pseudonym

    def schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Give the schema as downstream sees it: without what is left out, with pseudonyms as text."""
        result = dict(schema)
        if "properties" in schema:
            result["properties"] = {
                name: self._property(declaration)
                for name, declaration in schema["properties"].items()
                if not self.leaves_out(declaration.get("x-personal-data"))
            }
        if "items" in schema:
            result["items"] = self._property(schema["items"])
        return result

    def _property(self, declaration: Mapping[str, Any]) -> dict[str, Any]:
        if not self.pseudonymises(declaration.get("x-personal-data")):
            return self.schema(declaration)
        shown = {name: value for name, value in declaration.items() if name.startswith("x-") or name == "title"}
        description = f"{declaration.get('description', '')} Pseudonymised.".strip()
        return {**shown, "type": ["string", "null"], "description": description}
