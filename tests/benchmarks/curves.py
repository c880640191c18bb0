"""Pictures of how cost grows, in docs/pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygal
from pygal.style import Style

from tests.benchmarks.page import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
"""Apart from each other for the colour-blind, too."""
PICTURES: Final = ROOT / "docs" / "pictures"


def draw(name: str, unit: str, curves: Mapping[str, Sequence[tuple[int, float]]], folder: Path = PICTURES) -> Path:
    """Draw lines over sizes, both logarithmic: what is linear rises by one decade per decade.

    Args:
        name: Of the file: `growth-<name>.svg`.
        unit: What is counted.
        curves: A line's name, and its points: size and figure.
        folder: Where the picture goes.
    """
    chart = pygal.Line(
        title=unit,
        logarithmic=True,
        style=Style(background="white", plot_background="white", colors=COLOURS),
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        js=(),
        disable_xml_declaration=True,
        show_dots=True,
        width=800,
        height=600,
    )
    chart.uuid = name  # pygal's own is random: the same figures are the same file
    sizes = sorted({size for points in curves.values() for size, _ in points})
    chart.x_labels = [f"{size:,}" for size in sizes]
    for what, points in curves.items():
        figures = dict(points)
        chart.add(what, [figures.get(size) or None for size in sizes])
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"growth-{name}.svg"
    picture.write_text(chart.render(is_unicode=True), encoding="utf-8")
    return picture
