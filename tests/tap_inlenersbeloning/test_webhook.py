"""The receiver of the webhook, as a process, over real sockets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.tap_inlenersbeloning.receiver import BODY, MARKER, TAP, Receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "the-Secret-beside-the-token-0123456789"
URL_TOKEN = "a-text-of-our-own-987654321"
PROGRAM = Path(__file__).with_name("webhook_program.py")

Settings = dict[str, Any]


def settings_for(folder: Path, **settings: Any) -> Settings:
    return {"token": f"cmp_{'0' * 64}", "company_ids": ["ours"], "webhook_inbox": str(folder / "inbox"), **settings}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Receiver]]:
    """Start a receiver with these settings."""
    with ExitStack() as running:

        def started(*arguments: str, program: list[str] | None = None, **settings: Any) -> Receiver:
            folder = tmp_path_factory.mktemp("receiver")
            receiver = Receiver(settings_for(folder, **settings), folder, *arguments, program=program or [str(TAP)])
            running.callback(lambda: receiver.process.poll() is None and receiver.end(signal.SIGKILL))
            return receiver

        yield started


@pytest.fixture(scope="module")
def tolerant(start: Callable[..., Receiver]) -> Receiver:
    """Keeps everything, and verifies what it can."""
    return start(webhook_secret=SECRET)


@pytest.fixture(scope="module")
def strict(start: Callable[..., Receiver]) -> Receiver:
    """Refuses what it cannot verify."""
    return start(webhook_secret=SECRET, webhook_url_token=URL_TOKEN, webhook_require_signature=True)


def hex_of(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def base64_of(body: bytes) -> str:
    return base64.b64encode(bytes.fromhex(hex_of(body))).decode()


SIGNATURES = {
    "hex": {"X-Signature": hex_of(BODY)},
    "upper case": {"X-Webhook-Signature": hex_of(BODY).upper()},
    "as GitHub": {"X-Hub-Signature-256": f"sha256={hex_of(BODY)}"},
    "base64": {"X-Hmac-SHA256": base64_of(BODY)},
    "base64 with prefix": {"Signature": f"sha256={base64_of(BODY)}"},
    "base64 for URLs, not padded": {"X-Ilb-Signature": base64_of(BODY).rstrip("=").replace("+", "-").replace("/", "_")},
    "in a list": {"Webhook-Signature": f"t=1763800000,v1={hex_of(BODY)}"},
    "quoted": {"Signature": f'keyId="1", signature="{base64_of(BODY)}"'},
    "authorization": {"Authorization": f"HMAC-SHA256 {hex_of(BODY)}"},
    "a name of its own": {"Handtekening": hex_of(BODY)},
}


@pytest.mark.parametrize("headers", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_is_recognised_in_every_usual_form(strict: Receiver, headers: dict[str, str]) -> None:
    answer = requests.post(strict.url, data=BODY, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()) == (200, {"status": "kept"})
    (event,) = strict.inbox.pending()
    assert event.verified
    strict.inbox.done([event])


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        (f"/{URL_TOKEN}", {}),
        (f"?token={URL_TOKEN}", {}),
        (f"?{URL_TOKEN}", {}),
        (f"?secret={SECRET}", {}),
        ("", {"X-Webhook-Secret": SECRET}),
        ("", {"Authorization": f"Bearer {SECRET}"}),
    ],
)
def test_a_secret_in_the_address_or_a_header_verifies_and_is_kept_nowhere(
    strict: Receiver, more: str, headers: dict[str, str]
) -> None:
    assert requests.post(strict.url + more, data=BODY, headers=headers, timeout=30).status_code == 200
    (event,) = strict.inbox.pending()
    assert event.verified
    text = (strict.inbox.path / event.files[0]).read_text()
    assert strict.says(event.files[0])
    assert SECRET not in text + strict.log
    assert URL_TOKEN not in text + strict.log
    strict.inbox.done([event])


WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "nothing": ("", {}),
    "another secret": ("", {"X-Signature": hex_of(BODY, "another secret")}),
    "another body": ("", {"X-Signature": hex_of(BODY + b" ")}),
    "cut": ("", {"X-Signature": hex_of(BODY)[:-2]}),
    "no signature at all": ("", {"X-Signature": "sha256="}),
    "URL token in a header": ("", {"X-Webhook-Secret": URL_TOKEN}),
    "part of the token": (f"?token={URL_TOKEN[:-1]}", {}),
    "token in the wrong case": (f"/{URL_TOKEN.upper()}", {}),
    "not ASCII": ("?token=%FF%C3%A9", {"X-Signature": "\xe9" * 64}),
}


@pytest.mark.parametrize(("more", "headers"), WRONG.values(), ids=WRONG)
def test_what_proves_nothing_is_refused_where_proof_is_required_and_kept_where_not(
    strict: Receiver, tolerant: Receiver, more: str, headers: dict[str, str]
) -> None:
    refused = requests.post(strict.url + more, data=BODY, headers=headers, timeout=30)
    assert refused.status_code == 401
    assert strict.kept() == []
    assert requests.post(tolerant.url + more, data=BODY, headers=headers, timeout=30).status_code == 200
    (event,) = tolerant.inbox.pending()
    assert not event.verified
    tolerant.inbox.done([event])


def test_a_url_token_alone_makes_proof_required(start: Callable[..., Receiver]) -> None:
    receiver = start(webhook_url_token=URL_TOKEN)
    assert receiver.post().status_code == 401
    assert receiver.post(more=f"/{URL_TOKEN}").status_code == 200
    assert receiver.kept() == [BODY]


def test_a_signature_that_the_secret_does_not_explain_is_told_by_the_name_of_its_header(tolerant: Receiver) -> None:
    tolerant.post(X_Portal_Signature="0" * 64)
    assert tolerant.kept() == [BODY]
    assert tolerant.says("Header x-portal-signature looks like a signature")
    assert "0" * 64 not in tolerant.log


def test_the_log_tells_the_story_and_nothing_of_the_payload(tolerant: Receiver) -> None:
    tolerant.post(b"partner=" + MARKER.encode(), more=f"/{MARKER}?name={MARKER}", X_Name=MARKER)
    tolerant.post(X_Signature=hex_of(BODY))
    tolerant.kept()
    assert tolerant.says(r"Kept \S+\.json: POST, \d+ bytes, verified by signature")
    assert MARKER not in tolerant.log
    assert "pk3x9z" not in tolerant.log


@pytest.mark.parametrize(
    ("method", "more", "body", "kind"),
    [
        ("GET", "?partnerId=pk3x9z&event=test", b"", None),
        ("POST", "", b"event=published&partner%5Bid%5D=pk3x9z", "application/x-www-form-urlencoded"),
        ("POST", "/pk3x9z", b"", "application/json"),
        ("PUT", "", b'{"remuneration": ["pk3x9z"]}', "application/json"),
        ("POST", "", b'{"cut": "pk3x9z', "application/json"),
        ("POST", "", b"\x00\xff pk3x9z \xfe", "application/octet-stream"),
    ],
)
def test_a_call_of_any_form_is_kept_whole(
    tolerant: Receiver, method: str, more: str, body: bytes, kind: str | None
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = requests.request(method, tolerant.url + more, data=body, headers=headers, timeout=30)
    assert answer.status_code == 200
    (event,) = tolerant.inbox.pending()
    assert (event.call.method, event.call.body) == (method, body)
    assert event.call.path + (f"?{event.call.query}" if event.call.query else "") == f"/webhook{more}"
    assert dict(event.call.headers).get("content-type") == kind
    assert "pk3x9z" in event.identifiers
    tolerant.inbox.done([event])


def test_a_body_in_chunks_is_kept(tolerant: Receiver) -> None:
    pieces = [BODY[:10], BODY[10:]]
    assert requests.post(tolerant.url, data=iter(pieces), timeout=30).status_code == 200
    assert tolerant.kept() == [BODY]


def test_equal_calls_are_one_event(tolerant: Receiver) -> None:
    for _ in range(3):
        assert tolerant.post().status_code == 200
    (event,) = tolerant.inbox.pending()
    assert len(event.files) == 3
    tolerant.inbox.done([event])


def test_what_is_no_call_is_refused_with_the_right_status(tolerant: Receiver) -> None:
    for method in ("DELETE", "PATCH", "OPTIONS", "HEAD"):
        answer = requests.request(method, tolerant.url, timeout=30)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST, PUT")
    assert requests.post(f"{tolerant.base}/other", timeout=30).status_code == 404
    assert requests.post(f"{tolerant.base}/webhooks", timeout=30).status_code == 404
    assert requests.get(f"{tolerant.base}/health", timeout=30).json() == {"status": "ok"}
    assert tolerant.kept() == []


@pytest.mark.parametrize("size", [(512 << 10) + 1, 3 << 20])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(tolerant: Receiver, size: int, *, chunked: bool) -> None:
    body = b"x" * size
    answer = requests.post(tolerant.url, data=iter([body]) if chunked else body, timeout=30)
    assert answer.status_code == 413
    assert tolerant.kept() == []
    assert tolerant.post(b"x" * (512 << 10)).status_code == 200
    tolerant.kept()


def said(address: tuple[str, int], text: bytes) -> bytes:
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(text)
        return answered(connection)


def answered(connection: socket.socket) -> bytes:
    answer = b""
    with suppress(ConnectionError):
        while piece := connection.recv(4096):
            answer += piece
    return answer


def test_what_is_not_http_or_announces_too_much_is_ended(tolerant: Receiver) -> None:
    assert said(tolerant.address, b"hello\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert said(tolerant.address, b"GET /webhook HTTP/1.1\r\nA: " + b"a" * 100_000).startswith(b"HTTP/1.1 400")
    huge = b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
    assert said(tolerant.address, huge).startswith(b"HTTP/1.1 413")
    assert tolerant.kept() == []


def test_half_a_body_is_not_kept(tolerant: Receiver) -> None:
    with socket.create_connection(tolerant.address, timeout=30) as connection:
        connection.sendall(b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    assert tolerant.post().status_code == 200
    assert tolerant.kept() == [BODY]


def test_slow_and_silent_senders_are_ended_and_others_served(start: Callable[..., Receiver]) -> None:
    receiver = start(program=[sys.executable, str(PROGRAM)])
    with ExitStack() as open_ones:
        silent = [open_ones.enter_context(socket.create_connection(receiver.address, timeout=30)) for _ in range(8)]
        slow = open_ones.enter_context(socket.create_connection(receiver.address, timeout=30))
        for connection in silent:
            connection.sendall(b"POST /webhook HTTP/1.1\r\n")
        assert [answered(connection) for connection in silent] == [b""] * 8
        slow.close()
        slow = open_ones.enter_context(socket.create_connection(receiver.address, timeout=30))
        slow.sendall(b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        for _ in range(4):
            slow.sendall(b"x")
            time.sleep(0.1)
        assert receiver.post().status_code == 200
        assert answered(slow).startswith(b"HTTP/1.1 408")
    assert receiver.kept() == [BODY]


def test_sigterm_ends_it_with_0_after_the_call_that_is_under_way(start: Callable[..., Receiver]) -> None:
    receiver = start()
    with socket.create_connection(receiver.address, timeout=30) as connection:
        connection.sendall(b"POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nha")
        time.sleep(0.3)
        receiver.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(receiver.address, timeout=5)
        connection.sendall(b"lf")
        assert answered(connection).startswith(b"HTTP/1.1 200")
    assert receiver.end() == 0
    assert receiver.kept() == [b"half"]
    assert "Stopped" in receiver.log
    assert "Traceback" not in receiver.log


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_call_that_was_answered_is_lost_when_the_receiver_is_killed_under_load(
    start: Callable[..., Receiver], number: signal.Signals
) -> None:
    receiver = start()
    kept: list[str] = []

    def send(sender: int) -> None:
        with suppress(requests.ConnectionError):
            for count in range(1000):
                text = f"{sender}/{count}"
                if receiver.post(text.encode()).status_code == 200:
                    kept.append(text)

    with ThreadPoolExecutor(4) as senders:
        for sender in range(4):
            senders.submit(send, sender)
        while len(kept) < 20:
            time.sleep(0.01)
        receiver.end(number)
    assert len(kept) >= 20
    found = {body.decode() for body in receiver.kept()}
    assert set(kept) <= found
    assert not (receiver.inbox.path / "unreadable").exists()


def test_two_receivers_share_an_inbox(start: Callable[..., Receiver]) -> None:
    first = start()
    second = start(webhook_inbox=str(first.inbox.path))
    with ThreadPoolExecutor(4) as senders:
        jobs = [senders.submit((first, second)[number % 2].post, str(number).encode()) for number in range(60)]
        assert {job.result().status_code for job in jobs} == {200}
    assert sorted(map(int, first.kept())) == list(range(60))


def test_health_and_calls_say_when_the_inbox_cannot_be_used(start: Callable[..., Receiver]) -> None:
    receiver = start()
    receiver.inbox.path.rmdir()
    receiver.inbox.path.write_text("no folder")
    assert requests.get(f"{receiver.base}/health", timeout=30).status_code == 503
    answer = receiver.post()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert receiver.says("Refused a call: setting webhook_inbox: cannot")
    assert MARKER not in receiver.log
    receiver.inbox.path.unlink()
    assert requests.get(f"{receiver.base}/health", timeout=30).status_code == 200
    assert receiver.post().status_code == 200


def test_another_path_and_a_warning_that_nothing_can_be_verified(start: Callable[..., Receiver]) -> None:
    receiver = start("--path", "/hooks/ilb")
    assert "no call can be verified" in receiver.log
    assert receiver.post().status_code == 200
    assert requests.post(f"{receiver.base}/webhook", timeout=30).status_code == 404


def ended(folder: Path, *arguments: str, **settings: Any) -> tuple[int, str]:
    config = folder / "config.json"
    config.write_text(json.dumps(settings_for(folder, **settings)))
    command = [str(TAP), "webhook", "--config", str(config), *arguments]
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return process.returncode, process.stderr.splitlines()[-1]


def test_wrong_settings_and_a_taken_port_end_in_one_clear_line(tmp_path: Path) -> None:
    assert ended(tmp_path, webhook_inbox=None) == (
        16,
        "tap-inlenersbeloning: setting webhook_inbox is missing: name a folder for the calls, on a disk that lasts",
    )
    code, line = ended(tmp_path, webhook_require_signature=True)
    assert (code, "webhook_require_signature needs webhook_secret" in line) == (16, True)
    code, line = ended(tmp_path, webhook_url_token="short")
    assert (code, "webhook_url_token" in line) == (16, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, line = ended(tmp_path, "--port", str(taken.getsockname()[1]))
    assert (code, "choose another --host or --port" in line) == (1, True)
    code, line = ended(tmp_path, "--path", "webhook")
    assert (code, "--path" in line) == (2, True)
