"""What happens to the members of an object, compiled once from the schema of its stream.

Objects are walked by what they hold and not by what is expected, so nothing can be passed over: a member finds its
target in the plan, or it is kept in `_extra`.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

from tap_inlenersbeloning.codes import code_lists
from tap_inlenersbeloning.containers import NOTHING, as_object
from tap_inlenersbeloning.drift import Drift
from tap_inlenersbeloning.values import Reader, reader_of

__all__ = ["Column", "Later", "Opened", "Plan", "Rows", "Target", "fill", "plan_of"]

Record: TypeAlias = dict[str, Any]
Row: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str, ...]
Plan: TypeAlias = "dict[str, Target]"
_NO_TYPES: Final[frozenset[type]] = frozenset()


class Rows(Protocol):
    """What takes the rows of a list; what it gives back is no row and stays with the parent."""

    @property
    def known(self) -> AbstractSet[str]:
        """Names of members that a row has."""

    def take(self, value: Any, parent: Any) -> Any:
        """Take what stands in the place of the list."""


@dataclass(frozen=True, slots=True)
class Later:
    """A list, which is read when the row that it is in is complete."""

    rows: Rows
    value: Any
    path: Path


@dataclass(slots=True)
class Column:
    """A value with a column.

    Attributes:
        name: The column.
        path: Where it is in the document, for messages.
        passes: Types of values that stay as they are.
        read: Reads others.
        expected: What they should be, for messages.
        codes: The codes that are known; null if it is no code.
        code_list: Their name.
        label: The column with the words of the code; empty if there is none.
    """

    name: str
    path: str
    passes: frozenset[type]
    read: Reader
    expected: str
    drift: Drift
    codes: Mapping[str, Mapping[str, Any]] | None = None
    code_list: str = ""
    label: str = ""

    def take(self, record: Record, value: Any, _later: list[Later], _path: Path) -> Any:
        """Read a value; gives it back where the column does not tell all of it."""
        if self.codes is not None and type(value) is str and (known := self.codes.get(value)) is not None:
            record[self.name] = value
            if self.label:
                record[self.label] = known["label"]
            return NOTHING
        reading = self.read(value)
        record[self.name] = reading.value
        if self.codes is not None and reading.value is not None:
            self._look_up(record, reading.value)
        if reading.is_whole:
            return NOTHING
        self.drift.value(self.path, self.expected)
        return value

    def _look_up(self, record: Record, code: str) -> None:
        known = (self.codes or {}).get(code)
        if known is None:
            self.drift.code(self.code_list, code)
        elif self.label:
            record[self.label] = known["label"]


@dataclass(slots=True)
class Opened:
    """An object whose members have columns of the row.

    Attributes:
        path: Where it is in the document, for messages.
        plan: For its members.
        drift: Notes what is unknown.
        itself: The column that takes a plain value in its place, if one bears its name.
        passes: None.
    """

    path: str
    drift: Drift
    plan: Plan = field(default_factory=dict)
    itself: Column | None = None
    passes: frozenset[type] = _NO_TYPES

    def take(self, record: Record, value: Any, later: list[Later], path: Path) -> Any:
        """Take the object's members; gives back those without a column."""
        if not value and isinstance(value, (list, Mapping)):  # PHP writes an empty object as a list
            return NOTHING
        found = as_object(value)
        rows = self._own_list() if isinstance(value, list) else None
        if found is not None and (rows is None or len(self.plan.keys() & found) > len(rows.known & found.keys())):
            extra = fill(record, found, self, later, path if found is value else (*path, "0"))
            return NOTHING if extra is None else extra if found is value else {"0": extra}
        if rows is not None:
            later.append(Later(rows, value, path))
            return NOTHING
        if self.itself is not None:
            self.itself.take(record, value, later, path)
        self.drift.value(self.path, "an object")
        return value

    def _own_list(self) -> Rows | None:
        """Give the list of a block that has one list: the block may be written as that."""
        lists = [target.rows for target in self.plan.values() if isinstance(target, Listed)]
        return lists[0] if len(lists) == 1 else None


@dataclass(slots=True)
class Listed:
    """A list whose rows are those of another stream.

    Attributes:
        rows: Takes them.
        passes: None.
    """

    rows: Rows
    passes: frozenset[type] = _NO_TYPES

    def take(self, _record: Record, value: Any, later: list[Later], path: Path) -> Any:
        """Put the list off until the row is complete."""
        later.append(Later(self.rows, value, path))
        return NOTHING


Target: TypeAlias = Column | Opened | Listed


def fill(record: Record, source: Row, opened: Opened, later: list[Later], path: Path = ()) -> Record | None:
    """Put the members of an object into the columns of a record.

    Args:
        record: Has all columns; those of missing members stay as they are.
        source: In the provider's spelling.
        opened: What happens to its members.
        later: Gets the lists inside.
        path: Where the object is in the row.

    Returns:
        What no column tells, in the provider's spelling; null if there is nothing.
    """
    extra: Record | None = None
    plan = opened.plan
    for key, value in source.items():
        target = plan.get(key)
        if target is None:
            opened.drift.field(f"{opened.path}.{key}" if opened.path else key)
            left = value
        elif value is None:
            continue
        elif type(value) in target.passes:
            record[target.name] = value  # type: ignore[union-attr]  # only columns have types that pass
            continue
        else:
            left = target.take(record, value, later, (*path, key))
            if left is NOTHING:
                continue
        if extra is None:
            extra = {}
        extra[key] = left
    return extra


def plan_of(properties: Mapping[str, Any], path: str, drift: Drift, lists: Mapping[str, Callable[[], Rows]]) -> Opened:
    """Compile the plan of the rows of a stream.

    Args:
        properties: Declared columns.
        path: Where the rows are in the document.
        drift: Notes what is unknown.
        lists: Lists inside, by their path from the row on.
    """
    root = Opened(path, drift)
    for name, declared in properties.items():
        source = declared.get("x-source-name")
        if source is not None:
            _place(root, source, _column(name, declared, f"{path}.{source}".removeprefix("."), properties, drift))
    for source, rows in lists.items():
        _place(root, source, Listed(rows()))
    _name_opened(root, properties)
    return root


def _column(name: str, declared: Row, path: str, properties: Row, drift: Drift) -> Column:
    passes, read, expected = reader_of(declared)
    code_list = declared.get("x-codes", "")
    label = f"{name}_label" if f"{name}_label" in properties else ""
    codes = code_lists()[code_list] if code_list else None
    return Column(
        name=name,
        path=path,
        passes=_NO_TYPES if codes is not None else passes,
        read=read,
        expected=expected,
        drift=drift,
        codes=codes,
        code_list=code_list,
        label=label,
    )


def _place(opened: Opened, source: str, target: Target) -> None:
    """Put a target where its path leads, through the objects on the way."""
    name, _, rest = source.partition(".")
    if not rest:
        opened.plan[name] = target
        return
    inner = opened.plan.setdefault(name, Opened(f"{opened.path}.{name}".removeprefix("."), opened.drift))
    if isinstance(inner, Opened):
        _place(inner, rest, target)


def _name_opened(opened: Opened, properties: Row) -> None:
    """Let a plain value in the place of `{value, otherValue}` have the column of `value`."""
    for target in opened.plan.values():
        if isinstance(target, Opened):
            value = target.plan.get("value")
            target.itself = value if isinstance(value, Column) else None
            _name_opened(target, properties)
