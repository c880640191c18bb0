"""Targets derived from a target: its own engine, sinks and provider, with another end to what the engine decides."""

from collections.abc import Mapping
from typing import Any, Protocol, cast

from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.posting import Posting
from connector_kit.posting.sink import BooksSink
from connector_kit.posting.target import BooksTarget

__all__ = ["NotingSink", "derived"]


class _Noting(Protocol):
    def prepared(self, posting: Posting[Any], fact: Any) -> None:
        """Take note of what is on its way."""
        ...


class NotingSink(BooksSink[Any, Any]):
    """Comes before a sink's own class: tells its target what it has made of a record."""

    _fact: Any = None

    def read(self, record: Mapping[str, Any]) -> Any:
        """Read it as the sink does, and keep it."""
        self._fact = super().read(record)  # type: ignore[safe-super]  # the sink's own class comes next
        return self._fact

    def _posting(self, record: Mapping[str, Any]) -> Posting[Any]:
        posting = super()._posting(record)
        cast("_Noting", self.books).prepared(posting, self._fact)
        return posting


def derived(plugin: type[BooksTarget], before: Any, sink_before: Any) -> Any:
    """Derive a target whose own class comes after `before`, and whose sinks' classes come after `sink_before`.

    Args:
        plugin: The target.
        before: Class derived from `BooksTarget`.
        sink_before: `NotingSink`, or a class derived from it.

    Returns:
        A class derived from `before` and from the target.
    """
    sinks = {stream: _derived_sink(sink, sink_before) for stream, sink in plugin.accepted_streams.items()}
    members: dict[str, Any] = {"accepted_streams": sinks, "__module__": plugin.__module__, "__doc__": plugin.__doc__}
    return type(plugin.__name__, (before, plugin), members)


def _derived_sink(sink: type[Any], before: type[NotingSink]) -> type[Any]:
    members: dict[str, Any] = {"__module__": sink.__module__}
    if issubclass(sink, EntryLinesSink):
        return type(sink.__name__, (sink,), members | {"entries": _derived_sink(sink.entries, before)})
    return type(sink.__name__, (before, sink), members)
