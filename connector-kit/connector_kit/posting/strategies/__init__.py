"""How a write is found again: by an identifier of ours, by our mark, or by a search."""

from typing import TypeVar

from connector_kit.posting.endpoint import Endpoint, MarkerEndpoint, SearchEndpoint
from connector_kit.posting.strategies.client_id import ByClientId
from connector_kit.posting.strategies.marker import ByMarker
from connector_kit.posting.strategies.search import BySearch
from connector_kit.posting.strategies.strategy import Strategy, Written

__all__ = ["ByClientId", "ByMarker", "BySearch", "Strategy", "Written", "strategy"]

Document = TypeVar("Document")


def strategy(endpoint: Endpoint[Document]) -> Strategy[Document]:
    """Take the way that the endpoint offers."""
    match endpoint:
        case MarkerEndpoint():
            return ByMarker(endpoint)
        case SearchEndpoint():
            return BySearch(endpoint)
        case _:
            return ByClientId(endpoint)
