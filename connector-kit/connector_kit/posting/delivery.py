"""Single requests for one record: each bracketed by ledger states, repeated only where that is provably harmless."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NoReturn, Protocol, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

from connector_kit.errors import ConnectorError, LoginRequiredError, SettingError, UnreachableError
from connector_kit.posting.allowance import Allowance, NotNowError
from connector_kit.posting.answer import LostError, NotSentError
from connector_kit.posting.failpoints import failpoint
from connector_kit.posting.interruption import Interrupted, Interruption
from connector_kit.posting.ledger import State
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write

__all__ = ["Delivery", "Patience"]

Answered = TypeVar("Answered")
Stage = TypeVar("Stage", bound="Staged")


class Staged(Protocol):
    """What is written, as it stands in the ledger: an entry, or a step of one."""

    @property
    def state(self) -> State:
        """How far it has come."""
        ...


class Storing(Protocol[Stage]):
    """Stores the next state of what is written."""

    def __call__(
        self,
        before: Stage,
        state: State,
        /,
        *,
        outcome: str | None = None,
        status: int | None = None,
        within: Callable[[], None] | None = None,
    ) -> Stage:
        """Store it, a line in the log, and what `within` stores, all at once."""
        ...


_before_read = failpoint("poster.before_read")
_after_read = failpoint("poster.after_read")
_before_write = failpoint("poster.before_write")
_after_write = failpoint("poster.after_write")

_REPEATABLE: Final = {OutcomeClass.NOT_SENT, OutcomeClass.TRY_LATER}
"""The provider has not looked at the request: make it again."""
_STOPPING: Final = _REPEATABLE | {OutcomeClass.LOGIN, OutcomeClass.FORBIDDEN}
"""Nothing was booked, and once the tries are used up nothing else can be booked either."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often and how long one run tries.

    Attributes:
        tries: Requests that did not get through or were told to wait (429), per step.
        writes: Writes of one document, each after a look-up that found nothing.
        first_wait_seconds: First pause; the next ones double.
        longest_wait_seconds: Longest pause, also if the provider asks for more.
        doubts_in_a_row: Documents in doubt one after the other that end the run.
        refusals_in_a_row: Refusals of one kind one after the other that end the stream.
        settle: How long a write of unknown outcome may still arrive. Until then nothing else is written for the same
            key, and where a second write makes a second booking nothing at all.
    """

    tries: int = 6
    writes: int = 3
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 180.0
    doubts_in_a_row: int = 3
    refusals_in_a_row: int = 25
    settle: timedelta = timedelta(minutes=15)


class Delivery:
    """Makes the requests of one endpoint.

    Args:
        interruption: Guards requests and waits against signals.
        allowance: How many requests may still be made.
        provider: Name for messages.
        login_command: What to run when the provider does not accept the login any more.
        patience: Bounds.
    """

    def __init__(
        self,
        *,
        interruption: Interruption,
        allowance: Allowance,
        provider: str,
        login_command: str,
        patience: Patience,
    ) -> None:
        self._interruption = interruption
        self._allowance = allowance
        self._provider = provider
        self._login_command = login_command
        self._patience = patience
        self.unknown = 0
        """How many requests have had no outcome that is known."""

    def look(self, request: Callable[[], Reply], *, recovers: bool = True) -> Reply:
        """Look something up; looking again does no harm.

        Args:
            request: Makes the request.
            recovers: What is looked for may be booked, so the look may use the calls that are kept back.

        Raises:
            NotNowError: The calls are used up, perhaps in the middle of it; then nothing of it is known.
            ConnectorError: When nothing can be looked up any more: unreachable, no login, no permission.
        """

        def again(reply: Reply) -> bool:
            return reply.kind in _REPEATABLE or reply.kind is OutcomeClass.UNKNOWN

        reply = self.repeated(self._patience.tries, again, lambda: self._look_once(request, recovers=recovers))
        return self._counted(self._unless_stopping(reply))

    def write(self, before: Stage, request: Callable[[], Reply], store: Storing[Stage]) -> tuple[Stage, Reply]:
        """Write, until the provider has looked at it.

        Args:
            before: What is written, as it stands in the ledger.
            request: Makes the request.
            store: Stores the next state of it.

        Returns:
            It as it stands in the ledger now (SENT), and what is known.

        Raises:
            NotNowError: The calls are used up; it is stored as not written.
            ConnectorError: When nothing can be written any more; it is stored as not written.
        """
        stages = [before]

        def once() -> Reply:
            after, reply = self._write_once(stages[-1], request, store)
            stages.append(after)
            return reply

        reply = self.repeated(self._patience.tries, lambda reply: reply.kind in _REPEATABLE, once)
        return stages[-1], self._counted(self._unless_stopping(reply))

    def repeated(self, tries: int, again: Callable[[Answered], bool], step: Callable[[], Answered]) -> Answered:
        """Do a step, with growing pauses between, until it need not be done again or the tries are used up."""
        retrying = Retrying(
            retry=retry_if_result(again),
            stop=stop_after_attempt(tries),
            wait=self._pause,
            sleep=self._interruption.wait,
            retry_error_callback=_last_result,
        )
        return retrying(step)

    def _look_once(self, request: Callable[[], Reply], *, recovers: bool) -> Reply:
        _before_read()
        with self._allowance.operation(recovers=recovers), self._interruption.network():
            try:
                reply = request()
            except (NotSentError, LostError) as error:
                reply = Reply(kind=classify_read(error))
        _after_read()
        return reply

    def _write_once(self, before: Stage, request: Callable[[], Reply], store: Storing[Stage]) -> tuple[Stage, Reply]:
        self._interruption.check()
        not_written = State.IN_DOUBT if before.state in {State.SENT, State.IN_DOUBT} else State.INTENT
        sent = store(before, State.SENT, within=self._allowance.reserve_write)
        _before_write()
        try:
            with self._allowance.operation(), self._interruption.network():
                reply = request()
        except (NotSentError, LostError) as error:
            reply = Reply(kind=classify_write(error))
        except NotNowError:
            if not self._allowance.wrote:
                store(sent, not_written, outcome="not_now")
                raise
            reply = Reply(kind=OutcomeClass.UNKNOWN)
        except ConnectorError as stop:
            outcome = OutcomeClass.LOGIN if isinstance(stop, LoginRequiredError) else "stopped"
            store(sent, not_written, outcome=outcome)
            raise
        except Interrupted:
            store(sent, State.IN_DOUBT, outcome="interrupted")
            raise
        _after_write()
        if reply.kind in _STOPPING:
            return store(sent, not_written, outcome=reply.kind, status=reply.status), reply
        return sent, reply

    def _pause(self, state: RetryCallState) -> float:
        asked = _last_result(state)
        if isinstance(asked, Reply) and asked.retry_after is not None:
            return min(asked.retry_after, self._patience.longest_wait_seconds)
        longest = self._patience.longest_wait_seconds
        return wait_exponential(multiplier=self._patience.first_wait_seconds, max=longest)(state)

    def _counted(self, reply: Reply) -> Reply:
        self.unknown += reply.kind is OutcomeClass.UNKNOWN
        return reply

    def _unless_stopping(self, reply: Reply) -> Reply:
        return self._stop(reply) if reply.kind in _STOPPING else reply

    def _stop(self, reply: Reply) -> NoReturn:
        match reply.kind:
            case OutcomeClass.LOGIN:
                raise LoginRequiredError(
                    f"{self._provider} does not accept the login (HTTP {reply.status}); run: {self._login_command}"
                )
            case OutcomeClass.FORBIDDEN:
                raise SettingError(
                    f"{self._provider} does not allow this login to write here (HTTP {reply.status}); "
                    "check the scopes, the tenant and the administration in the settings"
                )
            case OutcomeClass.TRY_LATER:
                raise UnreachableError(f"{self._provider} keeps asking to wait (HTTP {reply.status}); run again later")
            case _:
                raise UnreachableError(f"{self._provider} cannot be reached; check api_url and the network")


def _last_result(state: RetryCallState) -> Any:
    assert state.outcome is not None  # called after a try
    return state.outcome.result()
