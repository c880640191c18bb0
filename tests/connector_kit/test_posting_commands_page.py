"""The pages of `plan` and `reconcile`, looked at in a real browser: whole, escaped, and nothing hangs over the edge."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connector_kit.posting.commands.page import page
from connector_kit.posting.commands.report import Column, Report, Row, Section, Tone

from tests import browser
from tests.browser import in_a_browser
from tests.connector_kit.commands_runs import Commands
from tests.connector_kit.posting_runs import SCHEMA, entry

LONG = "K" * 300
ENTRIES = [
    SCHEMA,
    *(entry(f"k{number}", amount=f"{number + 1}234567.50") for number in range(12)),
    entry("<script>alert(1)</script>&amp;"),
    entry(LONG),
    entry("bad", account="0000"),
]

Browse = Callable[..., str]


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    def run(file: Path, *options: str) -> str:
        return browser.browse(file.as_uri(), *options, profile=tmp_path / "profile")

    return run


def pages(commands: Commands) -> dict[str, Path]:
    files = {name: commands.folder / f"{name}.html" for name in ("plan", "reconcile")}
    commands("plan", "--html", str(files["plan"]), messages=ENTRIES)
    commands.book(ENTRIES[:8])
    del commands.provider.batches[next(iter(commands.provider.batches))]
    commands("reconcile", "--html", str(files["reconcile"]), messages=ENTRIES)
    return files


@in_a_browser
def test_people_see_differences_totals_and_entries_without_javascript(commands: Commands, browse: Browse) -> None:
    files = pages(commands)
    plan, reconcile = (browser.words(browse(files[name], "--dump-dom")) for name in ("plan", "reconcile"))

    assert "14 to book, 0 booked already, 1 that need attention. Nothing has been written." in plan
    assert "2026-10 4000 96,296,296.30" not in plan  # the sum is exact, whatever a float would say
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in plan
    assert "not in the books, though it was booked k0" in reconcile
    assert (
        reconcile.index("Differences") < reconcile.index("Totals per account") < reconcile.index("Entries that agree")
    )


@in_a_browser
@pytest.mark.parametrize("width", [500, 1280])
def test_nothing_hangs_over_the_edge_of_the_page(commands: Commands, browse: Browse, width: int) -> None:
    for name, file in pages(commands).items():
        picture = commands.folder / f"{name}.png"
        browse(file, f"--window-size={width},3000", f"--screenshot={picture}")
        rows = list(pixels(picture))
        margin = {row[-offset:][:3] for row in rows for offset in (3, 12, 24)}

        assert len(rows[0]) == 3 * width
        assert len({row[300:303] for row in rows}) > 1, "the page is empty"
        assert len(margin) == 1, f"{name} hangs over the right edge at {width} pixels"


@in_a_browser
def test_nothing_is_cut_off_or_runs_over_its_neighbour(commands: Commands, browse: Browse) -> None:
    measure = """<script>
      const bad = [...document.querySelectorAll("body *")].filter(e => e.scrollWidth > e.clientWidth + 1
        && getComputedStyle(e).display !== "inline" && !e.closest(".table"));
      document.body.setAttribute("data-bad", bad.length + " of " + document.querySelectorAll("body *").length);
    </script></body>"""
    for name, file in pages(commands).items():
        measured = commands.folder / f"{name}-measured.html"
        text = re.sub(r"<meta http-equiv=[^>]+>", "", file.read_text(encoding="utf-8"))
        measured.write_text(text.replace("</body>", measure), encoding="utf-8")

        assert 'data-bad="0 of ' in browse(measured, "--dump-dom", "--window-size=700,2000")


def test_a_page_needs_nothing_but_itself(commands: Commands) -> None:
    for file in pages(commands).values():
        text = file.read_text(encoding="utf-8")

        assert not re.search(r"(src|href|action|data)\s*=|url\(|@import|https?:|<script|<link|<img|<iframe", text)
        assert "default-src 'none'" in text


@pytest.mark.parametrize("text", ['"><img src=x>', "</td></table>", "<!--", "&lt;", "a\nb\x00\u202ec"])
def test_whatever_a_cell_holds_is_text(text: str) -> None:
    report = Report(
        title=text,
        verdict=text,
        tone=Tone.BAD,
        facts={text: text},
        sections=[Section(title=text, columns=[Column(title=text)], rows=[Row(cells=(text,))])],
    )
    inside = page(report).partition("<body>")[2]

    assert "<img" not in inside
    assert "<!--" not in inside
    assert inside.count("</table>") == 1
    assert not set("\x00\u202e") & set(inside)


def pixels(picture: Path) -> Iterator[bytes]:
    """Rows of an 8-bit PNG, as red, green and blue."""
    content = picture.read_bytes()
    place, data = 8, b""
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, chunk = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, _, depth, colour = struct.unpack(">IIBB", chunk[:10])
            assert depth == 8
        data += chunk if kind == b"IDAT" else b""
        place += 12 + length
    size = {2: 3, 6: 4}[colour]
    raw, before = zlib.decompress(data), bytearray(width * size)
    for start in range(0, len(raw), width * size + 1):
        row = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * size]), before, size)
        before = row
        yield bytes(value for place, value in enumerate(row) if place % size < 3)


def _unfiltered(kind: int, row: bytearray, above: bytearray, size: int) -> bytearray:
    for place in range(len(row)):
        left = row[place - size] if place >= size else 0
        corner = above[place - size] if place >= size else 0
        up = above[place]
        guess = left + up - corner
        nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
        row[place] = row[place] + (0, left, up, (left + up) // 2, nearest)[kind] & 255
    return row
