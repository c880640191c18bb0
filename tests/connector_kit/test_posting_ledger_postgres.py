"""A ledger in PostgreSQL: its schema, its connection, its password."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # fixtures' annotations are read at run time

import psycopg
import pytest
from connector_kit.errors import ConnectorError, SettingError, UnreachableError
from connector_kit.posting.ledger import Ledger
from connector_kit.redaction import redact

from tests.connector_kit.ledger_places import BINDING, PostgresPlace, book

PASSWORD = "s3cret-canary"


@pytest.fixture
def ledger_schema(tmp_path: Path, postgres_url: str) -> PostgresPlace:
    return PostgresPlace(tmp_path, postgres_url)


def test_commits_are_on_the_servers_disk_when_they_return(ledger_schema: PostgresPlace) -> None:
    """Whatever the server's own default."""
    with ledger_schema.open() as ledger, ledger.store.reading() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def test_it_keeps_to_its_schema(ledger_schema: PostgresPlace) -> None:
    ledger_schema.fill()

    schemas = "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname !~ '^pg_|information_schema'"
    assert ledger_schema.execute(schemas) == [("ledger",)]


def test_a_user_who_may_not_create_schemas_uses_the_one_that_is_there(ledger_schema: PostgresPlace) -> None:
    clerk = f"clerk_of_{ledger_schema.execute('SELECT current_database()')[0][0]}"
    ledger_schema.execute(f"CREATE ROLE {clerk} LOGIN", f"CREATE SCHEMA ledger AUTHORIZATION {clerk}")
    ledger_schema.target = ledger_schema.target.replace("postgres@", f"{clerk}@")
    ledger_schema.fill()
    assert ledger_schema.execute("SELECT count(*) FROM attempt WHERE state != 'run'") == [(3,)]


def test_who_loses_the_connection_writes_nothing_more(ledger_schema: PostgresPlace) -> None:
    """It must not connect again by itself: the lock went with the connection."""
    with ledger_schema.open() as ledger:
        book(ledger, "k1")
        ledger_schema.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND application_name LIKE 'ledger of%' AND datname = current_database()"
        )
        with pytest.raises(
            ConnectorError, match=r"the ledger cannot be written \(the connection to the server is lost\)"
        ):
            book(ledger, "k2")
        with pytest.raises(ConnectorError, match=r"the ledger cannot be written \(the connection is lost\)"):
            book(ledger, "k2")
        with pytest.raises(ConnectorError, match="the ledger cannot be read"):
            ledger.entry("k1")
    with ledger_schema.open("second") as ledger:
        assert ledger.entry("k1")
        assert ledger.entry("k2") is None


def test_a_database_that_became_read_only_ends_the_run_in_one_line(ledger_schema: PostgresPlace) -> None:
    with ledger_schema.open() as ledger:
        with ledger.store.writing() as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = on")
        with pytest.raises(ConnectorError, match=r"the ledger cannot be written \(the database is read-only\)"):
            book(ledger, "k1")


def test_a_table_that_another_program_has_locked_ends_the_run_in_one_line(ledger_schema: PostgresPlace) -> None:
    with ledger_schema.open() as ledger, psycopg.connect(ledger_schema.target) as other:
        other.execute("LOCK TABLE ledger.attempt")
        with ledger.store.writing() as connection:
            connection.exec_driver_sql("SET SESSION lock_timeout = '50ms'")
        with pytest.raises(ConnectorError, match=r"the ledger cannot be written \(another program has locked it\)"):
            book(ledger, "k1")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://clerk:{PASSWORD}@127.0.0.1:9/books",
        f"postgres://clerk:{PASSWORD}@127.0.0.1:9/books?sslmode=require",
        f"postgresql+psycopg://clerk:{PASSWORD}@127.0.0.1:9/books?schema=seven",
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_its_password(url: str) -> None:
    with pytest.raises(UnreachableError, match=r"ledger: postgresql://clerk:\*\*\*@127.0.0.1:9/books") as raised:
        Ledger.open(url, binding=BINDING, run="first")
    assert PASSWORD not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert PASSWORD not in redact(f"a library says {PASSWORD}")


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://clerk:{PASSWORD}@127.0.0.1:port/books",
        f"postgresql://clerk:{PASSWORD}@127.0.0.1/books?schema=Seven-8",
        f"postgresql://clerk:{PASSWORD}@127.0.0.1:9/books?no_such_option=1",
    ],
)
def test_a_url_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConnectorError, match="ledger: ") as raised:
        Ledger.open(url, binding=BINDING, run="first")
    assert PASSWORD not in str(raised.value)
    assert isinstance(raised.value, SettingError | UnreachableError)
