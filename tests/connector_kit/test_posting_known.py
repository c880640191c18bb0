"""What a run knows without its ledger, in little memory."""

import tracemalloc
from collections.abc import Iterator
from typing import Final

from connector_kit.posting.digests import Digests
from connector_kit.posting.known import Known
from connector_kit.posting.posting import Posted, Result
from hypothesis import given
from hypothesis import strategies as st

BUCKETS: Final = 2**12
NUMBERS: Final = st.sampled_from(
    [0, 1, BUCKETS, 256 * BUCKETS, 2**56 + 2**48, 257 * BUCKETS * (2**40 + 1), -BUCKETS, -(2**40) * BUCKETS]
)
"""Their hash is the number itself: most fall into one bucket, and the bytes of some stand across those of others."""


@given(
    st.dictionaries(NUMBERS, NUMBERS),
    st.lists(st.tuples(NUMBERS, st.sampled_from(["drop", "mark"]) | NUMBERS), max_size=30),
    NUMBERS,
    NUMBERS,
)
def test_digests_are_found_under_their_keys_as_in_a_dict(
    first: dict[int, int], steps: list[tuple[int, int | str]], key: int, value: int
) -> None:
    digests, expected, marked = Digests(first.items()), dict(first), set[int]()

    for changed, to in steps:
        if isinstance(to, int):
            marked.discard(changed)
            digests.set(changed, to)
            expected[changed] = to
        elif to == "drop":
            marked.discard(changed)
            digests.drop(changed)
            expected.pop(changed, None)
        elif changed in expected:
            marked.add(changed)
            digests.mark(changed)

    for each in {*expected, key}:
        held = expected.get(each)
        assert digests.holds(each, value) == (held == value)
        assert digests.holds(each, None) == (held is None)
        assert digests.holds_other(each, value) == (held not in {None, value})
        assert digests.is_marked(each) == (each in marked)


KEYS: Final = st.sampled_from(["a", "b"])
CONTENTS: Final = st.sampled_from(["x", "y"])
VERSIONS: Final = st.sampled_from([None, "1", "2"])


@given(
    st.dictionaries(KEYS, st.tuples(CONTENTS, VERSIONS)),
    st.lists(st.tuples(KEYS, CONTENTS, VERSIONS, st.sampled_from(Result)), max_size=6),
    KEYS,
    CONTENTS,
    VERSIONS,
)
def test_what_was_delivered_is_known_beside_what_is_booked(
    booked: dict[str, tuple[str, str | None]],
    delivered: list[tuple[str, str, str | None, Result]],
    key: str,
    content: str,
    version: str | None,
) -> None:
    known = Known((key, *held) for key, held in booked.items())

    for one, told, stamp, result in delivered:
        known.remember(one, told, Posted(result=result), source_version=stamp)

    of_it = [each[1:] for each in delivered if each[0] == key]
    versions = [stamp for _, stamp, _ in of_it if stamp is not None]
    untouched = all(result is Result.EXISTING for *_, result in of_it)
    assert known.is_booked(key, content, version) == (untouched and booked.get(key) == (content, version))
    assert known.other_content(key, content) == bool(of_it and of_it[-1][0] != content)
    assert known.is_ordered(key, version) == bool(version and versions and versions[-1] != version)
    assert (known.refused(key) is not None) == bool(of_it and of_it[-1][2] is Result.FAIL)


def test_digests_take_at_most_thirty_two_bytes_each() -> None:
    count = 100_000

    def members() -> Iterator[tuple[str, str]]:
        return ((f"key {number}", f"content {number}") for number in range(count))

    tracemalloc.start()
    try:
        empty = Digests()
        base, _ = tracemalloc.get_traced_memory()
        filled = Digests(members())
        grown = tracemalloc.get_traced_memory()[0] - 2 * base
    finally:
        tracemalloc.stop()

    assert filled.holds("key 5", "content 5")
    assert not empty.holds("key 5", "content 5")
    assert grown < 32 * count
