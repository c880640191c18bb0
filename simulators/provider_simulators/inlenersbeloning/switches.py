"""How the simulated Inlenersbeloning.com behaves: its documentation is closed, so much of it is a switch."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ListShape(StrEnum):
    """Shapes in which a list may come; none of them has been seen (inferred)."""

    ARRAY = "array"
    """`[{...}, {...}]`"""
    DATA = "data"
    """`{"data": [{...}, {...}]}`"""
    KEYED = "keyed"
    """`{"<id>": {...}, "<id>": {...}}`, without the id in the objects"""
    IDS = "ids"
    """`["<id>", "<id>"]`"""
    OBJECT = "object"
    """A single object where there is one; an array where there are none or several"""


class Right(StrEnum):
    """Boxes that are ticked for a token in the portal (vendor's manual)."""

    PARTNERS = "partners"
    """All partners (hirers) of a company."""
    REMUNERATION = "remuneration"
    """A remuneration."""


@dataclass(frozen=True, kw_only=True)
class InlenersbeloningSwitches:
    """Switches of the Inlenersbeloning.com simulator.

    Attributes:
        credential: The token in the settings: the ``organisation``'s, which reads all its companies (seen in a working
            client), or the first ``company``'s (vendor's manual).
        rights: What is ticked for the tokens.
        partner_list: Shape of the list of partners.
        remuneration_list: Shape of the list of a partner's remunerations.
        list_fields: Members of the objects in lists: all that are likely (``full``), or the ``id`` only, which is
            the one member that a working client reads.
        without_remuneration: Answer to the list of a partner that has shared nothing: ``not_found`` (404), ``empty``
            list, or ``no_content`` (204).
        after_list: What happens right after a partner's remunerations were listed, once per remuneration: it is
            ``withdrawn`` or ``republished`` before it can be read, or nothing.
        extra_fields: Documents carry members that nobody has seen before, at three depths.
        loose_types: Some numbers come as text, and some flags as "true".
        requests_per_second: Above it 429 (limits are not public); None is no limit.
        retry_after: Seconds in the ``Retry-After`` header of that 429; None is no such header.
    """

    credential: Literal["organisation", "company"] = "organisation"
    rights: frozenset[Right] = frozenset(Right)
    partner_list: ListShape = ListShape.ARRAY
    remuneration_list: ListShape = ListShape.ARRAY
    list_fields: Literal["full", "id"] = "full"
    without_remuneration: Literal["not_found", "empty", "no_content"] = "not_found"
    after_list: Literal["nothing", "withdrawn", "republished"] = "nothing"
    extra_fields: bool = False
    loose_types: bool = False
    requests_per_second: int | None = None
    retry_after: int | None = 1
