"""Slovenia, Croatia, Serbia: addresses, languages, and what only one of them wants or has."""

from collections.abc import Callable
from typing import Any

import pytest
from connector_kit.settings import check_settings
from target_minimax.connection import Connection
from target_minimax.settings import Settings
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import Books, customer
from tests.target_minimax.test_records import DAY, RECORDS

COUNTRIES = ("SI", "HR", "RS")
ADDRESSES = {
    "SI": ("https://moj.minimax.si/SI/API", "https://moj.minimax.si/SI/AUT/OAuth20/Token", "minimax.si", "EUR"),
    "HR": ("https://moj.minimax.hr/HR/API", "https://moj.minimax.hr/HR/AUT/oauth20/token", "minimax.si", "EUR"),
    "RS": ("https://moj.minimax.rs/RS/API", "https://moj.minimax.rs/RS/AUT/oauth20/token", "minimax.rs", "RSD"),
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_addresses_and_scope_are_those_of_the_country(books: Books, country: str) -> None:
    config = books.config(localisation=country, api_url=..., token_url=...)
    settings = Settings.from_config(check_settings(TargetMinimax, config))
    home = settings.localisation
    assert (settings.api_url, settings.token_url, home.scope, home.currency) == ADDRESSES[country]


@pytest.mark.parametrize("country", COUNTRIES)
def test_refusals_are_understood_in_the_language_of_the_country(open_books: Callable[..., Books], country: str) -> None:
    books = open_books(localisation=country, code_length=5)
    ended = books.deliver("customers", customer("Marker-17"))
    (letter,) = ended.letters
    assert (letter["code"], letter["provider_code"]) == ("refused_by_provider", books.refused("Code"))
    assert letter["provider_text"]
    assert letter["provider_text"] not in ended.log


ONLY: dict[str, tuple[str, dict[str, Any], str]] = {
    "a journal's reason of reversal": ("sales_invoices", {"minimax": {"reverse_reason": "x"}}, "RS"),
    "day of approval": ("purchase_invoices", {"minimax": {"date_approved": DAY}}, "RS"),
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_what_only_one_country_has_is_rejected_in_the_others(open_books: Callable[..., Books], country: str) -> None:
    books = open_books(localisation=country)
    percent = {"SI": 22, "HR": 25, "RS": 20}[country]
    for stream, change, home in ONLY.values():
        lines = [RECORDS[stream]["lines"][0] | {"vat_amount": percent}]
        own = change["minimax"] | ({"employee": "10000101"} if (stream, country) == ("sales_invoices", "HR") else {})
        ended = books.deliver(stream, RECORDS[stream] | {"lines": lines, "minimax": own})
        wrong = [] if country == home else [("invalid_field", f"minimax.{next(iter(change['minimax']))}")]
        assert ended.reasons == wrong


def test_in_serbia_a_received_invoice_says_when_it_was_approved(open_books: Callable[..., Books]) -> None:
    books = open_books(localisation="RS")
    ended = books.deliver("purchase_invoices", RECORDS["purchase_invoices"])
    assert ended.reasons == [("missing_field", "date_approved")]


def test_the_same_code_has_another_id_in_each_country(open_books: Callable[..., Books]) -> None:
    ids = set()
    for country in COUNTRIES:
        references = Connection(check_settings(TargetMinimax, open_books(localisation=country).config())).references
        ids.add((references.find("Currency", "CZK"), references.find("Country", "NL"), references.find("VatRate", "S")))
    assert len(ids) == len(COUNTRIES)
