"""Bodies as they come: the known members as plain values, and what is wrong with the others."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from provider_simulators.minimax.localisation import Localisation
from provider_simulators.minimax.models import DEFAULTS, Field, Model
from provider_simulators.minimax.refusals import Message
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.minimax.texts import Text

Record = dict[str, Any]
DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T00:00:00(\.0+)?Z?)?", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?)?", re.ASCII)
NUMBERS = ("integer", "number")


class InvalidError(Exception):
    """A value does not do.

    Attributes:
        text: Which message tells so.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


@dataclass(kw_only=True)
class Reading:
    """What was found in a body.

    Attributes:
        record: Known members; references are ids, dates are dates, amounts Decimal.
        messages: What is wrong.
        unknown: Members that nobody knows: no error (inferred), and lost.
        truncated: Members whose text was cut, where a switch says so.
    """

    record: Record = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads bodies for one organisation.

    Attributes:
        models: The installation's models.
        exists: Whether there is a record of a sort with an id.
    """

    models: Mapping[str, Model]
    localisation: Localisation
    switches: MinimaxSwitches
    exists: Callable[[str, int], bool]

    def read(self, model: Model, body: Mapping[str, Any], *, creating: bool) -> Reading:
        """The members of a body. An absent member is like null, and gets its default."""
        found = Reading()
        found.record = self._record(_Place(model=model, path="", creating=creating, found=found), body)
        return found

    def _record(self, place: "_Place", body: Mapping[str, Any]) -> Record:
        record: Record = {}
        model, found = place.model, place.found
        for each in model.fields:
            if each.name == model.key and place.path:
                record[each.name] = _child_id(body.get(each.name))
            if each.written == "never" or (each.written == "update" and place.creating):
                continue
            try:
                record[each.name] = self._value(place, each, body.get(each.name))
            except InvalidError as invalid:
                length = self._length(model, each)
                text = self.localisation.texts[invalid.text].format(field=each.name, length=length)
                found.messages.append(Message(text=text, property_name=f"{place.path}{each.name}"))
        known = {each.name for each in model.fields}
        found.unknown += [f"{place.path}{name}" for name in sorted(body) if name not in known]
        return record

    def _value(self, place: "_Place", each: Field, value: Any) -> Any:
        if value is None or value == "":
            return self._absent(each)
        match each.kind:
            case "fk":
                result: Any = self._reference(each, value)
            case "list":
                result = self._children(place, each, value)
            case "object":
                result = self._child(place, each, value, "")
            case "integer" | "number":
                result = number(value, whole=each.kind == "integer")
            case "date":
                result = day(value)
            case "boolean":
                result = bool(value)
            case _:
                result = self._text(place, each, value)
        return result

    def _absent(self, each: Field) -> Any:
        required = each.required == "documented" or (each.required == "inferred" and self.switches.inferred_mandatory)
        if each.kind in NUMBERS:
            return 0 if required else None
        if each.kind == "list":
            return []
        if required and each.name not in DEFAULTS:
            raise InvalidError(Text.REQUIRED)
        return DEFAULTS.get(each.name)

    def _children(self, place: "_Place", each: Field, value: Any) -> list[Record]:
        if not isinstance(value, list):
            raise InvalidError(Text.INVALID)
        return [self._child(place, each, child, f"[{position}]") for position, child in enumerate(value)]

    def _child(self, place: "_Place", each: Field, value: Any, index: str) -> Record:
        if not isinstance(value, Mapping):
            raise InvalidError(Text.INVALID)
        path = f"{place.path}{each.name}{index}."
        return self._record(replace(place, model=self.models[each.target], path=path), value)

    def _text(self, place: "_Place", each: Field, value: Any) -> str:
        if isinstance(value, bool | list | Mapping):
            raise InvalidError(Text.INVALID)
        text = str(value)
        length = self._length(place.model, each)
        if length is not None and len(text) > length:
            if each.length is not None or self.switches.long_texts == "refuse":
                raise InvalidError(Text.TOO_LONG)
            place.found.truncated.append(f"{place.path}{each.name}")
            text = text[:length]
        if each.kind == "base64" and not _is_base64(text):
            raise InvalidError(Text.INVALID)
        if (each.values and text not in each.values) or (each.kind == "moment" and not MOMENT.fullmatch(text)):
            raise InvalidError(Text.INVALID)
        return text

    def _reference(self, each: Field, value: Any) -> int | None:
        """Only ``ID`` counts: codes are not accepted."""
        identifier = value.get("ID") if isinstance(value, Mapping) else None
        if identifier is None:
            if isinstance(value, Mapping) and "ID" in value and not each.required:
                return None
            raise InvalidError(Text.REQUIRED if each.required else Text.INVALID)
        key = int(identifier) if str(identifier).isdecimal() else 0
        if not self.exists(each.target, key):
            raise InvalidError(Text.UNKNOWN_REFERENCE)
        return key

    def _length(self, model: Model, each: Field) -> int | None:
        if (model.name, each.name) == ("Customer", "Code"):
            return self.switches.code_length
        open_ended = each.kind == "string" and each.length is None and not each.values
        return self.switches.unpublished_length if open_ended else each.length


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where in a body it is read."""

    model: Model
    path: str
    creating: bool
    found: Reading


def number(value: Any, *, whole: bool = False) -> int | Decimal:
    """A number; in a text it is accepted, the vendor's samples send that.

    Raises:
        InvalidError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise InvalidError(Text.INVALID)
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise InvalidError(Text.INVALID) from None
    if not amount.is_finite() or (whole and amount != amount.to_integral_value()):
        raise InvalidError(Text.INVALID)
    return int(amount) if amount == amount.to_integral_value() else amount


def day(value: Any) -> date:
    """A day, with or without midnight after it.

    Raises:
        InvalidError: It is none.
    """
    found = DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found.group(1) if found else "")
    except ValueError:
        raise InvalidError(Text.INVALID) from None


def _child_id(value: Any) -> int | None:
    return int(value) if str(value).isdecimal() else None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:  # binascii's, and that of texts that are not ASCII
        return False
    return True
