"""Which growth is linear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.curves import draw
from tests.benchmarks.growth import GROWTH_MAX, Point, growth

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = (1, 10, 100, 1_000)


def grown(cost: Callable[[int], float]) -> float:
    points = [
        Point(size=size, seconds=0, processor=cost(size), simulator=0, calls=0, state=0, memory=0) for size in SIZES
    ]
    return growth(points, "processor")


@pytest.mark.parametrize(
    "cost",
    [
        lambda size: 0.7 + 0.01 * size,
        lambda size: 5.0 * size,
        lambda _: 57.0,
        lambda size: 57.0 + (0.4 if size == 1_000 else 0),
    ],
    ids=["with a start", "without a start", "flat", "flat, with noise"],
)
def test_what_is_linear_holds(cost: Callable[[int], float]) -> None:
    assert grown(cost) <= GROWTH_MAX


@pytest.mark.parametrize(
    "cost", [lambda size: 0.7 + 1e-5 * size**2, lambda size: 0.7 + 0.001 * size**1.3], ids=["squared", "slightly more"]
)
def test_what_grows_faster_than_the_size_does_not_hold(cost: Callable[[int], float]) -> None:
    assert grown(cost) > GROWTH_MAX


def test_a_picture_names_its_lines_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    picture = draw(
        "tried", "calls", {"one": [(1, 3.0), (10, 30.0)], "two": [(1, 0.0), (10, 2.0)]}, tmp_path
    ).read_text()

    assert "one" in picture
    assert "two" in picture
    assert "<script" not in picture
    assert "href" not in picture
