"""XML documents of Nmbrs, read element by element in flat memory, whatever their encoding and however deep.

No document type definition, no entities, no network. Names are local names; the spelling of the document is kept for
what nobody knows, and does not count for what is known.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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
_PROBLEM: Final = re.compile("error|fault|exception|problem|html", re.IGNORECASE)
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
        if len(named) > 1 and len({member.text for member in named}) > 1:
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

    def is_nothing(self, containers: AbstractSet[str]) -> bool:
        """Tell of a document whether it only says that there is nothing: it may describe itself, but not a problem."""
        names = {name for name in self.members.names() if not name.startswith("@")}
        return names <= containers and not _PROBLEM.search(self.name)


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
    roles: dict[_Path, _Role] = {}
    parts: dict[str, list[Member]] = {item: [], group: [], "": []}
    groups, items, root = 1, 1, ""
    for element in _elements(document):
        role = roles.get(element.path)
        if role is None:
            role = roles[element.path] = _Role.of(element.path, group=group, item=item, containers=containers)
            root = element.path.spellings[0]
        members = parts[role.kind]
        if element.attributes:
            members += role.members(element)
        elif role.path or element.text is not None:  # nearly all of them
            is_hollow = element.text is None and element.has_children
            members.append(Member(role.path, role.spelling or "text", element.text, is_hollow))
        if not role.is_end and len(members) <= _MEMBERS_MAX:
            continue
        place = f"{group} {groups}, {item} {items}" if role.kind == item else f"{group} {groups}"
        if len(members) > _MEMBERS_MAX:
            raise DocumentError(f"{place} has too many elements: {UNKNOWN_LAYOUT}")
        yield Block(role.kind, element.path.spellings[-1], place, Members(members, place))
        parts[role.kind] = []
        groups, items = (groups, items + 1) if role.kind == item else (groups + 1, 1)
    yield Block("", root, "the document", Members(parts[""], "the document"))


class _Path:
    """Where elements of a document stand; all that stand alike share it."""

    def __init__(self, spellings: tuple[str, ...]) -> None:
        self.spellings = spellings
        self.names = tuple(name.lower() for name in spellings)
        self._below: dict[str, _Path] = {}

    def below(self, tag: str) -> "_Path":
        """Give the path of a child."""
        path = self._below.get(tag)
        if path is None:
            if len(self.spellings) == _DEPTH_MAX or len(self._below) == _MEMBERS_MAX:
                raise DocumentError(f"elements too deep in each other, or of too many names: {UNKNOWN_LAYOUT}")
            path = self._below[tag] = _Path((*self.spellings, _local(tag)))
        return path


class _Element(NamedTuple):
    path: _Path
    text: str | None
    attributes: Mapping[str, str]
    has_children: bool


@dataclass(frozen=True, kw_only=True)
class _Role:
    """What the elements of a path are to their block.

    Attributes:
        kind: Of the block.
        is_end: Whether they are such blocks themselves.
        path: From the block down, without containers.
        spelling: The same as the document spells it.
        attributes_of: As `path` and `spelling`, for attributes: those of a container belong to what contains it.
    """

    kind: str
    is_end: bool
    path: tuple[str, ...]
    spelling: str
    attributes_of: tuple[tuple[str, ...], str]

    @classmethod
    def of(cls, path: _Path, *, group: str, item: str, containers: AbstractSet[str]) -> "_Role":
        names = path.names
        kind = item if item in names else group if group in names else ""
        if kind and (names.count(group) != 1 or names.count(item) > 1):
            raise DocumentError(f"a {kind} stands where none belongs: {UNKNOWN_LAYOUT}")
        below = list(zip(names, path.spellings, strict=True))[names.index(kind) + 1 if kind else 1 :]
        outer = [pair for pair in below[:-1] if pair[0] not in containers]
        own = [*outer, *below[-1:]]
        holder = outer if below and below[-1][0] in containers else own
        return cls(
            kind=kind,
            is_end=bool(kind) and not below,
            path=tuple(name for name, _ in own),
            spelling="/".join(spelling for _, spelling in own),
            attributes_of=(tuple(name for name, _ in holder), "/".join(spelling for _, spelling in holder)),
        )

    def members(self, element: _Element) -> Iterator[Member]:
        """Give what an element tells: its text, and its attributes as if they were children."""
        text, attributes = element.text, element.attributes
        if self.path or text is not None:
            is_hollow = text is None and (element.has_children or bool(attributes))
            yield Member(self.path, self.spelling or "text", text, is_hollow)
        for name, value in attributes.items():
            path, spelling = self.attributes_of
            # Beside a text, and around all blocks, an attribute explains: it never stands for an element.
            if (path and text is not None) or not self.kind:
                yield Member((*path, f"@{name.lower()}"), f"{spelling}@{name}", value.strip() or None)
            else:
                yield Member((*path, name.lower()), f"{spelling}/{name}".lstrip("/"), value.strip() or None)


@dataclass(slots=True)
class _Open:
    path: _Path
    attributes: Mapping[str, str]
    texts: list[str] | None = None
    has_children: bool = False


class _Target:
    """Takes what the parser finds; keeps only the elements that are open, and those that have just ended."""

    def __init__(self) -> None:
        self.ended: list[_Element] = []
        self._open: list[_Open] = [_Open(_Path(()), {})]

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take note of the beginning of an element."""
        parent = self._open[-1]
        parent.has_children = True
        if attributes:
            attributes = {_local(name): text for name, text in attributes.items() if not name.startswith(_INSTANCE)}
        self._open.append(_Open(parent.path.below(tag), attributes))

    def data(self, text: str) -> None:
        """Take text; blanks between the children of a long list are not collected."""
        element = self._open[-1]
        if element.texts is not None:
            element.texts.append(text)
        elif not text.isspace():
            element.texts = [text]

    def end(self, _: str) -> None:
        """Take note of the end of an element."""
        element = self._open.pop()
        text = "".join(element.texts).strip() if element.texts else None
        self.ended.append(_Element(element.path, text or None, element.attributes, element.has_children))

    def close(self) -> None:
        """Nothing is left to do."""


def _elements(document: IO[bytes]) -> Iterator[_Element]:
    """Give every element when it ends; of a document in the text of another (`<string>`), those of the inner one."""
    for element in _parsed(document):
        if len(element.path.names) == 1 and not element.has_children and (element.text or "").startswith("<"):
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
