"""Who shares remunerations with the agency: the world's companies as hirers, and a few with something odd."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from provider_simulators.inlenersbeloning.oddities import Oddity
from provider_simulators.world import World

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STOCK = 8
"""Different documents of a crowd."""
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Generation(StrEnum):
    """Kinds of documents: the three that were recorded in one API version, and some made of what any had."""

    LEGACY = "legacy"
    """Published up to 2024: six blocks are missing."""
    FULL = "full"
    """All blocks, as of October 2025."""
    UNCLASSIFIABLE = "unclassifiable"
    """All blocks, but no function groups: the hirer's functions fit no scale."""
    COMPLETE = "complete"
    """Every member that was ever seen has a value, also where only null was seen."""
    VARIED = "varied"
    """As `full`, with lists of any length, values or null, all scales and rules for wages."""
    VARIED_LEGACY = "varied_legacy"
    """As `legacy`, with scales of any kind."""
    EMPTY = "empty"
    """All blocks, almost nothing in them: valid, a few kB (seen)."""
    LARGE = "large"
    """Nine scales with up to 41 steps and 105 functions, as the largest that was seen."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A remuneration that a hirer has published.

    Attributes:
        at: Moment of publishing, with Amsterdam's offset.
        version: How often it has been published.
        kilobytes: Free text is added up to this size in compact JSON; 0 leaves it as it comes. Not for the three kinds
            that were recorded.
        oddities: What is odd about it.
        seed: Another seed, another document of the kind.
        stock: Shares its text with others of the same seed, but for ids and the hirer: many can be had at no cost.
    """

    generation: Generation
    at: datetime
    version: int = 1
    kilobytes: int = 0
    oddities: frozenset[Oddity] = frozenset()
    seed: int = 0
    stock: bool = False


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


def every_kind() -> Iterator[Hirer]:
    """Hirers with one document of each kind, and of each oddity in both generations."""
    varied, varied_legacy = Generation.VARIED, Generation.VARIED_LEGACY
    kinds = [
        (Generation.COMPLETE, 0, frozenset[Oddity]()),
        (Generation.EMPTY, 0, frozenset[Oddity]()),
        (Generation.LARGE, 113, frozenset[Oddity]()),
        (Generation.LARGE, 150, frozenset[Oddity]()),
        *[(varied, 0, frozenset[Oddity]())] * 4,
        *[(varied_legacy, 0, frozenset[Oddity]())] * 2,
        *[(kind, 0, frozenset({oddity})) for oddity in Oddity for kind in (Generation.COMPLETE, varied, varied_legacy)],
        (varied, 0, frozenset(Oddity)),
    ]
    for index, (generation, kilobytes, oddities) in enumerate(kinds):
        year = 2023 if generation is varied_legacy else 2025
        publication = Publication(
            generation=generation,
            at=datetime(year, 10, 1, 8, tzinfo=AMSTERDAM) + timedelta(days=index, seconds=index),
            version=1 + index % 8,
            kilobytes=kilobytes,
            oddities=oddities,
            seed=index,
        )
        what = ", ".join(sorted(oddities) if len(oddities) < len(Oddity) else ["alles"])
        yield new_hirer(f"{generation} {index} {what}".strip(), index, publication)


def crowd(size: int, kilobytes: int) -> Iterator[Hirer]:
    """So many hirers, each with one document of that size."""
    for index in range(size):
        publication = Publication(
            generation=Generation.LARGE if kilobytes else Generation.VARIED,
            at=datetime(2025, 10, 1, 8, tzinfo=AMSTERDAM) + timedelta(minutes=index),
            version=1 + index % 3,
            kilobytes=kilobytes,
            seed=index % STOCK,
            stock=True,
        )
        yield new_hirer(f"menigte {index}", index, publication)


def new_hirer(name: str, number: int, *publications: Publication) -> Hirer:
    """A hirer with an id of the newer kind.

    Args:
        name: Makes the id; part of its business name.
        number: Goes into the number in the trade register.
        publications: What it shares.
    """
    return Hirer(
        id=uuid4_of("hirer", name),
        name=f"Verzonnen {name} B.V.",
        commerce_number=f"{2_000_000 + number:08}",
        employees=None if number % 2 else 10 + number,
        publications=publications,
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
