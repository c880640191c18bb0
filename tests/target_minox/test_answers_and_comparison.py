"""Answers of Minox in every known shape, and whether what it holds is what we sent."""

from typing import Any

import pytest
from connector_kit.posting.wire_json import read_json, write_json
from target_minox.answers import AnswerError, errors_of, first_code, messages_of, page_of, text_of
from target_minox.comparison import same_lines

from tests.target_minox.invented_books import bookkeeper, credit, debit, entry

ERRORS: dict[str, Any] = {
    "array of messages": [{"message_code": "E1", "message_type": "Error", "message": "nee"}],
    "Dutch word": [{"message_code": "E1", "message_type": "fout", "message": "nee"}],
    "messages on lines": [{"account": {"id": "4000"}, "messages": [{"message_code": "E1", "message_type": "ERR"}]}],
    "object with error": {"error": "E1", "error_description": "nee"},
    "inside an envelope": {"collection": [{"messages": [{"message_code": "E1", "message_type": "error"}]}]},
}
HARMLESS: dict[str, Any] = {
    "nothing": None,
    "empty array": [],
    "text": "Opgeslagen",
    "warning": [{"message_code": "W1", "message_type": "warning", "message": "let op"}],
    "lines": [{"account": {"id": "4000"}, "debit": 1, "messages": []}],
    "object with message": {"message": "ok"},
}


@pytest.mark.parametrize("body", ERRORS.values(), ids=ERRORS)
def test_an_error_is_found_wherever_it_hangs(body: Any) -> None:
    assert first_code(errors_of(body)) == "E1"


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS)
def test_other_bodies_are_no_errors(body: Any) -> None:
    assert errors_of(body) == ()


def test_the_provider_s_words_are_kept_in_one_line() -> None:
    assert text_of(messages_of("regel 1\nregel 2")) == "regel 1 regel 2"
    assert (
        text_of(messages_of([{"message_code": "A", "message": "x"}, {"message_code": "B", "message": "y"}])) == "x; y"
    )
    assert text_of(messages_of(None)) is None


@pytest.mark.parametrize(
    ("links", "following"),
    [
        (None, {}),
        ({}, {}),
        ({"next": None}, {}),
        ({"next": "abc"}, {"next": "abc"}),
        ({"next": 2}, {"next": "2"}),
        ({"next": "https://elsewhere.example/x?next=abc&status=open"}, {"next": "abc", "status": "open"}),
        ({"next": {"href": "/journal?next=2"}}, {"next": "2"}),
    ],
)
def test_the_next_page_is_found_in_every_likely_form(links: Any, following: dict[str, str]) -> None:
    page = page_of({"links": links, "collection": [{"id": 1}]})
    assert (page.rows, page.next) == (({"id": 1},), following)


def test_a_bare_array_is_a_list_and_other_bodies_are_not() -> None:
    assert page_of([{"id": 1}]).rows == ({"id": 1},)
    for body in (None, "text", {"message": "x"}, [1], {"collection": None}):
        with pytest.raises(AnswerError):
            page_of(body)


def held(*, change: dict[str, Any] | None = None, drop: str | None = None) -> tuple[list[Any], list[Any]]:
    """Lines as written, and the same as Minox might give them back."""
    written = bookkeeper().lines(
        entry(debit("4000", "0.10", cost_center="100"), debit("4010", "2499.90"), credit("1720", description="Netto"))
    )
    lines = read_json(write_json(list(reversed(written))))
    for index, line in enumerate(lines):
        line |= {"id": f"line-{index}", "batch_id": "b", "messages": [], "cost_type": None, "vat": {"id": 0}}
        line["account"] |= {"id": int(line["account"]["id"]), "description": "naam"}
        line["document_date"] += "T00:00:00.000Z"
        line["journal"] |= {"page_number": 1, "line_number": index + 1}
        line["cost_center"] = line.get("cost_center") or {"id": 0}
        line["debit"] = f"{line['debit']}0" if isinstance(line["debit"], int) else line["debit"]
        if drop:
            del line[drop]
    lines[0] |= change or {}
    return written, lines


def test_what_minox_adds_and_rewrites_does_not_count() -> None:
    written, lines = held()
    counter = {"account": {"id": "2999"}, "debit": 1, "credit": 0, "journal": {"id": "LOON", "line_number": 9000}}
    assert same_lines(written, [*lines, counter])


@pytest.mark.parametrize("drop", ["document_date", "period", "journal"])
def test_members_that_minox_does_not_tell_are_not_compared(drop: str) -> None:
    assert same_lines(*held(drop=drop))


@pytest.mark.parametrize(
    "change",
    [
        {"credit": "2500.01"},
        {"credit": 0, "debit": 2500},
        {"account": {"id": "1721"}},
        {"cost_center": {"id": 100}},
        {"document_date": "2026-01-30"},
        {"period": {"id": 2, "fiscal_year": 2026}},
        {"journal": {"id": "MEMO"}},
        {"credit": "?"},
    ],
)
def test_another_content_is_seen(change: dict[str, Any]) -> None:
    assert not same_lines(*held(change=change))


def test_a_missing_or_doubled_line_is_seen() -> None:
    written, lines = held()
    assert not same_lines(written, lines[1:])
    assert not same_lines(written, [*lines, lines[0]])
