"""Customers that cannot be created: a reason for each, in the dead letters; the others are created."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.books import Books, customer
from tests.target_minimax.conftest import Command

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


def test_what_cannot_be_created_is_rejected_with_its_reason_and_the_others_are_created(books: Books) -> None:
    ended = books.deliver("customers", customer("K1"), *(record for record, _, _ in BAD.values()), customer("K2"))
    assert (ended.code, ended.states) == (10, [1]), ended.log
    assert books.codes == ["K1", "K2"]
    assert (ended.counts["fail"], ended.counts["success"]) == (len(BAD), 2)
    assert ended.reasons == [(code, field) for _, code, field in BAD.values()]
    assert f"{len(BAD)} of {len(BAD) + 2} records were rejected" in ended.message
    assert books.writes == 2


def test_all_problems_of_a_customer_are_named_and_the_first_decides(books: Books) -> None:
    ended = books.deliver("customers", customer("K1", city=None, country_code="XX", currency="XXX"))
    (letter,) = ended.letters
    assert (letter["code"], letter["field"]) == ("missing_field", "city")
    assert letter["message"].startswith("customer K1, city: is missing")
    assert "country_code: Minimax has no country XX; currency: Minimax has no currency XXX" in letter["message"]


@pytest.mark.parametrize(("status", "messages"), [(400, "list"), (409, "object"), (422, "aspnet")])
def test_what_minimax_refuses_is_rejected_in_its_own_words(
    open_books: Callable[..., Books], status: int, messages: str
) -> None:
    books = open_books(validation_status=status, messages=messages, code_length=5)
    ended = books.deliver("customers", customer("Marker-17"), customer("K"))
    assert (ended.code, books.codes) == (10, ["K"]), ended.log
    (letter,) = ended.letters
    assert (letter["code"], letter["provider_code"]) == ("refused_by_provider", books.refused("Code"))
    assert letter["provider_text"]
    assert letter["provider_text"] not in ended.log


def test_email_is_not_sent_and_that_is_said_once(books: Books) -> None:
    ended = books.deliver("customers", customer("K1", email="a@b.example"), customer("K2", email="c@d.example"))
    assert ended.code == 0
    assert ended.log.count("Customers have no e-mail at Minimax") == 1
    assert not books.simulator.log.effects("members_ignored")


def test_what_is_no_stream_of_ours_or_has_no_schema_is_refused(books: Books, command: Command) -> None:
    record = '{"type": "RECORD", "stream": "customers", "record": {"key": "K1"}}\n'
    schema = '{"type": "SCHEMA", "stream": "payroll_runs", "key_properties": ["key"], "schema": {"properties": {}}}\n'
    run = command(stdin=record + schema)
    assert (run.code, books.writes) == (16, 0)
    assert "'payroll_runs' is not booked by target-minimax" in run.message
    letters = (books.folder / "ledger.sqlite3.dead-letters.jsonl").read_text(encoding="utf-8")
    assert "customer K1: came before the SCHEMA" in letters


MARKERS = {
    "name": "Marker-Naam",
    "address": "Marker-Straat 9",
    "city": "Markerdam",
    "tax_number": "99887766",
    "vat_number": "SI99887766",
    "email": "marker@example.org",
}


def test_nothing_of_a_record_and_no_secret_is_in_the_log_or_the_ledger_at_any_level(
    books: Books, command: Command
) -> None:
    books.simulator.faults.add(action="reset_after", method="POST", path="/customers")
    records = (
        customer("K1", **MARKERS),
        customer("K2", **MARKERS | {"country_code": "XX"}),
        customer("A.9", **MARKERS),
        customer("K1", **MARKERS | {"city": "Markerwaard"}),
    )
    debug = {"LOGLEVEL": "DEBUG", "TARGET_MINIMAX_LOGLEVEL": "DEBUG"}
    stdin = books.messages([("customers", record) for record in records]).getvalue()
    run = command(stdin=stdin, environment=debug)
    assert run.code == 10
    assert "DEBUG" in run.stderr
    seen = (run.stderr + run.stdout).encode()
    seen += b"".join(path.read_bytes() for path in books.folder.glob("*.sqlite3*") if "dead" not in path.name)
    seen += (books.folder / "minimax-rejected-logins.json").read_bytes()
    secrets = [books.config()[name] for name in ("client_secret", "username", "password")]
    assert [marker for marker in (*MARKERS.values(), "Marker", *secrets) if marker.encode() in seen] == []
