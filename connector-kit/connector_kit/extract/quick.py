"""Lines of JSON decoded straight into records, where nothing about a line is unusual.

A `RecordConverter` learns from the rows that it converts which members there are and what happens to each. From that a
decoder is compiled: msgspec checks names and types while it reads, so that only values that change their form are
touched again. A line that is different in any way is for the converter.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, ClassVar, Final, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from connector_kit.extract.converter import FieldError, Member, RecordConverter
from connector_kit.extract.values import UnexpectedValueError

__all__ = ["QuickRecord", "QuickRecords"]

_CHECKED: Final[dict[type, Any]] = {kind: kind | UnsetType | None for kind in (str, int, bool)}
"""Types that msgspec checks while it reads."""
_S = TypeVar("_S", bound=Struct)
_values_of: Final = msgspec.structs.astuple


class QuickRecord(Struct):
    """A record as it is written: its attributes are columns, and what was not sent is absent."""

    attributes_not_checked: ClassVar[tuple[str, ...]] = ()
    """Of the values that may be other things than a text, a whole number, a yes or no, or nothing."""

    def plain(self) -> dict[str, Any]:
        """Give it as other records are."""
        values = zip(msgspec.structs.fields(self), _values_of(self), strict=True)
        return {field.encode_name: value for field, value in values if value is not UNSET}


class QuickRecords:
    """Makes records of lines, as soon as the rows before them have shown what is usual.

    Args:
        convert: What converts the other rows; this follows what it learns.
        required: Columns without which no line is usual.
        added: Columns that are not the provider's.
    """

    def __init__(self, convert: RecordConverter, *, required: Collection[str], added: tuple[str, ...]) -> None:
        self._convert = convert
        self._required = required
        self._added = added
        self._met = 0
        self._compiled: _Compiled | None = None

    def record(self, line: bytes, added: tuple[Any, ...]) -> QuickRecord | None:
        """Make the record of a line; None: it is for the converter.

        Args:
            line: One JSON object.
            added: Values of the columns that are not the provider's.

        Raises:
            ValueError: The line is no JSON.
        """
        if self._compiled is None or self._met != self._convert.fields_met:
            if self._met != self._convert.fields_met:  # the last row had something new, the next one may have more
                self._met, self._compiled = self._convert.fields_met, None
                return None
            self._compiled = _Compiled(self._convert.members(), self._required, self._added)
        record = self._compiled.record(line, added)
        return record if self._met == self._convert.fields_met else None


class _Compiled:
    """What is usual, and how it is converted."""

    def __init__(self, members: Collection[Member] | None, required: Collection[str], added: tuple[str, ...]) -> None:
        told = [*(members or ())]
        places = [place for place, member in enumerate(told) if member.column]
        shown = [told[place] for place in places]
        is_keyed = {member.column for member in shown if member.passes in _CHECKED}.issuperset(required)
        self._is_possible = is_keyed and len(shown) > 1
        self._shown_of = itemgetter(*places) if 1 < len(shown) < len(told) else None
        not_checked = {place: member for place, member in enumerate(shown) if member.passes not in _CHECKED}
        conversions = [(place, member.from_text or member.convert) for place, member in not_checked.items()]
        self._conversions = [(place, convert) for place, convert in conversions if convert]
        source = _struct(Struct, [
            (member.source, *_type_and_default(member, required)) if member.column else (member.source, Raw, Raw())
            for member in told  # in the order in which they come, which msgspec expects
        ])  # fmt: skip
        self._decode = msgspec.json.Decoder(source, float_hook=Decimal).decode
        columns = [*(str(member.column) for member in shown), *added]
        self._record = _struct(QuickRecord, [(column, Any, UNSET) for column in columns])
        self._record.attributes_not_checked = tuple(
            _attribute(place) for place, member in not_checked.items() if not member.from_text
        )

    def record(self, line: bytes, added: tuple[Any, ...]) -> QuickRecord | None:
        """Make the record of a line."""
        if not self._is_possible:
            return None
        try:
            told = _values_of(self._decode(line))
            values = [*(self._shown_of(told) if self._shown_of else told)]
            for place, convert in self._conversions:
                value = values[place]
                if value is not None and value is not UNSET:
                    values[place] = convert(value)
        except (msgspec.ValidationError, UnexpectedValueError, FieldError):
            return None
        values += added
        return self._record(*values)


def _type_and_default(member: Member, required: Collection[str]) -> tuple[Any, Any]:
    if member.column in required:
        return member.passes, msgspec.NODEFAULT
    return _CHECKED.get(str if member.from_text else member.passes, Any), UNSET


def _attribute(place: int) -> str:
    """Name an attribute; a name in JSON need not be one."""
    return f"m{place}"


def _struct(base: type[_S], fields: Sequence[tuple[str, Any, Any]]) -> type[_S]:
    """Define a struct: the names of its members in JSON, their types and defaults."""
    defined: Any = msgspec.defstruct(
        "Row",
        [(_attribute(place), kind, default) for place, (_, kind, default) in enumerate(fields)],
        bases=(base,),
        rename={_attribute(place): name for place, (name, _, _) in enumerate(fields)},
        forbid_unknown_fields=True,
        kw_only=base is Struct,
        gc=False,
    )
    return defined  # type: ignore[no-any-return]  # msgspec says only that it is a struct
