"""What a run costs of the calls that Minimax allows, and what a plan says of it."""

from typing import Any

from connector_kit.posting.commands.rebuild import rebuild
from connector_kit.posting.commands.rehearsal import rehearsal
from connector_kit.posting.wire_json import write_json
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import COUNTS_PAGES, Books, QuickTarget, entry, line
from tests.target_minimax.test_records import RECORDS

COUNT = 20


def _known_ledger(books: Books, stream: str, record: dict[str, Any]) -> None:
    """Make a ledger that knows the books' history, and read the code lists."""
    books.deliver(stream, record)
    source = books.folder / "source.singer"
    source.write_text(books.messages([(stream, record)]).getvalue(), encoding="utf-8")
    config = books.folder / "config.json"
    config.write_bytes(write_json(books.config()))
    arguments = ["--config", str(config), "--input", str(source), "--complete"]
    rebuild.main(arguments, standalone_mode=False, obj=TargetMinimax)


def test_a_new_journal_of_any_size_costs_two_calls(books: Books) -> None:
    _known_ledger(books, "journal_entries", entry("J0"))
    lines = [line("1000", "1.00"), line("7690", "-1.00")] * 200
    ended = books.deliver("journal_entries", *(entry(f"J{n}") for n in range(1, COUNT)), entry("large", *lines))
    assert (ended.code, ended.counts["success"], ended.calls) == (0, COUNT, 2 * COUNT)


def test_an_invoice_draft_costs_one_call(books: Books) -> None:
    invoice = RECORDS["sales_invoices"]
    _known_ledger(books, "sales_invoices", invoice)
    ended = books.deliver("sales_invoices", *(invoice | {"key": f"G{n}"} for n in range(COUNT)))
    assert (ended.code, ended.counts["success"], ended.calls) == (0, COUNT, COUNT)


def test_a_plan_says_how_many_calls_a_run_makes(books: Books) -> None:
    records = [("journal_entries", entry(f"J{n}")) for n in range(5)]
    records += [("cost_centers", {"key": f"C{n}", "name": "x"}) for n in range(3)]
    with rehearsal(QuickTarget, books.config(), books.messages(records)) as played:
        planned = played.calls
    read = books.calls
    books.lose_ledger()
    for path in books.folder.glob("*-code-lists.json"):
        path.unlink()
    ended = books.deliver_all(records)
    assert ended.code == 0, ended.error
    assert ended.calls == planned - 1  # the list of organisations belongs to none
    assert books.calls - read == ended.calls


@COUNTS_PAGES
def test_code_lists_are_kept_for_so_many_hours(books: Books) -> None:
    assert books.deliver("journal_entries", entry("J1")).code == 0
    assert books.deliver("journal_entries", entry("J1")).calls == 0
    again = books.deliver("journal_entries", entry("J1"), code_list_hours=0)
    assert (again.code, again.calls) == (0, 4)  # countries, currencies, journal types, accounts


def test_invoices_of_a_customer_and_day_are_read_whole_once_in_a_run(books: Books) -> None:
    invoices = [RECORDS["sales_invoices"] | {"key": f"G{n}"} for n in range(8)]
    assert books.deliver("sales_invoices", *invoices).code == 0
    books.lose_ledger()
    ended = books.deliver("sales_invoices", *invoices)
    assert (ended.code, ended.counts["existing"]) == (0, 8)
    lists, once, found = 8, 8, 8
    assert ended.calls <= lists + once + found


def test_an_invoice_that_arrives_meanwhile_is_found_beside_those_that_were_read(books: Books) -> None:
    invoices = [RECORDS["sales_invoices"] | {"key": f"G{n}"} for n in range(3)]
    books.deliver("sales_invoices", *invoices[:2])
    books.lose_ledger()
    books.simulator.disturb("AddIssuedInvoice", "reset_after")
    for _ in range(2):
        ended = books.deliver("sales_invoices", *invoices)
    assert (ended.code, len(books.held("IssuedInvoice"))) == (0, 3)
