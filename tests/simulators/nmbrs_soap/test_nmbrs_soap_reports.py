"""Background reports: from Enqueued to Success, or to something else."""

import html
from decimal import Decimal
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from provider_simulators.nmbrs.soap.switches import TaskStatus

from tests.simulators.nmbrs_soap.conftest import SoapCaller, StartSoap

WAGE_CODES = "Reports_GetWageCodesByRunCompany_v2_Background"
DECLARATION = '<?xml version="1.0" encoding="utf-16"?>'


def start(caller: SoapCaller) -> str:
    """Ask for the wage codes of the first company's newest run."""
    company = caller.company()
    run = caller.run(company)
    return caller.text("ReportService", WAGE_CODES, companyId=company, runId=run["ID"], year=run["Year"])


def poll(caller: SoapCaller, task: str) -> tuple[str, str | None]:
    result = caller.result("ReportService", "Reports_BackgroundTask_Result", TaskId=task)
    assert result is not None
    assert result.findtext("TaskId") == task
    return result.findtext("Status", ""), result.findtext("Content")


def report(caller: SoapCaller, operation: str, **parameters: Any) -> Element:
    """A report that has no declaration of another encoding."""
    status, content = poll(caller, caller.text("ReportService", operation, **parameters))
    assert status == "Success"
    root: Element = fromstring((content or "").encode())
    return root


def amount(text: str | None) -> Decimal:
    return Decimal((text or "").replace(",", ".")) if text != "-" else Decimal(0)


def test_a_task_is_enqueued_executing_and_ready(start_soap: StartSoap) -> None:
    caller = start_soap(soap_task_polls=3)
    task = start(caller)
    assert [poll(caller, task)[0] for _ in range(5)] == ["Enqueued", "Executing", "Executing", "Success", "Success"]
    assert poll(caller, task)[1]


@pytest.mark.parametrize("outcome", [TaskStatus.ERROR, TaskStatus.UNKNOWN])
def test_a_task_may_end_badly(start_soap: StartSoap, outcome: TaskStatus) -> None:
    caller = start_soap(soap_task_polls=1, soap_task_outcome=outcome)
    task = start(caller)
    assert [poll(caller, task) for _ in range(2)] == [("Enqueued", None), (outcome, None)]


def test_a_task_that_nobody_knows_is_unknown(start_soap: StartSoap) -> None:
    caller = start_soap(soap_lost_tasks=1, soap_task_polls=0)
    assert poll(caller, start(caller)) == ("Unknown", None)
    assert poll(caller, str(uuid4())) == ("Unknown", None)
    assert poll(caller, start(caller))[0] == "Success"
    assert caller.fault("ReportService", "Reports_BackgroundTask_Result", TaskId="none") == "2020"


def test_a_tasks_status_may_be_unavailable(start_soap: StartSoap) -> None:
    caller = start_soap(soap_task_polls=0, soap_task_faults=(2019, 2020, 2021))
    task = start(caller)
    faults = [caller.fault("ReportService", "Reports_BackgroundTask_Result", TaskId=task) for _ in range(3)]
    assert faults == ["2019", "2020", "2021"]
    assert poll(caller, task)[0] == "Success"


def test_a_report_says_that_it_is_utf_16(start_soap: StartSoap) -> None:
    caller = start_soap(soap_task_polls=0)
    content = poll(caller, start(caller))[1] or ""
    assert content.startswith(f"{DECLARATION}\n<reports>")


def test_a_report_may_be_escaped_twice(start_soap: StartSoap) -> None:
    once, twice = (start_soap(soap_task_polls=0, soap_report_escapes=times) for times in (1, 2))
    contents = [poll(caller, start(caller))[1] or "" for caller in (once, twice)]
    assert contents[1].startswith("&lt;?xml")
    assert html.unescape(contents[1]) == contents[0]


def test_wage_codes_have_decimal_commas_and_add_up(start_soap: StartSoap) -> None:
    caller = start_soap(soap_task_polls=0, soap_report_utf16=False)
    company = caller.company()
    run = caller.run(company)
    reports = report(caller, WAGE_CODES, companyId=company, runId=run["ID"], year=run["Year"])
    made = caller.simulator.world.companies[0].runs[-1]
    paid = caller.rows(
        "CompanyService", "Run_GetEmployeesByRunCompany", CompanyId=company, RunId=run["ID"], Year=run["Year"]
    )
    assert [each.findtext("employeeid") for each in reports] == [each["EmployeeId"] for each in paid]
    assert {each.findtext("runnumber") for each in reports} == {run["Number"]}
    values = {each.findtext("description"): each.findtext("value") for each in reports[0].iter("line")}
    assert "." not in "".join(text or "" for text in values.values())
    net = sum(
        (amount(line.findtext("value")) for line in reports.iter("line") if line.findtext("code") == "9000"), Decimal(0)
    )
    assert net == -next(line.amount for line in made.journal_lines() if line.account == "1720")
    assert "-" in {line.findtext("value") for line in reports.iter("line")}


def test_the_wage_codes_of_a_year_are_those_of_its_runs(start_soap: StartSoap) -> None:
    caller = start_soap(soap_task_polls=0, soap_report_utf16=False)
    reports = report(caller, "Reports_GetWageCodesByYear_Background", CompanyId=caller.company("3"), Year=2026)
    runs = [run for run in caller.simulator.world.companies[2].runs if run.year == 2026]
    assert len(reports) == sum(len(run.employees) for run in runs)
    assert {each.findtext("runnumber") for each in reports} == {str(run.number) for run in runs}


def test_a_journal_over_periods_balances(start_soap: StartSoap) -> None:
    caller = start_soap(soap_task_polls=0, soap_report_utf16=False)
    company = caller.company()
    journal = report(
        caller,
        "Reports_GetJournalsReportByCompany_Background",
        companyId=company,
        startPeriod=5,
        endPeriod=6,
        year=2026,
    )
    rows = list(journal.iter("Item"))
    assert journal.findtext("CompanyId") == str(company)
    assert {each.findtext("Period") for each in rows} == {"5", "6"}
    sides = [sum((amount(each.findtext(side)) for each in rows), Decimal(0)) for side in ("Debit", "Credit")]
    runs = [run for run in caller.simulator.world.companies[0].runs if run.year == 2026 and run.period_end in (5, 6)]
    assert sides[0] == sides[1] > 0
    assert len({each.findtext("Run") for each in rows}) == len(runs)
    assert all("-" in (each.findtext("Debit"), each.findtext("Credit")) for each in rows)


def test_a_range_needs_periods_of_the_company(soap_caller: SoapCaller) -> None:
    parameters = {"companyId": soap_caller.company(), "startPeriod": 1, "endPeriod": 13, "year": 2026}
    operation = "Reports_GetJournalsReportByCompany_Background"
    assert soap_caller.fault("ReportService", operation, **parameters) == "2006"


def test_the_business_journal_crosses_years_at_once(start_soap: StartSoap) -> None:
    caller = start_soap(soap_report_utf16=False)
    text = caller.text(
        "ReportService",
        "Reports_Business_Company_CompanyJournalReport",
        CompanyId=caller.company(),
        FromYear=2025,
        FromPeriod=12,
        UntilYear=2026,
        UntilPeriod=1,
    )
    rows = list(fromstring(text.encode()).iter("JournalReportItem"))
    assert {(each.findtext("Year"), each.findtext("Period")) for each in rows} == {("2025", "12"), ("2026", "1")}
    assert {each.findtext("CompanyNr") for each in rows} == {"1"}
    assert all(each.findtext("EmployeeNr") for each in rows)
