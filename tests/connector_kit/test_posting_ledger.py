"""What the ledger keeps, and when it refuses to be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from connector_kit.books.identity import Administration
from connector_kit.errors import AlreadyRunningError, ConnectorError, SettingError
from connector_kit.posting.ledger import Binding, Ledger, State
from connector_kit.posting.lock import administration_lock

HERE = Administration(provider="tiny", tenant="100", number="7")
BINDING = Binding(administration=HERE, base_url="https://books.example/api")


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    return tmp_path / "ledgers" / "tiny.sqlite3"


def fill(path: Path, *, key: str = "k1", run: str = "first") -> None:
    with Ledger.open(path, binding=BINDING, run=run) as ledger:
        entry = ledger.intend(key, stream="journal_entries", content_hash="h1", mapping_version="1")
        entry = ledger.advance(entry, State.SENT)
        ledger.advance(entry, State.CONFIRMED, outcome="applied", status=200, provider_id="b1")


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    yield connection
    connection.commit()
    connection.close()


def test_an_entry_is_remembered_with_its_history(ledger_path: Path) -> None:
    fill(ledger_path)

    with Ledger.open(ledger_path, binding=BINDING, run="second") as ledger:
        entry = ledger.entry("k1")
        assert ledger.entry("k2") is None
    assert entry
    assert (entry.state, entry.provider_id, entry.content_hash, entry.run) == (State.CONFIRMED, "b1", "h1", "first")
    assert entry.client_id.version == 4
    with raw(ledger_path) as connection:
        assert [row[0] for row in connection.execute("SELECT state FROM attempt ORDER BY seq")] == [
            "intent",
            "sent",
            "confirmed",
        ]


def test_it_is_durable_and_for_its_owner_only(ledger_path: Path) -> None:
    fill(ledger_path)

    assert ledger_path.stat().st_mode & 0o777 == 0o600
    assert ledger_path.parent.stat().st_mode & 0o777 == 0o700
    with Ledger.open(ledger_path, binding=BINDING, run="second") as ledger:
        pragma = ledger.store._connection.exec_driver_sql
        assert pragma("PRAGMA journal_mode").scalar_one() == "wal"
        assert pragma("PRAGMA synchronous").scalar_one() == 2
        assert {path.stat().st_mode & 0o777 for path in ledger_path.parent.iterdir()} == {0o600}


def test_a_new_ledger_is_cold_and_stays_so(ledger_path: Path) -> None:
    fill(ledger_path)

    with Ledger.open(ledger_path, binding=BINDING, run="second") as ledger:
        assert ledger.cold


def test_what_may_have_left_is_unresolved(ledger_path: Path) -> None:
    with Ledger.open(ledger_path, binding=BINDING, run="first") as ledger:
        for number, state in enumerate(State):
            entry = ledger.intend(f"k{number}", stream="s", content_hash="h", mapping_version="1")
            ledger.advance(entry, state)
        assert ledger.unresolved() == 2


@pytest.mark.parametrize(
    ("binding", "names"),
    [
        (
            Binding(
                administration=Administration(provider="tiny", tenant="100", number="8"), base_url=BINDING.base_url
            ),
            "administration 7",
        ),
        (
            Binding(
                administration=Administration(provider="tiny", tenant="101", number="7"), base_url=BINDING.base_url
            ),
            "tenant 100",
        ),
        (
            Binding(administration=Administration(provider="big", tenant="100", number="7"), base_url=BINDING.base_url),
            "provider tiny",
        ),
        (Binding(administration=HERE, base_url="https://other.example"), "API address https://books.example/api"),
        (Binding(administration=HERE, base_url=BINDING.base_url, secret=b"another"), "identity_secret"),
    ],
)
def test_a_ledger_of_other_books_is_refused(ledger_path: Path, binding: Binding, names: str) -> None:
    fill(ledger_path)

    with pytest.raises(SettingError, match=names):
        Ledger.open(ledger_path, binding=binding, run="second")


def test_a_newer_ledger_is_refused(ledger_path: Path) -> None:
    fill(ledger_path)
    with raw(ledger_path) as connection:
        connection.execute("PRAGMA user_version = 99")

    with pytest.raises(SettingError, match="newer version"):
        Ledger.open(ledger_path, binding=BINDING, run="second")


def test_another_programs_database_is_refused(ledger_path: Path) -> None:
    ledger_path.parent.mkdir()
    with raw(ledger_path) as connection:
        connection.execute("CREATE TABLE songs (title)")

    with pytest.raises(SettingError, match="another program"):
        Ledger.open(ledger_path, binding=BINDING, run="second")
    with raw(ledger_path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look at" * 10, b"SQLite format 3\0" + b"\1" * 5000]
)
def test_a_file_that_is_no_database_is_refused(ledger_path: Path, content: bytes) -> None:
    ledger_path.parent.mkdir()
    ledger_path.write_bytes(content)

    with pytest.raises(SettingError, match="ledger: "):
        Ledger.open(ledger_path, binding=BINDING, run="second")
    assert ledger_path.read_bytes() == content


def test_a_damaged_ledger_is_refused(ledger_path: Path) -> None:
    for number in range(20):
        fill(ledger_path, key=f"k{number}")
    content = bytearray(ledger_path.read_bytes())
    content[-6000:-3000] = b"\x55" * 3000
    ledger_path.write_bytes(content)

    with pytest.raises(SettingError, match="ledger: "):
        Ledger.open(ledger_path, binding=BINDING, run="second")


def test_a_changed_attempt_is_noticed(ledger_path: Path) -> None:
    fill(ledger_path)
    with raw(ledger_path) as connection:
        with pytest.raises(sqlite3.DatabaseError, match="append-only"):
            connection.execute("UPDATE attempt SET status = 400 WHERE status = 200")
        connection.execute("DROP TRIGGER attempt_refuses_update")
        connection.execute("UPDATE attempt SET status = 400 WHERE status = 200")

    with pytest.raises(SettingError, match="changed by hand"):
        Ledger.open(ledger_path, binding=BINDING, run="second")


def test_a_clock_before_the_last_attempt_is_refused(ledger_path: Path) -> None:
    fill(ledger_path)

    Ledger.open(ledger_path, binding=BINDING, run="a", now=lambda: datetime.now(UTC) - timedelta(seconds=30)).close()
    with pytest.raises(SettingError, match="set the clock"):
        Ledger.open(ledger_path, binding=BINDING, run="b", now=lambda: datetime.now(UTC) - timedelta(days=1))


@pytest.mark.parametrize("place", ["/proc/ledger/tiny.sqlite3", "file-in-the-way/tiny.sqlite3", "."])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    (tmp_path / "file-in-the-way").touch()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SettingError, match="ledger: "):
        Ledger.open(Path(place), binding=BINDING, run="first")


def test_a_full_disk_ends_the_run_in_one_line(ledger_path: Path) -> None:
    with Ledger.open(ledger_path, binding=BINDING, run="first") as ledger:
        with ledger.store.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

        def fill_up() -> None:
            for number in range(500):
                ledger.intend(f"k{number}", stream="s", content_hash="h" * 64, mapping_version="1")

        with pytest.raises(ConnectorError, match=r"the ledger cannot be written .*full"):
            fill_up()


def test_an_entry_that_somebody_else_moved_is_not_moved_again(ledger_path: Path) -> None:
    with Ledger.open(ledger_path, binding=BINDING, run="first") as ledger:
        entry = ledger.intend("k1", stream="s", content_hash="h", mapping_version="1")
        ledger.advance(entry, State.SENT)

        with pytest.raises(ConnectorError, match="somebody else"):
            ledger.advance(entry, State.CONFIRMED)


def test_only_one_at_a_time_holds_the_administration(ledger_path: Path) -> None:
    with (
        administration_lock(ledger_path, HERE),
        pytest.raises(AlreadyRunningError, match="administration 7 of tiny 100"),
    ):
        administration_lock(ledger_path, HERE).__enter__()
    with administration_lock(ledger_path, HERE):
        pass
