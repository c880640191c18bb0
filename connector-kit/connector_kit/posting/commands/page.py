"""A report as one HTML page that needs nothing else: no script, no font, no picture, no address."""

from collections.abc import Iterator
from html import escape
from typing import Final

from connector_kit.posting.commands.report import Cell, Column, Report, Row, Section, Tone, shown

__all__ = ["page", "page_lines"]

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --line: #dde3ea; --quiet: #66707c;
  --good: #e3f4e8; --warn: #fdf3d7; --bad: #fbe3e3; --bad-ink: #9c1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ef; --paper: #14191f; --line: #333d48; --quiet: #98a3af;
  --good: #17391f; --warn: #453a12; --bad: #4a1d1d; --bad-ink: #ff9d9d; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 76rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2, summary { font-size: 1.1rem; font-weight: 600; margin: 2rem 0 .5rem; }
summary { cursor: pointer; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { overflow-wrap: normal; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.s { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; } dt { color: var(--quiet); }
dd { margin: 0; }
.verdict { padding: .8rem 1rem; border-radius: .4rem; font-weight: 600; border: 1px solid var(--line); }
.good { background: var(--good); } .warn { background: var(--warn); } .bad { background: var(--bad); }
tr.bad td:first-child { color: var(--bad-ink); font-weight: 600; } tr.quiet { color: var(--quiet); }
tr.good, tr.warn, p.plain, p.quiet { background: none; } tr.bad { background: var(--bad); }
@media print { body { margin: 0; max-width: none; } details:not([open]) > :not(summary) { display: block; } }
"""


def page(report: Report) -> str:
    """Write the page."""
    return "".join(f"{line}\n" for line in page_lines(report))


def page_lines(report: Report) -> Iterator[str]:
    """Write the page line by line, as its rows may be many."""
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>{_text(report.title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{_text(report.title)}</h1>"
    yield f'<p class="verdict {report.tone}">{_text(report.verdict)}</p>'
    if report.facts:
        facts = (f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in report.facts.items())
        yield f"<dl>{''.join(facts)}</dl>"
    for section in report.shown_sections():
        yield from _section(section)
    yield "</body></html>"


def _section(section: Section) -> Iterator[str]:
    if section.folded:
        yield f"<details><summary>{_text(section.title)} ({len(section.rows):,})</summary>"
        yield from _table(section)
        yield "</details>"
        return
    yield f"<h2>{_text(section.title)}</h2>"
    if section.rows:
        yield from _table(section)
    else:
        yield f"<p>{_text(section.empty)}</p>"


def _table(section: Section) -> Iterator[str]:
    heads = (f"<th{_kind(column)}>{_text(column.title)}</th>" for column in section.columns)
    yield f'<div class="table"><table><thead><tr>{"".join(heads)}</tr></thead><tbody>'
    for row in section.rows:
        yield _row(row, section)
    yield "</tbody></table></div>"


def _row(row: Row, section: Section) -> str:
    cells = (f"<td{_kind(column)}>{_text(cell)}</td>" for column, cell in zip(section.columns, row.cells, strict=True))
    tone = "" if row.tone is Tone.PLAIN else f' class="{row.tone}"'
    return f"<tr{tone}>{''.join(cells)}</tr>"


def _text(cell: Cell) -> str:
    return escape(shown(cell))


def _kind(column: Column) -> str:
    if column.numeric:
        return ' class="n"'
    return ' class="s"' if column.short else ""
