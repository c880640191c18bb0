"""Versions, actions, namespaces, logins and faults."""

from time import monotonic

import pytest
from provider_simulators.nmbrs.soap.switches import EmptyResult

from tests.simulators.nmbrs_soap.conftest import SOAP_12, SoapCaller, StartSoap, content_of, fault_number

COMPANIES = "https://api.nmbrs.nl/soap/v3/CompanyService"
V1_2 = {"Content-Type": "application/soap+xml; charset=utf-8"}


@pytest.mark.parametrize(
    "action", [f'"{COMPANIES}/List_GetAll"', f"{COMPANIES}/List_GetAll"], ids=["quoted", "unquoted"]
)
def test_an_action_may_be_quoted_or_not(soap_caller: SoapCaller, action: str) -> None:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
    answer = soap_caller.post("CompanyService", "List_GetAll", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert len(content_of(answer)[0]) == 3


@pytest.mark.parametrize("action", ["", f'; action="{COMPANIES}/List_GetAll"'], ids=["without", "with"])
def test_soap_1_2_works_with_and_without_an_action(soap_caller: SoapCaller, action: str) -> None:
    headers = {"Content-Type": V1_2["Content-Type"] + action}
    answer = soap_caller.post("CompanyService", "List_GetAll", headers=headers, envelope=SOAP_12)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == V1_2["Content-Type"]
    assert f'xmlns:soap="{SOAP_12}"' in answer.text
    assert len(content_of(answer)[0]) == 3


def test_soap_1_2_has_faults_of_its_own(soap_caller: SoapCaller) -> None:
    login = {"Username": "nobody@acme.example", "Token": "wrong"}
    answer = soap_caller.post("CompanyService", "List_GetAll", headers=V1_2, envelope=SOAP_12, login=login)
    assert answer.status_code == 500
    fault = content_of(answer)
    assert fault.findtext("Code/Value") == "soap:Receiver"
    assert "---> 1001: " in (fault.findtext("Reason/Text") or "")


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("", "valid action parameter"),
        (f"{COMPANIES}/Run_GetList", "did not recognize the value of HTTP Header SOAPAction"),
        ("https://api.nmbrs.nl/soap/v2.1/CompanyService/List_GetAll", "did not recognize"),
    ],
    ids=["none", "of another operation", "of the old version"],
)
def test_a_wrong_action_is_the_clients_fault(soap_caller: SoapCaller, action: str, text: str) -> None:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
    answer = soap_caller.post("CompanyService", "List_GetAll", headers=headers)
    assert answer.status_code == 500
    assert content_of(answer).findtext("faultcode") == "soap:Client"
    assert text in (content_of(answer).findtext("faultstring") or "")


def test_the_body_must_be_in_the_namespace_of_the_called_service(soap_caller: SoapCaller) -> None:
    namespace = "https://api.nmbrs.nl/soap/v3/DebtorService"
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f"{namespace}/List_GetAll"}
    answer = soap_caller.post("CompanyService", "List_GetAll", headers=headers, namespace=namespace)
    assert answer.status_code == 500
    assert content_of(answer).findtext("faultcode") == "soap:Client"


def test_a_login_in_another_services_namespace_is_not_seen(soap_caller: SoapCaller) -> None:
    answer = soap_caller.post(
        "CompanyService", "List_GetAll", header_namespace="https://api.nmbrs.nl/soap/v3/EmployeeService"
    )
    assert fault_number(answer) == "1001"


def right_login(caller: SoapCaller) -> dict[str, str]:
    return {name.capitalize(): caller.settings[name] for name in ("username", "token", "domain")}


@pytest.mark.parametrize(
    "change",
    [
        {"Domain": "acme.nmbrs.nl"},
        {"Domain": "other"},
        {"Token": "wrong"},
        {"Token": ""},
        {"Username": "nobody@acme.example"},
    ],
)
def test_a_wrong_login_is_refused(soap_caller: SoapCaller, change: dict[str, str]) -> None:
    answer = soap_caller.post("CompanyService", "List_GetAll", login=right_login(soap_caller) | change)
    assert fault_number(answer) == "1001"


def test_an_empty_domain_is_none(soap_caller: SoapCaller) -> None:
    login = right_login(soap_caller) | {"Domain": ""}
    assert soap_caller.post("CompanyService", "List_GetAll", login=login).status_code == 200


def test_the_domain_may_be_left_out(soap_caller: SoapCaller) -> None:
    login = {"Username": soap_caller.settings["username"], "Token": soap_caller.settings["token"]}
    assert soap_caller.post("CompanyService", "List_GetAll", login=login).status_code == 200


def test_the_small_header_is_enough_for_the_environment_only(soap_caller: SoapCaller) -> None:
    login = {"Username": soap_caller.settings["username"], "Token": soap_caller.settings["token"]}
    answer = soap_caller.post("DebtorService", "Environment_Get", login=login, header="AuthHeader")
    assert content_of(answer).findtext("Environment_GetResult/SubDomain") == soap_caller.settings["domain"]
    answer = soap_caller.post("DebtorService", "List_GetAll", login=login, header="AuthHeader")
    assert fault_number(answer) == "1001"


def test_a_login_failure_passes(start_soap: StartSoap) -> None:
    caller = start_soap(soap_login_failures=1)
    assert caller.fault("CompanyService", "List_GetAll") == "1006"
    assert len(caller.rows("CompanyService", "List_GetAll")) == 3


def test_unknown_errors_pass(start_soap: StartSoap) -> None:
    caller = start_soap(soap_unknown_errors=2)
    faults = [caller.fault("CompanyService", "List_GetAll") for _ in range(2)]
    assert faults == ["9999", "9999"]
    assert len(caller.rows("CompanyService", "List_GetAll")) == 3


def test_rights_are_per_operation(start_soap: StartSoap) -> None:
    caller = start_soap(soap_forbidden_operations=("CostCenter_GetList",), soap_foreign_operations=("Tags_Get",))
    company = caller.company()
    assert caller.fault("CompanyService", "CostCenter_GetList", CompanyId=company) == "1002"
    assert caller.fault("DebtorService", "Tags_Get", DebtorId=1) == "3001"
    assert len(caller.rows("CompanyService", "CostUnit_GetList", CompanyId=company)) == 3


def test_a_disabled_environment_lets_nobody_in(start_soap: StartSoap) -> None:
    assert start_soap(invalid_subscription=True).fault("CompanyService", "List_GetAll") == "1004"


def test_a_forbidden_company_is_listed_and_refused(start_soap: StartSoap) -> None:
    caller = start_soap(forbidden_companies=("2",))
    company = caller.company("2")
    assert caller.fault("CompanyService", "Run_GetList", CompanyId=company, Year=2026) == "1003"
    assert caller.rows("CompanyService", "Run_GetList", CompanyId=caller.company("3"), Year=2026)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "number"),
    [
        ("CompanyService", "Run_GetList", {"companyId": "{company}", "Year": 2026}, "2004"),
        ("CompanyService", "Run_GetList", {"Year": 2026}, "2004"),
        ("CompanyService", "List_GetByDebtor", {"DebtorID": 5}, "2009"),
        ("EmployeeService", "Address_GetAll_AllEmployeesByCompany", {"CompanyId": "{company}"}, "2004"),
        ("EmployeeService", "HourComponentVar_Get", {"EmployeeID": 5, "Period": 1, "Year": 2026}, "2003"),
        ("CompanyService", "WageComponentVar_Get", {"CompanyId": "{company}", "Period": 13, "Year": 2026}, "2006"),
        ("CompanyService", "WorkCost_GetList", {"CompanyId": "{company}"}, "2006"),
    ],
)
def test_a_parameter_of_another_spelling_is_not_there(
    soap_caller: SoapCaller, service: str, operation: str, parameters: dict[str, object], number: str
) -> None:
    company = soap_caller.company()
    given = {name: company if value == "{company}" else value for name, value in parameters.items()}
    assert soap_caller.fault(service, operation, **given) == number


def test_an_unknown_parameter_leaves_a_trace(soap_caller: SoapCaller) -> None:
    soap_caller.rows("CompanyService", "CostCenter_GetList", CompanyId=soap_caller.company(), companyID=4)
    (effect,) = soap_caller.simulator.log.effects("unknown_parameter")
    assert (effect["name"], effect["operation"]) == ("companyID", "CostCenter_GetList")


def test_what_is_no_number_is_the_clients_fault(soap_caller: SoapCaller) -> None:
    answer = soap_caller.post("CompanyService", "CostCenter_GetList", {"CompanyId": "one"})
    assert answer.status_code == 500
    assert content_of(answer).findtext("faultcode") == "soap:Client"


def test_known_operations_that_are_not_simulated_say_so(soap_caller: SoapCaller) -> None:
    answer = soap_caller.post("CompanyService", "Company_Insert")
    assert answer.status_code == 500
    assert content_of(answer).findtext("faultcode") == "soap:Server"
    assert "not simulated" in (content_of(answer).findtext("faultstring") or "")
    answer = soap_caller.post("CompanyService", "Company_Invent")
    assert content_of(answer).findtext("faultcode") == "soap:Client"


def test_there_is_no_description(soap_caller: SoapCaller) -> None:
    url = f"{soap_caller.settings['soap_url']}/CompanyService.asmx?WSDL"
    assert soap_caller.session.get(url, timeout=10).status_code == 404


@pytest.mark.parametrize("body", ["<a", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a/>"])
def test_what_is_no_message_is_refused(soap_caller: SoapCaller, body: str) -> None:
    headers = {"Content-Type": "text/xml", "SOAPAction": f"{COMPANIES}/List_GetAll"}
    url = f"{soap_caller.settings['soap_url']}/CompanyService.asmx"
    answer = soap_caller.session.post(url, data=body, headers=headers, timeout=10)
    assert answer.status_code == 500
    assert content_of(answer).findtext("faultcode") == "soap:Client"


@pytest.mark.parametrize(
    ("empty", "form"),
    [(EmptyResult.MISSING, None), (EmptyResult.NIL, "true"), (EmptyResult.ELEMENT, "")],
)
def test_nothing_comes_in_three_forms(start_soap: StartSoap, empty: EmptyResult, form: str | None) -> None:
    caller = start_soap(soap_empty_result=empty)
    result = caller.result("CompanyService", "Run_GetList", CompanyId=caller.company(), Year=2020)
    if form is None:
        assert result is None
    else:
        assert result is not None
        assert len(result) == 0
        assert result.get("{http://www.w3.org/2001/XMLSchema-instance}nil", "") == form


def test_too_many_calls_are_slowed_down(start_soap: StartSoap) -> None:
    caller = start_soap(soap_calls_per_second=1)
    began = monotonic()
    for _ in range(2):
        caller.rows("DebtorService", "List_GetAll")
    assert monotonic() - began > 0.4
    assert len(caller.simulator.log.effects("soap_delayed")) == 1


def test_results_may_be_large(start_soap: StartSoap) -> None:
    caller = start_soap(soap_padding_bytes=12_000_000)
    company = caller.company()
    run = caller.run(company)
    journal = caller.text(
        "CompanyService", "Journals_GetByRunCompany_v2", CompanyId=company, RunId=run["ID"], intYear=2026
    )
    assert len(journal) > 12_000_000
    assert journal.rstrip().endswith("</transactions>")
    assert run["Year"] == "2026"


def test_no_secret_reaches_the_log(soap_caller: SoapCaller) -> None:
    soap_caller.rows("CompanyService", "List_GetAll")
    records = str(soap_caller.simulator.log.records())
    assert "List_GetAll" in records
    assert soap_caller.settings["token"] not in records
    assert soap_caller.settings["username"] not in records
