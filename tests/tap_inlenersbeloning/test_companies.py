"""Companies and tokens: one for all, one for each, or an organisation's that is asked which companies it has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from connector_kit.errors import LoginRequiredError, SettingError
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, Right

from tests.tap_inlenersbeloning.conftest import Settings, paths, sync

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]


def test_each_company_is_read_with_its_own_token(hirers: Start) -> None:
    _, whole = hirers()
    _, settings = hirers(credential="companies")
    assert "token" not in settings
    assert len({company["token"] for company in settings["companies"]}) == 2
    for stream in ("partners", "remunerations", "salary_steps"):
        assert sync(settings).some(stream) == sync(whole).some(stream)


def test_companies_add_up_with_company_ids(hirers: Start) -> None:
    simulator, settings = hirers()
    first, second = settings["company_ids"]
    own = {"company_id": second, "token": simulator.backend.company_tokens[second].value, "name": "De Tweede"}
    token = simulator.backend.company_tokens[first].value
    done = sync({**settings, "token": token, "company_ids": [first], "companies": [own]}, "partners")
    assert {row["company_id"] for row in done.some("partners")} == {first, second}


def test_a_company_that_shares_the_token_needs_none_of_its_own(hirers: Start) -> None:
    _, settings = hirers()
    companies = [{"company_id": company_id} for company_id in settings.pop("company_ids")]
    assert {row["company_id"] for row in sync({**settings, "companies": companies}).some("partners")} == {
        company["company_id"] for company in companies
    }


def test_a_revoked_token_of_one_company_names_its_setting(hirers: Start) -> None:
    _, settings = hirers(credential="companies")
    settings["companies"][1]["token"] = f"cmp_{'0' * 64}"
    with pytest.raises(LoginRequiredError, match=f"company {settings['companies'][1]['company_id']}: HTTP 401"):
        sync(settings)


def test_what_one_company_may_not_read_leaves_the_others_alone(hirers: Start, caplog: pytest.LogCaptureFixture) -> None:
    simulator, settings = hirers(credential="companies")
    first, second = (company["company_id"] for company in settings["companies"])
    settings["companies"][0]["token"] = simulator.backend.add_token(first, {Right.PARTNERS}).value
    done = sync(settings)
    assert {row["company_id"] for row in done.some("partners")} == {first, second}
    assert {row["company_id"] for row in done.some("remunerations")} == {second}
    assert len([record for record in caplog.records if "Left out: " in record.getMessage()]) == 1


def test_an_organisation_without_named_companies_is_asked_for_them(hirers: Start) -> None:
    simulator, settings = hirers()
    company_ids = settings.pop("company_ids")
    assert {row["company_id"] for row in sync(settings, "partners").some("partners")} == set(company_ids)
    assert paths(simulator)[0] == "/company"


@pytest.mark.parametrize(
    "switches", [{"companies_path": None}, {"companies_path": 1}, {"rights": frozenset({Right.PARTNERS})}]
)
def test_an_organisation_that_does_not_say_them_has_to_name_them(hirers: Start, switches: Settings) -> None:
    _, settings = hirers(**switches)
    settings.pop("company_ids")
    with pytest.raises(SettingError, match="setting company_ids is missing, and the provider does not say which"):
        sync(settings)
    if switches.get("companies_path"):
        assert sync({**settings, "paths": {"list_companies": "/companies"}}, "partners").some("partners")


@pytest.mark.parametrize(
    ("companies", "words"),
    [
        ([{"company_id": "a"}], r"setting companies\[0\]: needs a company_id and a token"),
        ([{"company_id": "a", "token": "t"}, {"company_id": "a", "token": "u"}], "company a stands there twice"),
    ],
)
def test_a_list_of_companies_that_cannot_work_is_named(hirers: Start, companies: list[Settings], words: str) -> None:
    simulator, settings = hirers()
    with pytest.raises(SettingError, match=words):
        sync({"api_url": settings["api_url"], "companies": companies})
    with pytest.raises(SettingError, match=r"company .* stands in company_ids, too"):
        sync({**settings, "companies": [{"company_id": settings["company_ids"][0]}]})
    with pytest.raises(SettingError, match="setting token is missing: company_ids needs it"):
        sync({**settings, "token": None, "companies": [{"company_id": "a", "token": "t"}]})
    assert paths(simulator) == []


def test_the_stream_of_companies_has_those_of_the_settings_and_those_of_the_provider(hirers: Start) -> None:
    _, settings = hirers()
    first, second = settings["company_ids"]
    rows = {row["company_id"]: row for row in sync({**settings, "company_ids": [first]}, "companies").some("companies")}
    assert {id_: row["is_read"] for id_, row in rows.items()} == {first: True, second: False}
    assert rows[second]["raw"] == {"id": second, "businessName": rows[second]["business_name"]}


def test_where_the_provider_does_not_list_companies_those_of_the_settings_come_with_one_warning(
    hirers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = hirers(companies_path=None)
    rows = sync(settings, "companies").some("companies")
    assert [row["company_id"] for row in rows] == settings["company_ids"]
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "Only the companies of the settings" in warning
    assert warning.endswith("in the setting paths.list_companies")


def test_a_company_has_the_name_of_the_settings(hirers: Start) -> None:
    simulator, settings = hirers(credential="companies")
    rows = sync(settings, "companies").some("companies")
    assert [row["name"] for row in rows] == [company["name"] for company in settings["companies"]]
    assert paths(simulator) == [], "tokens of one company have none to list"
