"""Write the tables of the README that follow from the settings, the table of streams and the schemas.

    python tap-inlenersbeloning/scripts/readme_tables.py

Each table stands between the comments `<!-- name: generated -->` and `<!-- name: end -->`.
"""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tap_inlenersbeloning.blocks import DOCUMENT_STREAMS
from tap_inlenersbeloning.operations import OPERATIONS
from tap_inlenersbeloning.table import STREAMS
from tap_inlenersbeloning.tap import TapInlenersbeloning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

README: Final = Path(__file__).resolve().parents[1] / "README.md"
_BUILT_IN: Final = re.compile(r"stream_map|faker_|flattening_|batch_|load_method")
"""Settings of every tap made with the SDK."""
_ASKED: Final = {
    "companies": "list_companies",
    "partners": "list_partners",
    "remuneration_index": "list_remunerations",
    "remunerations": "get_remuneration",
    "remuneration_versions": "get_remuneration_version",
    "partner_functions": "list_functions",
    "remuneration_pdfs": "get_remuneration_pdf",
}
"""Streams that have an operation of their own."""


def settings() -> str:
    """Write the table of settings."""
    declared = deepcopy(TapInlenersbeloning.config_jsonschema)
    TapInlenersbeloning.append_builtin_config(declared)
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
    return _table(
        ("stream", "from", "key", "selected", "personal data"),
        (
            [
                f"`{row.name}`",
                _origin(row.name),
                " ".join(f"`{key}`" for key in row.primary_keys),
                "yes" if row.selected else "no",
                " ".join(f"`{name}`" for name in sorted(set(_classes(row.schema)))),
            ]
            for row in STREAMS
        ),
    )


def _origin(stream: str) -> str:
    if stream in _ASKED:
        (operation,) = (each for each in OPERATIONS if each.name == _ASKED[stream])
        return f"`GET {operation.path}`{'' if operation.confirmed else ', not confirmed'}"
    for row in DOCUMENT_STREAMS:
        if row.name == stream:
            return ", ".join(f"`{source.path}`" for source in row.sources) or "all arrangements of a document"
    return "the tap itself"


def _classes(schema: Mapping[str, Any]) -> Iterator[str]:
    """Give the classes of personal data of a schema, at any depth."""
    for declared in schema.get("properties", {}).values():
        if "x-personal-data" in declared:
            yield declared["x-personal-data"]
        yield from declared.get("x-personal-data-in", {}).values()
        yield from _classes(declared.get("items", declared))


def _table(head: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def filled(text: str) -> str:
    """Put the tables into the README.

    Raises:
        ValueError: It has no place for one.
    """
    for name, table in {"settings": settings(), "streams": streams()}.items():
        place = re.compile(rf"(<!-- {name}: generated -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"the README has no place for the table: {name}")
        text = place.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)  # type: ignore[misc]
    return text


def main() -> None:
    """Write the tables of the README."""
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
