"""Pictures of how cost grows, in docs/pictures: both axes logarithmic, so what is linear rises by a decade per decade."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tests.benchmarks.page import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

PICTURES: Final = ROOT / "docs" / "pictures"
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
"""Apart from each other for the colour-blind, too."""
WIDTH: Final = 720
LEFT, RIGHT, TOP, BOTTOM = 90, 700, 50, 350
LEGEND_TOP: Final = 395
LEGEND_LINE: Final = 22


class Axis:
    """A logarithmic axis of whole decades.

    Args:
        values: What has to fit.
        start: Where it starts in the picture.
        end: Where it ends.
    """

    def __init__(self, values: Iterable[float], start: int, end: int) -> None:
        logarithms = [log10(value) for value in values]
        self._low, self._high = floor(min(logarithms)), ceil(max(logarithms))
        self._high = max(self._high, self._low + 1)
        self._start, self._end = start, end

    def place(self, value: float) -> float:
        """Where a value stands."""
        share = (log10(value) - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)

    @property
    def decades(self) -> list[float]:
        """Values with a line through the picture."""
        return [10.0**power for power in range(self._low, self._high + 1)]


def draw(name: str, unit: str, curves: Mapping[str, Sequence[tuple[float, float]]], folder: Path = PICTURES) -> Path:
    """Draw a line for each curve.

    Args:
        name: Of the file: `growth-<name>.svg`.
        unit: What is counted; the title.
        curves: A line's name, and its points: size and figure. What is 0 has no place in the picture.
        folder: Where the picture goes.
    """
    drawn = {what: [point for point in points if min(point) > 0] for what, points in curves.items()}
    across = Axis((size for points in drawn.values() for size, _ in points), LEFT, RIGHT)
    up = Axis((figure for points in drawn.values() for _, figure in points), BOTTOM, TOP)
    height = LEGEND_TOP + LEGEND_LINE * ceil(len(drawn) / 2)
    picture = Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height}", "font-family": "sans-serif"},
    )
    SubElement(picture, "rect", width="100%", height="100%", fill="white")
    _text(picture, unit, LEFT, TOP - 22, size=16)
    for value in across.decades:
        _line(picture, across.place(value), TOP, across.place(value), BOTTOM)
        _text(picture, f"{value:,.10g}", across.place(value), BOTTOM + 20, anchor="middle")
    for value in up.decades:
        _line(picture, LEFT, up.place(value), RIGHT, up.place(value))
        _text(picture, f"{value:,.10g}", LEFT - 8, up.place(value) + 4, anchor="end")
    for number, (what, points) in enumerate(drawn.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(across.place(size), up.place(figure)) for size, figure in points]
        line = " ".join(f"{x},{y}" for x, y in places)
        SubElement(picture, "polyline", {"points": line, "fill": "none", "stroke": colour, "stroke-width": "2"})
        for x, y in places:
            SubElement(picture, "circle", cx=str(x), cy=str(y), r="3", fill=colour)
        x, y = LEFT + 310 * (number % 2), LEGEND_TOP + LEGEND_LINE * (number // 2)
        SubElement(picture, "rect", x=str(x), y=str(y - 11), width="12", height="12", fill=colour)
        _text(picture, what, x + 20, y)
    indent(picture)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"growth-{name}.svg"
    file.write_text(tostring(picture, encoding="unicode") + "\n", encoding="utf-8")
    return file


def _line(picture: Element, *ends: float) -> None:
    places = dict(zip(("x1", "y1", "x2", "y2"), map(str, ends), strict=True))
    SubElement(picture, "line", {**places, "stroke": "#dddddd"})


def _text(picture: Element, words: str, x: float, y: float, *, anchor: str = "start", size: int = 13) -> None:
    place = {"x": str(x), "y": str(y), "text-anchor": anchor, "font-size": str(size)}
    SubElement(picture, "text", place).text = words
