"""What a run says of itself: the summary in three forms, and how far a sync is."""

from __future__ import annotations

import fcntl
import io
import json
import logging
import os
import pty
import struct
import termios
from contextlib import contextmanager, redirect_stderr
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit import live_line
from connector_kit.calls import RequestCount
from connector_kit.extract.watch import Watch
from connector_kit.redaction import print_error
from connector_kit.run_summary import count_of, tell
from singer_sdk.logging import StructuredFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = {
    "companies": {"records": 14_000, "calls": 3, "left_out": 0, "seconds": 1.5},
    "people": {"records": 0, "calls": 0, "left_out": 1, "seconds": 0.0},
    "nothing": {"records": 0, "calls": 0, "left_out": 0, "seconds": 0.1},
}
HEADINGS = {"records": "records", "deleted": "deleted", "left_out": "left out", "calls": "calls", "seconds": "seconds"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A plugin's logger, and what it says."""
    out = io.StringIO()
    logger = logging.getLogger("tap-told")
    handler = logging.StreamHandler(out)
    logger.addHandler(handler)
    monkeypatch.setattr(logger, "level", logging.INFO)
    monkeypatch.setattr(logger, "propagate", False)
    yield logger, out
    logger.removeHandler(handler)


@contextmanager
def terminal() -> Iterator[int]:
    """A terminal of 40 columns in the place of stderr; gives its other end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with os.fdopen(slave, "w") as stderr, redirect_stderr(stderr):
        yield master
    os.close(master)


def summarise(logger: logging.Logger) -> None:
    tell(logger, "14,000 records", {"records": 14_000}, STREAMS, headings=HEADINGS)


def test_on_a_pipe_the_summary_is_one_line_of_json(told: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = told
    summarise(logger)
    (line,) = out.getvalue().splitlines()
    assert json.loads(line.removeprefix("Summary ")) == {
        "records": 14_000,
        "streams": {"companies": {"records": 14_000, "calls": 3, "seconds": 1.5}, "people": {"left_out": 1}},
    }


def test_meltano_gets_a_sentence_and_fields(told: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = told
    logger.handlers[0].setFormatter(StructuredFormatter())
    summarise(logger)
    print_error("tap-told", "it\nwent wrong")
    summary, error = map(json.loads, out.getvalue().splitlines())
    assert (summary["level"], summary["message"]) == ("info", "Summary: 14,000 records")
    assert summary["extra"]["summary"]["streams"]["people"] == {"left_out": 1}
    assert (error["level"], error["message"]) == ("error", "it went wrong")


def test_on_a_terminal_the_summary_is_a_table_of_what_was_counted(
    told: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, out = told
    with terminal():
        summarise(logger)
    assert out.getvalue().splitlines() == [
        "Summary: 14,000 records",
        "stream     records  left out  calls  seconds",
        "companies   14,000         -      3      1.5",
        "people           -         1      -        -",
    ]


def test_the_live_line_fits_the_terminal_and_gives_way_to_the_log() -> None:
    with terminal() as other_end:
        live_line.show("employees (stream 3 of 12): 120 of 300 companies")
        live_line.erase()
        written = os.read(other_end, 1000)
        while written.count(b"\x1b[K") < 2:  # a terminal gives what has arrived
            written += os.read(other_end, 1000)
    assert written.decode() == "\r\x1b[Kemployees (stream 3 of 12): 120 of 300 c\r\r\x1b[K"


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [(1, "record", "1 record"), (14_000, "record", "14,000 records"), (0, "call", "0 calls"), (12.34, "", "12.3")],
)
def test_numbers_are_written_for_people(number: float, noun: str, text: str) -> None:
    assert count_of(number, noun) == text


@pytest.mark.parametrize(
    ("seconds", "done", "text"),
    [
        (4, 120, "120 of 300 companies, 14,000 records"),  # too early to tell
        (20, 120, "120 of 300 companies, 14,000 records, less than a minute left"),
        (120, 120, "120 of 300 companies, 14,000 records, about 3 minutes left"),
        (7200, 120, "120 of 300 companies, 14,000 records, about 3 hours left"),
        (20, 0, "0 of 300 companies, 14,000 records"),
        (20, 300, "300 of 300 companies, 14,000 records"),
    ],
)
def test_the_time_that_is_left_is_estimated_from_the_parts_that_are_done(seconds: float, done: int, text: str) -> None:
    now = iter([0.0, 0.0])
    clock: Any = lambda: next(now, seconds)  # noqa: E731
    written = SimpleNamespace(records={"employees": 14_000}, deleted={})
    watch = Watch(written, turns=12, requests=RequestCount(), clock=clock)
    with watch.turn("employees"):
        seen = watch.of("employees")
        seen.noun, seen.parts, seen.done = "companies", 300, done
        assert str(watch.position()) == f"employees (stream 1 of 12): {text}"
    assert watch.position() is None


def test_calls_belong_to_the_stream_whose_turn_it_is() -> None:
    requests = RequestCount()
    requests.add()  # before the sync
    watch = Watch(SimpleNamespace(records={"b": 2}, deleted={"b": 1}), requests=requests, clock=lambda: 0.0)
    for stream, calls in (("a", 2), ("b", 0), ("a", 1)):
        with watch.turn(stream):
            for _ in range(calls):
                requests.add()
    requests.add()  # between two streams
    counts = watch.counts()
    assert (counts["a"]["calls"], counts["b"]["calls"], watch.calls) == (3, 0, 4)
    assert (counts["b"]["records"], counts["b"]["deleted"]) == (2, 1)
