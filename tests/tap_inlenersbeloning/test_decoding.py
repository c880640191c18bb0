"""Answers are decoded exactly, and into nothing that cannot be written again."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_inlenersbeloning.decoding import decoded

TEXTS = st.text(st.characters(codec="utf-8"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
    ),
    st.booleans(),
)
def test_whatever_json_says_is_what_is_read(value: object, ascii_only: bool) -> None:  # noqa: FBT001  # drawn
    assert decoded(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.text(st.characters(categories=["Cs", "Lu", "Cc"])))
def test_halves_of_surrogate_pairs_are_replaced_so_that_all_can_be_written(text: str) -> None:
    read = decoded(json.dumps(text).encode())
    msgspec.json.encode(read)
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert read.replace("\ufffd", "") == whole.replace("\ufffd", "")


def test_escaped_backslashes_are_no_escapes() -> None:
    assert decoded(rb'"\\ud83d \ud83d\ude00 \ud83d"') == "\\ud83d \U0001f600 \ufffd"
    assert decoded(rb'"\\u0000 \\\u0000."', strip_control_chars=True) == "\\u0000 \\."


def test_numbers_keep_every_digit() -> None:
    read = decoded(b"[0.10, 12345678901234567890.123456789, 1e400, 123456789012345678901234567890]")
    assert read[:3] == [Decimal("0.10"), Decimal("12345678901234567890.123456789"), Decimal("1e400")]
    assert read[3] == 123456789012345678901234567890


@pytest.mark.parametrize("content", [b"", b"<html>", b"[NaN]", b"[1", b'"\xff"', b"[Infinity]"])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        decoded(content)


def test_control_characters_pass_unless_the_settings_leave_them_out() -> None:
    content = b'\xef\xbb\xbf["a\\u0000b\\u0002c\\u001f\\td\\r\\ne\x02f\tg"]'
    assert decoded(content) == ["a\x00b\x02c\x1f\td\r\ne\x02f\tg"]
    assert decoded(content, strip_control_chars=True) == ["abc\td\r\nef\tg"]
