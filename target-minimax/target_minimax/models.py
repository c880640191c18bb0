"""What Minimax' records may say (vendor OpenAPI), and how records of ours are read by it: all problems together.

Minimax ignores members that it does not know without a word, so every name is checked here.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.money import MoneyError, money
from connector_kit.books.values import calendar_date, text_or_none

__all__ = ["Document", "Member", "Reader", "member_name", "model"]

Document = dict[str, Any]
"""A record in Minimax' words."""
Find = Callable[[str, str, date | None], int | None]
"""The id of what a code means: kind, code, day."""

_SCALE_MAX: Final = 10
_WHOLE_MAX: Final = 2**63 - 1
_ALIASES: Final = {
    "website": "WebSiteURL",
    "personal_identification_number": "PersonalIdenficationNumber",
    "inventory_bookkeeping": "InventoryBookkeping",
    "discount_rate": "Rabate",
}
"""Readable names beside the vendor's, which are misspelt in places."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A member of a model.

    Attributes:
        name: Its name at Minimax.
        type: string, number, integer, date, file, fk (a reference), array or object.
        length: Longest text.
        required: `documented` by the vendor, or `inferred` from samples.
        values: The only values that it may have.
        values_in: The localisation whose values these are; all without it.
        target: What a reference refers to.
        model: Model of the rows of a list.
        only: Localisations that have it, such as `RS/HR`; all without it.
    """

    name: str
    type: str
    length: int | None = None
    required: str | None = None
    values: tuple[str, ...] = ()
    values_in: str | None = None
    target: str | None = None
    model: str | None = None
    only: str | None = None


Model = Mapping[str, Member]


@cache
def model(name: str) -> Model:
    """The members of a model that can be written, by Minimax' names."""
    return _models()[name]


@cache
def _models() -> dict[str, dict[str, Member]]:
    text = resources.files("target_minimax").joinpath("models.json").read_text(encoding="utf-8")
    return {
        name: {
            member: Member(name=member, **(said | {"values": tuple(said.get("values", ()))}))
            for member, said in members.items()
        }
        for name, members in json.loads(text).items()
    }


@cache
def member_name(name: str) -> str:
    """How records call a member of Minimax: `SubjectToVAT` is `subject_to_vat`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


@cache
def _names(model_name: str) -> dict[str, str]:
    members = model(model_name)
    aliases = {alias: name for alias, name in _ALIASES.items() if name in members}
    return {member_name(name): name for name in members} | {name: name for name in members} | aliases


@dataclass(kw_only=True)
class Reader:
    """Reads one record; what is wrong with it is collected.

    Attributes:
        home: Code of the localisation.
        find: Finds the id of a code.
        problems: What is wrong.
    """

    home: str
    find: Find
    problems: Problems = field(default_factory=Problems)

    def document(
        self,
        model_name: str,
        record: Mapping[str, Any],
        *,
        path: str = "",
        on: date | None = None,
        beside: Iterable[str] = (),
    ) -> Document:
        """Read an object by its model; what is empty is left out.

        Args:
            model_name: The model.
            record: The object, members in our names or Minimax'.
            path: What stands before the names in messages.
            on: Day on which codes are valid.
            beside: Members of the record that are no members of the model.
        """
        members, names, ignored = model(model_name), _names(model_name), set(beside)
        result: Document = {}
        for said, value in record.items():
            if said in ignored or value is None or value == "":
                continue
            member = members.get(names.get(said, ""))
            if member is None:
                self.problems.add("invalid_field", path + said, "no such member at Minimax")
            elif member.only and self.home not in member.only.split("/"):
                self.problems.add("invalid_field", path + said, f"exists only in {member.only}, not in {self.home}")
            elif (read := self._value(member, value, path + said, on)) is not None:
                result[member.name] = read
        return result

    def require(self, model_name: str, document: Document, *, path: str = "", names: Iterable[str] = ()) -> None:
        """Note what is missing; numbers that are missing are 0 at Minimax."""
        for member in model(model_name).values():
            wanted = member.required and member.type not in {"number", "integer"}
            if (wanted or member.name in names) and document.get(member.name) in (None, "", []):
                self.problems.add("missing_field", path + member_name(member.name), "is missing; Minimax wants it")
            for place, row in enumerate(document.get(member.name) or () if member.type == "array" else ()):
                assert member.model is not None  # lists have one
                self.require(member.model, row, path=f"{path}{member_name(member.name)}[{place}].")

    def reference(self, target: str, code: object, path: str, *, on: date | None = None) -> Document | None:
        """The reference that a code means."""
        try:
            text = text_or_none(code)
        except ValueError:
            self.problems.add("invalid_field", path, "must be a code; ids differ from organisation to organisation")
            return None
        if text is None:
            return None
        number = self.find(target, text, on)
        if number is None:
            self.problems.add(
                f"unknown_{member_name(target)}", path, f"Minimax has no {_NOUNS.get(target, target)} {text}"
            )
            return None
        return {"ID": number}

    def _value(self, member: Member, value: Any, path: str, on: date | None) -> Any:  # noqa: PLR0911  # one line per form
        try:
            match member.type:
                case "fk":
                    return self.reference(str(member.target), value, path, on=on)
                case "array":
                    return self._rows(member, value, path, on)
                case "object":
                    return self.document(str(member.model), _object(value), path=f"{path}.", on=on)
                case "date":
                    day = calendar_date(value)
                    return day.isoformat() if day else None
                case "number":
                    return money(value, scale=_SCALE_MAX).normalize() + 0
                case "integer":
                    return _whole(value)
                case "file":
                    return _file(value)
                case _:
                    return self._text(member, value, path)
        except (ValueError, MoneyError) as error:
            self.problems.add("invalid_field", path, str(error))
            return None

    def _rows(self, member: Member, value: Any, path: str, on: date | None) -> list[Document]:
        if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
            raise ValueError("must be a list of objects")
        return [
            self.document(str(member.model), row, path=f"{path}[{place}].", on=on) for place, row in enumerate(value)
        ]

    def _text(self, member: Member, value: Any, path: str) -> str | None:
        text = text_or_none(value)
        if text is not None:
            self.check_text(member, text, path)
        return text

    def check_text(self, member: Member, text: str, path: str) -> None:
        """Note what is wrong with a text."""
        if member.length is not None and len(text) > member.length:
            message = f"has {len(text)} characters, Minimax takes {member.length}"
            self.problems.add("invalid_field", path, message)
        if member.values and member.values_in in {None, self.home} and text not in member.values:
            self.problems.add("invalid_field", path, f"must be one of {', '.join(member.values)}")


_NOUNS: Final = {
    "JournalType": "journal type",
    "VatRate": "VAT rate",
    "PaymentMethod": "payment method",
    "ProductGroup": "product group",
    "DocumentNumbering": "number series",
    "ReportTemplate": "report template",
    "PurposeCode": "purpose code",
    "Account": "account",
    "Analytic": "analytic",
    "Country": "country",
    "Currency": "currency",
    "Customer": "customer",
    "Document": "document",
    "Employee": "employee",
    "Item": "item",
    "Warehouse": "warehouse",
}


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("must be an object")  # noqa: TRY004  # a record is wrong, not a program
    return value


def _whole(value: object) -> int:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise ValueError("must be a whole number")
    return int(text)


def _file(value: object) -> str | None:
    if not isinstance(value, str):
        raise ValueError("must be base64 text")  # noqa: TRY004  # a record is wrong, not a program
    packed = "".join(value.split())
    try:
        base64.b64decode(packed, validate=True)
    except binascii.Error:
        raise ValueError("must be base64 text") from None
    return packed or None
