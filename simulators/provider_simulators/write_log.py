"""The append-only log of writes: what was applied, when, and by which request. The ground truth of a checker."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from provider_simulators.clock import Clock
from provider_simulators.log import Facts, plain

PORTAL = "portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who writes.

    Attributes:
        actor: ``api``, ``portal`` (a person) or the name of a native link.
        request: Number of the request, from 1 in order of arrival; None for who comes without HTTP.
        operation: Name of the operation.
        late: Applied after something else was answered.
    """

    actor: str
    request: int | None = None
    operation: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One change that is in force.

    Attributes:
        seq: Place in the log, from 1.
        at: Moment on the simulator's clock.
        origin: Who wrote.
        administration: The books (an organisation's number in Minimax); None for what belongs to the tenant.
        kind: Sort of record: ``transaction_line_batch``, ``customer``, ``Journal``, ...
        key: Its key.
        action: ``create``, ``replace``, ``change``, ``delete``, or what else was done (``process``, ``send``).
        content: What was sent, without secrets.
        digest: SHA-256 of the content: equal for equal contents, whatever the order of members or zeros at the end.
    """

    seq: int
    at: datetime
    origin: Origin
    administration: int | None
    kind: str
    key: str
    action: str
    content: Any
    digest: str


@dataclass(slots=True, kw_only=True)
class Arrival:
    """A request as it came, and what its client got.

    Attributes:
        number: From 1, in order of arrival.
        at: Moment on the simulator's clock.
        method: HTTP method.
        path: Path without the query.
        body_digest: SHA-256 of the body's bytes.
        status: Status of the answer; None while there is none, and for ever when the connection was cut instead.
        whole: Whether all of the answer was sent.
    """

    number: int
    at: datetime
    method: str
    path: str
    body_digest: str
    status: int | None = None
    whole: bool = False


class WriteLog:
    """All writes in the order in which they were applied, and all requests in the order in which they came.

    Args:
        clock: Says when.
        secrets: Members that are never noted.
    """

    def __init__(self, clock: Clock, *, secrets: frozenset[str] = frozenset()) -> None:
        self._clock = clock
        self._secrets = secrets
        self._writes: list[Write] = []
        self._arrivals: list[Arrival] = []
        self._lock = threading.RLock()
        self._origins = threading.local()

    def __len__(self) -> int:
        return len(self._writes)

    @property
    def origin(self) -> Origin:
        """Who writes at this moment, in this thread; a person, unless somebody else says so."""
        origin: Origin | None = getattr(self._origins, "current", None)
        return origin or Origin(actor=PORTAL)

    @contextmanager
    def by(self, origin: Origin) -> Iterator[None]:
        """Everything that this thread applies inside is the origin's work."""
        before, self._origins.current = self.origin, origin
        try:
            yield
        finally:
            self._origins.current = before

    def arrive(self, *, method: str, path: str, body: bytes) -> Arrival:
        """Number a request."""
        with self._lock:
            digest = hashlib.sha256(body).hexdigest()
            number, at = len(self._arrivals) + 1, self._clock.now()
            self._arrivals.append(Arrival(number=number, at=at, method=method, path=path, body_digest=digest))
            return self._arrivals[-1]

    def add(self, *, administration: int | None, kind: str, key: object, action: str, content: Any = None) -> Write:
        """Note what has been applied."""
        with self._lock:
            content = without(self._secrets, content)
            write = Write(
                seq=len(self._writes) + 1,
                at=self._clock.now(),
                origin=self.origin,
                administration=administration,
                kind=kind,
                key=str(key),
                action=action,
                content=content,
                digest=digest_of(content),
            )
            self._writes.append(write)
            return write

    def writes(self, kind: str | None = None, *, key: object = None, after: int = 0) -> list[Write]:
        """All writes, or those of a kind and a key, from after the given `seq`."""
        with self._lock:
            return [w for w in self._writes[after:] if kind in (None, w.kind) and (key is None or w.key == str(key))]

    def arrivals(self) -> list[Arrival]:
        """All requests."""
        with self._lock:
            return list(self._arrivals)

    def documents(self, after: int = 0) -> Facts:
        """Everything as JSON can tell it."""
        return {
            "writes": [asdict(write) | {"at": write.at.isoformat()} for write in self.writes(after=after)],
            "arrivals": [asdict(arrival) | {"at": arrival.at.isoformat()} for arrival in self.arrivals()],
        }


def digest_of(content: Any) -> str:
    """SHA-256 of a document in a canonical form."""
    text = json.dumps(_canonical(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain)
    return hashlib.sha256(text.encode()).hexdigest()


def without(names: frozenset[str], value: Any) -> Any:
    """A copy of a document without the members of these names."""
    if isinstance(value, Mapping):
        return {name: without(names, inner) for name, inner in value.items() if name not in names}
    if isinstance(value, list):
        return [without(names, each) for each in value]
    return value


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in value]
    if isinstance(value, bool) or not hasattr(value, "as_integer_ratio"):
        return value
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
