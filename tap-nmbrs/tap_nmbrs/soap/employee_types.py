"""Types of employee: SOAP gives them ids and texts, which differ from environment to environment."""

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tap_nmbrs.soap.connection import Connection
from tap_nmbrs.soap.envelope import Call, Service

__all__ = ["EmployeeType", "EmployeeTypes"]

_LOGGER: Final = logging.getLogger(__name__)
_LIST: Final = Call(service=Service.EMPLOYEE, method="EmployeeType_GetList")
_NO_LETTERS: Final = re.compile(r"[^a-z]+")
_NAMES: Final[Mapping[str, str]] = {
    text: name
    for name, texts in {
        "applicant": ("applicant", "sollicitant"),
        "newHire": ("newhire", "newemployee", "nieuwemedewerker", "nieuweindiensttreder"),
        "payroll": ("payroll", "payrollemployee", "loonlijst", "verloond"),
        "formerPayroll": (
            "formerpayroll",
            "expayroll",
            "exloonlijst",
            "loonlijstuitdienst",
            "uitdienst",
            "voormaligloonlijst",
        ),
        "external": ("external", "extern", "externemedewerker"),
        "formerExternal": ("formerexternal", "exexternal", "exextern", "voormaligextern", "externuitdienst"),
        "rejectedApplicant": ("rejectedapplicant", "rejected", "afgewezensollicitant"),
    }.items()
    for text in texts
}
"""Letters of a text, and the name of the type in REST; the English texts are those of REST, the Dutch are inferred."""


@dataclass(frozen=True, kw_only=True)
class EmployeeType:
    """A type by its id in SOAP, and its name: that of REST, or the text if we do not know it."""

    id: str
    name: str


class EmployeeTypes:
    """The types of an environment, asked for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._types: Sequence[EmployeeType] | None = None

    def wanted(self, names: str) -> Sequence[EmployeeType]:
        """Give those types that a setting names, and those whose text nobody knows, last: no employee is missed.

        Args:
            names: Names in REST, separated by commas; empty: all.
        """
        with self._lock:
            if self._types is None:
                self._types = self._listed()
        known = set(_NAMES.values())
        chosen = set(names.split(",")) if names else known
        return sorted(
            (one for one in self._types if one.name in chosen or one.name not in known),
            key=lambda one: one.name not in known,
        )

    def _listed(self) -> Sequence[EmployeeType]:
        types = self._connection.items(
            _LIST,
            what="employee types",
            read=lambda element: EmployeeType(
                id=element.text("Id") or "", name=_name(element.text("Description") or "")
            ),
        )
        unknown = [one.id for one in types if one.name not in _NAMES.values()]
        if unknown:
            _LOGGER.warning(
                "Nmbrs has employee types that this version does not know (ids %s): their employees are read, too",
                ", ".join(unknown),
            )
        return types


def _name(text: str) -> str:
    return _NAMES.get(_NO_LETTERS.sub("", text.lower()), text)
