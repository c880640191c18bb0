"""Personal data in a document: what a policy keeps out is gone before anything is made of the document.

One place decides for columns, `_extra`, `raw` and the long table, because all of them are made of what it gives.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from connector_kit.extract import PersonalDataPolicy, snake_case
from connector_kit.extract.personal_data import class_of_name

__all__ = ["PersonalDataFilter"]

_GUESSES: Final = (
    ("contact", re.compile(r"(^|_)(e_?mail|phone|telephone|telefoon|telefoonnummer|mobile|mobiel)(_|$)")),
    ("name", re.compile(r"(^|_)(contact_?person|contactpersoon|first_name|last_name|voornaam|achternaam)(_|$)")),
    ("free_text", re.compile(r"(^|_)(comments?|remarks?|notes?|toelichting|opmerking(en)?|omschrijving)(_|$)")),
    ("free_text", re.compile(r"(description|conditions?|explanation|disclaimer)$")),
)
"""Classes of members that were never seen, from their snake_case names."""
_NAMES_KEPT_MAX: Final = 10_000
OnLeftOut = Callable[[str, str], None]


class PersonalDataFilter:
    """Gives a document as everybody downstream may see it.

    Args:
        policy: What happens to which class.
        classes: The class of members by path (`publisher.name`), which holds for all below it, or by name wherever it
            stands (`*.description`).
        known: Names that were seen, and about which nothing is guessed.
    """

    def __init__(self, policy: PersonalDataPolicy, classes: Mapping[str, str], known: frozenset[str]) -> None:
        self._policy = policy
        self._by_path = {path: group for path, group in classes.items() if not path.startswith("*.")}
        self._by_name = {path[2:]: group for path, group in classes.items() if path.startswith("*.")}
        self._known = known
        self._acts_on_known = any(map(self._acts_on, classes.values()))
        self._acts_on_guesses = any(self._acts_on(group) for group, _ in _GUESSES)
        self._harmless: set[str] = set()

    def __call__(self, document: Mapping[str, Any], on_left_out: OnLeftOut) -> Mapping[str, Any]:
        """Filter a document; without anything to filter it is the document itself.

        Args:
            document: As received; it is not changed.
            on_left_out: Told path and class of what is left out.
        """
        if not self._acts_on_known and not self._acts_on_guesses and self._is_harmless(document):
            return document
        return dict(self._members(document, "", None, on_left_out))

    def _is_harmless(self, document: Mapping[str, Any]) -> bool:
        """Tell whether no member, at any depth, has a name to act on."""
        harmless = self._harmless
        waiting: list[Any] = [document]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += [item for item in value if type(item) in _CONTAINERS]
                continue
            if not harmless.issuperset(value) and not all(map(self._is_harmless_name, value)):
                return False
            waiting += [item for item in value.values() if type(item) in _CONTAINERS]
        return True

    def _is_harmless_name(self, name: str) -> bool:
        if self._acts_on(class_of_name(snake_case(name))):
            return False
        if len(self._harmless) < _NAMES_KEPT_MAX:
            self._harmless.add(name)
        return True

    def _members(
        self, value: Mapping[str, Any], path: str, inherited: str | None, on_left_out: OnLeftOut
    ) -> Iterator[tuple[str, Any]]:
        for name, item in value.items():
            place = f"{path}.{name}" if path else name
            group = self._class(name, place) or inherited
            if group and self._policy.leaves_out(group):
                on_left_out(place, group)
            else:
                yield name, self._value(item, place, group, on_left_out)

    def _value(self, value: Any, path: str, group: str | None, on_left_out: OnLeftOut) -> Any:
        if isinstance(value, Mapping):
            return dict(self._members(value, path, group, on_left_out))
        if isinstance(value, list):
            return [self._value(item, path, group, on_left_out) for item in value]
        if group and self._policy.pseudonymises(group):
            return self._policy.pseudonym(value, group)
        return value

    def _class(self, name: str, path: str) -> str | None:
        known = self._by_path.get(path) or self._by_name.get(name)
        if known or name in self._known:
            return known
        snake = snake_case(name)
        return class_of_name(snake) or next((group for group, names in _GUESSES if names.search(snake)), None)

    def _acts_on(self, group: str | None) -> bool:
        return group is not None and (self._policy.leaves_out(group) or self._policy.pseudonymises(group))


_CONTAINERS: Final = frozenset({dict, list})
