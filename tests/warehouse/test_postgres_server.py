"""The server that tests of SQL and of loaders rely on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
from psycopg import conninfo

from tests.postgres import running_server

if TYPE_CHECKING:
    from tests.postgres import PostgresServer


def test_the_server_is_a_real_one_and_speaks_utf_8(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT version(), current_setting('server_encoding'), '😀'").fetchone()

    assert row is not None
    assert row[0].startswith("PostgreSQL ")
    assert row[1:] == ("UTF8", "😀")


def test_every_database_is_empty_and_of_its_own(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.new_database(), postgres_server.new_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE one (n int)")

    with psycopg.connect(second) as connection:
        row = connection.execute("SELECT to_regclass('one')").fetchone()

    assert row == (None,)


def test_the_server_listens_on_no_port(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()

    assert row == ("",)


def test_nothing_is_left_of_a_server_that_has_ended() -> None:
    with running_server() as server:
        folder = Path(str(conninfo.conninfo_to_dict(server.url())["host"])).parent
        process = int((folder / "data" / "postmaster.pid").read_text().split()[0])

    assert not folder.exists()
    assert not psutil.pid_exists(process)
