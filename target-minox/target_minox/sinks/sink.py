"""What all sinks have."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from connector_kit.posting.sink import BooksSink, Fact

if TYPE_CHECKING:
    from target_minox.sinks.row import Row
    from target_minox.target import TargetMinox

__all__ = ["Document", "MinoxSink"]

Document = Mapping[str, Any]
Read = TypeVar("Read", bound=Fact)


class MinoxSink(BooksSink[Read, Document], Generic[Read]):
    """Writes one stream, as its row of the table says."""

    row: ClassVar["Row"]

    @property
    def _minox(self) -> "TargetMinox":
        return cast("TargetMinox", self.books)
