"""The simulator's own page at `/_simulator/`: what the provider holds, what was written to it, what it was asked."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from markupsafe import Markup, escape
from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.log import EffectLog, Facts

SHOWN = 200
"""Rows of a table, and records of the log, that the page shows; JSON gives all."""

EFFECTS: Final = "effects"
KINDS: Final = ("2xx", "3xx", "4xx", "5xx", "cut", EFFECTS)
"""What records of the log are: requests by their status, those that were cut off without one, and effects."""

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1c2530 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem } caption { text-align: left; font-weight: 600 }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #d5dbe2; vertical-align: top }
.number { text-align: right; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
nav a { margin-right: 1rem } nav a[aria-current] { font-weight: 600; color: inherit; text-decoration: none }
tr.failed td { background: #fbeceb }
"""


def answer(
    request: Request, provider: str, books: Callable[[], Facts], written: Callable[[], list[Facts]], log: EffectLog
) -> Response:
    """The page, or its parts as JSON: `/_simulator/books`, `/_simulator/log?after=<seq>`; `status=4xx` filters the log.

    Args:
        request: What is asked for.
        provider: Whose page it is.
        books: Gives what the provider holds.
        written: Gives what was written to it, latest first.
        log: What it was asked.
    """
    status = request.args.get("status", "")
    if status not in ("", *KINDS):
        return json_response({"error": f"status is one of {', '.join(KINDS)}"}, 400)
    match request.path:
        case "/_simulator/":
            return Response(_page(provider, books(), written(), log, status), content_type="text/html; charset=utf-8")
        case "/_simulator/books":
            return json_response(books())
        case "/_simulator/log":
            return json_response(_chosen(log.records(after=request.args.get("after", 0, type=int)), status))
    return json_response({"error": "no such page"}, 404)


def _page(provider: str, books: Facts, written: list[Facts], log: EffectLog, status: str) -> str:
    records = log.records()
    chosen = _chosen(records, status)
    tables = [
        *(_table(name, rows) for name, rows in books.items()),
        *([_table("written, latest first", written)] if written else []),
        _table("asked", _asked(records)),
    ]
    latest = [_shown(record) for record in reversed(chosen[-SHOWN:])]
    return Markup(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<link rel=icon href='data:,'>"  # else a browser asks for one, and the log has that too
        "<title>{provider} simulator</title><style>{style}</style><h1>{provider} simulator</h1>"
        "<p>All people, companies and amounts are invented. As JSON: <a href=books>books</a>, <a href=log>log</a>."
        "{tables}<nav id=log>{filters}</nav>{log}"
    ).format(
        provider=provider,
        style=Markup(STYLE),  # noqa: S704 (our own constant)
        tables=Markup("").join(tables),
        filters=Markup("").join(_filter(kind, records, is_current=kind == status) for kind in ("", *KINDS)),
        log=_table("log, latest first", latest, count=len(chosen)),
    )


def _kind(record: Facts) -> str:
    if record["record"] != "request":
        return EFFECTS
    return "cut" if record["status"] is None else f"{record['status'] // 100}xx"


def _chosen(records: list[Facts], kind: str) -> list[Facts]:
    return [record for record in records if kind in ("", _kind(record))]


def _filter(kind: str, records: list[Facts], *, is_current: bool) -> Markup:
    """A link that shows only records of a kind; none where there are none."""
    count = len(_chosen(records, kind))
    if kind and not count:
        return Markup("")
    current = Markup(" aria-current=page") if is_current else ""
    return Markup("<a href='{}#log'{}>{} ({})</a>").format(
        f"?status={kind}" if kind else "./", current, kind or "all", count
    )


def _asked(records: Iterable[Facts]) -> list[Facts]:
    """How often each operation was asked for, and how that was answered."""
    rows: dict[str, Facts] = {}
    for record in records:
        kind = _kind(record)
        if kind == EFFECTS:
            continue
        operation = f"{record['method']} {_general(record['path'])}"
        row = rows.setdefault(operation, {"operation": operation, "requests": 0} | dict.fromkeys(KINDS[:-1], 0))
        row["requests"] += 1
        row[kind] += 1
    return sorted(rows.values(), key=lambda row: row["operation"])


def _general(path: str) -> str:
    """A path without the keys in it."""
    return "/".join("…" if _KEY.search(part) and not _VERSION.fullmatch(part) else part for part in path.split("/"))


_KEY: Final = re.compile(r"\d|@")
_VERSION: Final = re.compile(r"v?\d{1,2}(\.\d+)?")


def _shown(record: Facts) -> Facts:
    rest = {name: value for name, value in record.items() if name not in ("seq", "at", "record")}
    what = rest.pop("kind", None) or f"{rest.pop('method')} {rest.pop('path')}"
    status = rest.pop("status", "")
    return {
        "seq": record["seq"],
        "at": record["at"][:19],
        "what": what,
        "status": "cut" if status is None else status,
        "facts": ", ".join(f"{name}={value}" for name, value in rest.items() if value not in ({}, None)),
    }


def _table(name: str, rows: list[Facts], *, count: int | None = None) -> Markup:
    columns = list(rows[0]) if rows else ["nothing yet"]
    first = rows[0] if rows else {}
    head = Markup("").join(
        Markup("<th class={}>{}</th>").format(_class(first.get(column)), column.replace("_", " ")) for column in columns
    )
    body = Markup("").join(_row([row.get(column) for column in columns], row) for row in rows[:SHOWN])
    count = len(rows) if count is None else count
    more = f" (first {SHOWN} of {count})" if count > SHOWN else ""
    return Markup("<div class=wide><table><caption>{}{}</caption><tr>{}</tr>{}</table></div>").format(
        name.replace("_", " "), more, head, body
    )


def _row(values: list[Any], row: Facts) -> Markup:
    status = row.get("status")
    has_failed = status == "cut" or (isinstance(status, int) and status >= 400)  # noqa: PLR2004 (what HTTP calls an error)
    failed = Markup(" class=failed") if has_failed else ""
    return Markup("<tr{}>{}</tr>").format(failed, Markup("").join(map(_cell, values)))


def _cell(value: Any) -> Markup:
    return Markup("<td class={}>{}</td>").format(_class(value), "" if value is None else escape(value))


def _class(value: Any) -> str:
    return "number" if str(value).replace(".", "", 1).lstrip("-").isdigit() else "text"
