"""Customers that cannot be created: a reason for each, in the dead letters; the others are created."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.conftest import Register, customer

BAD: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "no city": (customer("X", city=None), "missing_field", "city"),
    "no country": (customer("X", country_code=None), "missing_field", "country_code"),
    "unknown country": (customer("X", country_code="XX"), "unknown_country", "country_code"),
    "country by name": (customer("X", country_code="Nederland"), "schema_violation", "country_code"),
    "unknown currency": (customer("X", currency="XXX"), "currency", "currency"),
    "long code": (customer("X", code="12345678901"), "invalid_field", "code"),
    "long key as code": (customer("12345678901"), "invalid_field", "key"),
    "long name": (customer("X", name="n" * 251), "invalid_field", "name"),
    "unknown member": (customer("X", minimax={"e_mail": "a"}), "invalid_field", "minimax.e_mail"),
    "wrong value": (customer("X", minimax={"subject_to_vat": "J"}), "invalid_field", "minimax.subject_to_vat"),
    "member that is no text": (customer("X", minimax={"website": 1}), "invalid_field", "minimax.website"),
    "no key": (customer(""), "missing_key", "key"),
    "too many days": (customer("X", payment_days=2**31), "invalid_field", "payment_days"),
}


def test_what_cannot_be_created_is_rejected_with_its_reason_and_the_others_are_created(register: Register) -> None:
    run = register.deliver(customer("K1"), *(record for record, _, _ in BAD.values()), customer("K2"))
    assert (run.code, run.states) == (10, ["1"]), run.stderr
    assert register.codes == ["K1", "K2"]
    assert (run.counts["fail"], run.counts["success"]) == (len(BAD), 2)
    reasons = [(letter["code"], letter["field"]) for letter in register.dead_letters]
    assert reasons == [(code, field) for _, code, field in BAD.values()]
    assert f"{len(BAD)} of {len(BAD) + 2} records were rejected" in run.message
    assert register.writes == 2


def test_all_problems_of_a_customer_are_named_and_the_first_decides(register: Register) -> None:
    register.deliver(customer("K1", city=None, country_code="XX", currency="XXX"))
    (letter,) = register.dead_letters
    assert (letter["code"], letter["field"]) == ("missing_field", "city")
    assert letter["message"].startswith("customer K1, city: is missing")
    assert "country_code: Minimax has no country XX; currency: Minimax has no currency XXX" in letter["message"]


@pytest.mark.parametrize("status", [400, 409, 422])
@pytest.mark.parametrize("messages", ["list", "object"])
def test_what_minimax_refuses_is_rejected_in_its_own_words(
    open_register: Callable[..., Register], status: int, messages: str
) -> None:
    register = open_register(validation_status=status, messages=messages, code_length=5)
    run = register.deliver(customer("Marker-17"), customer("K"))
    assert (run.code, register.codes) == (10, ["K"]), run.stderr
    (letter,) = register.dead_letters
    assert (letter["code"], letter["provider_code"]) == ("refused_by_provider", "Code")
    assert letter["provider_text"]
    assert letter["provider_text"] not in run.stderr


def test_email_is_not_sent_and_that_is_said_once(register: Register) -> None:
    run = register.deliver(customer("K1", email="a@b.example"), customer("K2", email="c@d.example"))
    assert run.code == 0
    assert run.stderr.count("Customers have no e-mail at Minimax") == 1
    assert not register.simulator.log.effects("members_ignored")


def test_a_record_before_its_schema_is_rejected(register: Register) -> None:
    record = '{"type": "RECORD", "stream": "customers", "record": {"key": "K1"}}\n'
    run = register.command(stdin=record)
    assert run.code == 10
    assert register.dead_letters[0]["message"].startswith("customer K1: came before the SCHEMA")


def test_other_streams_are_refused(register: Register) -> None:
    schema = '{"type": "SCHEMA", "stream": "payroll_runs", "key_properties": ["key"], "schema": {"properties": {}}}\n'
    run = register.command(stdin=schema)
    assert (run.code, register.writes) == (16, 0)
    assert "'payroll_runs' is not booked by target-minimax" in run.message


MARKERS = {
    "name": "Marker-Naam",
    "address": "Marker-Straat 9",
    "city": "Markerdam",
    "tax_number": "99887766",
    "vat_number": "SI99887766",
    "email": "marker@example.org",
}


def test_nothing_of_a_record_and_no_secret_is_in_the_log_or_the_ledger_at_any_level(register: Register) -> None:
    register.simulator.faults.add(action="reset_after", method="POST", path="/customers")
    records = (
        customer("K1", **MARKERS),
        customer("K2", **MARKERS | {"country_code": "XX"}),
        customer("A.9", **MARKERS),
        customer("K1", **MARKERS | {"city": "Markerwaard"}),
    )
    debug = {"LOGLEVEL": "DEBUG", "TARGET_MINIMAX_LOGLEVEL": "DEBUG"}
    run = register.deliver(*records, environment=debug)
    assert run.code == 10
    assert "DEBUG" in run.stderr
    seen = (run.stderr + run.stdout).encode()
    seen += b"".join(path.read_bytes() for path in register.folder.glob("*.sqlite3*") if "dead" not in path.name)
    seen += (register.folder / "minimax-rejected-logins.json").read_bytes()
    secrets = [register.settings[name] for name in ("client_secret", "username", "password")]
    assert [marker for marker in (*MARKERS.values(), "Marker", *secrets) if marker.encode() in seen] == []
