"""Identity is frozen: a changed formula would book everything again."""

import unicodedata
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books import identity
from connector_kit.books.identity import (
    Administration,
    client_id,
    content_hash,
    entity_key,
    marker,
    marker_is_valid,
    operation_id,
)
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.singerlib.json import deserialize_json, serialize_json

BOOKS = Administration(provider="minox", tenant="demo", number="99998")
OPERATION = operation_id(entity_key(BOOKS, "journal_entries", "run-17"), version=1, operation="create")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text() | st.decimals(-(10**9), 10**9, places=2),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text("abcd", min_size=1), values, max_size=3),
    max_leaves=12,
)
payloads = st.dictionaries(st.text("abcdef", min_size=1), json_values, max_size=6)


def test_the_formulas_are_those_that_ledgers_and_providers_already_hold() -> None:
    key = entity_key(BOOKS, "journal_entries", "run-17")
    payload = {"date": date(2026, 1, 31), "debit": Decimal("1E+2"), "text": "Café", "note": None, "period": 1}
    assert key == "c795703d316055a0d46faeba55493b0355a7cbfd66263020192e2c4a2557b3fa"
    assert (
        entity_key(BOOKS, "journal_entries", "run-17", secret=b"kept safe")
        == "6d36d343de01e00e4bcabfe33c3a499c6689204bb0ce1e92c35a80566f744069"
    )
    assert OPERATION == "cfa18bbc258a2b8bfeff53c70720507effafa8d51b8c8519de3fc2e6308fe07e"
    assert client_id(OPERATION) == uuid.UUID("ee01eca1-6f1a-4557-ace7-42d096a299d1")
    assert marker(OPERATION) == "SCU553C4G3X885K0C"
    assert (
        content_hash(payload, mapping_version=1) == "142a9e9d01f6f9956cf1e3f9faf4dbe6cc1e0e9dd4b5b0eb61dd1ece6949f598"
    )


@given(st.integers())
def test_a_key_is_the_same_as_number_and_as_text(key: int) -> None:
    assert entity_key(BOOKS, "journal_entries", key) == entity_key(BOOKS, "journal_entries", str(key))


@pytest.mark.parametrize("key", [True, None, 1.0, Decimal(1)])
def test_other_keys_are_refused(key: Any) -> None:
    with pytest.raises(TypeError):
        entity_key(BOOKS, "journal_entries", key)


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_parts_of_a_key_cannot_run_into_each_other(stream: str, key: str, other_stream: str, other_key: str) -> None:
    def normal(*texts: str) -> list[str]:
        return [unicodedata.normalize("NFC", text) for text in texts]

    same = entity_key(BOOKS, stream, key) == entity_key(BOOKS, other_stream, other_key)
    assert same == (normal(stream, key) == normal(other_stream, other_key))


def test_the_same_key_in_other_books_is_another_fact() -> None:
    others = [
        Administration(provider="minimax", tenant="demo", number="99998"),
        Administration(provider="minox", tenant="dem", number="o99998"),
        Administration(provider="minox", tenant="demo", number="99999"),
    ]
    keys = {entity_key(books, "journal_entries", "a") for books in [BOOKS, *others]}
    assert len(keys | {entity_key(BOOKS, "invoices", "a"), entity_key(BOOKS, "journal_entries", "a", secret=b"s")}) == 6


@given(payloads)
def test_a_content_hash_does_not_depend_on_the_order_of_members(payload: dict[str, Any]) -> None:
    backwards = dict(reversed(payload.items()))
    assert content_hash(payload, mapping_version=1) == content_hash(backwards, mapping_version=1)


@given(st.dictionaries(st.text("abc", min_size=1), st.text()))
def test_a_content_hash_does_not_depend_on_the_form_of_letters(payload: dict[str, str]) -> None:
    forms = [{name: unicodedata.normalize(form, text) for name, text in payload.items()} for form in ("NFC", "NFD")]
    assert content_hash(forms[0], mapping_version=1) == content_hash(forms[1], mapping_version=1)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_content_hash_does_not_depend_on_the_form_of_numbers(amount: Decimal) -> None:
    forms = [amount, amount.normalize(), Decimal(f"{amount:f}000")]
    forms += [int(amount)] if amount == int(amount) else []  # type: ignore[list-item]
    assert len({content_hash({"amount": form}, mapping_version=1) for form in forms}) == 1


@given(payloads)
def test_a_content_hash_survives_the_way_through_a_singer_message(payload: dict[str, Any]) -> None:
    arrived = deserialize_json(serialize_json(payload))
    assert content_hash(arrived, mapping_version=1) == content_hash(payload, mapping_version=1)


def test_a_content_hash_tells_changes_apart() -> None:
    payload = {"lines": [{"debit": Decimal(1)}, {"debit": Decimal(2)}], "date": date(2026, 1, 31), "flag": True}
    changed = [
        payload | {"lines": payload["lines"][::-1]},  # type: ignore[index]
        payload | {"date": date(2026, 2, 1)},
        payload | {"flag": 1},
        payload | {"flag": "true"},
        payload | {"more": ""},
    ]
    hashes = {content_hash(other, mapping_version=1) for other in [payload, *changed]}
    assert len(hashes | {content_hash(payload, mapping_version=2)}) == 7


def test_a_member_without_value_is_no_change() -> None:
    assert content_hash({"a": 1, "b": None}, mapping_version=1) == content_hash({"a": 1}, mapping_version=1)


@pytest.mark.parametrize("value", [1.5, {1, 2}, object(), b"x"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        content_hash({"a": [value]}, mapping_version=1)


def test_names_that_look_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        content_hash({"caf\u00e9": 1, "cafe\u0301": 2}, mapping_version=1)


def test_every_operation_of_a_fact_has_its_own_id() -> None:
    key = entity_key(BOOKS, "journal_entries", "a")
    operations = [(1, "create"), (2, "update"), (2, "reverse"), (3, "update")]
    ids = {operation_id(key, version=version, operation=name) for version, name in operations}
    assert len(ids) == len({client_id(one) for one in ids}) == len({marker(one) for one in ids}) == 4


@given(st.text(min_size=1))
def test_a_client_id_has_the_form_of_a_random_uuid(operation: str) -> None:
    chosen = client_id(operation)
    assert (chosen.version, chosen.variant) == (4, uuid.RFC_4122)
    assert chosen == client_id(operation)


@given(st.text(min_size=1))
def test_a_marker_is_valid_and_plain(operation: str) -> None:
    mark = marker(operation)
    assert marker_is_valid(mark)
    assert len(mark) == 17
    assert mark.isalnum()
    assert mark.isascii()


def test_the_check_character_is_that_of_the_standard() -> None:
    """The example of the Global Release Identifier standard, which uses ISO 7064 MOD 37,36 too."""
    assert identity._check_character("A12425GABC1234002") == "M"


@given(st.text(min_size=1, max_size=5), st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -"))
def test_a_marker_with_one_wrong_character_is_no_marker(operation: str, place: int, character: str) -> None:
    mark = marker(operation)
    changed = mark[:place] + character + mark[place + 1 :]
    assert marker_is_valid(changed) == (changed == mark)


@given(st.text() | st.from_regex(r"SCU[0-9A-Z ]{12,14}", fullmatch=True))
def test_text_of_people_is_no_marker_unless_it_carries_the_check_character(text: str) -> None:
    if marker_is_valid(text):
        assert len(text) == 17
        assert sum(marker_is_valid(text[:-1] + last) for last in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 1
