"""The inbox of the webhook: what is in it stays in it until a sync is done with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from connector_kit.errors import SettingError
from hypothesis import given
from hypothesis import strategies as st
from tap_inlenersbeloning.calls import Call
from tap_inlenersbeloning.identifiers import identifiers
from tap_inlenersbeloning.inbox import Inbox, InboxFullError
from tap_inlenersbeloning.verification import Means, Proof

PROGRAM = Path(__file__).with_name("inbox_program.py")
VERIFIED = Proof(means=Means.SIGNATURE)
UUID = "3f6c2a1e-8d2b-4f7a-9c3d-5b1e0f6a7c88"


def call(body: Any = b"", *, query: str = "", path: str = "/webhook", **headers: str) -> Call:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Call(method="POST", path=path, query=query, headers=tuple(headers.items()), body=content)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    inbox = Inbox(tmp_path / "inbox")
    inbox.prepare()
    return inbox


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed_everywhere(work: str, folder: Path) -> list[dict[str, Any]]:
    """What is left of work that was killed at each line of the inbox' code in turn."""
    ended = subprocess.run(
        [sys.executable, str(PROGRAM), work, str(folder)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    outcomes: list[dict[str, Any]] = json.loads(ended.stdout)
    assert len(outcomes) > 10
    assert not outcomes[-1]["died"]
    assert all(outcome["died"] for outcome in outcomes[:-1])
    return outcomes


def test_a_call_that_was_answered_survives_a_kill_at_any_line(tmp_path: Path) -> None:
    outcomes = killed_everywhere("put", tmp_path)
    for outcome in outcomes:
        assert outcome["pending"] in ([["new"]] if outcome["returned"] else [["new"], []])
    assert any(outcome["died"] and outcome["pending"] == ["new"] for outcome in outcomes)
    assert not list(tmp_path.rglob("unreadable/*"))


def test_a_kill_while_events_are_put_away_loses_and_doubles_none(tmp_path: Path) -> None:
    for outcome in killed_everywhere("done", tmp_path):
        assert sorted(outcome["pending"] + outcome["done"]) == ["1", "2", "3"]
        assert not (outcome["returned"] and outcome["pending"])


def test_what_a_killed_receiver_left_half_done_is_finished_by_the_next_process_or_the_one_after(tmp_path: Path) -> None:
    for outcome in killed_everywhere("recover", tmp_path):
        assert outcome["pending"] == ["half"]


def test_only_the_owner_can_read_it(inbox: Inbox) -> None:
    name = inbox.put(call({"id": "x"}), VERIFIED)
    assert inbox.path.stat().st_mode & 0o777 == 0o700
    assert (inbox.path / name).stat().st_mode & 0o777 == 0o600
    inbox.done(inbox.pending())
    assert (inbox.path / "done").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_read_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(SettingError, match="webhook_inbox: others may read"):
        Inbox(folder).prepare()
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_sync_needs_no_inbox_that_nobody_has_made(tmp_path: Path) -> None:
    assert Inbox(tmp_path / "none").pending() == []
    assert not (tmp_path / "none").exists()


def test_events_come_in_the_order_in_which_they_arrived(inbox: Inbox) -> None:
    for number in range(20):
        inbox.put(call({"number": number}), Proof())
    assert [json.loads(event.call.body)["number"] for event in inbox.pending()] == list(range(20))


def test_equal_calls_are_one_event_and_verified_if_one_of_them_was(inbox: Inbox) -> None:
    inbox.put(call({"id": "a"}, attempt="1"), Proof())
    inbox.put(call({"id": "b"}), Proof())
    inbox.put(call({"id": "a"}, attempt="2"), Proof(means=Means.SIGNATURE, company_id="ours"))
    first, second = inbox.pending()
    assert (first.verified, first.company_id, len(first.files)) == (True, "ours", 2)
    assert "ours" in first.identifiers
    assert not second.verified
    inbox.done([first])
    assert [event.content_hash for event in inbox.pending()] == [second.content_hash]


def test_an_equal_call_that_comes_while_a_sync_runs_waits_for_the_next_one(inbox: Inbox) -> None:
    inbox.put(call({"id": "a"}), Proof())
    read = inbox.pending()
    late = inbox.put(call({"id": "a"}), Proof())
    inbox.done(read)
    assert [event.files for event in inbox.pending()] == [(late,)]


def test_done_keeps_the_files_and_may_be_said_twice(inbox: Inbox) -> None:
    name = inbox.put(call({"id": "a"}), Proof())
    events = inbox.pending()
    inbox.done(events)
    inbox.done(events)
    assert inbox.pending() == []
    assert names(inbox.path / "done") == [name]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"format": 2}', b"\xff\xfe", b"[" * 100_000, b'{"format": 1, "company_id": null}'],
)
def test_a_file_that_cannot_be_read_is_put_aside_and_kept(inbox: Inbox, content: bytes) -> None:
    good = inbox.put(call({"id": "a"}), Proof())
    (inbox.path / "0.json").write_bytes(content)
    assert [event.files for event in inbox.pending()] == [(good,)]
    assert (inbox.path / "unreadable" / "0.json").read_bytes() == content


def test_half_a_file_is_left_to_its_writer_for_a_minute_and_then_put_aside(inbox: Inbox) -> None:
    half = inbox.path / ".1.json.part"
    half.write_bytes(b'{"format": 1, "rec')
    assert inbox.pending() == []
    assert half.exists()
    os.utime(half, (time.time() - 61, time.time() - 61))
    assert inbox.pending() == []
    assert (inbox.path / "unreadable" / half.name).exists()


def test_many_writers_and_two_readers_lose_nothing_and_see_no_half_file(inbox: Inbox) -> None:
    seen: set[bytes] = set()

    def write(number: int) -> None:
        inbox.put(call({"number": number}), Proof())

    def read(_: int) -> None:
        events = inbox.pending()
        seen.update(event.call.body for event in events)
        inbox.done(events)

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(write, number) for number in range(200)]
        jobs += [pool.submit(read, number) for number in range(20)]
        for job in jobs:
            job.result()
    read(0)
    assert {json.loads(body)["number"] for body in seen} == set(range(200))
    assert len(names(inbox.path / "done")) == 200
    assert not (inbox.path / "unreadable").exists()


def test_a_flood_that_cannot_be_verified_does_not_keep_out_what_can(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox", unverified_files_max=3)
    inbox.prepare()
    for number in range(3):
        inbox.put(call({"number": number}), Proof())
    with pytest.raises(InboxFullError, match="run a sync"):
        inbox.put(call({"number": 3}), Proof())
    inbox.put(call({"number": 4}), VERIFIED)
    inbox.done(inbox.pending())
    inbox.put(call({"number": 5}), Proof())


@pytest.mark.parametrize(
    "sent",
    [
        call({"event": "published", "partnerId": "pk3x9z"}),
        call([{"data": {"remuneration": {"company": {"id": "pk3x9z"}}}}]),
        call({"pk3x9z": {"title": "by key"}}),
        call({"url": "https://portal.example/remuneration/a1b2c3/pk3x9z/d4e5f6"}),
        call({"payload": json.dumps({"nested": json.dumps({"id": "pk3x9z"})})}),
        call(b'{"id": "pk3x9z", "id": "other1"}'),
        call(b'{"id": "\\u0070k3x9z"}'),
        call(b"event=published&partner_id=pk3x9z"),
        call(b"payload=%7B%22partner%22%3A%7B%22id%22%3A%22pk3x9z%22%7D%7D"),
        call(b"<event><partner>pk3x9z</partner></event>"),
        call(b'{"broken": "pk3x9z'),
        call(b"\xff\xfe pk3x9z"),
        call(query="partner=pk3x9z"),
        call(path="/webhook/pk3x9z"),
        call({"text": "Inlenersbeloning van partner_pk3x9z, versie 2"}),
        call({"id": "PK3X9Z"}),
        call(b"[" * 5000 + b'"pk3x9z"' + b"]" * 5000),
    ],
)
def test_an_id_is_found_wherever_it_stands(sent: Call) -> None:
    assert "pk3x9z" in identifiers(sent)


def test_ids_of_all_kinds_are_found_whole() -> None:
    found = identifiers(call({"a": UUID.upper(), "b": 4711, "c": "Straße 1/2", "d": 12345678901234567890123}))
    assert {UUID, "4711", "Straße 1/2", "12345678901234567890123"} <= found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(body=st.binary() | JSON.map(lambda value: json.dumps(value).encode()), query=st.text(alphabet="a=&%+2Fé"))
def test_anything_can_be_kept_and_read_again(tmp_path_factory: pytest.TempPathFactory, body: bytes, query: str) -> None:
    inbox = Inbox(tmp_path_factory.mktemp("inbox"))
    inbox.path.chmod(0o700)
    sent = call(body, query=query, x="\xe9\x00")
    inbox.put(sent, Proof())
    (event,) = inbox.pending()
    assert event.call == sent
    assert isinstance(event.identifiers, frozenset)


@given(value=JSON)
def test_every_short_text_and_number_of_a_payload_is_among_the_identifiers(value: Any) -> None:
    def texts(part: Any) -> list[str]:
        match part:
            case str():
                return [part]
            case int() if not isinstance(part, bool):
                return [str(part)]
            case list():
                return [text for item in part for text in texts(item)]
            case dict():
                return [text for pair in part.items() for item in pair for text in texts(item)]
        return []

    expected = {text.strip() for text in texts(value) if 0 < len(text.strip()) <= 128 and text[:1] not in {"{", "["}}
    assert expected <= identifiers(call(value))


def test_a_secret_in_the_address_or_a_header_is_not_kept(inbox: Inbox) -> None:
    secret = "s3cret/with+signs"
    kept = call(
        b"body",
        path=f"/webhook/{secret}",
        query="a=s3cret/with%2Bsigns&b=s3cret%2Fwith%2Bsigns",
        authorization="Bearer of something else",
        signature=secret,
    ).without([secret])
    inbox.put(kept, VERIFIED)
    (event,) = inbox.pending()
    text = (inbox.path / event.files[0]).read_text()
    assert "s3cret" not in text
    assert "something else" not in text
    assert event.call.query == "a=***&b=***"


def test_a_full_disk_leaves_no_half_file_and_says_so(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(SettingError, match="No space left"):
        inbox.put(call(b"x"), Proof())
    assert names(inbox.path) == []
