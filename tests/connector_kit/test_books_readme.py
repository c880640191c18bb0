"""The kit's README says what the code does."""

import doctest
import re
from importlib import import_module
from pathlib import Path

from connector_kit.mapper import MapBooks
from connector_kit.mapping.templates import ENTRY_PLACEHOLDERS, LINE_PLACEHOLDERS

README = (Path(__file__).resolve().parents[2] / "connector-kit" / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_examples_run() -> None:
    test = doctest.DocTestParser().get_doctest(README, {}, "README.md", None, None)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_names_of_books_exist() -> None:
    rows = "".join(line.split("|")[1] for line in section("books").splitlines() if line.startswith("| `"))
    names = re.findall(r"`(\w+)\.(\w+)", rows)
    assert len(names) > 10
    for module, name in names:
        assert hasattr(import_module(f"connector_kit.books.{module}"), name), name


def test_every_setting_of_map_books_has_a_row_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (?:`(.*?)`)? ?\|", section("map-books"), re.MULTILINE)
    properties = MapBooks.config_jsonschema["properties"]
    assert {name: default for name, default in rows if default} == {
        name: str(member["default"]) for name, member in properties.items() if "default" in member
    }
    assert [name for name, _ in rows] == list(properties)


def test_every_placeholder_is_listed() -> None:
    listed = re.findall(r"{(\w+)}", section("map-books").partition("**Templates.**")[2])
    assert set(listed) == {*ENTRY_PLACEHOLDERS, *LINE_PLACEHOLDERS}
