"""Answers of the SOAP API, read while they come: nothing of them is held but the row at hand.

No answer may bring a document type definition or entities, and nothing that it names is fetched.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from connector_kit.extract import UnreadableAnswerError
from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from typing_extensions import override

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

__all__ = ["Element", "FaultError", "TextSink", "read_answer"]

_NIL: Final = ("http://www.w3.org/2001/XMLSchema-instance", "nil")
_BODY_DEPTH: Final = 2
_RESPONSE_DEPTH: Final = 3
_RESULT_DEPTH: Final = 4
_ITEM_DEPTH: Final = 5
_FAULT: Final = "Fault"
_TEXT_PIECE_LENGTH: Final = 1 << 15


class FaultError(Exception):
    """The answer is a fault; `text` is for the table of faults only, it may repeat data."""

    def __init__(self, text: str) -> None:
        super().__init__("a fault")
        self.text = text


class TextSink(Protocol):
    """Takes the text of an element piece by piece."""

    def write(self, text: str, /) -> object:
        """Take the next piece."""


@dataclass(slots=True)
class Element:
    """An element below the result of a call: text, or elements by their local names."""

    name: str
    is_nil: bool = False
    parts: list[str] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    def text(self, path: str = "") -> str | None:
        """Give the text at a path of names; None if there is no such element, or it is nil."""
        element: Element | None = self
        for name in path.split("/") if path else ():
            element = element.child(name) if element else None
        return None if element is None or element.is_nil else "".join(element.parts).strip()

    def child(self, name: str) -> "Element | None":
        """Give the first element of that name."""
        return next((child for child in self.children if child.name == name), None)

    def iter(self) -> Iterator["Element"]:
        """Give it and all elements below."""
        yield self
        for child in self.children:
            yield from child.iter()


class _Handler(ContentHandler):
    """Follows `Envelope/Body/<method>Response/<method>Result`; children of the result are the items."""

    def __init__(self, method: str, on_item: Callable[[Element], None], sink: TextSink | None, streamed: str) -> None:
        super().__init__()
        self._method = method
        self._on_item = on_item
        self._sink = sink
        self._streamed = streamed
        self._open: list[Element] = []
        self._depth = 0
        self._is_body = False
        self._is_streaming = False
        self.fault: Element | None = None
        self.is_complete = False

    @override
    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:
        self._depth += 1
        local = name[1]
        if self._depth == _BODY_DEPTH:
            self._is_body = local == "Body"
        if self._depth == _RESPONSE_DEPTH and self._is_body:
            if local == _FAULT:
                self.fault = Element(local)
            elif local == f"{self._method}Response":
                self.is_complete = True
        if self.fault is not None and self._depth >= _RESPONSE_DEPTH:
            self._push(self.fault if self._depth == _RESPONSE_DEPTH else Element(local))
        elif self.is_complete and self._depth >= _ITEM_DEPTH:
            self._push(Element(local, is_nil=attrs.get(_NIL) in {"true", "1"}))
        self._is_streaming = self.is_complete and (
            (self._depth == _RESULT_DEPTH and not self._streamed)
            or (self._depth == _ITEM_DEPTH and local == self._streamed)
        )

    def _push(self, element: Element) -> None:
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    @override
    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:
        self._depth -= 1
        self._is_streaming = False
        if self._open:
            element = self._open.pop()
            if not self._open and self.fault is None:
                self._on_item(element)

    @override
    def characters(self, content: str) -> None:
        if self._is_streaming:
            if self._sink is not None:
                self._sink.write(content)
        elif self._open:
            self._open[-1].parts.append(content)


class _Parser(DefusedExpatParser):
    """Refuses declarations, and gives text in large pieces: expat would cut it at every escape."""

    def __init__(self, handler: ContentHandler) -> None:
        super().__init__(forbid_dtd=True)
        self.setFeature(feature_namespaces, True)  # noqa: FBT003  # its signature
        self.setContentHandler(handler)

    @override
    def reset(self) -> None:
        super().reset()
        parser: XMLParserType = vars(self)["_parser"]  # the typing stubs do not know it
        parser.buffer_text = True
        parser.buffer_size = _TEXT_PIECE_LENGTH


def read_answer(
    chunks: Iterable[bytes],
    *,
    method: str,
    on_item: Callable[[Element], None] = lambda _: None,
    sink: TextSink | None = None,
    streamed: str = "",
) -> None:
    """Read an answer piece by piece.

    Args:
        chunks: Its bytes.
        method: The method that was called.
        on_item: Takes every element of the result when it is complete: the rows of a list, the members of an object.
        sink: Takes the text of the result, or of its member `streamed`.
        streamed: Name of that member.

    Raises:
        FaultError: The answer is a fault.
        UnreadableAnswerError: It is cut, no XML, or no answer to the method.
    """
    handler = _Handler(method, on_item, sink, streamed)
    parser = _Parser(handler)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException:
        raise UnreadableAnswerError(
            "the answer holds a document type definition or entities, which are refused"
        ) from None
    except SAXException:
        raise UnreadableAnswerError("the answer is cut, or no XML") from None
    if handler.fault is not None:
        raise FaultError(" ".join(element.text() or "" for element in handler.fault.iter()))
    if not handler.is_complete:
        raise UnreadableAnswerError(f"the answer is none of {method}")
