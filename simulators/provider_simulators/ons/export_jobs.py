"""Exports of presence logs: started by a GET, asked after, fetched when finished. One runs at a time."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from threading import Lock
from uuid import NAMESPACE_URL, uuid5

from provider_simulators.ons.customer import Customer
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.parameters import Parameter, day, flag, needed, possible
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.switches import OnsSwitches

COLLECT: tuple[Parameter, ...] = (
    *needed(str, "filter_name"),
    *needed(day, "date"),
    *needed(int, "compression_type"),
    *needed(flag, "verified_only"),
    *possible(int, "employee_id"),
    *possible(flag, "prevent_overlap", "use_direct_code"),
)
"""Parameters of the start (vendor OpenAPI)."""

RUNNING_STATES = ("STARTED", "RUNNING")


@dataclass(frozen=True, kw_only=True)
class Job:
    """An export.

    Attributes:
        settings: What it was asked for.
        polls: How often its status was asked.
    """

    customer: Customer
    settings: Record = field(default_factory=dict)
    polls: int = 0


class ExportJobs:
    """All exports since the simulator started."""

    def __init__(self, switches: OnsSwitches) -> None:
        self._switches = switches
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def collect(self, customer: Customer, settings: Record) -> Record:
        """Start one.

        Raises:
            RefusedError: 400, one of the customer's is running.
        """
        with self._lock:
            if any(self._state(job) in RUNNING_STATES for job in self._jobs.values() if job.customer is customer):
                raise RefusedError(400, "Another export is running")
            uuid = str(uuid5(NAMESPACE_URL, f"ons/export/{len(self._jobs)}"))
            self._jobs[uuid] = Job(customer=customer, settings=settings)
            return {"uuid": uuid}

    def status(self, customer: Customer, uuid: str) -> Record:
        """Where it stands.

        Raises:
            RefusedError: 400, there is no such job.
        """
        with self._lock:
            job = self._find(customer, uuid)
            self._jobs[uuid] = replace(job, polls=job.polls + 1)
            settings = [{"key": key, "value": str(value)} for key, value in job.settings.items() if value is not None]
            return {"exportUuid": {"uuid": uuid}, "exportStatusType": self._state(job), "exportSettings": settings}

    def result(self, customer: Customer, uuid: str) -> list[Record]:
        """What it found: the logs of the month of the asked date.

        Raises:
            RefusedError: 400, there is no such job, or it failed; 423 or 400, it is not ready.
        """
        with self._lock:
            job = self._find(customer, uuid)
            state = self._state(job)
        if state in RUNNING_STATES:
            raise RefusedError(self._switches.result_early, "The export is not finished")
        if state != "FINISHED":
            raise RefusedError(400, "The export has failed")
        return _found(job)

    def _find(self, customer: Customer, uuid: str) -> Job:
        job = self._jobs.get(uuid)
        if job is None or job.customer is not customer:
            raise RefusedError(400, "Unknown export", field="uuid")
        return job

    def _state(self, job: Job) -> str:
        if job.polls >= self._switches.job_polls:
            return self._switches.job_ends
        return RUNNING_STATES[min(job.polls, 1)]


def _found(job: Job) -> list[Record]:
    asked: date = job.settings["date"]
    first = asked.replace(day=1)
    until = (first + timedelta(days=31)).replace(day=1)
    only = job.settings["employee_id"]
    employees = [row["id"] for row in job.customer.store["employees"] if only in (None, row["id"])]
    diary = job.customer.diaries["presence_logs"]
    return [
        {
            "clientId": log["clientObjectId"],
            "employeeId": log["employeeObjectId"],
            "teamId": log["clusterObjectId"],
            "locationId": None,
            "employeeContractId": None,
            "productName": log["products"][0]["description"] if log["products"] else None,
            "isDuration": not log["hasRealTime"],
            "duration": not log["hasRealTime"],
            "beginDate": log["startDate"] or log["date"],
            "endDate": log["endDate"],
        }
        for employee in employees
        for log in diary.between(employee, first, until)
        if not log["removed"] and (log["verified"] or not job.settings["verified_only"])
    ]
