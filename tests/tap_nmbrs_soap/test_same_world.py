"""One simulated environment, read through both APIs: the same records, but for ids and what the README says."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.world import World
from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import Sync, sync, tap_settings
from tests.tap_nmbrs_soap.conftest import soap_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CREATED = ("created_at",)
UNTOLD: dict[str, tuple[str, ...]] = {
    "departments": (*CREATED, "managers"),
    "managers": ("department_code", "function_code", "gender"),
    "company_addresses": (*CREATED, "type", "period", "period_year"),
    "company_contact_persons": ("department_code", "function_code", "is_default"),
    "wage_codes": ("continuity_type", "wage_model_name", "wage_model_number"),
    "company_schedules": (*CREATED, "schedule_calc_method", "schedule_calc_method_description"),
    "salary_tables": (*CREATED, "period", "period_year"),
    "company_fixed_wage_components": (
        *(*CREATED, "start_period", "start_period_year", "end_period", "end_period_year"),
    ),
    "company_variable_wage_components": CREATED,
    "payroll_runs": ("type",),
    "payroll_run_journals": ("run_type",),
    "employees": ("first_name", "prefix", "initials", "last_name"),
    "employee_personal_info": (
        *("ascription", "birth_country_description", "employee_type", "marital_status"),
        *("nationality_code_iso", "nationality_description"),
    ),
    "employee_addresses": ("is_default",),
    "employments": ("changed_date", "end_contract_reason", "end_contract_reason_code"),
    "schedules": ("days_per_week", "hours_per_week"),
    "absence_registrations": (*CREATED, "changed_at"),
    "employee_bank_accounts": CREATED,
    "salaries": ("salary_table_increase_step_period", "salary_table_increase_step_year", "salary_table_links"),
    "employee_cost_centers": (*CREATED, "period", "period_year"),
    "employee_svw_settings": ("hirer_cao_code", "hirer_cao_description", "wage_cost_benefit_description"),
    "lease_cars": (
        *(*CREATED, "changed_at", "reason_no_contribution_reason"),
        "contribution_private_percentage_contribution_percentage",
    ),
    "fixed_wage_components": CREATED,
    "variable_wage_components": CREATED,
    "fixed_hours": (*CREATED, "hour_code_description"),
    "variable_hours": (*CREATED, "hour_code_description"),
    "variable_days": ("days_for_wage_components_per_day",),
}
"""Columns that SOAP leaves open, or tells of another period."""
OTHERWISE: dict[str, tuple[str, ...]] = {
    "debtor_tags": ("tag_number",),
    "employee_personal_info": ("gender",),
    "children": ("gender", "sequence"),
    "absence_registrations": ("remark",),
    "schedules": ("parttime_percentage",),
    "employee_cost_centers": ("percentage",),
    "employee_svw_settings": ("code_zvw", "nature_of_employment"),
    "fixed_hours": ("comment",),
    "variable_hours": ("comment",),
    "payroll_run_wage_codes": ("line_no",),
    "journal_entries": ("key",),
}
"""Columns that SOAP tells in other words."""
FEWER = {"company_addresses", "company_contact_persons", "salary_tables", "fixed_wage_components"}
"""Only what is current, or only employees on the payroll."""
MORE = {"employee_private_info", "employee_functions", "payroll_run_wage_codes"}
"""A BSN with every change of a name; from when on somebody has no function; codes without a value."""


@dataclass(frozen=True)
class Both:
    """What the two APIs gave."""

    rest: Sync
    soap: Sync
    streams: frozenset[str]
    properties: dict[str, Any]

    def compared(self, sync_: Sync, stream: str, *, also: str = "") -> Counter[str]:
        """The records of a stream without ids and without what is known to differ."""
        apart = {*UNTOLD.get(stream, ()), *OTHERWISE.get(stream, ())} - {also}
        apart |= {
            name
            for name, declared in self.properties[stream].items()
            if name.endswith("_id") or name == "id" or declared.get("x-source-name", "").startswith("soap.")
        }
        return Counter(
            json.dumps({name: value for name, value in record.items() if name not in apart}, sort_keys=True)
            for record in sync_.records(stream)
        )

    def differences(self, stream: str, *, also: str = "") -> int:
        """How many records have no equal on the other side."""
        rest, soap = self.compared(self.rest, stream, also=also), self.compared(self.soap, stream, also=also)
        return (rest - soap).total() + (soap - rest).total()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    world = World.build(seed=1, debtors=2, companies=3, employees=12)
    switches = NmbrsSwitches(document_polls=0, soap_task_polls=0)
    more = {"include_personal_data": ["bsn", "health", "special"], "start_date": "2026-09-01"}
    with NmbrsSimulator(world, switches=switches) as simulator:
        rest = {**tap_settings(simulator, tmp_path_factory.mktemp("tap")), **more}
        soap = {**soap_settings(simulator), **more}
        taps = TapNmbrs(config=rest), TapNmbrs(config=soap)
        streams = taps[0].streams.keys() & taps[1].streams.keys()
        schemas = [{name: tap.streams[name].schema for name in streams} for tap in taps]
        assert schemas[0] == schemas[1]
        yield Both(
            rest=sync(rest, *streams),
            soap=sync(soap, *streams),
            streams=frozenset(streams),
            properties={name: schema["properties"] for name, schema in schemas[0].items()},
        )


def test_the_records_are_the_same(both: Both) -> None:
    for stream in sorted(both.streams):
        rest, soap = both.compared(both.rest, stream), both.compared(both.soap, stream)
        assert rest, f"{stream}: nothing to compare"
        assert stream in MORE or not soap - rest, f"{stream}: SOAP has {next(iter(soap - rest))}"
        assert stream in FEWER or not rest - soap, f"{stream}: REST has {next(iter(rest - soap))}"


def test_what_is_said_to_differ_does_differ(both: Both) -> None:
    for stream, names in [*UNTOLD.items(), *OTHERWISE.items()]:
        for name in names:
            assert both.differences(stream, also=name) > both.differences(stream), f"{stream}.{name} is the same"
    assert {name for name in FEWER if both.compared(both.rest, name) - both.compared(both.soap, name)} == FEWER
    assert {name for name in MORE if both.compared(both.soap, name) - both.compared(both.rest, name)} == MORE


def test_what_soap_does_not_tell_is_null(both: Both) -> None:
    told = {"period", "period_year", "managers", "schedule_calc_method_description"}
    for stream, names in UNTOLD.items():
        for record in both.soap.records(stream):
            assert {record[name] for name in names if name not in told} <= {None}, stream


def test_the_tap_says_when_the_api_ends(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    tap = TapNmbrs(config={"api": "soap", "username": "u", "token": "t" * 8, "start_date": "2026-01-01"})
    assert tap.shared.source
    assert [line.message for line in caplog.records if "ends on 1 March 2027" in line.message] != []
