"""`adopt` at Minimax: journals of others and customers that a person has changed are taken over as they stand."""

import contextlib
import io
import json
from typing import Any

from connector_kit.posting.commands.adopt import adopt
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import Books, entry

CUSTOMER = {"key": "crm-1", "code": "K1", "name": "Invented d.o.o.", "address": "Street 1", "city": "Ptuj"}
CUSTOMER |= {"postal_code": "2250", "country_code": "SI", "minimax": {"subject_to_vat": "N"}}


def adopted(books: Books, stream: str, record: dict[str, Any], *arguments: str) -> dict[str, Any]:
    config, source = books.folder / "config.json", books.folder / "source.singer"
    config.write_text(json.dumps(books.config()), encoding="utf-8")
    source.write_text(books.messages([(stream, record)]).getvalue(), encoding="utf-8")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        given = ["--config", str(config), "--input", str(source), "--json", *arguments]
        adopt.main(given, standalone_mode=False, obj=TargetMinimax)
    data: dict[str, Any] = json.loads(out.getvalue())
    return data


def test_a_journal_of_somebody_else_is_taken_over_and_not_booked_again(books: Books) -> None:
    theirs: dict[str, Any] = {
        "ledger": str(books.folder / "theirs.sqlite3"),
        "identity_secret": "theirs",
        "settle_minutes": 0,
    }
    books.settings["settle_minutes"] = 15  # as usual: our new ledger waits so long before it books anything
    assert books.deliver("journal_entries", entry("their key"), **theirs).code == 0
    writes = books.writes

    found = adopted(books, "journal_entries", entry("J1"))
    taken = adopted(books, "journal_entries", entry("J1"), "--accept", "J1")
    ended = books.deliver("journal_entries", entry("J1"))

    assert [one["key"] for one in found["candidates"]] == ["J1"]
    assert [one["origin"] for one in taken["accepted"]] == ["somebody"]
    assert (ended.code, ended.counts["existing"]) == (0, 1)
    assert books.writes == writes


def test_a_customer_that_a_person_has_changed_stays_and_a_later_content_is_written(books: Books) -> None:
    books.deliver("customers", CUSTOMER)
    (held,) = [one for one in books.held("Customer") if one["Code"] == "K1"]
    books.edit("Customer", held["CustomerId"], City="Kranj")
    moved, later = CUSTOMER | {"city": "Celje"}, CUSTOMER | {"city": "Koper"}
    writes = books.writes

    refused = books.deliver("customers", moved)
    taken = adopted(books, "customers", moved, "--accept", "crm-1")
    settled = books.deliver("customers", moved)
    assert (refused.code, [one["origin"] for one in taken["accepted"]]) == (10, ["edited"])
    assert (settled.code, settled.counts["existing"], books.writes) == (0, 1, writes)

    assert books.deliver("customers", later).counts["updated"] == 1
    assert books.customer("K1")["City"] == "Koper"
