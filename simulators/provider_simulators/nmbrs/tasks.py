"""Documents are made behind the scenes: started, asked for until they are there, forgotten after a while."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.problems import ProblemError
from provider_simulators.nmbrs.switches import NmbrsSwitches


@dataclass(kw_only=True)
class _Task:
    make: Callable[[], bytes]
    polls_left: int
    expires_at: datetime


class Tasks:
    """The documents that were started."""

    def __init__(self, switches: NmbrsSwitches, clock: Clock, log: EffectLog) -> None:
        self._switches = switches
        self._clock = clock
        self._log = log
        self._tasks: dict[UUID, _Task] = {}
        self._started = 0
        self._to_lose = switches.lost_tasks

    def start(self, make: Callable[[], bytes], **facts: Any) -> UUID:
        """Start making a document; the id under which to ask for it.

        Args:
            make: Makes it when it is fetched, so that a large one is never kept.
            facts: What it is, for the log.
        """
        self._started += 1
        task_id = uuid5(NAMESPACE_URL, f"task/{self._started}")
        if self._to_lose:
            self._to_lose -= 1
            self._log.effect("task_lost", task=task_id)
            return task_id
        self._tasks[task_id] = _Task(
            make=make,
            polls_left=self._switches.document_polls,
            expires_at=self._clock.now() + timedelta(seconds=self._switches.document_seconds),
        )
        self._log.effect("document_started", task=task_id, **facts)
        return task_id

    def fetch(self, task_id: UUID) -> bytes | None:
        """The document; None while it is being made.

        Raises:
            ProblemError: 40401 for an unknown or expired task.
        """
        task = self._tasks.get(task_id)
        if task is None or task.expires_at <= self._clock.now():
            raise ProblemError(40401)
        if self._switches.document_never_ready or task.polls_left > 0:
            task.polls_left -= 1
            return None
        return task.make()
