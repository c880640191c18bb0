"""Who shares remunerations with the agency: the world's companies as hirers, and a few with something odd."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from provider_simulators.world import World

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Generation(StrEnum):
    """Three kinds of documents that were recorded in one API version."""

    LEGACY = "legacy"
    """Published up to 2024: six blocks are missing."""
    FULL = "full"
    """All blocks, as of October 2025."""
    UNCLASSIFIABLE = "unclassifiable"
    """All blocks, but no function groups: the hirer's functions fit no scale."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A remuneration that a hirer has published.

    Attributes:
        at: Moment of publishing, with Amsterdam's offset.
        version: How often it has been published.
    """

    generation: Generation
    at: datetime
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Hirer:
    """A hirer (inlener; the API calls it partner).

    Attributes:
        id: A UUID, or six base36 characters for an older one.
        commerce_number: Number in the trade register (KvK): text, with leading zeros.
    """

    id: str
    name: str
    commerce_number: str
    employees: int | None
    publications: tuple[Publication, ...]


LEGACY = Publication(generation=Generation.LEGACY, at=datetime(2024, 2, 12, 14, 46, 58, tzinfo=AMSTERDAM), version=7)
FULL = Publication(generation=Generation.FULL, at=datetime(2026, 1, 5, 9, 15, 30, tzinfo=AMSTERDAM), version=2)
UNCLASSIFIABLE = Publication(
    generation=Generation.UNCLASSIFIABLE, at=datetime(2025, 10, 23, 16, 2, 11, tzinfo=AMSTERDAM)
)
# The clock goes back between these two: the second moment is the later one, though its text sorts before.
TWO_OF_ONE_NIGHT = (
    Publication(generation=Generation.FULL, at=datetime(2025, 10, 26, 2, 30, tzinfo=AMSTERDAM)),
    Publication(generation=Generation.LEGACY, at=datetime(2025, 10, 26, 2, 15, tzinfo=AMSTERDAM, fold=1)),
)


def hirers(world: World) -> Iterator[Hirer]:
    """Every company of the world, with one kind of document after the other, and two hirers more."""
    kinds = ((FULL,), (LEGACY,), (UNCLASSIFIABLE,))
    for index, company in enumerate(world.companies):
        publications = kinds[index % len(kinds)]
        old = publications[0] is LEGACY
        yield Hirer(
            id=base36(1_500_000_000 + 7919 * index) if old else uuid4_of("hirer", company.id),
            name=company.name,
            commerce_number=f"{1_234_567 + index:08}",
            employees=len(company.employees) if index % 2 else None,
            publications=publications,
        )
    yield Hirer(
        id=uuid4_of("hirer", "nothing shared"),
        name="Gemeente Zandhorst aan Zee",
        commerce_number="00918273",
        employees=None,
        publications=(),
    )
    yield Hirer(
        id=uuid4_of("hirer", "two remunerations"),
        name="Brouwerij 't Halve Ei & Zn. V.O.F.",
        commerce_number="00918274",
        employees=31,
        publications=TWO_OF_ONE_NIGHT,
    )


def uuid4_of(*parts: object) -> str:
    """An id like the newer ones (version 4), always the same for the same parts."""
    chance = Random("/".join(map(str, parts)))
    return str(UUID(int=chance.getrandbits(128), version=4))


def base36(number: int) -> str:
    """An id like the older ones: the Unix second of creation in base36, six characters."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = BASE36[digit] + text
    return text
