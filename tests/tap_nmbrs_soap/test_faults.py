"""Faults of the SOAP API: what happens next, and what the user is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import LoginRequiredError, SettingError
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError
from tap_nmbrs.soap.connection import Connection
from tap_nmbrs.soap.source import SoapSource
from tap_nmbrs.source import HiddenError, RefusedError
from werkzeug import Response

from tests.tap_nmbrs.conftest import sync
from tests.tap_nmbrs_soap.conftest import TOKEN, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator

    from tests.tap_nmbrs_soap.conftest import Server, Settings

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]

COMPANY = {"company_id": "12"}
CENTERS = "CostCenter_GetList"


def error_of(server: Server, *answers: Response, **settings: Any) -> Exception:
    """What comes of a list that is answered so."""
    server.says(CENTERS, *answers)
    source = server.source(**settings)
    with pytest.raises(Exception) as caught:
        source.rows(source.operations["cost_centers"], COMPANY, {})
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("1001", LoginRequiredError, "check the settings username, token and domain"),
        ("1002", FatalAPIError, "the user template does not allow CompanyService.CostCenter_GetList"),
        ("1003", FatalAPIError, "set skip_forbidden"),
        ("1004", FatalAPIError, "has no valid subscription"),
        ("2003", SkippableAPIError, "the employee does not exist"),
        ("2004", FatalAPIError, "set skip_forbidden"),
        ("2009", FatalAPIError, "set skip_forbidden"),
        ("2006", RefusedError, "the company has no such period"),
        ("2013", FatalAPIError, "free trial"),
        ("3001", SkippableAPIError, "in the country of the environment"),
        ("4711", FatalAPIError, "Nmbrs refuses CompanyService.CostCenter_GetList"),
    ],
)
def test_each_fault_has_its_meaning_and_is_never_asked_for_again(
    soap_server: Server, code: str, kind: type[Exception], says: str
) -> None:
    error = error_of(soap_server, fault(code))
    assert type(error) is kind
    assert says in str(error)
    assert str(error).startswith(f"cost_centers of company 12: HTTP 500 code {code}: ")
    assert len(soap_server.requests) == 1


@pytest.mark.parametrize("code", ["1003", "2004", "2009"])
def test_what_is_hidden_is_skipped_if_the_settings_say_so(soap_server: Server, code: str) -> None:
    assert type(error_of(soap_server, fault(code), skip_forbidden=True)) is HiddenError


def test_a_fault_without_a_code_is_not_asked_for_again(soap_server: Server) -> None:
    unknown = fault("1002")
    unknown.set_data(unknown.get_data(as_text=True).replace("---&gt; 1002: ", ""))
    error = error_of(soap_server, unknown)
    assert "Nmbrs does not know CompanyService.CostCenter_GetList" in str(error)
    assert len(soap_server.requests) == 1


def test_9999_is_asked_for_once_more(soap_server: Server) -> None:
    error = error_of(soap_server, fault("9999"))
    assert isinstance(error, FatalAPIError)
    assert "Nmbrs failed and does not say why" in str(error)
    assert len(soap_server.requests) == 2
    soap_server.says(CENTERS, fault("9999"), "")
    assert soap_server.rows("cost_centers", COMPANY) == []


def test_a_failed_login_of_1006_and_failures_that_are_no_faults_are_asked_for_again(
    soap_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector_kit.extract.session.wait", lambda _: None)  # between the attempts
    for failure in (
        fault("1006"),
        Response("<html>Bad gateway</html>", status=502),
        Response("<html>Oops</html>", status=500),
        Response("", status=503),
    ):
        soap_server.requests.clear()
        soap_server.says(CENTERS, failure, "")
        assert soap_server.rows("cost_centers", COMPANY) == []
        assert len(soap_server.requests) == 2
        soap_server.requests.clear()
        assert isinstance(error_of(soap_server, failure), RetriableAPIError)
        assert len(soap_server.requests) == 6


def test_no_message_repeats_what_a_fault_says_nor_the_credentials(soap_server: Server) -> None:
    for code in ("1001", "1002", "2004", "9999", "4711"):
        error = error_of(soap_server, fault(code, f"Jansen, {TOKEN}, loon@acme.example"))
        assert not {"Jansen", TOKEN, "loon@acme.example"} & set(str(error).replace(",", " ").split())


def test_another_address_is_named_as_the_setting_to_check(soap_server: Server) -> None:
    assert "check the setting soap_url" in str(error_of(soap_server, Response("Not here", status=404)))


@pytest.mark.parametrize("missing", ["username", "token"])
def test_a_missing_credential_is_named(soap_server: Server, missing: str) -> None:
    with pytest.raises(SettingError, match=f"setting {missing} is missing"):
        soap_server.source(**{missing: None})


def test_the_domain_is_asked_for_once_if_it_is_not_set(soap_server: Server) -> None:
    soap_server.says("Environment_Get", "<SubDomain>acme</SubDomain><Domain>nmbrs.nl</Domain>")
    soap_server.says(CENTERS, "")
    source = soap_server.source(domain=None)
    for _ in range(2):
        source.rows(source.operations["cost_centers"], COMPANY, {})
    assert soap_server.methods == ["Environment_Get", CENTERS, CENTERS]
    assert "<AuthHeader xmlns=" in soap_server.requests[0][2]
    assert "<Domain>" not in soap_server.requests[0][2]
    assert "<Domain>acme</Domain>" in soap_server.requests[1][2]


def test_a_user_who_may_not_ask_for_the_domain_goes_without(soap_server: Server) -> None:
    soap_server.says("Environment_Get", fault("1002"))
    soap_server.says(CENTERS, "")
    source = soap_server.source(domain=None)
    source.rows(source.operations["cost_centers"], COMPANY, {})
    assert "<AuthHeaderWithDomain" in soap_server.requests[1][2]
    assert "<Domain>" not in soap_server.requests[1][2]


@pytest.mark.parametrize("domain", ["acme", "acme.nmbrs.nl", "https://acme.nmbrs.nl/"])
def test_the_domain_is_the_first_part_of_the_address(soap_server: Server, domain: str) -> None:
    soap_server.says(CENTERS, "")
    source = soap_server.source(domain=domain)
    source.rows(source.operations["cost_centers"], COMPANY, {})
    assert "<Domain>acme</Domain>" in soap_server.requests[0][2]


@pytest.mark.parametrize(("day", "is_retired"), [(date(2027, 2, 28), False), (date(2027, 3, 1), True)])
def test_from_the_end_of_the_api_on_every_error_says_so(soap_server: Server, day: date, *, is_retired: bool) -> None:
    soap_server.says(CENTERS, fault("1001"))
    connection = Connection.from_settings(soap_server.settings(), version="0", today=lambda: day)
    source = SoapSource(connection)
    with pytest.raises(LoginRequiredError) as caught:
        source.rows(source.operations["cost_centers"], COMPANY, {})
    assert ("is retired since 1 March 2027: set api to rest" in str(caught.value)) == is_retired


def test_wrong_credentials_stop_the_sync_before_anything_is_read(soap_nmbrs: Start) -> None:
    simulator, settings = soap_nmbrs()
    done = sync({**settings, "token": "0" * 32}, "cost_centers", fails=True)
    assert isinstance(done.error, LoginRequiredError)
    assert len(simulator.log.requests()) == 1


def test_a_call_that_the_user_template_does_not_allow_is_named(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs(soap_forbidden_operations=("Run_GetList",))
    done = sync(settings, "payroll_runs", fails=True)
    assert "the user template does not allow CompanyService.Run_GetList" in str(done.error)
    assert isinstance(done.error, FatalAPIError)


def test_companies_are_found_without_the_right_to_list_debtors(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs(debtors=2, companies=4)
    whole = sync(settings, "companies").records("companies")
    _, settings = soap_nmbrs(debtors=2, companies=4, soap_forbidden_operations=("List_GetByDebtor",))
    plain = sync(settings, "companies").records("companies")
    assert [company["company_id"] for company in plain] == [company["company_id"] for company in whole]
    assert {company["debtor_id"] for company in plain} == {None}
    assert len({company["debtor_id"] for company in whole}) == 2


def test_a_call_that_fails_now_and_then_is_made_again(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs(soap_login_failures=1, soap_unknown_errors=1)
    assert sync(settings, "hour_codes").records("hour_codes")


def test_a_company_that_the_user_may_not_see_is_left_out_if_asked(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs(forbidden_companies=("2",))
    assert "set skip_forbidden" in str(sync(settings, "cost_centers", fails=True).error)
    done = sync({**settings, "skip_forbidden": True}, "companies", "cost_centers")
    companies = {company["company_id"]: company["number"] for company in done.records("companies")}
    assert {companies[record["company_id"]] for record in done.records("cost_centers")} == {"1"}


def test_a_call_of_another_country_leaves_the_stream_empty_and_the_others_alone(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs(soap_foreign_operations=("CostUnit_GetList",))
    done = sync(settings, "cost_units", "cost_centers")
    assert done.records("cost_units") == []
    assert done.records("cost_centers")


def test_a_setting_that_soap_cannot_serve_is_refused() -> None:
    settings = {"api": "soap", "username": "u@acme.example", "token": TOKEN, "start_date": "2026-01-01"}
    done = sync({**settings, "run_types": ["normal"]}, "payroll_runs", fails=True)
    assert isinstance(done.error, SettingError)
    assert "run_types needs api rest" in str(done.error)
