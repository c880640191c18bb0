"""What was sent is known again in what the provider shows, and nothing of it can be read from what is kept."""

from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books import identity
from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from hypothesis import given
from hypothesis import strategies as st

MARK = identity.marker(identity.operation_id("k", version=1, operation="create"))
SENT = {
    "Date": "2026-10-31",
    "Description": "Salaries",
    "Account": {"ID": 7},
    "Note": None,
    "Lines": [{"Debit": Decimal("10.10"), "Text": "a"}, {"Credit": Decimal("10.10"), "Text": "b"}],
}
SHOWN = {
    "Date": "2026-10-31T00:00:00",
    "Description": f"Salaries {MARK}",
    "Account": {"ID": 7, "Name": "Cash"},
    "Note": "",
    "RowVersion": "r1",
    "Lines": [
        {"Debit": 0, "Credit": "10.1", "Text": "b", "Id": 2},
        {"Debit": Decimal("10.100"), "Credit": None, "Text": "a", "Id": 1},
    ],
}


def test_it_is_known_again_however_it_is_spelled_and_whatever_is_added() -> None:
    assert is_fingerprint_of(fingerprint(SENT), SHOWN)


@pytest.mark.parametrize(
    "change",
    [
        {"Date": "2026-11-01"},
        {"Description": f"Salaris {MARK}"},
        {"Account": {"ID": 8}},
        {"Account": None},
        {"Note": "by hand"},
        {"Lines": SHOWN["Lines"][:1]},
        {"Lines": [*SHOWN["Lines"], {"Debit": 1}]},
        {"Lines": [SHOWN["Lines"][0], {**SHOWN["Lines"][1], "Debit": Decimal("10.11")}]},
    ],
    ids=str,
)
def test_what_a_person_changed_is_something_else(change: dict[str, Any]) -> None:
    assert not is_fingerprint_of(fingerprint(SENT), SHOWN | change)


def test_nothing_that_it_says_stands_in_it() -> None:
    taken = fingerprint(SENT)
    assert not [text for text in ("Salaries", "10.1", "2026", "7,") if text in taken.partition(" ")[2]]


VALUES = st.recursive(
    st.none()
    | st.text()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(VALUES, VALUES)
def test_whatever_is_shown_is_compared(sent: Any, shown: Any) -> None:
    taken = fingerprint(sent)
    assert is_fingerprint_of(taken, sent)
    assert is_fingerprint_of(taken, shown) in {True, False}
