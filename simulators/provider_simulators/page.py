"""The simulator's own page at `/_simulator/`: what the provider holds and what it was asked."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape
from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.log import EffectLog, Facts

SHOWN = 200
"""Rows of a table, and records of the log, that the page shows; JSON gives all."""

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1c2530 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem } caption { text-align: left; font-weight: 600 }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #d5dbe2; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
"""


def answer(request: Request, provider: str, books: Callable[[], Facts], log: EffectLog) -> Response:
    """The page, or its parts as JSON: `/_simulator/books`, `/_simulator/log?after=<seq>`."""
    match request.path:
        case "/_simulator/":
            return Response(_page(provider, books(), log), content_type="text/html; charset=utf-8")
        case "/_simulator/books":
            return json_response(books())
        case "/_simulator/log":
            return json_response(log.records(after=request.args.get("after", 0, type=int)))
    return json_response({"error": "no such page"}, 404)


def _page(provider: str, books: Facts, log: EffectLog) -> str:
    tables = [_table(name, rows) for name, rows in books.items()]
    latest = [_shown(record) for record in reversed(log.records()[-SHOWN:])]
    return Markup(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>{provider} simulator</title><style>{style}</style><h1>{provider} simulator</h1>"
        "<p>All people, companies and amounts are invented. As JSON: <a href=books>books</a>, <a href=log>log</a>."
        "{tables}{log}"
    ).format(
        provider=provider,
        style=Markup(STYLE),  # noqa: S704 (our own constant)
        tables=Markup("").join(tables),
        log=_table("log, latest first", latest),
    )


def _shown(record: Facts) -> Facts:
    rest = {name: value for name, value in record.items() if name not in ("seq", "at", "record")}
    what = rest.pop("kind", None) or f"{rest.pop('method')} {rest.pop('path')}"
    return {
        "seq": record["seq"],
        "at": record["at"][:19],
        "what": what,
        "status": rest.pop("status", ""),
        "facts": ", ".join(f"{name}={value}" for name, value in rest.items() if value not in ({}, None)),
    }


def _table(name: str, rows: list[Facts]) -> Markup:
    columns = list(rows[0]) if rows else ["nothing yet"]
    head = Markup("").join(Markup("<th>{}</th>").format(column.replace("_", " ")) for column in columns)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(_cell(row.get(column)) for column in columns))
        for row in rows[:SHOWN]
    )
    more = f" (first {SHOWN} of {len(rows)})" if len(rows) > SHOWN else ""
    return Markup("<div class=wide><table><caption>{}{}</caption><tr>{}</tr>{}</table></div>").format(
        name.replace("_", " "), more, head, body
    )


def _cell(value: Any) -> Markup:
    text = "" if value is None else escape(value)
    numeric = str(text).replace(".", "", 1).lstrip("-").isdigit()
    return Markup("<td class={}>{}</td>").format("number" if numeric else "text", text)
