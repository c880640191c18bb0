from typing import TYPE_CHECKING

import pytest
import requests
from provider_simulators.minimax import Country

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax


def test_the_client_half_goes_in_the_form_or_as_basic_credentials(minimax_caller: "MinimaxCaller") -> None:
    settings = minimax_caller.settings
    form = {"grant_type": "password", "username": settings["username"], "password": settings["password"]}
    basic = (settings["client_id"], settings["client_secret"])

    for answer in (minimax_caller.token(), requests.post(settings["token_url"], data=form, auth=basic, timeout=10)):
        assert answer.status_code == 200
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 3600)


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "username", "password"])
def test_wrong_credentials_get_the_bare_text_bad_request(minimax_caller: "MinimaxCaller", wrong: str) -> None:
    answer = minimax_caller.token(**{wrong: "wrong"})

    assert (answer.status_code, answer.text) == (400, "Bad Request")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_refused_log_in_may_be_told_in_json(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(rejection="json")

    assert caller.token(password="wrong").json() == {"error": "invalid_grant"}
    assert caller.token(client_secret="wrong").json() == {"error": "invalid_client"}


def test_wrong_passwords_in_a_row_lock_the_user_half_until_it_is_made_anew(minimax_caller: "MinimaxCaller") -> None:
    logins = minimax_caller.simulator.logins
    for _ in range(2):
        minimax_caller.token(password="wrong")
    assert minimax_caller.token().status_code == 200  # starts counting anew

    for _ in range(3):
        minimax_caller.token(password="wrong")

    assert logins.locked
    assert minimax_caller.token().status_code == 400
    logins.recreate()
    assert minimax_caller.token().status_code == 400
    fresh = minimax_caller.simulator.connector_settings()
    assert minimax_caller.token(username=fresh["username"], password=fresh["password"]).status_code == 200
    assert [effect["locked"] for effect in minimax_caller.simulator.log.effects("login_refused")][-3:] == [
        True,
        True,
        False,
    ]


def test_a_wrong_client_does_not_lock_the_user(minimax_caller: "MinimaxCaller") -> None:
    for _ in range(5):
        minimax_caller.token(client_secret="wrong")

    assert minimax_caller.token().status_code == 200


def test_tokens_expire_and_are_told_to_live_so_long(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(token_seconds=120)
    assert caller.get("customers").status_code == 200

    caller.simulator.clock.advance(121)

    assert caller.get("customers").status_code == 401
    caller.log_in()
    assert caller.get("customers").status_code == 200


def test_without_or_with_an_unknown_token_the_answer_is_401(minimax_caller: "MinimaxCaller") -> None:
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answer = requests.get(f"{minimax_caller.organisation}/customers", headers=header, timeout=10)
        assert answer.status_code == 401


@pytest.mark.parametrize(("works", "status"), [(False, 400), (True, 200)])
def test_the_refresh_grant_is_a_switch(start_minimax: "StartMinimax", works: bool, status: int) -> None:  # noqa: FBT001 (pytest's)
    caller = start_minimax(refresh=works)
    token = caller.token().json()["refresh_token"]

    assert caller.token(grant_type="refresh_token", refresh_token=token).status_code == status


@pytest.mark.parametrize("country", Country)
def test_each_country_has_its_path_and_its_ids(start_minimax: "StartMinimax", country: Country) -> None:
    caller = start_minimax(localisation=country)
    known = {
        Country.SI: ("SI", 192, "EUR", 7),
        Country.HR: ("HR", None, "EUR", None),
        Country.RS: ("RS", 3, "RSD", 2),
    }
    home, country_id, currency, currency_id = known[country]

    assert caller.settings["localisation"] == country
    assert f"/{country}/API" in caller.settings["api_url"]
    found = (
        caller.get(f"countries/code({home})").json()["CountryId"],
        caller.get(f"currencies/code({currency})").json()["CurrencyId"],
    )
    assert found == (country_id or found[0], currency_id or found[1])
    if country is Country.RS:
        assert caller.get("currencies/code(CZK)").json()["CurrencyId"] == 7


def test_paths_match_in_any_case_but_need_the_doubled_api(minimax_caller: "MinimaxCaller") -> None:
    url, organisation = minimax_caller.settings["api_url"], minimax_caller.settings["organisation_id"]
    lower = url.replace("/SI/API", "/si/api")

    assert minimax_caller.session.get(f"{lower}/api/orgs/{organisation}/Customers", timeout=10).status_code == 200
    assert minimax_caller.session.get(f"{url}/API/currentUser/orgs", timeout=10).status_code == 200
    single = minimax_caller.session.get(f"{url}/orgs/{organisation}/customers", timeout=10)
    assert (single.status_code, single.headers["Content-Type"]) == (404, "text/html")
    token = minimax_caller.settings["token_url"].replace("/AUT/OAuth20/Token", "/AUT/oauth20/token/")
    assert requests.post(token, data={"grant_type": "password"}, timeout=10).text == "Bad Request"


def test_without_the_api_right_log_in_works_and_there_are_no_organisations(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(api_right=False)

    answer = caller.session.get(f"{caller.settings['api_url']}/api/currentuser/orgs", timeout=10)

    assert (answer.status_code, answer.json()["Rows"], answer.json()["TotalRows"]) == (200, [], 0)
    assert caller.get("customers").status_code == 403


def test_organisations_are_the_worlds_companies(minimax_caller: "MinimaxCaller") -> None:
    url = f"{minimax_caller.settings['api_url']}/api/currentuser/orgs"
    rows = minimax_caller.session.get(url, timeout=10).json()["Rows"]

    assert [row["Organisation"]["Name"] for row in rows] == [
        company.name for company in minimax_caller.simulator.world.companies
    ]
    assert rows[0]["Organisation"]["ID"] == minimax_caller.settings["organisation_id"]
    foreign = f"{minimax_caller.settings['api_url']}/api/orgs/1/customers"
    assert minimax_caller.session.get(foreign, timeout=10).status_code == 403


@pytest.mark.parametrize(
    ("answer", "status", "header"), [("bare", 429, False), ("retry_after", 429, True), ("text", 403, False)]
)
def test_the_days_calls_of_an_organisation_are_counted_and_roll(
    start_minimax: "StartMinimax",
    answer: str,
    status: int,
    header: bool,  # noqa: FBT001 (pytest's)
) -> None:
    caller = start_minimax(calls_per_day=3, limit_answer=answer)
    other = caller.organisation.replace("/21001", "/21002")

    assert [caller.get("currencies").status_code for _ in range(3)] == [200] * 3
    caller.simulator.clock.advance(3000)
    caller.log_in()
    refused = caller.get("currencies")

    assert refused.status_code == status
    assert ("Retry-After" in refused.headers) is header
    assert not header or 83_000 < int(refused.headers["Retry-After"]) < 83_500
    assert "omejitev" in refused.json()["Message"]
    assert caller.session.get(f"{other}/currencies", timeout=10).status_code == 200
    assert caller.simulator.backend.budget.used(21001) == 3
    caller.simulator.clock.advance(24 * 3600 - 3000)
    caller.log_in()
    assert caller.get("currencies").status_code == 200


def test_log_ins_and_the_list_of_organisations_cost_no_call(minimax_caller: "MinimaxCaller") -> None:
    minimax_caller.session.get(f"{minimax_caller.settings['api_url']}/api/currentuser/orgs", timeout=10)

    assert minimax_caller.simulator.backend.budget.used(21001) == 0


def test_no_credential_stands_in_the_log(minimax_caller: "MinimaxCaller") -> None:
    minimax_caller.token(password="a wrong password")
    log = str(minimax_caller.simulator.log.records())

    for secret in ("a wrong password", minimax_caller.settings["password"], minimax_caller.settings["client_secret"]):
        assert secret not in log
