"""What is remembered is small and is read again as it was written."""

from __future__ import annotations

import json
import uuid
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tap_inlenersbeloning.memory import Mark, Memory

HASHES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=8, max_size=8)
IDS = st.uuids().map(str) | st.text() | st.text("~abc", min_size=1, max_size=30)
MARKS = st.builds(
    Mark,
    version=st.none() | st.integers(0, 10**6),
    listed=HASHES | st.just(""),
    content=HASHES | st.just(""),
    history=st.integers(0, 100),
    pdf=st.none() | st.integers(0, 100),
)
COMPANIES = st.dictionaries(IDS, st.dictionaries(IDS, st.dictionaries(IDS, MARKS, max_size=3), max_size=3), max_size=2)


@given(COMPANIES)
def test_what_was_written_is_read_again(companies: dict[str, dict[str, dict[str, Mark]]]) -> None:
    state: dict[str, object] = {"something": "else"}
    Memory(signature="abc", companies=companies).write(state)
    read = Memory.of(json.loads(json.dumps(state)))
    assert (read.signature, read.companies) == ("abc", companies)


def test_a_thousand_partners_take_less_than_a_hundred_kilobytes() -> None:
    dice = Random(1)

    def made() -> str:
        return str(uuid.UUID(int=dice.getrandbits(128), version=4))

    mark = Mark(version=3, listed="abcdefgh", content="abcdefgh", history=3, pdf=3)
    state: dict[str, object] = {}
    Memory(signature="x", companies={made(): {made(): {made(): mark} for _ in range(1000)}}).write(state)
    assert len(json.dumps(state)) < 100_000
