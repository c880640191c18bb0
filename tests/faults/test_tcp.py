"""Connections that break at any byte of a booking or of its answer: the next run books every entry exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.faults.proxy import Break, proxy

if TYPE_CHECKING:
    from tests.payroll import Payroll

BREAKS = (
    Break(how="reset", where="request", at=0),
    Break(how="close", where="request", at=60),
    Break(how="half_close", where="request", at=700),
    Break(how="slow", where="request", at=0),
    Break(how="reset", where="answer", at=0),
    Break(how="close", where="answer", at=1),
    Break(how="reset", where="answer", at=100),
    Break(how="half_close", where="answer", at=130),
    Break(how="slow", where="answer", at=0),
)


@pytest.mark.parametrize("fault", BREAKS, ids=lambda fault: f"{fault.how}-{fault.where}-{fault.at}")
def test_whatever_byte_a_connection_breaks_at_every_entry_is_booked_once(
    payroll: Payroll, messages: bytes, fault: Break
) -> None:
    address = urlsplit(payroll.settings()["target-minox"]["api_url"])
    assert address.hostname
    assert address.port
    with proxy(address.hostname, address.port, fault) as between:
        api_url = address._replace(netloc=f"{address.hostname}:{between.port}").geturl()

        first = payroll.book(messages, api_url=api_url)
        assert between.broke, "no booking went through the proxy"
        assert first.returncode in {0, 1, 10, 11}, first.stderr.decode()
        assert b"Traceback" not in first.stderr

        again = payroll.book(messages, api_url=api_url)
        assert again.returncode == 0, again.stderr.decode()
        payroll.assert_booked_exactly_once()
