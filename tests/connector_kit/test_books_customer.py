"""A customer of the books contract, and what its refusals say."""

from dataclasses import fields
from typing import Any

import fastjsonschema
import pytest
from connector_kit.books import contracts
from connector_kit.books.customer import Customer
from connector_kit.books.entry_errors import EntryError, Problems


def test_a_record_becomes_a_customer() -> None:
    record: dict[str, Any] = {
        "key": "crm-17",
        "code": 17,
        "name": " Bakkerij Ž ",
        "country_code": "SI",
        "currency": "EUR",
        "payment_days": "14",
        "city": " ",
        "minimax": {"subject_to_vat": "M"},
        "unknown": "ignored",
    }
    customer = Customer.from_record(record)
    assert (customer.key, customer.code, customer.name, customer.city) == ("crm-17", "17", "Bakkerij Ž", None)
    assert (customer.country_code, customer.currency, customer.payment_days) == ("SI", "EUR", 14)
    assert dict(customer.provider_fields) == {"minimax": {"subject_to_vat": "M"}}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"key": " "}, "missing_key", "key"),
        ({"name": ""}, "missing_field", "name"),
        ({"name": 1.5}, "invalid_field", "name"),
        ({"country_code": "Slovenija"}, "invalid_field", "country_code"),
        ({"currency": "€"}, "invalid_field", "currency"),
        ({"payment_days": -1}, "invalid_field", "payment_days"),
    ],
)
def test_a_record_that_is_no_customer_is_refused_by_field(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(EntryError) as refused:
        Customer.from_record({"key": "crm-17", "name": "Marker-Name"} | changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert "Marker" not in str(refused.value)


def test_the_contract_has_the_fields_of_the_customer() -> None:
    schema = contracts.schema("customers")
    assert set(schema["properties"]) == {one.name for one in fields(Customer)} - {"provider_fields"}
    fastjsonschema.compile(schema)({"key": "K", "name": "N", "city": None})


def test_all_problems_are_named_and_the_first_decides() -> None:
    problems = Problems()
    problems.add("missing_field", "city", "is missing")
    problems.add("unknown_country", "country_code", "is none")
    error = problems.combined("K")
    assert (error.code, error.field) == ("missing_field", "city")
    assert str(error) == "entry K, city: is missing; country_code: is none"
