"""Secrets are found in every spelling in which libraries print them."""

import base64
import json
import logging
from urllib.parse import quote, quote_plus

import pytest
from connector_kit.redaction import RedactingFilter, clean, one_line, protect, redact

SECRET = 'Zq8/x+y="quote\'d" é~1'


@pytest.fixture(autouse=True)
def known_secret() -> None:
    protect(SECRET, "short", None)


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        repr(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1],
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_spelling_of_a_secret_is_masked(spelling: str) -> None:
    assert redact(f"before {spelling} after").startswith("before ***")
    assert spelling not in redact(f"before {spelling} after")


@pytest.mark.parametrize("client_id", ["a", "ab", "abc", "abcd"])
def test_a_secret_inside_basic_credentials_is_masked_at_every_alignment(client_id: str) -> None:
    pair = base64.b64encode(f"{quote(client_id)}:{quote(SECRET, safe='')}".encode()).decode()
    text = redact(f"token {pair} end")
    assert pair not in text
    assert "***" in text


def test_short_values_are_not_masked() -> None:
    assert redact("a short word") == "a short word"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc.def-123456", "abc.def-123456"),
        ("grant_type=refresh_token&refresh_token=unknown1&x=1", "unknown1"),
        ("'access_token': 'unknown2'", "unknown2"),
        ("https://localhost/callback?code=unknown3&state=1", "unknown3"),
        ("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "eyJzdWIiOiIxIn0"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "MIIB"),
    ],
)
def test_what_looks_like_a_secret_is_masked_even_when_nobody_named_it(text: str, hidden: str) -> None:
    assert hidden not in redact(text)


def test_the_query_of_a_request_is_never_logged() -> None:
    record = logging.makeLogRecord(
        {"name": "urllib3.connectionpool", "msg": '"%s %s"', "args": ("GET", "/a?name=Jansen&x=1")}
    )
    clean(record)
    assert record.getMessage() == '"GET /a?***"'


def test_a_record_without_secrets_stays_untouched() -> None:
    arguments = ({"point": 1},)
    record = logging.LogRecord("x", logging.INFO, "f", 1, "METRIC: %s", arguments, None)
    RedactingFilter().filter(record)
    assert record.msg == "METRIC: %s"
    assert record.args == {"point": 1}


def test_a_message_becomes_one_printable_line() -> None:
    assert one_line("a\n b\x1b[31m\tc\u202e") == "a b?[31m c?"
    assert len(one_line("x" * 5000)) == 1000
