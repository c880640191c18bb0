"""Lists: envelope and pages; members and types against the vendor's."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minimax import Country
from provider_simulators.minimax.models import DEFAULTS, models
from provider_simulators.minimax.operations import operations

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax

KINDS = {
    "array": ("list",), "object": ("object",), "fk": ("fk",), "integer": ("integer",), "number": ("number",),
    "boolean": ("boolean",), "string": ("string", "date", "moment", "base64"),
}  # fmt: skip
ELSEWHERE = {"Employee.EmploymentType", "ReceivedInvoice.PaymentReferenceType"}
"""Members whose values differ per country."""


def test_pages_are_told_in_an_envelope_and_end_empty(minimax_caller: "MinimaxCaller") -> None:
    pages = [minimax_caller.get("countries", SortField="Code", CurrentPage=number).json() for number in range(1, 5)]

    assert [len(page["Rows"]) for page in pages] == [100, 100, 49, 0]
    assert {(page["TotalRows"], page["PageSize"]) for page in pages} == {(249, 100)}
    assert [page["CurrentPageNumber"] for page in pages] == [1, 2, 3, 4]
    codes = [row["Code"] for page in pages for row in page["Rows"]]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize(("largest", "given"), [(None, 300), (200, 200)])
def test_a_page_size_is_honoured_or_cut_and_told(
    start_minimax: "StartMinimax", largest: int | None, given: int
) -> None:
    page = start_minimax(page_size_max=largest).get("countries", PageSize=300).json()

    assert (page["PageSize"], len(page["Rows"])) == (given, min(given, 249))


def test_search_is_loose_and_order_may_be_descending(minimax_caller: "MinimaxCaller") -> None:
    for code in ("A1", "A10", "B1"):
        assert minimax_caller.post("customers", minimax_caller.customer(Code=code)).status_code == 201

    found = minimax_caller.get("customers", SearchString="a1", SortField="Code", Order="D").json()

    assert [row["Code"] for row in found["Rows"]] == ["A10", "A1"]
    assert found["TotalRows"] == 2


def test_unknown_parameters_are_ignored_and_everything_comes_back(minimax_caller: "MinimaxCaller") -> None:
    everything = minimax_caller.get("customers").json()

    assert minimax_caller.get("customers", Code="nobody", page=7).json() == everything
    (effect,) = minimax_caller.simulator.log.effects("parameters_ignored")
    assert effect["parameters"] == ["Code", "page"]


@pytest.mark.parametrize("parameter", ["CurrentPage", "PageSize"])
@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_a_page_that_is_no_number_is_refused(minimax_caller: "MinimaxCaller", parameter: str, value: str) -> None:
    assert minimax_caller.get("customers", **{parameter: value}).status_code == 400


def test_a_customers_moment_of_change_is_local_and_without_a_zone(minimax_caller: "MinimaxCaller") -> None:
    record = minimax_caller.get("customers/code(D001)").json()

    assert re.fullmatch(r"2026-11-15T13:\d\d:\d\d\.\d{3}", record["RecordDtModified"])


def test_organisations_have_the_vendors_members(
    minimax_caller: "MinimaxCaller", minimax_faults: Callable[..., list[str]]
) -> None:
    url = f"{minimax_caller.settings['api_url']}/api/currentuser/orgs"

    for row in minimax_caller.session.get(url, timeout=10).json()["Rows"]:
        assert minimax_faults(row, "UserOrganisation") == []


@pytest.mark.parametrize("country", Country)
def test_members_that_are_checked_are_the_vendors(minimax_specification: dict[str, Any], country: Country) -> None:
    known = models(country.value)

    for name, model in minimax_specification["models"].items():
        described = {each["name"]: each for each in model["fields"] if country in each.get("only", country).split("/")}
        if name not in known:
            assert name in ("FkField", "ValidationMessage", "SearchResult", "SyncCandidate", "ActionResult", "Dashboard",
                            "Chart")  # fmt: skip
            continue
        assert [each.name for each in known[name].fields] == list(described)
        for each in known[name].fields:
            field, path = described[each.name], f"{name}.{each.name}"
            assert each.kind in KINDS[field["type"]], path
            assert each.length == field.get("max_length"), path
            assert path in ELSEWHERE or sorted(each.values) == sorted(field.get("enum", ())), path
            assert each.required == field.get("required", ""), path
            assert not field.get("readonly") or each.written == "never", path
            assert each.target == field.get("target", field.get("items", field.get("model", ""))), path
    assert set(DEFAULTS) == {"Usage", "AlreadyPaid"}


def test_operations_are_the_vendors(minimax_caller: "MinimaxCaller", minimax_specification: dict[str, Any]) -> None:
    documented = {
        (each["id"], each["method"], re.sub(r"{\w+}", "{}", each["path"]))
        for each in minimax_specification["operations"]
    }
    simulated = {
        (route.operation, route.method, re.sub(r"<[\w:]+>", "{}", route.path.removeprefix("/SI/API")))
        for route in minimax_caller.simulator.routes()
        if route.operation not in ("token", "no_such_path") and not route.path.endswith(("()", "/payrollsettings/"))
    }

    assert len(simulated) == 178
    assert simulated == documented


def test_query_parameters_and_rows_are_the_vendors(minimax_specification: dict[str, Any]) -> None:
    documented = {each["id"]: each for each in minimax_specification["operations"]}

    for each in operations():
        described = documented[each.name]
        query = {one["name"] for one in described.get("parameters", ()) if one["in"] == "query"}
        assert each.query == query, each.name
        assert each.module == described["module"]
        if each.verb == "list":
            assert each.row == described["response"]["rows"], each.name


def test_what_changed_since_is_told_with_row_versions(minimax_caller: "MinimaxCaller") -> None:
    minimax_caller.simulator.clock.advance(3000)
    number = minimax_caller.add("customers", minimax_caller.customer())

    changed = minimax_caller.rows("customers/synccandidates", RecordDtModifiedFrom="2026-11-15T13:30:00")

    record = minimax_caller.get(f"customers/{number}").json()
    assert changed == [
        {"ID": number, "RecordDtModified": record["RecordDtModified"], "RowVersion": record["RowVersion"]}
    ]
    assert minimax_caller.rows("customers/synccandidates", RecordDtModifiedTo="2026-11-15T11:00:00") == []


def test_rows_of_some_lists_know_less_or_call_it_differently(minimax_caller: "MinimaxCaller") -> None:
    minimax_caller.add("journals", minimax_caller.journal())

    (journal,) = minimax_caller.rows("journals")
    assert set(journal) == {"JournalId", "JournalType", "JournalDate", "Description"}
    assert minimax_caller.rows("items", SearchString="nege")[0]["Title"] == "Ura nege"
    assert not {"RowVersion", "VATIdentificationNumber"} & set(minimax_caller.rows("customers")[0])
    assert "Default" in minimax_caller.rows("paymentMethods")[0]
    assert "Code" in minimax_caller.rows("issuedinvoices/paymentmethods")[0]


def test_vat_rates_change_by_day_and_country(minimax_caller: "MinimaxCaller") -> None:
    germany = minimax_caller.id("Country", "DE")["ID"]

    def standard(**query: Any) -> tuple[int, Any, int]:
        rate = minimax_caller.get("vatrates/code(S)", **query).json()
        return rate["VatRateId"], rate["Percent"], rate["VatRatePercentage"]["ID"]

    assert standard() == (36, 22, 62)
    assert standard(date="2013-06-30") == (36, 20, 61)
    assert standard(countryID=germany)[1] == 19
    assert minimax_caller.get("vatrates/code(0)", date="2019-12-31").status_code == 404
    assert minimax_caller.get("vatrates", date="soon").status_code == 400
    assert {row["Code"] for row in minimax_caller.rows("vatrates")} == set("SZP0ON")


def test_prices_and_item_data_come_in_one_piece(minimax_caller: "MinimaxCaller") -> None:
    answer = minimax_caller.get("items/pricelists").json()

    assert set(answer) == {"Rows", "ValidationMessages"}
    assert (answer["Rows"][0]["PriceWithoutVAT"], answer["Rows"][0]["PriceWithVAT"]) == (48.5, 59.17)
    assert minimax_caller.get("items/settings").json() == {"PricesIncludeVAT": "N"}


def test_the_order_of_a_list_without_sort_field_may_change(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(unsorted="changing")

    assert len({str(caller.rows("customers")) for _ in range(3)}) > 1
    assert len({str(caller.rows("customers", SortField="Code")) for _ in range(3)}) == 1
