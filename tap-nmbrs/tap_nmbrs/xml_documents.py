"""XML documents of Nmbrs, read element by element in flat memory, whatever their encoding and however deep.

No document type definition, no entities, no network. Names are local names; the spelling of the document is kept for
what nobody knows, and does not count for what is known.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import IO, Any, Final, NamedTuple

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError
from singer_sdk.exceptions import FatalAPIError

__all__ = ["UNKNOWN_LAYOUT", "Block", "DocumentError", "Members", "blocks"]

UNKNOWN_LAYOUT: Final = "a layout that is not known yet"

_CHUNK_BYTES: Final = 1 << 16
_HEAD_BYTES: Final = 1024
_DEPTH_MAX: Final = 64
_MEMBERS_MAX: Final = 1000
_PROLOGUE: Final = re.compile("^[\\s\ufeff]*(<\\?xml[^>]*\\?>)?[\\s\ufeff]*")
_DECLARED_ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']""")
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


class DocumentError(FatalAPIError):
    """A document cannot be read; the message names the place, never its content."""


class Member(NamedTuple):
    """An element or attribute of a block.

    Attributes:
        path: Names from the block down, in lower case.
        spelling: The path as the document spells it.
        text: Its text; None: it has none.
        is_hollow: It has no text, but children or attributes.
    """

    path: tuple[str, ...]
    spelling: str
    text: str | None
    is_hollow: bool = False


class Members:
    """What a block holds, by name at any depth; what stands higher goes before what stands deeper."""

    def __init__(self, members: Iterable[Member], place: str) -> None:
        self._place = place
        self._members = list(members)
        self._by_name: dict[str, list[Member]] = {}
        for member in self._members:
            self._by_name.setdefault(member.path[-1] if member.path else "", []).append(member)
        self._taken: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def take(self, name: str) -> str | None:
        """Give the text of a name; None if it is empty or missing.

        Raises:
            DocumentError: It is there twice, or holds no text but something else.
        """
        named = self._by_name.get(name)
        if named is None:
            return None
        if len(named) > 1:
            highest = min(len(member.path) for member in named)
            named = [member for member in named if len(member.path) == highest]
        if any(member.is_hollow for member in named):
            raise DocumentError(f"{self._place}: {name} is not a plain element: {UNKNOWN_LAYOUT}")
        if len({member.text for member in named}) > 1:
            raise DocumentError(f"{self._place} has more than one {name}: {UNKNOWN_LAYOUT}")
        self._taken.add(named[0].spelling)
        return named[0].text

    def rest(self) -> dict[str, Any]:
        """Give what has not been taken and is not empty: text by path; a list where a path comes again."""
        rest: dict[str, Any] = {}
        for member in self._members:
            if member.text is None or member.spelling in self._taken:
                continue
            if member.spelling in rest:
                earlier = rest[member.spelling]
                rest[member.spelling] = [*(earlier if isinstance(earlier, list) else [earlier]), member.text]
            else:
                rest[member.spelling] = member.text
        return rest

    def names(self) -> AbstractSet[str]:
        """Give the names that are there, empty or not; attributes of plain elements begin with @."""
        return self._by_name.keys()

    def holds(self, name: str) -> bool:
        """Tell whether there is a text of this name."""
        return any(member.text is not None for member in self._by_name.get(name, ()))


class Block(NamedTuple):
    """An item, or the group whose items have come before, or at last the document.

    Attributes:
        kind: Name of items or groups; empty for the document.
        name: Name of the element, as the document spells it.
        place: Where it stands, for messages.
        members: What it holds beside its items or groups.
    """

    kind: str
    name: str
    place: str
    members: Members


def blocks(
    document: IO[bytes], *, group: str, item: str, containers: AbstractSet[str] = frozenset()
) -> Iterator[Block]:
    """Read a document of groups that hold items, from its beginning: items, their group, the next group's items ...

    Args:
        document: To be read as often as needed.
        group: Local name in lower case, such as `transaction`.
        item: Local name in lower case, such as `line`; anywhere in its group.
        containers: Names that only hold others together, such as `header`: they are no level of their own.

    Raises:
        DocumentError: It is not XML, or its groups and items stand otherwise.
    """
    parts: dict[str, list[Member]] = {item: [], group: [], "": []}
    groups, items, root = 1, 1, ""
    for element in _elements(document):
        names = element.names
        kind = item if item in names else group if group in names else ""
        place = {item: f"{group} {groups}, {item} {items}", group: f"{group} {groups}", "": "the document"}[kind]
        if kind and (names.count(group) != 1 or names.count(item) > 1):
            raise DocumentError(f"{place}: a {kind} stands where none belongs: {UNKNOWN_LAYOUT}")
        parts[kind] += element.members(names.index(kind) + 1 if kind else 1, containers)
        if len(parts[kind]) > _MEMBERS_MAX:
            raise DocumentError(f"{place} has too many elements: {UNKNOWN_LAYOUT}")
        root = element.spellings[0]
        if kind and names[-1] == kind:
            yield Block(kind, element.spellings[-1], place, Members(parts[kind], place))
            parts[kind] = []
            groups, items = (groups, items + 1) if kind == item else (groups + 1, 1)
    yield Block("", root, "the document", Members(parts[""], "the document"))


class _Element(NamedTuple):
    names: tuple[str, ...]
    spellings: tuple[str, ...]
    text: str | None
    attributes: Mapping[str, str]
    has_children: bool

    def members(self, start: int, containers: AbstractSet[str]) -> Iterator[Member]:
        """Give what it tells: its text, and its attributes as if they were children."""
        path, spellings = self.names[start:], self.spellings[start:]
        if not containers.isdisjoint(path[:-1]):
            kept = [number for number, name in enumerate(path) if name not in containers or number == len(path) - 1]
            path, spellings = tuple(path[number] for number in kept), tuple(spellings[number] for number in kept)
        if path or self.text is not None:
            is_hollow = self.text is None and (self.has_children or bool(self.attributes))
            yield Member(path, "/".join(spellings) or "text", self.text, is_hollow)
        if self.attributes:
            yield from self._attributes(path, spellings, containers)

    def _attributes(
        self, path: tuple[str, ...], spellings: tuple[str, ...], containers: AbstractSet[str]
    ) -> Iterator[Member]:
        if path and path[-1] in containers:
            path, spellings = path[:-1], spellings[:-1]
        # Beside a text an attribute explains it: it never stands for an element.
        mark = "@" if path and self.text is not None else ""
        for name, value in self.attributes.items():
            below = f"{'/'.join(spellings)}@{name}" if mark else "/".join((*spellings, name))
            yield Member((*path, f"{mark}{name.lower()}"), below, value.strip() or None)


@dataclass(slots=True)
class _Open:
    name: str
    attributes: Mapping[str, str]
    texts: list[str] = field(default_factory=list)
    has_children: bool = False


class _Target:
    """Takes what the parser finds; keeps only the elements that are open, and those that have just ended."""

    def __init__(self) -> None:
        self.ended: list[_Element] = []
        self._open: list[_Open] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._open:
            self._open[-1].has_children = True
        if len(self._open) == _DEPTH_MAX:
            raise DocumentError(f"elements too deep in each other: {UNKNOWN_LAYOUT}")
        named = {_local(name): value for name, value in attributes.items() if not name.startswith(_INSTANCE)}
        self._open.append(_Open(_local(tag), named))

    def data(self, text: str) -> None:
        texts = self._open[-1].texts
        if texts or not text.isspace():  # blanks between the children of a long list are not collected
            texts.append(text)

    def end(self, _: str) -> None:
        spellings = tuple(element.name for element in self._open)
        element = self._open.pop()
        self.ended.append(
            _Element(
                names=tuple(name.lower() for name in spellings),
                spellings=spellings,
                text="".join(element.texts).strip() or None,
                attributes=element.attributes,
                has_children=element.has_children,
            )
        )

    def close(self) -> None:
        """Nothing is left to do."""


def _elements(document: IO[bytes]) -> Iterator[_Element]:
    """Give every element when it ends; of a document in the text of another (`<string>`), those of the inner one."""
    for element in _parsed(document):
        if len(element.names) == 1 and not element.has_children and (element.text or "").startswith("<"):
            yield from _parsed(io.BytesIO((element.text or "").encode()))
        else:
            yield element


def _parsed(document: IO[bytes]) -> Iterator[_Element]:
    target = _Target()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        for text in _texts(document):
            parser.feed(text)
            ended, target.ended = target.ended, []
            yield from ended
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise DocumentError(f"the document is not XML (line {line}, column {column})") from None
    except DefusedXmlException:
        raise DocumentError("the document holds a document type definition or entities, which are refused") from None
    yield from target.ended


def _texts(document: IO[bytes]) -> Iterator[str]:
    """Decode piece by piece, without byte order mark, leading blanks and declaration."""
    document.seek(0)
    head = document.read(_HEAD_BYTES)
    decoder = codecs.getincrementaldecoder(_encoding(document, head))()
    document.seek(0)
    text = ""
    try:
        while len(text) < _HEAD_BYTES and (piece := document.read(_CHUNK_BYTES)):
            text += decoder.decode(piece)
        yield _PROLOGUE.sub("", text, count=1)
        while piece := document.read(_CHUNK_BYTES):
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise DocumentError(f"the document is not {error.encoding.removesuffix('-le')} text") from None


def _encoding(document: IO[bytes], head: bytes) -> str:
    """Find out; some documents declare utf-16 although their bytes are not (seen in working clients)."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    if head[:1] == b"\0":
        return "utf-16-be"
    declared = _DECLARED_ENCODING.match(head)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name.startswith(("utf-16", "utf-8")) or _is_text(document, "utf-8"):
        return "utf-8"
    if not _is_text(document, name):
        raise DocumentError(f"the document is neither utf-8 nor {name} text")
    return name


def _is_text(document: IO[bytes], encoding: str) -> bool:
    document.seek(0)
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        while piece := document.read(_CHUNK_BYTES):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _local(name: str) -> str:
    return name.rpartition("}")[2]
