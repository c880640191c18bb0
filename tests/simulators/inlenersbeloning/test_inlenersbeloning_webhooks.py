"""The portal's calls of the agency's URL, as a receiver on a real socket sees them."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

FULL = 0


class Receiver:
    """Keeps what it is sent, and answers with `status`."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.calls.append(
                    {
                        "method": self.command,
                        "query": parse_qs(urlsplit(self.path).query),
                        "headers": dict(self.headers),
                        "body": body,
                    }
                )
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET  # noqa: N815 (the standard library's)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the standard library's)
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def bodies(self) -> list[Any]:
        return [json.loads(call["body"]) for call in self.calls]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def republish(caller: "HirersCaller", times: int = 1) -> dict[str, str]:
    partner, remuneration = caller.first(FULL)
    for _ in range(times):
        caller.simulator.backend.republish(caller.company, partner, remuneration)
    return {"companyId": caller.company, "partnerId": partner, "remunerationId": remuneration}


def test_a_new_version_is_told_with_its_ids_and_a_signature(hirers_caller: "HirersCaller", receiver: Receiver) -> None:
    ids = republish(hirers_caller)
    (event,) = hirers_caller.simulator.webhooks.waiting
    assert [event.company, event.partner, event.remuneration] == list(ids.values())

    assert hirers_caller.simulator.webhooks.deliver(receiver.url) == [200]

    (call,) = receiver.calls
    body = json.loads(call["body"])
    assert (call["method"], call["headers"]["Content-Type"]) == ("POST", "application/json")
    assert body.pop("timestamp")
    assert body == {"event": "remuneration.published", "version": 3, **ids}
    secret = hirers_caller.settings["webhook_secret"].encode()
    assert call["headers"]["X-Signature"] == hmac.new(secret, call["body"], hashlib.sha256).hexdigest()
    assert hirers_caller.simulator.webhooks.waiting == []


def test_calls_come_twice_and_in_the_wrong_order(hirers_caller: "HirersCaller", receiver: Receiver) -> None:
    republish(hirers_caller, times=2)

    statuses = hirers_caller.simulator.webhooks.deliver(receiver.url, copies=2, backwards=True)

    assert statuses == [200] * 4
    assert [body["version"] for body in receiver.bodies()] == [4, 4, 3, 3]


def test_a_withdrawal_the_test_button_and_the_unheard_of_are_told_too(
    hirers_caller: "HirersCaller", receiver: Receiver
) -> None:
    webhooks = hirers_caller.simulator.webhooks
    hirers_caller.simulator.backend.withdraw(hirers_caller.company, *hirers_caller.first(FULL))
    webhooks.deliver(receiver.url)
    webhooks.test(receiver.url)
    webhooks.unknown(receiver.url)

    events = [body["event"] for body in receiver.bodies()]
    assert events == ["remuneration.withdrawn", "test", "company.merged"]
    assert "remunerationId" not in receiver.bodies()[1]


@pytest.mark.parametrize("style", ["none", "hex", "prefixed", "base64", "timestamped", "secret"])
def test_the_signature_is_of_the_switched_style(start_hirers: "StartHirers", receiver: Receiver, style: str) -> None:
    caller = start_hirers(webhook_signature=style, webhook_header="X-Hub-Signature-256")
    republish(caller)
    caller.simulator.webhooks.deliver(receiver.url)

    (call,) = receiver.calls
    given = call["headers"].get("X-Hub-Signature-256")
    secret = caller.settings["webhook_secret"].encode()
    digest = hmac.new(secret, call["body"], hashlib.sha256)
    if style == "timestamped":
        moment, _, value = given.removeprefix("t=").partition(",v1=")
        assert value == hmac.new(secret, f"{moment}.".encode() + call["body"], hashlib.sha256).hexdigest()
        return
    assert (
        given
        == {
            "none": None,
            "hex": digest.hexdigest(),
            "prefixed": f"sha256={digest.hexdigest()}",
            "base64": base64.b64encode(digest.digest()).decode(),
            "secret": secret.decode(),
        }[style]
    )


@pytest.mark.parametrize(
    ("switches", "method", "content_type"),
    [
        ({"webhook_body": "form"}, "POST", "application/x-www-form-urlencoded"),
        ({"webhook_body": "empty"}, "POST", None),
        ({"webhook_method": "GET"}, "GET", None),
    ],
)
def test_a_call_may_be_a_form_a_get_or_empty(
    start_hirers: "StartHirers", receiver: Receiver, switches: Any, method: str, content_type: str | None
) -> None:
    caller = start_hirers(**switches)
    ids = republish(caller)
    caller.simulator.webhooks.deliver(f"{receiver.url}?key=own")

    (call,) = receiver.calls
    assert (call["method"], call["headers"].get("Content-Type")) == (method, content_type)
    assert call["query"]["key"] == ["own"]
    told = parse_qs(call["body"].decode()) if content_type else call["query"]
    empty = switches.get("webhook_body") == "empty"
    assert told.get("remunerationId") == (None if empty else [ids["remunerationId"]])


@pytest.mark.parametrize("form", ["nested", "id"])
def test_the_payload_may_be_of_another_form(start_hirers: "StartHirers", receiver: Receiver, form: str) -> None:
    caller = start_hirers(webhook_payload=form)
    ids = republish(caller)
    caller.simulator.webhooks.deliver(receiver.url)

    (body,) = receiver.bodies()
    found = body if form == "id" else body["data"]["remuneration"]
    assert found["id"] == ids["remunerationId"]


def test_with_a_registered_url_changes_are_told_at_once(start_hirers: "StartHirers", receiver: Receiver) -> None:
    caller = start_hirers(webhook_url=receiver.url)
    republish(caller)
    caller.simulator.webhooks.wait()

    assert [body["version"] for body in receiver.bodies()] == [3]
    (sent,) = caller.effects("webhook_sent")
    assert sent["answer"] == 200


def test_a_receiver_that_refuses_or_is_not_there_is_noted(hirers_caller: "HirersCaller", receiver: Receiver) -> None:
    receiver.status = 503
    assert hirers_caller.simulator.webhooks.test(receiver.url) == 503
    assert hirers_caller.simulator.webhooks.test("http://127.0.0.1:9/hook") is None
    assert hirers_caller.settings["webhook_secret"] not in str(hirers_caller.simulator.log.records())
