"""What the webhook has received is read first, and is done only when a sync has been completed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from singer_sdk.exceptions import FatalAPIError
from tap_inlenersbeloning.calls import Call
from tap_inlenersbeloning.inbox import Inbox
from tap_inlenersbeloning.verification import Proof

from tests.tap_inlenersbeloning.conftest import Settings, paths, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
UNVERIFIED = Proof(means=None)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    inbox = Inbox(tmp_path / "inbox")
    inbox.prepare()
    return inbox


def receive(inbox: Inbox, **payload: Any) -> None:
    body = json.dumps(payload).encode()
    inbox.put(Call(method="POST", path="/webhook", query="", headers=(), body=body), UNVERIFIED)


def last_hirer(simulator: InlenersbeloningSimulator) -> tuple[str, str, str]:
    """The one that a sync comes to last, in the first company."""
    company, shares = next(iter(simulator.backend.shares.items()))
    partner, share = [(partner, share) for partner, share in shares.items() if share.remunerations][-1]
    return company, partner, next(iter(share.remunerations))


def test_the_partner_that_an_event_names_is_read_first(hirers: Start, inbox: Inbox) -> None:
    simulator, settings = hirers()
    settings |= {"webhook_inbox": str(inbox.path), "concurrent_requests": 1}
    company, partner, identifier = last_hirer(simulator)
    receive(inbox, event="published", companyId=company, partnerId=partner.upper())
    sync(settings)
    lists = [path for path in paths(simulator) if path.startswith("/remuneration/") and path.count("/") == 3]
    documents = [path for path in paths(simulator) if path.count("/") == 4]
    assert lists[0] == f"/remuneration/{company}/{partner}"
    assert documents[0] == f"/remuneration/{company}/{partner}/{identifier}"
    assert len(set(lists)) == len(lists)
    assert inbox.pending() == []


def test_the_document_that_an_event_names_is_read_though_the_lists_show_no_change(hirers: Start, inbox: Inbox) -> None:
    simulator, settings = hirers()
    settings |= {"webhook_inbox": str(inbox.path), "concurrent_requests": 1}
    done = sync(settings)
    company, partner, identifier = last_hirer(simulator)
    simulator.backend.amend(company, partner, identifier)
    receive(inbox, nested={"remuneration": {"id": identifier}})
    before = len(paths(simulator))
    again = sync(settings, state=done.state)
    asked = paths(simulator)[before:]
    assert [path for path in asked if path.count("/") == 4] == [f"/remuneration/{company}/{partner}/{identifier}"]
    assert [row["id"] for row in again.records("remunerations")] == [identifier]
    assert asked.index(f"/remuneration/{company}/{partner}") == len(settings["company_ids"])


@pytest.mark.parametrize("payload", [{"event": "test"}, {"event": "new kind", "companyId": "zzzzzz"}, {}])
def test_an_event_that_names_nobody_is_done_after_a_sync_that_compares(
    hirers: Start, inbox: Inbox, payload: dict[str, Any]
) -> None:
    simulator, settings = hirers()
    settings |= {"webhook_inbox": str(inbox.path)}
    done = sync(settings)
    receive(inbox, **payload)
    before = len(paths(simulator))
    sync(settings, state=done.state)
    assert not [path for path in paths(simulator)[before:] if path.count("/") == 4]
    assert inbox.pending() == []


def test_an_event_waits_until_a_sync_of_documents_was_completed(hirers: Start, inbox: Inbox) -> None:
    simulator, settings = hirers()
    settings |= {"webhook_inbox": str(inbox.path)}
    company, partner, _ = last_hirer(simulator)
    receive(inbox, partnerId=partner)
    sync(settings, "partners")
    assert len(inbox.pending()) == 1
    simulator.faults.add(action="status", path=f"/remuneration/{company}/{partner}/", status=400)
    with pytest.raises(FatalAPIError):
        sync(settings)
    assert len(inbox.pending()) == 1
    simulator.faults.add(action="status", path="/remuneration/[^/]*/[^/]*/", status=403, times=None)
    sync(settings)
    assert len(inbox.pending()) == 1
    simulator.faults.clear()
    sync(settings)
    assert inbox.pending() == []


def test_an_event_that_comes_during_a_sync_waits_for_the_next(hirers: Start, inbox: Inbox) -> None:
    simulator, settings = hirers()
    settings |= {"webhook_inbox": str(inbox.path)}
    company, partner, identifier = last_hirer(simulator)
    receive(inbox, remunerationId=identifier)

    def later(operation: str, _: dict[str, str]) -> None:
        if operation == "get_remuneration":
            simulator.backend.before_read = lambda *_: None
            receive(inbox, remunerationId=identifier)

    simulator.backend.before_read = later
    sync(settings)
    (event,) = inbox.pending()
    assert identifier in event.identifiers
    assert company
    assert partner
