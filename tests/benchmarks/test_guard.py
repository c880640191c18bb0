"""What must not become slow, beside something measured in the same process and in turns: a busy machine does not matter.

Processor time only; the bounds are far below what `make bench` measures, so that noise does not reach them.
"""

from __future__ import annotations

import contextlib
import os
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import pytest
from tap_ons.tap import TapOns

from tests.benchmarks import remunerations, validation
from tests.benchmarks.peers.plain_ons import PlainTap
from tests.benchmarks.provider import provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from singer_sdk import Tap

    from tests.benchmarks.provider import Provider

    Call = Callable[[], object]

ROUNDS: Final = 3
ROWS: Final = 5_000
STREAM: Final = "employees"


def times_slower(slow: Callable[[], Call], fast: Callable[[], Call]) -> float:
    """How much more processor time one takes than the other: the median of rounds, each made ready beforehand."""

    def seconds(ready: Callable[[], Call]) -> float:
        call = ready()
        began = time.process_time()
        call()
        return time.process_time() - began

    return median(seconds(slow) / seconds(fast) for _ in range(ROUNDS))


@pytest.fixture(scope="module")
def bulk_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with provider("ons", tmp_path_factory.mktemp("ons"), switches={"rows": ROWS, "sparse": False}) as ons:
        yield ons


def reading(kind: type[Tap], source: Provider, *, without: tuple[str, ...] = ()) -> Callable[[], Call]:
    """Read the bulk table to nowhere."""

    def ready() -> Call:
        tap = kind(config=source.settings)
        for stream in tap.streams.values():
            stream.selected = stream.name == STREAM
            for field in without:
                stream.metadata["properties", field].selected = False
        if isinstance(tap, TapOns):  # to read a private key takes longer than the rows do
            assert tap.streams[STREAM].shared.connection

        def sync() -> None:
            with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
                tap.sync_all()

        return sync

    return ready


def test_a_bulk_table_costs_at_most_a_third_of_what_a_plain_tap_costs(bulk_table: Provider) -> None:
    assert times_slower(reading(PlainTap, bulk_table), reading(TapOns, bulk_table)) >= 3


def test_fields_that_are_left_out_do_not_slow_a_sync_down(bulk_table: Provider) -> None:
    without = ("first_name", "birth_name", "email_address", "date_of_birth")
    less = reading(TapOns, bulk_table, without=without)

    assert times_slower(less, reading(TapOns, bulk_table)) <= 1.5


def test_documents_become_records_at_least_five_times_as_fast_as_by_a_path_per_column(provider_specs: Path) -> None:
    document = remunerations.large(provider_specs / "inlenersbeloning")
    ours, plain = remunerations.ours(), remunerations.plain()

    assert times_slower(lambda: partial(plain, document), lambda: partial(ours, document)) >= 5


def test_records_are_checked_at_least_six_times_as_fast_as_by_the_validator_of_the_sdk() -> None:
    ours, theirs = validation.ratio(20)

    assert theirs / ours >= 6


def test_an_unchanged_record_is_read_checked_and_found_in_less_than_half_the_time_of_the_sdks_check_alone() -> None:
    checked, theirs = validation.ratio(20)

    assert theirs / (validation.read(20) + checked + validation.looked_up()) >= 2
