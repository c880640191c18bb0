"""A ledger in a file: durable, private, and refused where it cannot be kept."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from connector_kit.errors import AlreadyRunningError, ConnectorError, SettingError
from connector_kit.posting.file_system import network_file_system
from connector_kit.posting.ledger import Ledger, State

from tests.connector_kit.ledger_places import BINDING, SqlitePlace, book

VERSION_1 = Path(__file__).with_name("ledger_version_1.sql")


@pytest.fixture
def ledger_file(tmp_path: Path) -> SqlitePlace:
    return SqlitePlace(tmp_path)


@pytest.fixture
def version_1(ledger_file: SqlitePlace) -> SqlitePlace:
    """A ledger as version 1 left it: entries in every state."""
    ledger_file.target.parent.mkdir()
    with closing(sqlite3.connect(ledger_file.target)) as connection:
        connection.executescript(VERSION_1.read_text())
    return ledger_file


def test_it_is_durable_and_for_its_owner_only(ledger_file: SqlitePlace) -> None:
    ledger_file.fill()

    assert ledger_file.target.parent.stat().st_mode & 0o777 == 0o700
    with ledger_file.open("second") as ledger, ledger.store.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert {path.stat().st_mode & 0o777 for path in ledger_file.target.parent.iterdir()} == {0o600}


def test_names_of_files_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=memory#50% é.sqlite3"
    with Ledger.open(path, binding=BINDING, run="first") as ledger:
        book(ledger, "k1")
    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look at" * 10, b"SQLite format 3\0" + b"\1" * 5000]
)
def test_a_file_that_is_no_database_is_refused(ledger_file: SqlitePlace, content: bytes) -> None:
    ledger_file.target.parent.mkdir()
    ledger_file.target.write_bytes(content)

    with pytest.raises(SettingError, match=r"ledger: .*\.sqlite3"):
        ledger_file.open()
    assert ledger_file.target.read_bytes() == content


def test_a_damaged_ledger_is_refused(ledger_file: SqlitePlace) -> None:
    ledger_file.fill(*(f"k{number}" for number in range(20)))
    content = bytearray(ledger_file.target.read_bytes())
    content[-6000:-3000] = b"\x55" * 3000
    ledger_file.target.write_bytes(content)

    with pytest.raises(SettingError, match="ledger: "):
        ledger_file.open()


def test_an_older_copy_of_the_file_is_refused(ledger_file: SqlitePlace, tmp_path: Path) -> None:
    ledger_file.fill("k1")
    shutil.copy(ledger_file.target, tmp_path / "backup")
    ledger_file.fill("k2", run="second")
    shutil.copy(tmp_path / "backup", ledger_file.target)

    with pytest.raises(SettingError, match="an older copy of it"):
        ledger_file.open()


@pytest.mark.parametrize("place", ["/proc/ledger/tiny.sqlite3", "file-in-the-way/tiny.sqlite3", "."])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    (tmp_path / "file-in-the-way").touch()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(SettingError, match="ledger: "):
        Ledger.open(Path(place), binding=BINDING, run="first")


MOUNTS = """\
22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/root rw
23 22 0:22 / {share} rw,relatime - nfs4 server:/export rw
24 23 0:23 / {share}/with\\040space/own rw - xfs /dev/vdb rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("share", "nfs4"), ("share/with space/inner", "nfs4"), ("share/with space/own", None), ("", None)],
)
def test_a_disk_of_another_machine_is_told(tmp_path: Path, folder: str, kind: str | None) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(share=tmp_path.resolve() / "share"))

    assert network_file_system(tmp_path / folder, mounts=mounts) == kind
    assert network_file_system(tmp_path / folder, mounts=tmp_path / "not there") is None


def test_a_full_disk_ends_the_run_in_one_line(ledger_file: SqlitePlace) -> None:
    with ledger_file.open() as ledger:
        with ledger.store.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

        def fill_up() -> None:
            for number in range(500):
                ledger.intend(f"k{number}", stream="s", content_hash="h" * 64, mapping_version="1")

        with pytest.raises(ConnectorError, match=r"the ledger cannot be written \(the disk is full\)"):
            fill_up()


def test_a_ledger_that_became_read_only_ends_the_run_in_one_line(ledger_file: SqlitePlace) -> None:
    with ledger_file.open() as ledger:
        with ledger.store.reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(ConnectorError, match=r"the ledger cannot be written \(it is read-only\)"):
            book(ledger, "k1")


def test_a_ledger_that_another_program_has_locked_is_refused(ledger_file: SqlitePlace) -> None:
    ledger_file.fill()
    with closing(sqlite3.connect(ledger_file.target)) as other:
        with ledger_file.open("second") as ledger:
            other.execute("BEGIN IMMEDIATE")
            assert ledger.entry("k1")
            with pytest.raises(ConnectorError, match=r"written \(another program has locked it\)"):
                book(ledger, "k2")
        with pytest.raises(AlreadyRunningError, match="another program has locked"):
            ledger_file.open("third")


# Version 1


def tables_of(place: SqlitePlace) -> set[tuple[str, str]]:
    rows = place.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name != 'attempt'")
    return {(name, sql) for name, sql in rows if sql}


def test_a_ledger_of_version_1_is_brought_up_to_date(version_1: SqlitePlace, tmp_path: Path) -> None:
    attempts = version_1.execute("SELECT * FROM attempt")
    with version_1.open("third") as ledger:
        found = {key: ledger.entry(key) for key in ("k1", "k2", "k3", "k4", "k5", "k6")}
        assert ledger.unresolved() == 2
        book(ledger, "k7")

    entries = {key: entry for key, entry in found.items() if entry}
    assert {key: entry.state for key, entry in entries.items()} == {
        "k1": State.CONFIRMED,
        "k2": State.REJECTED,
        "k3": State.IN_DOUBT,
        "k4": State.SENT,
        "k5": State.INTENT,
        "k6": State.CONFIRMED,
    }
    assert {key: entry.booked_hash for key, entry in entries.items() if entry.booked_hash} == {
        "k1": "hash-k1",
        "k6": "hash-k6",
    }
    sent = {key: entry.sent_at.isoformat() for key, entry in entries.items() if entry.sent_at}
    assert sent["k6"] == "2026-10-01T08:00:28.500000+00:00"
    assert sent.keys() == {"k1", "k2", "k3", "k4", "k6"}
    assert {(entry.version, entry.operation) for entry in entries.values()} == {(1, "create")}
    assert str(entries["k1"].client_id) == "cf46e9bd-e1f1-45e8-b0b6-92a200c2fb73"
    assert version_1.execute("SELECT * FROM attempt")[: len(attempts)] == attempts
    new = SqlitePlace(tmp_path / "new")
    (tmp_path / "new").mkdir()
    new.fill()
    assert tables_of(version_1) == tables_of(new)
    version_1.open("fourth").close()


def test_a_changed_ledger_of_version_1_is_refused_and_not_brought_up_to_date(version_1: SqlitePlace) -> None:
    version_1.allow_changes()
    version_1.execute("UPDATE attempt SET status = 201 WHERE seq = 3")

    with pytest.raises(SettingError, match="changed by hand"):
        version_1.open()
    assert version_1.execute("PRAGMA user_version") == [(1,)]


def test_who_only_reads_does_not_bring_it_up_to_date(version_1: SqlitePlace) -> None:
    with version_1.open(read_only=True) as ledger:
        entry = ledger.entry("k6")
    assert entry
    assert entry.booked_hash == "hash-k6"
    assert version_1.execute("PRAGMA user_version") == [(1,)]


OPEN = """
import pathlib, sys
from connector_kit.posting.ledger import Ledger
from connector_kit.errors import ConnectorError
from tests.connector_kit.ledger_places import BINDING
try:
    Ledger.open(pathlib.Path(sys.argv[1]), binding=BINDING, run="limited")
except ConnectorError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("new", [False, True])
def test_on_a_full_disk_nothing_is_begun_and_nothing_is_lost(
    version_1: SqlitePlace, tmp_path: Path, *, new: bool
) -> None:
    """Files may not grow past a limit: as on a full disk, while a ledger is created or brought up to date."""
    path = tmp_path / "new.sqlite3" if new else version_1.target

    ended = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)],
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )

    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr
    assert ended.stderr.startswith(f"ledger: {path} cannot be used (")
    with Ledger.open(path, binding=BINDING, run="next") as ledger:
        assert (ledger.entry("k6") is None) is new


def test_power_that_goes_after_a_commit_takes_nothing_with_it(ledger_file: SqlitePlace, tmp_path: Path) -> None:
    """What is in the files at the moment of a commit is enough to go on from."""
    copies = []
    with ledger_file.open() as ledger:
        for number in range(5):
            book(ledger, f"k{number}")
            copy = tmp_path / f"copy{number}"
            shutil.copytree(ledger_file.target.parent, copy, ignore=shutil.ignore_patterns("*-shm", "*.lock"))
            copies.append(copy)
    for number, copy in enumerate(copies):
        with Ledger.open(copy / ledger_file.target.name, binding=BINDING, run="after") as ledger:
            assert ledger.entry(f"k{number}")
            assert ledger.entry(f"k{number + 1}") is None
