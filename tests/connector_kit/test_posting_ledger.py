"""What the ledger keeps, and when it refuses to be used: the same on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from connector_kit.books.identity import Administration
from connector_kit.errors import AlreadyRunningError, ConnectorError, SettingError
from connector_kit.posting.ledger import Binding, Ledger, State
from connector_kit.posting.ledger import schema as tables

from tests.connector_kit.ledger_places import BINDING, HERE, book

if TYPE_CHECKING:
    from tests.connector_kit.ledger_places import LedgerPlace


def test_an_entry_is_remembered_with_its_history(ledger_place: LedgerPlace) -> None:
    ledger_place.fill("k1")

    with ledger_place.open("second") as ledger:
        entry = ledger.entry("k1")
        assert ledger.entry("k2") is None
    assert entry
    assert (entry.state, entry.provider_id, entry.content_hash, entry.run) == (State.CONFIRMED, "b1", "h1", "first")
    assert (entry.client_id.version, entry.version, entry.operation) == (4, 1, "create")
    assert entry.booked_hash == entry.content_hash
    states = ledger_place.execute("SELECT seq, state FROM attempt ORDER BY seq")
    assert states == [(1, "run"), (2, "intent"), (3, "sent"), (4, "confirmed"), (5, "run")]


def test_everything_that_is_known_of_an_entry_is_kept(ledger_place: LedgerPlace) -> None:
    with ledger_place.open() as ledger:
        entry = ledger.intend("k1", stream="s", content_hash="h", mapping_version="1")
        stored = ledger.advance(
            entry,
            State.SENT,
            marker="SCU0000000000000A",
            row_version="7",
            location="/entries/1",
            source_version="2026-10-31",
            period="2026-10",
        )
        assert ledger.entry("k1") == stored
        assert stored.sent_at is not None


def test_a_new_ledger_is_cold_and_stays_so(ledger_place: LedgerPlace) -> None:
    ledger_place.fill()

    with ledger_place.open("second") as ledger:
        assert ledger.cold


def test_what_may_have_left_is_unresolved(ledger_place: LedgerPlace) -> None:
    with ledger_place.open() as ledger:
        for number, state in enumerate((State.INTENT, State.SENT, State.CONFIRMED, State.REJECTED, State.IN_DOUBT)):
            entry = ledger.intend(f"k{number}", stream="s", content_hash="h", mapping_version="1")
            ledger.advance(entry, state)
        assert ledger.unresolved() == 2


@pytest.mark.parametrize(
    ("binding", "names"),
    [
        (replace(BINDING, administration=replace(HERE, number="8")), "administration 7"),
        (replace(BINDING, administration=replace(HERE, tenant="101")), "tenant 100"),
        (replace(BINDING, administration=replace(HERE, provider="big")), "provider tiny"),
        (replace(BINDING, base_url="https://other.example"), "API address https://books.example/api"),
        (replace(BINDING, secret=b"another"), "identity_secret"),
    ],
)
def test_a_ledger_of_other_books_is_refused(ledger_place: LedgerPlace, binding: Binding, names: str) -> None:
    ledger_place.fill()

    with pytest.raises(SettingError, match=names):
        ledger_place.open(binding=binding)
    with pytest.raises(SettingError, match=names):
        ledger_place.open(binding=binding, read_only=True)


def test_a_newer_ledger_is_refused(ledger_place: LedgerPlace) -> None:
    ledger_place.fill()
    ledger_place.set_version(99)

    with pytest.raises(SettingError, match="newer version"):
        ledger_place.open()


def test_another_programs_database_is_refused_and_left_alone(ledger_place: LedgerPlace) -> None:
    ledger_place.execute("CREATE TABLE meta (name varchar)") if isinstance(ledger_place.target, Path) else (
        ledger_place.execute("CREATE SCHEMA ledger", "CREATE TABLE ledger.meta (name varchar)")
    )

    with pytest.raises(SettingError, match="another program"):
        ledger_place.open()
    assert ledger_place.execute("SELECT count(*) FROM meta") == [(0,)]


@pytest.mark.parametrize("change", ["UPDATE attempt SET status = 400 WHERE status = 200", "DELETE FROM attempt"])
def test_the_log_takes_no_changes(ledger_place: LedgerPlace, change: str) -> None:
    ledger_place.fill()

    with pytest.raises(Exception, match="append-only"):
        ledger_place.execute(change)


@pytest.mark.parametrize(
    ("change", "noticed"),
    [
        ("UPDATE attempt SET status = 400 WHERE status = 200", "changed by hand"),
        ("UPDATE attempt SET outcome = 'absent' WHERE seq = 3", "changed by hand"),
        ("DELETE FROM attempt WHERE seq = 2", "changed by hand"),
        ("DELETE FROM attempt WHERE seq = 1", "changed by hand"),
        ("DELETE FROM attempt WHERE seq = 7", "lost the end of its log"),
        ("DELETE FROM attempt", "lost the end of its log"),
    ],
)
def test_a_changed_log_is_noticed(ledger_place: LedgerPlace, change: str, noticed: str) -> None:
    ledger_place.fill("k1", "k2")
    ledger_place.allow_changes()
    ledger_place.execute(change)

    with pytest.raises(SettingError, match=noticed):
        ledger_place.open()


def test_a_ledger_that_went_back_in_time_is_refused_unless_it_is_rebuilt(ledger_place: LedgerPlace) -> None:
    ledger_place.fill("k1")
    (before,) = ledger_place.execute("SELECT value FROM meta WHERE name = 'head'")
    ledger_place.fill("k2", run="second")
    ledger_place.allow_changes()
    ledger_place.execute(
        "DELETE FROM attempt WHERE seq > 4",
        "DELETE FROM entry WHERE entity_key = 'k2'",
        f"UPDATE meta SET value = '{before[0]}' WHERE name = 'head'",
        "UPDATE meta SET value = 'no' WHERE name = 'cold'",
    )

    with pytest.raises(SettingError, match=r"run second of .*\(4 steps, then 8\).*command rebuild"):
        ledger_place.open()
    with ledger_place.open("third", rebuild=True) as ledger:
        assert ledger.cold
    ledger_place.open("fourth").close()


def test_a_copy_of_before_a_run_that_was_killed_is_refused(ledger_place: LedgerPlace) -> None:
    """A run that was killed may have written something, of which only the lost ledger knew."""
    ledger_place.fill("k0")
    (before,) = ledger_place.execute("SELECT value FROM meta WHERE name = 'head'")
    killed_run(ledger_place)
    ledger_place.allow_changes()
    ledger_place.execute(
        "DELETE FROM attempt WHERE seq > 4",
        "DELETE FROM entry WHERE entity_key != 'k0'",
        f"UPDATE meta SET value = '{before[0]}' WHERE name = 'head'",
    )

    with pytest.raises(SettingError, match=r"run killed of .*\(4 steps, then 5\).*command rebuild"):
        ledger_place.open()


def test_a_ledger_that_is_gone_is_refused_unless_it_is_rebuilt(ledger_place: LedgerPlace) -> None:
    ledger_place.fill("k1")
    ledger_place.lose()

    with pytest.raises(SettingError, match=r"is gone, although run first of .* used it; .*command rebuild"):
        ledger_place.open()
    with ledger_place.open("second", rebuild=True) as ledger:
        assert ledger.cold
        assert ledger.entry("k1") is None
    ledger_place.open("third").close()


def test_a_ledger_that_is_gone_is_noticed_although_the_run_before_was_killed(ledger_place: LedgerPlace) -> None:
    killed_run(ledger_place)
    ledger_place.lose()

    with pytest.raises(SettingError, match="is gone, although run killed"):
        ledger_place.open()


def test_a_ledger_that_is_gone_with_its_witness_begins_cold(ledger_place: LedgerPlace) -> None:
    ledger_place.fill("k1")
    ledger_place.lose()
    ledger_place.witness.unlink()

    with ledger_place.open() as ledger:
        assert ledger.cold


def test_another_ledger_of_the_same_books_is_refused(ledger_place: LedgerPlace) -> None:
    ledger_place.fill("k1", "k2")
    ledger_place.execute("UPDATE meta SET value = 'another' WHERE name = 'ledger_id'")

    with pytest.raises(SettingError, match="is not the one that run first"):
        ledger_place.open()


def test_a_damaged_witness_is_named(ledger_place: LedgerPlace) -> None:
    ledger_place.fill()
    ledger_place.witness.write_text("{}")

    with pytest.raises(SettingError, match=r"\.witness is damaged"):
        ledger_place.open()


def test_a_clock_before_the_last_attempt_is_refused(ledger_place: LedgerPlace) -> None:
    ledger_place.fill()

    ledger_place.open("a", now=lambda: datetime.now(UTC) - timedelta(seconds=30)).close()
    with pytest.raises(SettingError, match="set the clock"):
        ledger_place.open("b", now=lambda: datetime.now(UTC) - timedelta(days=1))


def test_an_entry_that_somebody_else_moved_is_not_moved_again(ledger_place: LedgerPlace) -> None:
    with ledger_place.open() as ledger:
        entry = ledger.intend("k1", stream="s", content_hash="h", mapping_version="1")
        ledger.advance(entry, State.SENT)

        with pytest.raises(ConnectorError, match="somebody else"):
            ledger.advance(entry, State.CONFIRMED)


def test_nothing_is_added_to_a_log_that_somebody_else_wrote_to(ledger_place: LedgerPlace) -> None:
    with ledger_place.open() as ledger:
        entry = ledger.intend("k1", stream="s", content_hash="h", mapping_version="1")
        ledger_place.execute("UPDATE meta SET value = '9 abc' WHERE name = 'head'")

        with pytest.raises(ConnectorError, match="somebody else"):
            ledger.advance(entry, State.SENT)
        assert ledger.entry("k1") == entry


def _book_and_fail(ledger: Ledger) -> None:
    book(ledger, "k1")
    raise SettingError("not today")


def test_a_transaction_that_fails_leaves_nothing_behind(ledger_place: LedgerPlace) -> None:
    with ledger_place.open() as ledger:
        with pytest.raises(SettingError), ledger.store.writing():
            _book_and_fail(ledger)
        assert ledger.entry("k1") is None
        book(ledger, "k2")

    ledger_place.open("second").close()
    assert ledger_place.execute("SELECT count(*) FROM attempt WHERE state != 'run'") == [(3,)]


def test_only_one_at_a_time_holds_the_administration(ledger_place: LedgerPlace) -> None:
    with (
        ledger_place.open(),
        pytest.raises(AlreadyRunningError, match="administration 7 of tiny 100"),
    ):
        ledger_place.open()
    ledger_place.open().close()


PROGRAM = """
import os, pathlib, signal, sys
from connector_kit.posting.ledger import State
from tests.connector_kit.ledger_places import BINDING, book
from connector_kit.posting.ledger import Ledger
ledger = Ledger.open(sys.argv[1], binding=BINDING, run="killed", witness=pathlib.Path(sys.argv[2]))
book(ledger, "k1")
ledger.intend("k2", stream="s", content_hash="h", mapping_version="1")
with ledger.store.writing():
    book(ledger, "k3")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_run(place: LedgerPlace) -> None:
    """A run that has booked k1 and intends k2 is killed in the middle of a transaction."""
    command = [sys.executable, "-c", PROGRAM, str(place.target), str(place.witness)]
    ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


def test_a_killed_process_leaves_whole_steps_and_no_lock(ledger_place: LedgerPlace) -> None:
    killed_run(ledger_place)

    with ledger_place.open() as ledger:
        states = [entry and entry.state for entry in map(ledger.entry, ("k1", "k2", "k3"))]
    assert states == [State.CONFIRMED, State.INTENT, None]


def test_who_only_reads_changes_nothing_and_waits_for_nobody(ledger_place: LedgerPlace) -> None:
    with ledger_place.open("writer") as writer:
        book(writer, "k1")
        before = ledger_place.execute("SELECT value FROM meta ORDER BY name")
        with ledger_place.open("reader", read_only=True) as reader, writer.store.writing():
            book(writer, "k2")
            assert reader.entry("k1")
            assert reader.entry("k2") is None
            with pytest.raises(ConnectorError, match="read-only"):
                book(reader, "k3")
        assert ledger_place.execute("SELECT value FROM meta WHERE name != 'head' ORDER BY name") == [
            row for row in before if " " not in row[0] or "sqlite" in row[0] or "ledger of" in row[0]
        ]


def test_who_only_reads_finds_an_empty_ledger_where_there_is_none(ledger_place: LedgerPlace, tmp_path: Path) -> None:
    with ledger_place.open(read_only=True) as ledger:
        assert ledger.cold
        assert ledger.entry("k1") is None
    assert list(tmp_path.iterdir()) == []


def test_reads_lock_nothing(ledger_place: LedgerPlace) -> None:
    """Another program can write while the ledger reads."""
    ledger_place.fill("k1")
    with ledger_place.open("second") as ledger, ledger.store.reading() as connection:
        connection.execute(sa.select(tables.entry)).all()
        ledger_place.execute("UPDATE meta SET value = 'other' WHERE name = 'cold'")
        assert ledger.entry("k1")


@pytest.mark.parametrize("target", ["mysql://host/books", "sqlite:///books.sqlite3", "postgresql://"])
def test_other_places_than_files_and_postgresql_are_refused_by_name(target: str) -> None:
    with pytest.raises(ConnectorError, match="ledger: "):
        Ledger.open(target, binding=BINDING, run="first")


def test_two_administrations_do_not_wait_for_each_other(ledger_place: LedgerPlace, tmp_path: Path) -> None:
    other = Administration(provider="tiny", tenant="100", number="8")
    target = f"{ledger_place.target}&schema=eight" if "://" in str(ledger_place.target) else tmp_path / "eight.sqlite3"
    with (
        ledger_place.open() as seven,
        Ledger.open(target, binding=replace(BINDING, administration=other), run="r") as eight,
    ):
        book(seven, "k1")
        book(eight, "k2")
        assert eight.entry("k1") is None


def test_a_ledger_of_version_2_is_brought_up_to_date(ledger_place: LedgerPlace) -> None:
    ledger_place.fill("k1")
    ledger_place.execute("ALTER TABLE entry DROP COLUMN fingerprint")
    ledger_place.set_version(2)

    with ledger_place.open("second", read_only=True) as ledger:
        assert ledger.entry("k1") is not None
    with ledger_place.open("second") as ledger:
        entry = ledger.entry("k1")
        assert entry
        assert (entry.state, entry.fingerprint) == (State.CONFIRMED, None)
        sent = ledger.advance(ledger.advance(entry, State.INTENT), State.SENT, fingerprint="f")
        assert ledger.entry("k1") == sent
    with ledger_place.open("third") as ledger:
        assert ledger.entry("k1") == sent


def test_the_ledger_keeps_a_fingerprint_only_while_nobody_knows_the_version(ledger_place: LedgerPlace) -> None:
    with ledger_place.open() as ledger:
        entry = ledger.intend("k1", stream="s", content_hash="h1", mapping_version="1")
        kept = []
        for state, version in (
            (State.SENT, None),
            (State.IN_DOUBT, None),
            (State.CONFIRMED, None),
            (State.CONFIRMED, "7"),
        ):
            more = {"fingerprint": "f"} if state is State.SENT else {}
            entry = ledger.advance(entry, state, row_version=version, **more)
            kept.append(entry.fingerprint)
        assert kept == ["f", "f", "f", None]
        entry = ledger.advance(ledger.advance(entry, State.SENT, fingerprint="g"), State.REJECTED)
        assert entry.fingerprint is None
