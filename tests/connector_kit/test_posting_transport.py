"""What left this machine and what did not, told by real sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.transport import Transport
from connector_kit.posting.wire_json import read_json, write_json

Behaviour = Callable[[socket.socket], None]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[tuple[str, list[bytes]]]:
    """One raw TCP server: reads a request head and body, then does as told; gives its port and what it has read."""
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    received.append(read_request(connection))
                    behaviour(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield str(listener.getsockname()[1]), received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def read_request(connection: socket.socket) -> bytes:
    """All of it: closing with something unread would reset the connection, which hides half answers."""
    content = connection.recv(65536)
    while b"PUT" in content and not content.endswith(b"}"):
        content += connection.recv(65536)
    return content


def request(url: str, *, timeout_seconds: float = 2, answer_bytes_max: int = 10_000) -> Answer:
    transport = Transport(
        base_url=url, user_agent="test/1", timeout_seconds=timeout_seconds, answer_bytes_max=answer_bytes_max
    )
    try:
        return transport.request("PUT", "/batches/1", document={"amount": Decimal("1E+2")})
    finally:
        transport.close()


def say(text: bytes) -> Behaviour:
    return lambda connection: connection.sendall(text)


def dribble(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def dribble_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for index in range(100):
        connection.sendall(b"X-%d: y\r\n" % index)
        time.sleep(0.05)


@pytest.mark.parametrize(
    "url", ["http://name.invalid", "https://name.invalid", "http://127.0.0.1:1", "https://127.0.0.1:1"]
)
def test_a_provider_that_is_not_there_got_nothing(url: str) -> None:
    with pytest.raises(NotSentError) as raised:
        request(url)
    assert "batches" not in str(raised.value)


def test_a_failed_handshake_is_not_sent() -> None:
    with serving(say(b"HTTP/1.1 400 no TLS here\r\n\r\n")) as (port, received), pytest.raises(NotSentError):
        request(f"https://127.0.0.1:{port}")
    assert all(b"PUT" not in part for part in received)


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda connection: connection.close(),
        lambda connection: connection.shutdown(socket.SHUT_RDWR),
        say(b"HTTP/1.1 200 OK\r\nContent-Le"),
        say(b"HTTP/1.1 200 OK\r\n\r\n"),
        say(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id": 1}'),
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"),
        say(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b" " * 20000),
        say(b"rubbish\r\n\r\n"),
    ],
    ids=["closed", "reset", "half head", "no length", "half body", "half chunk", "bad gzip", "too long", "no HTTP"],
)
def test_without_a_complete_answer_the_request_counts_as_lost(behaviour: Behaviour) -> None:
    with serving(behaviour) as (port, received), pytest.raises(LostError):
        request(f"http://127.0.0.1:{port}")
    assert len(received) == 1  # not tried again


@pytest.mark.parametrize(
    "behaviour", [lambda _: time.sleep(3), dribble, dribble_headers], ids=["silent", "body", "head"]
)
def test_the_deadline_is_for_the_whole_exchange(behaviour: Behaviour) -> None:
    began = time.monotonic()
    with serving(behaviour) as (port, _):
        with pytest.raises(LostError, match=r"time-out|Timeout|TimeoutError"):
            request(f"http://127.0.0.1:{port}", timeout_seconds=0.5)
        assert time.monotonic() - began < 2


def test_a_redirect_is_not_followed() -> None:
    with serving(say(b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")) as (port, _):
        assert request(f"http://127.0.0.1:{port}").status == 307


def test_a_connection_that_was_closed_while_idle_never_claims_that_nothing_was_sent() -> None:
    with serving(say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) as (port, received):
        transport = Transport(base_url=f"http://127.0.0.1:{port}", user_agent="test/1", timeout_seconds=2)
        for _ in range(3):  # the server closes after each answer without saying so
            try:
                assert transport.request("PUT", "/batches/1", document={}).status == 200
            except LostError:
                continue
        transport.close()
    assert len(received) >= 2


def test_amounts_are_exact_both_ways() -> None:
    answer = b'{"amount": 12345678901234567.89, "count": 2}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer)
    with serving(say(head + answer)) as (port, received):
        body = request(f"http://127.0.0.1:{port}").body

    assert body == {"amount": Decimal("12345678901234567.89"), "count": 2}
    assert received[0].endswith(b'{"amount":100}')


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("0.10", "0.10"),
        ("-1234.5", "-1234.5"),
        ("9999999999999.99", "9999999999999.99"),
    ],
)
def test_numbers_are_written_plainly(number: str, text: str) -> None:
    assert write_json([Decimal(number)]) == f"[{text}]".encode()
    assert read_json(f"[{text}]") == [Decimal(number)]


@pytest.mark.parametrize(
    "document", [1.5, [1.5], {"a": {"b": [1.5]}}, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), object()]
)
def test_what_has_no_exact_form_is_not_written(document: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        write_json(document)
