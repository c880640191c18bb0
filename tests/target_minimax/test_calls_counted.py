"""The ledger counts the organisation's calls as Minimax does; and a third content follows a second that was lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

from tests.target_minimax.books import CHANGES_A_JOURNAL, Books, customer, entry, line


def counted(books: Books) -> int:
    """Calls of the day, as the ledger has them."""
    with closing(sqlite3.connect(books.folder / "ledger.sqlite3")) as ledger:
        return int(ledger.execute("SELECT sum(calls) FROM budget WHERE window = 'day'").fetchone()[0])


def test_the_ledger_counts_what_minimax_counts_with_pages_and_faults(open_books: Callable[..., Books]) -> None:
    books = open_books(page_size_max=6)
    books.simulator.disturb("AddJournal", "reset_after")
    books.simulator.disturb("UpdateCustomer", "status", status=500, nth=2)
    for city in ("Utrecht", "Leiden", "Gouda"):
        books.deliver("journal_entries", *(entry(f"PAY-{n}") for n in range(3)))
        books.deliver("customers", customer("K1", city=city), customer("K2", city=city))
    seen = [
        one for method in ("GET", "POST", "PUT", "DELETE") for one in books.requests(method, f"/orgs/{books.number}/")
    ]
    pages = [one for one in seen if one["query"].get("CurrentPage") == "2"]
    assert (counted(books), len(books.held("Journal")), bool(pages)) == (len(seen), 3, True)


@CHANGES_A_JOURNAL
def test_a_third_content_follows_a_lost_change_that_has_arrived(books: Books) -> None:
    def content(amount: str) -> dict[str, object]:
        return entry("PAY-1", line("1000", amount), line("7690", f"-{amount}"))

    books.deliver("journal_entries", content("100.00"), on_changed="update")
    books.simulator.disturb("UpdateJournal", "reset_after")
    books.simulator.disturb("GetJournal", "status", status=500, nth=2, times=None)
    ended = books.deliver("journal_entries", content("110.00"), on_changed="update")
    assert (ended.code, ended.counts.get("in_doubt")) == (11, 1), ended.letters
    books.simulator.faults.clear()
    ended = books.deliver("journal_entries", content("120.00"), on_changed="update")
    assert (ended.code, ended.counts.get("updated")) == (0, 1), ended.letters
    (journal,) = books.held("Journal")
    assert journal["JournalEntries"][0]["Debit"] == Decimal(120)
