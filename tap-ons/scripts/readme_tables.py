"""Write the tables of the README that follow from the tables of streams, the schemas and the provider's inventory.

    python tap-ons/scripts/readme_tables.py [path of endpoints.yaml]

Each table stands between the comments `<!-- name: generated -->` and `<!-- name: end -->`. Without a path the inventory
is looked for in the folder that PROVIDER_SPECS names.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import defaultdict
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from tap_ons.listing import KEY, Job, Kind, Listing
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.resources import RESOURCES, Feed, Resource
from tap_ons.schemas import SCHEMAS
from tap_ons.tap import TapOns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
README: Final = HERE.parent / "README.md"
_BUILT_IN: Final = re.compile(r"stream_map|faker_|flattening_|batch_|load_method")
"""Settings of every tap made with the SDK."""
_FEEDS: Final = ((Feed.DATA, "data"), (Feed.UPDATES, "updates"), (Feed.DELETES, "deletes"))

Row = Resource | Listing | Job


class CoverageError(ValueError):
    """The table of coverage does not fit the inventory or the tables of streams."""


def settings() -> str:
    """Write the table of settings."""
    declared = deepcopy(TapOns.config_jsonschema)
    TapOns.append_builtin_config(declared)
    own = ((name, setting) for name, setting in declared["properties"].items() if not _BUILT_IN.match(name))
    return _table(
        ("setting", "default", "meaning"),
        ([f"`{name}`", _default(setting), setting["description"].replace("<", "&lt;")] for name, setting in own),
    )


def _default(setting: Mapping[str, Any]) -> str:
    if setting.get("secret"):
        return "secret"
    if setting.get("default") in (None, []):
        return ""
    value = setting["default"]
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def streams() -> str:
    """Write the table of streams."""
    rows: Iterable[Row] = (*RESOURCES, *LISTINGS, *JOBS)
    return _table(
        ("stream", "path", "read", "key", "selected", "personal data"),
        ([f"`{row.stream}`", _path(row), _reading(row), _key(row), _selected(row), _classes(row)] for row in rows),
    )


def _path(row: Row) -> str:
    return f"`xstream/{row.name}`" if isinstance(row, Resource) else f"`{row.path.removeprefix('/v0/')}`"


def _reading(row: Row) -> str:
    if isinstance(row, Resource):
        return ", ".join(word for feed, word in _FEEDS if feed in row.feeds)
    if isinstance(row, Job):
        return "job"
    parts = [f"per {_singular(row.parent.stream)}" if row.parent else ""]
    if row.ids:
        parts.append(f"{row.ids.at_most} {row.ids.stream.replace('_', ' ')} at once")
    if row.variants:
        parts.append(f"per {row.variants.parameter}")
    if row.window:
        parts.append(_window(row))
    return ", ".join(filter(None, parts)) or "full"


def _window(row: Listing) -> str:
    window = row.window
    if window is None:
        return ""
    words = {Kind.MONTH_END: "month ends", Kind.YEAR: "years"}
    if window.kind in words:
        return words[window.kind]
    if window.calendar_months:
        return "months"
    if window.at_most is None:
        return "windows"
    days = window.at_most.days
    return f"windows of {days} days" if days else f"windows of {window.at_most.seconds // 3600} hour"


def _singular(stream: str) -> str:
    return stream.replace("_", " ").removesuffix("s")


def _key(row: Row) -> str:
    return " ".join(f"`{key}`" for key in ((KEY,) if isinstance(row, Job) else row.primary_keys))


def _selected(row: Row) -> str:
    if not isinstance(row, Job) and row.personal_data:
        return f"only with class {row.personal_data}"
    return "yes" if row.selected else "no"


def _classes(row: Row) -> str:
    schema = SCHEMAS.get_schema(row.stream)
    return " ".join(f"`{name}`" for name in sorted({name for _, name in classified(schema)}))


def classified(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Give the columns with a class of personal data, at any depth, and the class."""
    for name, declared in schema.get("properties", {}).items():
        column = f"{path}{name}"
        if "x-personal-data" in declared:
            yield column, declared["x-personal-data"]
        yield from classified(declared.get("items", declared), f"{column}.")


def personal_data() -> str:
    """Write the table of classes that are left out by default, with the columns of each."""
    columns: dict[str, set[str]] = defaultdict(set)
    rows: Iterable[Row] = (*RESOURCES, *LISTINGS, *JOBS)
    for row in rows:
        for column, name in classified(SCHEMAS.get_schema(row.stream)):
            columns[name].add(column.rpartition(".")[2])
    return _table(
        ("class", "columns"),
        ([f"`{name}`", " ".join(f"`{column}`" for column in sorted(columns[name]))] for name in sorted(columns)),
    )


def group_of(path: str) -> str:
    """Name the group of a path in the table of coverage."""
    application, *parts = path.removeprefix("/v0/").split("/")
    if application != "administration":
        return application
    depth = 2 if parts[0] in {"dossier", "finance"} else 1
    return "/".join((application, *parts[:depth]))


def reads(inventory: Mapping[str, Any]) -> dict[str, set[str]]:
    """Give the paths of the inventory that can be read, by group."""
    applications = (path for paths in inventory["applications"].values() for path in paths)
    groups: dict[str, set[str]] = defaultdict(set)
    for entry in (*applications, *inventory["newer_paths_seen"]):
        if "GET" in entry["methods"]:
            groups[group_of(entry["path"])].add(entry["path"])
    return groups


def coverage(inventory: Mapping[str, Any]) -> str:
    """Write the table of coverage.

    Raises:
        CoverageError: A group is missing or unknown, a path of a stream is unknown, or no reason is given.
    """
    table = yaml.safe_load((HERE / "coverage.yaml").read_text(encoding="utf-8"))
    groups, known = reads(inventory), table["groups"]
    if groups.keys() != known.keys():
        raise CoverageError(f"groups of one side only: {', '.join(sorted(groups.keys() ^ known.keys()))}")
    streamed: dict[str, list[str]] = defaultdict(list)
    read: dict[str, set[str]] = defaultdict(set)
    others: Iterable[Listing | Job] = (*LISTINGS, *JOBS)
    for row in others:
        paths = {row.path} if isinstance(row, Listing) else {path for path in _all(groups) if path.startswith(row.path)}
        if not paths or not paths <= _all(groups):
            raise CoverageError(f"{row.stream}: the inventory has no {row.path}")
        streamed[group_of(row.path)].append(row.stream)
        read[group_of(row.path)] |= paths
    resources = {resource.stream for resource in RESOURCES}
    lines = []
    for group, entry in sorted(known.items()):
        bulk, why = entry.get("bulk", []), entry.get("text") or table["reasons"].get(entry.get("why"), "")
        if bool(why) != bool(groups[group] - read[group]) or not set(bulk) <= resources:
            raise CoverageError(f"{group}: reads without a reason, a reason without reads, or no bulk resource")
        names = " ".join(f"`{stream}`" for stream in (*bulk, *streamed[group]))
        lines.append([f"`{group}`", str(len(groups[group])), names, why])
    return _table(("paths of", "reads", "streams", "the other reads"), lines)


def _all(groups: Mapping[str, set[str]]) -> set[str]:
    return set().union(*groups.values())


def _table(head: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def tables(inventory: Mapping[str, Any]) -> dict[str, str]:
    """Give all tables by name."""
    return {
        "settings": settings(),
        "streams": streams(),
        "personal data": personal_data(),
        "coverage": coverage(inventory),
    }


def filled(text: str, made: Mapping[str, str]) -> str:
    """Put tables into the README.

    Raises:
        CoverageError: It has no place for one.
    """
    for name, table in made.items():
        place = re.compile(rf"(<!-- {name}: generated -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        if not place.search(text):
            raise CoverageError(f"the README has no place for the table: {name}")
        text = place.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)  # type: ignore[misc]
    return text


def main() -> None:
    """Write the tables of the README."""
    parser = argparse.ArgumentParser(description="Write the tables of the README of tap-ons.")
    specs = Path(os.environ.get("PROVIDER_SPECS") or PROJECT.parent / "shared" / "specs")
    parser.add_argument("endpoints", type=Path, nargs="?", default=specs / "ons" / "endpoints.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is fast
    path = parser.parse_args().endpoints
    inventory = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["inventory"]  # noqa: S506 (both are safe)
    README.write_text(filled(README.read_text(encoding="utf-8"), tables(inventory)), encoding="utf-8")


if __name__ == "__main__":
    main()
