"""Dagster: an asset per pipeline, a partition per tenant; schedules are those of meltano.yml.

The environment says where everything is: PIPELINES_PROJECT is the folder with meltano.yml (this one), PIPELINES_TENANTS
the file of tenants (tenants.yml in it), PIPELINES_RETRY_SECONDS how long to wait before another try (60).
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dagster import (
    AddDynamicPartitionsRequest,
    AssetExecutionContext,
    AssetsDefinition,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    DeleteDynamicPartitionsRequest,
    DynamicPartitionsDefinition,
    Failure,
    MaterializeResult,
    RetryRequested,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    asset,
    define_asset_job,
    in_process_executor,
)

from orchestration.ending import OK, described, worth_another_try
from orchestration.frozen import Frozen
from orchestration.meltano import Project
from orchestration.office import Office, Tenant, read_office
from orchestration.tenants import Result, Runner

__all__ = ["defs"]

RETRIES: Final = 3
RETRY_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 30
"""Between two looks for tenants that are new in the file, or gone."""


class PipelineAssets:
    """What Dagster knows of one pipeline.

    Args:
        job: The frozen job.
        project: With meltano.yml.
        tenants: The file of tenants; it is read anew by every run, so a new tenant needs no restart.
    """

    def __init__(self, job: str, project: Project, tenants: Path) -> None:
        self._job = job
        self._project = project
        self._tenants = tenants
        self._name = job.replace("-", "_")
        self._partitions = DynamicPartitionsDefinition(name=job)
        self._asset = self._declared()
        self._run = define_asset_job(f"{self._name}_job", selection=[self._asset])

    def definitions(self) -> Definitions:
        """Asset, job, the sensor that keeps the partitions, and the schedules."""
        return Definitions(
            assets=[self._asset], jobs=[self._run], sensors=[self._sensor()], schedules=list(self._schedules())
        )

    def _declared(self) -> AssetsDefinition:
        # A pool limits how many run at a time, however they were started: by schedule, backfill or hand.
        provider = Frozen.read(self._job, self._project).provider

        @asset(
            name=self._name, partitions_def=self._partitions, pool=provider, description=f"`{self._job}` of a tenant"
        )
        def books(context: AssetExecutionContext) -> MaterializeResult[None]:
            return self._outcome(context, self._result(context.partition_key))

        return books

    def _office(self) -> Office:
        return read_office(self._tenants)

    def _of_pipeline(self) -> Sequence[Tenant]:
        return [tenant for tenant in self._office().tenants if tenant.pipeline == self._job]

    def _result(self, name: str) -> Result:
        office = self._office()
        runner = Runner(project=self._project, office=office, environment=self._project.environment())
        (tenant,) = office.only((name,))
        return runner.run(tenant)

    def _outcome(self, context: AssetExecutionContext, result: Result) -> MaterializeResult[None]:
        """Materialised when all is well; tried again only where that may help without a person."""
        numbers: dict[str, Any] = {
            name: number
            for name, number in {**vars(result.tally), "seconds": result.seconds}.items()
            if number is not None
        }
        if result.code == OK:
            return MaterializeResult(metadata=numbers)
        context.log.error("%s (exit code %d): %s", described(result.code), result.code, result.message)
        failure = Failure(described(result.code), metadata={**numbers, "message": result.message}, allow_retries=False)
        if worth_another_try(result.code):
            seconds = float(os.environ.get("PIPELINES_RETRY_SECONDS", RETRY_SECONDS))
            raise RetryRequested(max_retries=RETRIES, seconds_to_wait=seconds) from failure
        raise failure

    def _sensor(self) -> SensorDefinition:
        def keep_partitions(context: SensorEvaluationContext) -> SensorResult:
            wanted = {tenant.name for tenant in self._of_pipeline()}
            have = set(context.instance.get_dynamic_partitions(self._job))
            requests: list[AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest] = []
            if new := sorted(wanted - have):
                requests.append(self._partitions.build_add_request(new))
            if gone := sorted(have - wanted):
                requests.append(self._partitions.build_delete_request(gone))
            return SensorResult(dynamic_partitions_requests=requests)

        return SensorDefinition(
            name=f"{self._name}_tenants",
            evaluation_fn=keep_partitions,
            minimum_interval_seconds=LOOK_SECONDS,
            default_status=DefaultSensorStatus.RUNNING,
            target=[self._asset],
        )

    def _schedules(self) -> Sequence[ScheduleDefinition]:
        def requests(context: ScheduleEvaluationContext) -> list[RunRequest]:  # noqa: ARG001 (Dagster's)
            return [RunRequest(partition_key=tenant.name) for tenant in self._of_pipeline()]

        return [
            ScheduleDefinition(
                name=each["name"].replace("-", "_"),
                cron_schedule=each["interval"],
                job=self._run,
                execution_fn=requests,
                default_status=DefaultScheduleStatus.STOPPED,
            )
            for each in self._project.content.get("schedules", ())
            if each.get("job") == self._job
        ]


def _definitions() -> Definitions:
    project = Project.at(Path(os.environ.get("PIPELINES_PROJECT", ".")))
    tenants = Path(os.environ.get("PIPELINES_TENANTS", project.root / "tenants.yml"))
    jobs = sorted({tenant.pipeline for tenant in read_office(tenants).tenants})
    # A run is one step, and a process already: it needs no process more.
    one_process = Definitions(executor=in_process_executor)
    return Definitions.merge(one_process, *(PipelineAssets(job, project, tenants).definitions() for job in jobs))


defs = _definitions()
