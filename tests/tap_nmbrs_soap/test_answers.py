"""What answers of the SOAP API may look like, and what the tap makes of them."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from connector_kit.extract import UnreadableAnswerError
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from tap_nmbrs.soap.answers import Element, FaultError, read_answer
from werkzeug import Response

from tests.tap_nmbrs_soap.conftest import TOKEN, answer, enveloped, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tap_nmbrs_soap.conftest import Server

COMPANY = {"company_id": "12"}
CENTER = "<CostCenter><Code>010</Code><Description>Zorg &amp; welzijn</Description><Id>7</Id></CostCenter>"
ROW = {"costCenterId": "7", "code": "010", "description": "Zorg & welzijn"}


@pytest.mark.parametrize(
    ("result", "rows"),
    [
        (CENTER, [ROW]),
        (CENTER.replace("7", "8") + CENTER, [{**ROW, "costCenterId": "8"}, ROW]),
        ("", []),
        ('<CostCenter xsi:nil="true"/>', []),
        (f"\n  {CENTER}\n  <!-- a comment -->", [ROW]),
        (CENTER.replace("010", "<![CDATA[010]]>"), [ROW]),
        (CENTER.replace("<Code>010</Code>", ""), [{**ROW, "code": None}]),
        (CENTER.replace("<Code>010</Code>", '<Code xsi:nil="true"/>'), [{**ROW, "code": None}]),
        (CENTER.replace("<Code>010</Code>", "<Code/>"), [{**ROW, "code": ""}]),
        (CENTER.replace("<Code>", "<New>x</New><Code>"), [ROW]),
    ],
)
def test_one_row_or_many_or_none_are_a_list(soap_server: Server, result: str, rows: list[object]) -> None:
    soap_server.says("CostCenter_GetList", result)
    assert soap_server.rows("cost_centers", COMPANY) == rows


def test_a_missing_result_is_an_empty_list(soap_server: Server) -> None:
    soap_server.says("CostCenter_GetList", Response(answer("CostCenter_GetList", None), mimetype="text/xml"))
    assert soap_server.rows("cost_centers", COMPANY) == []


def test_the_request_is_what_the_service_wants(soap_server: Server) -> None:
    soap_server.says("Run_GetList", "")
    soap_server.rows("payroll_runs", {"company_id": "1&2"}, year=2026)
    (path, action, body) = soap_server.requests[0]
    assert path == "/soap/v3/CompanyService.asmx"
    assert action == '"https://api.nmbrs.nl/soap/v3/CompanyService/Run_GetList"'
    assert '<AuthHeaderWithDomain xmlns="https://api.nmbrs.nl/soap/v3/CompanyService"><Username>' in body
    assert f"<Token>{TOKEN}</Token><Domain>acme</Domain></AuthHeaderWithDomain>" in body
    assert (
        '<Run_GetList xmlns="https://api.nmbrs.nl/soap/v3/CompanyService">'
        "<CompanyId>1&amp;2</CompanyId><Year>2026</Year></Run_GetList>" in body
    )


def test_values_come_in_the_form_of_rest(soap_server: Server) -> None:
    soap_server.says(
        "Salary_GetAll_AllEmployeesByCompany",
        "<EmployeeSalaryItem><EmployeeId>3</EmployeeId><EmployeeSalaries><Salary_V2><ID>5</ID><Value>2500.10</Value>"
        "<Type>3</Type><SalaryTable><Code>9</Code><Schaal><Scale>06</Scale></Schaal></SalaryTable>"
        "<StartDate>2026-01-01T00:00:00</StartDate><CreationDate>0001-01-01T00:00:00</CreationDate>"
        "</Salary_V2></EmployeeSalaries></EmployeeSalaryItem><EmployeeSalaryItem><EmployeeId>4</EmployeeId>"
        "</EmployeeSalaryItem>",
    )
    (row,) = soap_server.rows("salaries", COMPANY)
    assert row["employeeId"] == "3"
    assert row["salaryId"] == "5"
    assert row["value"] == Decimal("2500.10")
    assert row["type"] == "grossHourlyWage"
    assert row["soap"] == {"salaryTypeNumber": 3}
    assert row["salaryTable"]["tableCode"] == 9
    assert row["salaryTable"]["scale"] == {"scaleCode": "06", "scaleDescription": None}
    assert row["startDate"] == "2026-01-01T00:00:00"
    assert row["createdAt"] is None


@pytest.mark.parametrize("number", ["-1", "9", "x"])
def test_a_salary_type_that_nobody_knows_stays_as_it_is(soap_server: Server, number: str) -> None:
    soap_server.says(
        "Salary_GetAll_AllEmployeesByCompany",
        "<EmployeeSalaryItem><EmployeeId>3</EmployeeId><EmployeeSalaries><Salary_V2><ID>5</ID>"
        f"<Type>{number}</Type></Salary_V2></EmployeeSalaries></EmployeeSalaryItem>",
    )
    if number == "x":
        with pytest.raises(FatalAPIError, match="salaries of company 12: Type is not a whole number"):
            soap_server.rows("salaries", COMPANY)
        return
    (row,) = soap_server.rows("salaries", COMPANY)
    assert (row["type"], row["soap"]) == (number, {"salaryTypeNumber": int(number)})


def test_no_function_stays_a_record_with_the_id_of_nothing(soap_server: Server) -> None:
    soap_server.says(
        "Function_GetAll_AllEmployeesByCompany_V2",
        "<EmployeeFunctionItem_V2><EmployeeId>3</EmployeeId><EmployeeFunctions><EmployeeFunction><RecordId>1</RecordId>"
        "<Function><Id>0</Id><Code>0</Code></Function><StartPeriod>2</StartPeriod><StartYear>2026</StartYear>"
        "</EmployeeFunction></EmployeeFunctions></EmployeeFunctionItem_V2>",
    )
    (row,) = soap_server.rows("employee_functions", COMPANY)
    assert row["functionId"] == "0"
    assert row["code"] is None
    assert row["period"] == {"year": 2026, "period": 2}
    assert row["createdAt"] == "1900-01-01T00:00:00"


@pytest.mark.parametrize(
    ("text", "period", "kind"),
    [
        ("2026-03-M", {"year": 2026, "period": 3}, "month"),
        ("2026-3-M", {"year": 2026, "period": 3}, "month"),
        ("2026-13-4W", {"year": 2026, "period": 13}, "4-weeks"),
        ("2026-53-1W", {"year": 2026, "period": 53}, "1-week"),
        ("2026-2-Q", {"year": 2026, "period": 2}, "Q"),
    ],
)
def test_the_current_period_is_read_from_its_text(
    soap_server: Server, text: str, period: dict[str, int], kind: str
) -> None:
    soap_server.says("Company_GetCurrentPeriod", text)
    (row,) = soap_server.rows("company_periods", COMPANY)
    assert (row["period"], row["periodType"]) == (period, kind)


@pytest.mark.parametrize(
    "body",
    [
        answer("CostCenter_GetList", CENTER)[:-30],
        answer("CostCenter_GetList", CENTER)[: len(CENTER)],
        answer("CostUnit_GetList", ""),
        "<html><body>Sorry</body></html>",
        "Sorry",
        enveloped(""),
    ],
)
def test_an_answer_that_is_cut_or_another_is_never_an_empty_list(
    soap_server: Server, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tap_nmbrs.soap.connection.wait", lambda _: None)  # between the readings
    soap_server.says("CostCenter_GetList", Response(body, mimetype="text/xml"))
    with pytest.raises(RetriableAPIError, match="cost_centers of company 12: the answer is"):
        soap_server.rows("cost_centers", COMPANY)
    assert len(soap_server.requests) == 3


def test_a_cut_answer_is_asked_for_again(soap_server: Server) -> None:
    whole = answer("CostCenter_GetList", CENTER)
    soap_server.says(
        "CostCenter_GetList", Response(whole[:-30], mimetype="text/xml"), Response(whole, mimetype="text/xml")
    )
    assert soap_server.rows("cost_centers", COMPANY) == [ROW]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_declarations_and_entities_are_refused(declaration: str) -> None:
    body = answer("CostCenter_GetList", CENTER).replace("?>", f"?>{declaration}", 1)
    with pytest.raises(UnreadableAnswerError, match="document type definition"):
        read_answer([body.encode()], method="CostCenter_GetList")


def test_a_fault_is_found_whatever_the_status_and_the_version_of_soap(soap_server: Server) -> None:
    version_1_2 = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Receiver'
        "</s:Value></s:Code><s:Reason><s:Text>---&gt; 3001: not here</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"
    )
    with pytest.raises(FaultError) as caught:
        read_answer([version_1_2.encode()], method="CostCenter_GetList")
    assert "3001" in caught.value.text
    well = fault("1004")
    well.status_code = 200
    soap_server.says("CostCenter_GetList", well)
    with pytest.raises(FatalAPIError, match="code 1004: the environment is disabled"):
        soap_server.rows("cost_centers", COMPANY)


def test_pieces_of_any_size_give_the_same_rows() -> None:
    body = answer("CostCenter_GetList", CENTER.replace("welzijn", "geëerd €") * 3).encode()
    for size in (1, 2, 7, 64):
        items: list[Element] = []
        read_answer(
            (body[start : start + size] for start in range(0, len(body), size)),
            method="CostCenter_GetList",
            on_item=items.append,
        )
        assert [item.text("Description") for item in items] == ["Zorg & geëerd €"] * 3


def test_a_long_list_is_read_in_flat_memory() -> None:
    count = 10_000

    def pieces() -> Iterator[bytes]:
        head, tail = answer("CostCenter_GetList", "|").split("|")
        yield head.encode()
        for _ in range(count // 100):
            yield (CENTER * 100).encode()
        yield tail.encode()

    seen = 0

    def count_item(_: Element) -> None:
        nonlocal seen
        seen += 1

    tracemalloc.start()
    read_answer(pieces(), method="CostCenter_GetList", on_item=count_item)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == count
    assert peak < 1_000_000
