"""Background reports: made at once, told of only after a while."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.soap.faults import NumberedFaultError
from provider_simulators.nmbrs.soap.switches import SoapSwitches, TaskStatus


@dataclass(kw_only=True)
class _Task:
    content: str
    polls: int = 0


class Tasks:
    """The background tasks of an environment."""

    def __init__(self, switches: SoapSwitches, log: EffectLog) -> None:
        self._switches = switches
        self._log = log
        self._tasks: dict[UUID, _Task] = {}
        self._started = 0
        self._faults = list(switches.soap_task_faults)

    def start(self, content: str) -> UUID:
        """Start a task; the id under which to ask for its content."""
        self._started += 1
        task_id = uuid5(NAMESPACE_URL, f"soap-task/{self._started}")
        if self._started <= self._switches.soap_lost_tasks:
            self._log.effect("task_lost", task=task_id)
        else:
            self._tasks[task_id] = _Task(content=content)
            self._log.effect("report_started", task=task_id)
        return task_id

    def result(self, task_id: UUID | None) -> tuple[TaskStatus, str | None]:
        """Where a task stands, and its content when it has ended well.

        Raises:
            NumberedFaultError: As `soap_task_faults` says.
        """
        if self._faults:
            raise NumberedFaultError(self._faults.pop(0))
        task = self._tasks.get(task_id) if task_id else None
        if task is None:
            return TaskStatus.UNKNOWN, None
        task.polls += 1
        if task.polls <= self._switches.soap_task_polls:
            return (TaskStatus.ENQUEUED if task.polls == 1 else TaskStatus.EXECUTING), None
        outcome = self._switches.soap_task_outcome
        return outcome, task.content if outcome is TaskStatus.SUCCESS else None
