"""From the provider's JSON object to our record, compiled once per stream from its schema."""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from threading import Lock
from types import MappingProxyType
from typing import Any, Final, Self, final
from zoneinfo import ZoneInfo

from singer_sdk.exceptions import FatalAPIError

from connector_kit.extract.names import snake_case
from connector_kit.extract.personal_data import PersonalDataPolicy, class_of_name
from connector_kit.extract.selection import Unselected
from connector_kit.extract.values import Convert, UnexpectedValueError, from_text, passing_type, value_converter

__all__ = ["FieldError", "Member", "RecordConverter"]

Schema = Mapping[str, Any]
OnMisfit = Callable[[str, str], None]
_AMSTERDAM: Final = "Europe/Amsterdam"
_ALL_SELECTED: Final[Unselected] = MappingProxyType({})


class RecordConverter:
    """Renames, normalises and filters the objects of one stream.

    - Names: `x-source-name` of the schema, else the mechanical snake_case.
    - A dotted `x-source-name`, such as `period.year`, opens the objects on the way: their other members become columns
      of their own, `<path>_<name>`; of an object that is null or missing all columns are null.
    - Every declared field is present, null where the provider sends nothing; with `fill=False` a record holds only what
      was sent.
    - Fields that the schema does not declare are kept under snake_case names, unless the schema says
      `additionalProperties: false`; one whose name says citizen number or secret never passes unasked.
    - An empty text where a number, a date or a yes or no is declared is null.
    - Numbers are Decimal or int, dates are ISO days (a midnight is never shifted to another day), times are UTC.
    - An object declared without properties is a document: it stays in the provider's spelling.

    Args:
        stream: Name of the stream, for messages.
        schema: Its schema as declared.
        policy: What happens to personal data.
        zone: Where the provider's midnights are midnights.
        on_misfit: For streams that keep the untouched document beside their columns: a value that is not of the
            declared type becomes null, and this is told the field and what was expected.
        fill: Whether declared fields that were not sent are null, at any depth, or absent.
    """

    def __init__(
        self,
        stream: str,
        schema: Schema,
        policy: PersonalDataPolicy,
        *,
        zone: str = _AMSTERDAM,
        on_misfit: OnMisfit | None = None,
        fill: bool = True,
    ) -> None:
        self._stream = stream
        self._schema = schema
        self._on_misfit = on_misfit
        self._met: list[str] = []
        self._how = _How(policy=policy, zone=ZoneInfo(zone), fill=fill, met=self._met)

    @cached_property
    def _convert(self) -> "_Object":
        """Compiled for the first object: most streams of a catalog are only shown."""
        return _Object(self._schema, self._how, self._on_misfit)

    def leave_out(self, names: Unselected) -> bool:
        """Make records without some columns from now on; their values are not even looked at.

        Call it before a stream is read.

        Returns:
            Whether records lack all of it: inside documents and lists nothing is left out.
        """
        self._convert = _Object(self._schema, self._how, self._on_misfit, names)
        return self._convert.lacks_all

    @property
    def fields_met(self) -> int:
        """How many fields have been met, at any depth: as long as it stays the same, records hold nothing new."""
        return len(self._met)

    def members(self) -> "list[Member] | None":
        """Tell what happens to each member of the objects that have been converted.

        None: objects have more to them, for declared columns are filled up or objects on the way are opened.
        """
        return self._convert.members()

    def __call__(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Convert one object.

        Raises:
            FatalAPIError: A value is not of the declared type; names stream and field, never the value.
        """
        try:
            return self._convert(source)
        except FieldError as error:
            raise FatalAPIError(
                f"{self._stream}: field {'.'.join(error.path)} is not {error.expected}; "
                "the provider has changed its answer, please report it"
            ) from None


class FieldError(Exception):
    """A value is not of the declared type.

    Attributes:
        path: Of the field, by column.
        expected: What was declared.
    """

    def __init__(self, path: tuple[str, ...], expected: str) -> None:
        super().__init__(path, expected)
        self.path = path
        self.expected = expected


@dataclass(frozen=True, kw_only=True, slots=True)
class _How:
    """What holds for all objects of a stream, at any depth."""

    policy: PersonalDataPolicy
    zone: ZoneInfo
    fill: bool
    met: list[str]


class Never:
    """The type of no value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """What happens to a member of the provider's objects.

    Attributes:
        source: Its name there.
        column: Its column; None: it is left out.
        convert: Its conversion; None keeps it as it is.
        passes: The exact type of values that stay as they are.
        from_text: What its conversion does to texts, if that gives texts again.
    """

    source: str
    column: str | None = None
    convert: Convert | None = None
    passes: type = Never
    from_text: Convert | None = None


@final
@dataclass(frozen=True, slots=True)
class _Field:
    """What happens to a value.

    Attributes:
        name: Its column.
        convert: Its conversion; None keeps it as it is.
        passes: The exact type of values that stay as they are, so that nothing else is asked about them.
    """

    name: str
    convert: Convert | None
    passes: type = Never

    @classmethod
    def of(cls, name: str, convert: Convert | None) -> Self:
        """Look up which type passes."""
        return cls(name, convert, (passing_type(convert) if convert else None) or Never)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An object whose members become columns: the record itself, or one on the way to them.

    Attributes:
        path: Its place in the record, in the provider's spelling.
        plan: What happens to its members, as far as they have been seen.
        itself: The column that takes a plain value in its place, if one bears its name.
    """

    path: tuple[str, ...]
    plan: dict[str, "_Field | _Opened"] = field(default_factory=dict)
    itself: _Field | None = None
    passes: type = Never


_LEFT_OUT: Final = _Opened(())
"""In a plan: the value is nobody's."""


class _Object:
    """Compiled conversion of an object with declared properties."""

    def __init__(
        self, schema: Schema, how: _How, on_misfit: OnMisfit | None = None, unselected: Unselected = _ALL_SELECTED
    ) -> None:
        self._on_misfit = on_misfit
        properties: Mapping[str, Schema] = schema.get("properties", {})
        policy = self._policy = how.policy
        self._met = how.met
        self._keeps_undeclared = schema.get("additionalProperties", True) is not False
        self._by_source = {
            declaration["x-source-name"]: name
            for name, declaration in properties.items()
            if "x-source-name" in declaration
        }
        self._opened_paths = {path[: dot.start()] for path in self._by_source for dot in re.finditer(r"\.", path)}
        self._unselected = frozenset(name for name, inner in unselected.items() if inner is None)
        objects = {
            name: _Object(properties[name], how, unselected=inner)
            for name, inner in unselected.items()
            if inner and _is_object(properties.get(name, {}), policy)
        }
        self.lacks_all: bool = (
            not self._opened_paths
            and self._unselected | objects.keys() == unselected.keys()
            and all(inner.lacks_all for inner in objects.values())
        )
        self._declared = {
            name: _Field.of(name, objects.get(name) or _compiled(declaration, how))
            for name, declaration in properties.items()
            if not policy.leaves_out(declaration.get("x-personal-data"))
        }
        self._left_out = properties.keys() - self._declared.keys()
        self._empty = dict.fromkeys(name for name in self._declared if name not in self._unselected) if how.fill else {}
        self._taken: set[str] = set()
        self._planning = Lock()
        self._whole = _Opened(())

    def __call__(self, source: Any) -> dict[str, Any]:
        if type(source) is not dict and not isinstance(source, Mapping):
            raise FieldError((), "an object")
        record: dict[str, Any] = self._empty.copy()
        self._fill(record, source, self._whole)
        return record

    def _fill(self, record: dict[str, Any], source: Mapping[str, Any], opened: _Opened) -> None:
        """Convert the members of an object into the record."""
        plan = opened.plan
        for key, value in source.items():
            try:
                target = plan[key]
            except KeyError:
                target = self._planned(key, opened)
            if type(value) is target.passes:
                record[target.name] = value  # type: ignore[union-attr]  # only fields have a type that passes
                continue
            if type(target) is not _Field:
                field_itself = None if target is _LEFT_OUT else self._open(record, value, target)
                if field_itself is None:
                    continue
                target = field_itself
            if value is None or target.convert is None:
                record[target.name] = value
                continue
            try:
                record[target.name] = target.convert(value)
            except UnexpectedValueError as error:
                if isinstance(value, str) and not value.strip():  # no number, no date: nothing
                    record[target.name] = None
                    continue
                self._misfit(FieldError((target.name,), str(error)))
            except FieldError as error:
                self._misfit(FieldError((target.name, *error.path), error.expected))

    def members(self) -> list[Member] | None:
        """As `RecordConverter.members`."""
        with self._planning:
            plan = list(self._whole.plan.items())
        if self._empty or self._opened_paths:
            return None
        return [
            Member(
                source=source,
                column=target.name,
                convert=target.convert,
                passes=target.passes,
                from_text=_from_text(target.convert) if target.convert else None,
            )
            if isinstance(target, _Field)
            else Member(source=source)
            for source, target in plan
        ]

    def _open(self, record: dict[str, Any], value: Any, opened: _Opened) -> _Field | None:
        """Convert an object on the way; a plain value in its place is for the column that is given."""
        if isinstance(value, Mapping):
            self._fill(record, value, opened)
            return None
        if value is None:
            return None
        if opened.itself is None:
            self._misfit(FieldError(opened.path, "an object"))
        return opened.itself

    def _misfit(self, error: FieldError) -> None:
        """Fail, or leave the field null and say so."""
        if self._on_misfit is None:
            raise error from None
        self._on_misfit(".".join(error.path), error.expected)

    def _planned(self, key: str, opened: _Opened) -> _Field | _Opened:
        """Decide once what happens to a key of the provider, whichever thread meets it first."""
        with self._planning:
            if key not in opened.plan:
                opened.plan[key] = self._decided((*opened.path, key)) or _LEFT_OUT
                self._met.append(key)
            return opened.plan[key]

    def _decided(self, path: tuple[str, ...]) -> _Field | _Opened | None:
        dotted = ".".join(path)
        name = self._by_source.get(dotted) or "_".join(map(snake_case, path))
        if dotted in self._opened_paths:
            return _Opened(path, itself=self._declared.get(name))
        if name in self._left_out:
            return None
        belongs = dotted in self._by_source or name not in self._by_source.values()
        if name in self._declared and belongs and name not in self._taken:
            target = self._declared[name]
        elif not self._keeps_undeclared or self._policy.leaves_out(class_of_name(name)):
            return None
        else:
            name = _free(name, self._taken | self._declared.keys())
            target = _Field.of(name, _undeclared_converter(name, self._policy))
        self._taken.add(name)
        return None if name in self._unselected else target


def _free(name: str, taken: AbstractSet[str]) -> str:
    """Give a name that nobody has: two keys of the provider may have one mechanical name."""
    if name not in taken:
        return name
    return next(candidate for number in count(2) if (candidate := f"{name}_{number}") not in taken)


def _compiled(declaration: Schema, how: _How) -> Convert | None:
    """Choose the conversion of one property."""
    policy = how.policy
    personal_data_class = declaration.get("x-personal-data")
    if personal_data_class and policy.pseudonymises(personal_data_class):
        plain = _plain(declaration, how)
        return partial(_pseudonymised, policy, personal_data_class, plain)
    return _plain(declaration, how)


def _pseudonymised(policy: PersonalDataPolicy, personal_data_class: str, plain: Convert | None, value: Any) -> Any:
    return policy.pseudonym(plain(value) if plain else value, personal_data_class)


def _from_text(convert: Convert) -> Convert | None:
    """Give what a conversion does to texts, if that gives texts again."""
    if not isinstance(convert, partial) or convert.func is not _pseudonymised:
        return from_text(convert)
    policy, personal_data_class, plain = convert.args
    pseudonym: Convert = policy.pseudonyms(personal_data_class)
    if plain is None or passing_type(plain) is str:
        return pseudonym
    change = from_text(plain)
    return change and (lambda text: pseudonym(change(text)))


def _kinds(declaration: Schema) -> frozenset[str]:
    types = declaration.get("type", [])
    return frozenset([types] if isinstance(types, str) else types) - {"null"}


def _is_object(declaration: Schema, policy: PersonalDataPolicy) -> bool:
    """Tell whether a property becomes an object with columns of its own."""
    is_whole = policy.pseudonymises(declaration.get("x-personal-data"))
    return _kinds(declaration) == {"object"} and "properties" in declaration and not is_whole


def _plain(declaration: Schema, how: _How) -> Convert | None:
    kinds = _kinds(declaration)
    if kinds == {"object"} and "properties" in declaration:
        return _Object(declaration, how)
    if kinds == {"array"} and "items" in declaration:
        return partial(_list, convert=_compiled(declaration["items"], how))
    if kinds <= {"object", "array"}:
        return partial(_document, policy=how.policy, rename=str)
    return value_converter(kinds, declaration.get("format"), how.zone)


def _list(value: Any, *, convert: Convert | None) -> list[Any]:
    if not isinstance(value, list):
        raise FieldError((), "a list")
    return [item if item is None or convert is None else convert(item) for item in value]


def _undeclared_converter(name: str, policy: PersonalDataPolicy, rename: Callable[[str], str] = snake_case) -> Convert:
    """Choose what happens to a field that no schema describes, from its snake_case name."""
    personal_data_class = class_of_name(name)
    if personal_data_class and policy.pseudonymises(personal_data_class):
        return partial(_pseudonymised, policy, personal_data_class, None)
    return partial(_document, policy=policy, rename=rename)


def _document(value: Any, *, policy: PersonalDataPolicy, rename: Callable[[str], str]) -> Any:
    """Keep what no schema describes, at any depth, but for names that say citizen number or secret."""
    if isinstance(value, Mapping):
        return {
            rename(key): _undeclared_converter(snake_case(key), policy, rename)(item)
            for key, item in value.items()
            if not policy.leaves_out(class_of_name(snake_case(key)))
        }
    if isinstance(value, list):
        return [_document(item, policy=policy, rename=rename) for item in value]
    return value
