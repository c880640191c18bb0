"""From the portal's call to the next sync: events of the simulated portal, whatever form they come in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSwitches

from tests.tap_inlenersbeloning.conftest import run_tap
from tests.tap_inlenersbeloning.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provider_simulators.inlenersbeloning import InlenersbeloningSimulator

    Settings = dict[str, Any]
    Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]


@pytest.fixture
def portal(hirers: Start, tmp_path: Path) -> Iterator[tuple[InlenersbeloningSimulator, Settings, Receiver]]:
    """A portal, the settings of a tap, and the receiver that the portal calls."""
    simulator, settings = hirers()
    settings |= {"webhook_inbox": str(tmp_path / "inbox")}
    folder = tmp_path / "receiver"
    folder.mkdir()
    # The machine that the internet reaches has no token.
    own = {name: settings[name] for name in ("webhook_inbox", "webhook_secret")}
    receiver = Receiver(own | {"webhook_require_signature": False}, folder)
    yield simulator, settings, receiver
    assert receiver.end() == 0
    assert "Traceback" not in receiver.log


def republish_one(simulator: InlenersbeloningSimulator) -> dict[str, str]:
    """Publish a new version of the last remuneration of the last company; give its ids."""
    company, shares = list(simulator.backend.shares.items())[-1]
    partner, share = [pair for pair in shares.items() if pair[1].remunerations][-1]
    remuneration = list(share.remunerations)[-1]
    simulator.backend.republish(company, partner, remuneration)
    return {"company": company, "partner": partner, "remuneration": remuneration}


SIGNED = [
    {"webhook_signature": style, "webhook_header": header, "webhook_payload": payload}
    for style, header, payload in (
        ("hex", "X-Signature", "flat"),
        ("prefixed", "X-Hub-Signature-256", "nested"),
        ("base64", "X-Webhook-Hmac", "id"),
        ("timestamped", "Webhook-Signature", "flat"),
        ("secret", "X-Webhook-Secret", "nested"),
    )
] + [{"webhook_body": "form"}]


def test_every_form_of_event_is_kept_and_names_what_was_published(
    portal: tuple[InlenersbeloningSimulator, Settings, Receiver],
) -> None:
    simulator, _, receiver = portal
    unsigned: list[dict[str, Any]] = [{"webhook_signature": "none"}, {"webhook_method": "GET"}]
    for switches in (*SIGNED, *unsigned):
        simulator.webhooks.switches = InlenersbeloningSwitches(**switches)
        ids = republish_one(simulator)
        assert simulator.webhooks.deliver(receiver.url, copies=2, backwards=True) == [200, 200]
        (event,) = receiver.inbox.pending()
        named = {ids["remuneration"]} if switches.get("webhook_payload") == "id" else {*ids.values()}
        assert named <= event.identifiers
        # Nothing of a GET is signed but its empty body.
        assert event.verified is (switches != unsigned[0])
        receiver.inbox.done([event])
    assert simulator.webhooks.test(receiver.url) == 200
    assert simulator.webhooks.unknown(receiver.url) == 200
    assert len(receiver.inbox.pending()) == 2


def test_the_next_sync_reads_what_an_event_names_first_and_is_done_with_it(
    portal: tuple[InlenersbeloningSimulator, Settings, Receiver], tmp_path: Path
) -> None:
    simulator, settings, receiver = portal
    ids = republish_one(simulator)
    simulator.webhooks.deliver(receiver.url)
    before = len(simulator.log.requests())
    ended = run_tap(settings, tmp_path)
    assert ended.returncode == 0, ended.stderr
    lists = [
        request["path"].split("/")[-1]
        for request in simulator.log.requests()[before:]
        if "/remuneration/" in request["path"] and request["path"].count("/") == 5
    ]
    assert ids["partner"] in lists[:4]  # four requests are under way at the same moment
    assert receiver.inbox.pending() == []
    kept = [json.loads(path.read_text()) for path in (receiver.inbox.path / "done").iterdir()]
    assert [event["verified"] for event in kept] == [True]


def test_a_sync_that_fails_leaves_the_events_to_the_next_one(
    portal: tuple[InlenersbeloningSimulator, Settings, Receiver], tmp_path: Path
) -> None:
    simulator, settings, receiver = portal
    republish_one(simulator)
    simulator.webhooks.deliver(receiver.url)
    ended = run_tap({**settings, "token": f"org_{'0' * 64}"}, tmp_path)
    assert ended.returncode == 13
    assert len(receiver.inbox.pending()) == 1
