"""Opens a ledger, and refuses it where using it could book something twice."""

import hashlib
import hmac
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from connector_kit.books.identity import Administration
from connector_kit.errors import AlreadyRunningError, SettingError
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.ledger.chain import START, Head, heads
from connector_kit.posting.ledger.database import LedgerDatabase, ledger_database
from connector_kit.posting.ledger.migrations import copy, migrate
from connector_kit.posting.ledger.sqlite import SqliteDatabase, temporary
from connector_kit.posting.ledger.store import HEAD, Store
from connector_kit.posting.ledger.witness import Witness

__all__ = ["Binding", "Opening"]

_CLOCK_TOLERANCE: Final = timedelta(minutes=1)
"""A clock that was set back by less is an ordinary correction."""
_NAMES: Final = {
    "tenant": "tenant",
    "administration": "administration",
    "provider": "provider",
    "base_url": "API address",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """What a ledger belongs to; used with anything else it is refused.

    Attributes:
        administration: The set of books.
        base_url: The provider's API.
        secret: Secret of the entity keys; a digest of it is kept, because another secret would book all again.
    """

    administration: Administration
    base_url: str
    secret: bytes = b""

    def members(self) -> dict[str, str]:
        """As it is kept in the ledger."""
        return {
            "provider": self.administration.provider,
            "tenant": self.administration.tenant,
            "administration": self.administration.number,
            "base_url": self.base_url,
            "identity_check": hmac.new(self.secret, b"ledger", hashlib.sha256).hexdigest()[:16],
        }


@dataclass(frozen=True, kw_only=True)
class Opening:
    """How a ledger is opened.

    Attributes:
        target: The setting `ledger`.
        binding: What it must belong to.
        run: Identifier of this run.
        now: When.
        read_only: Change nothing and lock nothing; a ledger that is not there is an empty one.
        rebuild: It will be filled from the books, so it may be missing or old; it is cold until then.
        witness: File that remembers the ledger; by default beside a file, and none for a server.
    """

    target: str | Path
    binding: Binding
    run: str
    now: datetime
    read_only: bool = False
    rebuild: bool = False
    witness: Path | None = None

    def store(self) -> Store:
        """Open or create the ledger, and prove that it can be trusted and written.

        Raises:
            SettingError: It belongs to other books, is missing, old, damaged or newer, or the clock stands before it.
            AlreadyRunningError: Somebody else uses it.
            UnreachableError: Its server cannot be reached.
        """
        database = ledger_database(self.target)
        try:
            with ExitStack() as close:
                return self._opened(database, close)
        except sa.exc.DBAPIError as error:
            if _locked(error):
                raise AlreadyRunningError(
                    f"ledger: another program has locked {database}; wait until it has ended"
                ) from error
            raise SettingError(
                f"ledger: {database} cannot be used ({database.reason(error)}); name another one"
            ) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SettingError(f"ledger: {database} cannot be used ({reason}); name another one") from error

    def _opened(self, database: LedgerDatabase, close: ExitStack) -> Store:
        witness_file = self.witness or database.witness
        witness = Witness.read(witness_file)
        if not database.exists():
            self._refuse_missing(database, witness)
        owned = ExitStack()
        if self.read_only:
            store = Store(database, self._read_only(database, close), close=owned, run=self.run, witness=None)
            owned.push(close.pop_all())
            return store
        connection = close.enter_context(database.connected(self.binding.administration, read_only=False))
        with connection.begin():
            if database.is_empty(connection):
                self._refuse_missing(database, witness)
                self._create(database, connection)
            else:
                self._check(database, connection, witness)
        store = Store(database, connection, close=owned, run=self.run, witness=witness_file)
        store.begin(self.now.isoformat())
        owned.push(close.pop_all())
        return store

    def _read_only(self, database: LedgerDatabase, close: ExitStack) -> sa.Connection:
        """Connect without a lock; what is not there, or not up to date, is made in memory."""
        if database.exists():
            connection = close.enter_context(database.connected(self.binding.administration, read_only=True))
            with connection.begin():
                if not database.is_empty(connection):
                    version = self._refuse_unknown(database, connection)
                    self._refuse_foreign(database, connection)
                    if version == tables.SCHEMA_VERSION:
                        return connection
                    memory = close.enter_context(temporary(connection if version == 1 else None))
                    with memory.begin():
                        if version > 1:
                            copy(connection, memory)
                        self._migrate(SqliteDatabase(Path("memory")), memory, version)
                    return memory
        memory = close.enter_context(temporary())
        with memory.begin():
            self._create(SqliteDatabase(Path("memory")), memory)
        return memory

    def _create(self, database: LedgerDatabase, connection: sa.Connection) -> None:
        database.prepare(connection)
        tables.create(connection)
        at = self.now.isoformat()
        members = {"ledger_id": str(uuid.uuid4()), "cold": "yes", "cold_since": at, "created_at": at}
        _set(connection, **self.binding.members(), **members, **{HEAD: str(START)})
        database.set_version(connection, tables.SCHEMA_VERSION)

    def _migrate(self, database: LedgerDatabase, connection: sa.Connection, version: int) -> None:
        migrate(connection, version)
        if HEAD not in _meta(connection):
            head = START
            for head in heads(connection):  # noqa: B007  # the last one
                pass
            created = _meta(connection)["created_at"]
            _set(connection, ledger_id=str(uuid.uuid4()), cold_since=created, **{HEAD: str(head)})
        database.set_version(connection, tables.SCHEMA_VERSION)

    def _check(self, database: LedgerDatabase, connection: sa.Connection, witness: Witness | None) -> None:
        version = self._refuse_unknown(database, connection)
        if not database.is_sound(connection):
            raise SettingError(f"ledger: {database} is damaged; restore it from a backup, or move it away")
        self._refuse_foreign(database, connection)
        self._refuse_forged(database, connection, witness)
        self._refuse_clock(database, connection)
        if version < tables.SCHEMA_VERSION:
            self._migrate(database, connection, version)

    def _refuse_unknown(self, database: LedgerDatabase, connection: sa.Connection) -> int:
        version = database.version(connection)
        if version is None:
            raise SettingError(f"ledger: {database} is another program's database; name another one")
        if version > tables.SCHEMA_VERSION:
            raise SettingError(f"ledger: {database} was written by a newer version of this program; update the program")
        return version

    def _refuse_foreign(self, database: LedgerDatabase, connection: sa.Connection) -> None:
        stored, members = _meta(connection), self.binding.members()
        for member, name in _NAMES.items():
            if stored.get(member) != members[member]:
                raise SettingError(
                    f"ledger: {database} belongs to {name} {stored.get(member)}, the settings say {members[member]}; "
                    "name another one, or correct the settings"
                )
        if stored.get("identity_check") != members["identity_check"]:
            raise SettingError(
                f"identity_secret: {database} was made with another one; restore it, or all entries would be booked "
                "again"
            )

    def _refuse_missing(self, database: LedgerDatabase, witness: Witness | None) -> None:
        if witness and not self.rebuild and not self.read_only:
            raise SettingError(
                f"ledger: {database} is gone, although run {witness.run} of {witness.at} used it; restore it from a "
                "backup, or make it anew from the books with the command rebuild"
            )

    def _refuse_forged(self, database: LedgerDatabase, connection: sa.Connection, witness: Witness | None) -> None:
        """Follow the chain over the log: to where the ledger says that it ends, past where the witness saw it."""
        head, seen = START, witness is None or witness.seq == 0
        try:
            for head in heads(connection):
                seen = seen or (witness is not None and (head.seq, head.chain) == (witness.seq, witness.chain))
        except ValueError as error:
            raise SettingError(
                f"ledger: {database} was changed by hand; restore it from a backup, or move it away"
            ) from error
        stored = _meta(connection)
        if HEAD in stored and head != Head.parse(stored[HEAD]):
            raise SettingError(f"ledger: {database} has lost the end of its log; restore it from a backup")
        if witness and not (seen and stored.get("ledger_id") == witness.ledger):
            if not self.rebuild:
                raise SettingError(
                    f"ledger: {database} is not the one that run {witness.run} of {witness.at} used, or an older copy "
                    f"of it ({head.seq} steps, then {witness.seq}); restore the newest copy, or bring it up to date "
                    "from the books with the command rebuild"
                )
            _set(connection, cold="yes", cold_since=self.now.isoformat())

    def _refuse_clock(self, database: LedgerDatabase, connection: sa.Connection) -> None:
        query = sa.select(tables.attempt.c.at).order_by(tables.attempt.c.seq.desc()).limit(1)
        newest = connection.execute(query).scalar_one_or_none()
        if newest and self.now < datetime.fromisoformat(newest) - _CLOCK_TOLERANCE:
            raise SettingError(
                f"the clock of this machine stands before the last line of {database} ({newest}); set the clock"
            )


def _meta(connection: sa.Connection) -> dict[str, str]:
    return dict(connection.execute(sa.select(tables.meta)).tuples().all())


def _set(connection: sa.Connection, **members: str) -> None:
    connection.execute(sa.delete(tables.meta).where(tables.meta.c.name.in_(members)))
    connection.execute(sa.insert(tables.meta), [{"name": name, "value": value} for name, value in members.items()])


def _locked(error: sa.exc.DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
