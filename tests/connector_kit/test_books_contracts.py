"""The books contract says what `JournalEntry` reads and writes."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import fastjsonschema
import pytest
from connector_kit.books import contracts
from connector_kit.books.journal import JournalEntry, JournalLine


def members(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, member in schema.get("properties", {}).items():
        yield f"{path}{name}", member
        yield from members(member.get("items", {}), f"{path}{name}.")


@pytest.mark.parametrize("name", contracts.names())
def test_every_field_is_described(name: str) -> None:
    schema = contracts.schema(name)
    assert schema["description"]
    assert [path for path, member in members(schema) if not member.get("description")] == []


def test_the_contract_has_the_fields_of_the_entry() -> None:
    schema = contracts.schema("journal_entries")
    assert set(schema["properties"]) == {one.name for one in fields(JournalEntry)} - {"provider_fields"}
    assert set(schema["properties"]["lines"]["items"]["properties"]) == {one.name for one in fields(JournalLine)}


def test_what_an_entry_writes_fulfils_the_contract() -> None:
    lines = (JournalLine(account="4000", debit=Decimal(5)), JournalLine(account="1720", credit=Decimal(5)))
    entry = JournalEntry(key="K", date=date(2026, 1, 31), lines=lines, provider_fields={"minox": {"a": 1}})
    fastjsonschema.compile(contracts.schema("journal_entries"))(entry.to_record())


def test_a_schema_is_a_copy() -> None:
    contracts.schema("journal_entries")["properties"].clear()
    assert contracts.schema("journal_entries")["properties"]


def test_an_unknown_contract_is_refused() -> None:
    with pytest.raises(KeyError, match="journal_entries"):
        contracts.schema("../money")
