from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from connector_kit.extract import ExactWriter
from connector_kit.extract.writer import RecordLine
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from singer_sdk.singerlib import RecordMessage, StateMessage
from typing_extensions import Buffer


def line(record: dict[str, Any]) -> str:
    return ExactWriter().serialize_message(RecordMessage(stream="s", record=record)).decode()


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.10", "0.10"),
        ("1E+3", "1000"),
        ("1E-10", "0.0000000001"),
        ("12345678901234567890.12", "12345678901234567890.12"),
        ("-0.05", "-0.05"),
    ],
)
def test_an_amount_is_a_plain_number_with_all_its_digits(amount: str, written: str) -> None:
    assert f'"amount":{written}}}' in line({"amount": Decimal(amount)})


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**25), max_value=10**25))
def test_every_amount_survives_the_way(amount: Decimal) -> None:
    written = line({"lines": [{"amount": amount}]})
    read = json.loads(written, parse_float=Decimal, parse_int=Decimal)["record"]["lines"][0]["amount"]
    assert read == amount
    assert "E" not in written.replace("RECORD", "")


def test_text_that_looks_like_an_exponent_stays_text() -> None:
    assert json.loads(line({"code": "1E5", "name": "NaN", "amount": Decimal("1E+1")}))["record"] == {
        "code": "1E5",
        "name": "NaN",
        "amount": 10,
    }


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        line({"amount": Decimal("NaN")})


@pytest.mark.parametrize("version", [None, 0, 3])
@pytest.mark.parametrize("amount", ["1.50", "1E+3"])
def test_a_line_is_written_as_the_message_of_the_sdk(version: int | None, amount: str) -> None:
    now, record = datetime(2026, 11, 22, 10, 8, tzinfo=UTC), {"id": 1, "amount": Decimal(amount)}
    line = RecordLine(stream="s", record=record, version=UNSET if version is None else version, time_extracted=now)
    message = RecordMessage(stream="s", record=record, version=version, time_extracted=now)
    assert ExactWriter().serialize_message(line) == ExactWriter().serialize_message(message)


def test_other_messages_are_written_as_the_sdk_does() -> None:
    message = StateMessage(value={"bookmarks": {"s": {}}})
    assert json.loads(ExactWriter().serialize_message(message)) == message.to_dict()


class Calls(io.RawIOBase):
    """A file that takes everything, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Buffer, /) -> int:
        self.written.append(bytes(content))
        return len(self.written[-1])


def test_records_wait_for_each_other_even_where_stdout_has_no_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Calls()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=file))
    writer = ExactWriter()
    for number in range(1000):
        writer.write_message(RecordMessage(stream="s", record={"id": number}))
    assert len(file.written) < 100
    writer.write_message(StateMessage(value={}))
    assert b"".join(file.written).count(b"\n") == 1001
