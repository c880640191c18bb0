"""Journals: balance, rules of accounts, VAT entries, rows that are replaced, states."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax

MARK = "#a1b2c3"


def wrong(answer: Any) -> list[str]:
    """Members that the messages are about."""
    assert answer.status_code == 400, answer.text
    return [message["PropertyName"] for message in answer.json()]


def test_a_journal_is_a_draft_with_what_the_server_fills_in(minimax_caller: "MinimaxCaller") -> None:
    number = minimax_caller.add("journals", minimax_caller.journal(Status="P"))

    journal = minimax_caller.get(f"journals/{number}").json()
    assert (journal["Status"], journal["JournalDate"], len(journal["RowVersion"])) == ("O", "2026-10-31T00:00:00", 12)
    debit, credit = journal["JournalEntries"]
    assert debit["Account"]["Name"] == "4000 - Brutolonen"
    assert (debit["DebitInDomesticCurrency"], debit["CreditInDomesticCurrency"], credit["Credit"]) == (100, 0, 100)
    assert {debit[name] for name in ("JournalEntryDate", "DueDate", "TransactionDate")} == {"2026-10-31T00:00:00"}
    assert (debit["Journal"]["ID"], debit["Currency"]["Name"]) == (number, "EUR")
    assert minimax_caller.books.balance("4000") == Decimal(100)


@pytest.mark.parametrize(
    ("lines", "member"),
    [
        ([("4000", 100, 0), ("1720", 0, "99.99")], "JournalEntries"),
        ([("4000", 100, 100), ("1720", 100, 100)], "JournalEntries[0].Debit"),
        ([("9900", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Account"),
        ([("8999", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Account"),
        ([("8998", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Account"),
        ([("7600", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Account"),
        ([("1720", 100, 0), ("4100", 0, 100)], "JournalEntries[1].Account"),
        ([("1200", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Customer"),
        ([("4190", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Analytic"),
        ([("4700", 100, 0), ("1720", 0, 100)], "JournalEntries[0].Employee"),
    ],
)
def test_what_an_account_or_the_balance_forbids_is_refused(
    minimax_caller: "MinimaxCaller", lines: list[tuple[Any, ...]], member: str
) -> None:
    body = minimax_caller.journal(*(minimax_caller.entry(*line) for line in lines))

    assert member in wrong(minimax_caller.post("journals", body))
    assert not minimax_caller.books.table("Journal")


def test_a_dimension_that_an_account_forbids_is_refused(minimax_caller: "MinimaxCaller") -> None:
    analytic = minimax_caller.first("Analytic")
    lines = [minimax_caller.entry("9000", 5, Analytic=analytic), minimax_caller.entry("1000", 0, 5, Analytic=analytic)]

    assert wrong(minimax_caller.post("journals", minimax_caller.journal(*lines))) == ["JournalEntries[0].Analytic"]


def test_a_journal_without_lines_or_with_others_names_for_them_is_refused(minimax_caller: "MinimaxCaller") -> None:
    body = minimax_caller.journal()
    body["Rows"] = body.pop("JournalEntries")

    assert wrong(minimax_caller.post("journals", body)) == ["JournalEntries"]


def test_foreign_currency_balances_too_and_gets_amounts_at_home(minimax_caller: "MinimaxCaller") -> None:
    dollars = {"Currency": minimax_caller.id("Currency", "USD")}
    lines = [minimax_caller.entry("4000", "10.50", **dollars), minimax_caller.entry("1720", 0, "10.50", **dollars)]
    rate = minimax_caller.get("exchange-rates/code(USD)", date="2026-10-31").json()["MidRate"]

    number = minimax_caller.add("journals", minimax_caller.journal(*lines))

    entry = minimax_caller.get(f"journals/{number}").json()["JournalEntries"][0]
    assert entry["DebitInDomesticCurrency"] == pytest.approx(10.5 * rate, abs=0.01)
    mixed = [minimax_caller.entry("4000", 1, DebitInDomesticCurrency=1, **dollars), minimax_caller.entry("1720", 0, 1)]
    assert wrong(minimax_caller.post("journals", minimax_caller.journal(*mixed))) == ["JournalEntries"]
    exchange = minimax_caller.journal(*mixed, JournalType=minimax_caller.id("JournalType", "TR"))
    assert minimax_caller.post("journals", exchange).status_code == 201


def test_a_journal_is_found_by_a_part_of_its_description_type_and_days(minimax_caller: "MinimaxCaller") -> None:
    number = minimax_caller.add("journals", minimax_caller.journal())
    minimax_caller.add("journals", minimax_caller.journal(Description="Drugo", JournalDate="2026-11-30"))

    def found(**query: Any) -> list[int]:
        return [row["JournalId"] for row in minimax_caller.rows("journals", **query)]

    days = {"DateFrom": "2026-10-01", "DateTo": "2026-10-31"}
    assert found(Description=MARK, JournalType="OP", **days) == [number]
    assert found(**days) == found(DateTo="2026-10-31T00:00:00") == [number]
    assert found(JournalType="IR") == found(JournalType="nothing") == found(Description=MARK, Status="P") == []
    assert found(Status="O", JournalId=number) == [number, number + 1]
    assert len(found(Code=MARK)) == 2
    assert minimax_caller.get("journals", DateFrom="yesterday").status_code == 400


def test_lines_of_all_journals_come_in_one_list(minimax_caller: "MinimaxCaller") -> None:
    analytic = minimax_caller.first("Analytic")
    lines = [minimax_caller.entry("4000", 7, Analytic=analytic), minimax_caller.entry("1720", 0, 7)]
    number = minimax_caller.add("journals", minimax_caller.journal(*lines))

    (row,) = minimax_caller.rows("journals/journal-entries", AnalyticID=analytic["ID"])
    assert (row["Journal"]["ID"], row["JournalType"]["Name"], row["Debit"]) == (number, "OP", 7)
    assert len(minimax_caller.rows("journals/journal-entries", JournalType="OP", Account="1720")) == 1


def test_rows_that_are_sent_back_keep_their_ids_others_are_new_or_gone(minimax_caller: "MinimaxCaller") -> None:
    number = minimax_caller.add("journals", minimax_caller.journal())
    before = minimax_caller.get(f"journals/{number}").json()
    debit, credit = before["JournalEntries"]
    new = minimax_caller.entry("4040", 100)

    assert minimax_caller.put(f"journals/{number}", {**before, "JournalEntries": [credit, new]}).status_code == 200

    after = minimax_caller.get(f"journals/{number}").json()
    kept, added = (row["JournalEntryId"] for row in after["JournalEntries"])
    assert kept == credit["JournalEntryId"]
    assert added not in (debit["JournalEntryId"], kept)
    assert after["RowVersion"] != before["RowVersion"]
    assert minimax_caller.books.balance("4000") == 0


@pytest.mark.parametrize(("confirm", "status"), [("ignored", "O"), ("honoured", "P")])
def test_confirming_by_a_put_is_a_switch(start_minimax: "StartMinimax", confirm: str, status: str) -> None:
    caller = start_minimax(journal_confirm=confirm)
    number = caller.add("journals", caller.journal())

    caller.put(f"journals/{number}", {**caller.get(f"journals/{number}").json(), "Status": "P"})

    assert caller.get(f"journals/{number}").json()["Status"] == status


def test_vat_entries_point_at_lines_by_the_callers_mark(minimax_caller: "MinimaxCaller") -> None:
    row = {"VatRate": minimax_caller.id("VatRate", "S"), "VatBase": 100, "Vat": 22}
    vat = {"VatBook": "IR", "Document": "V-1", "JournalEntryExternalId": "x", "VatEntryRows": [row]}
    lines = [minimax_caller.entry("4000", 1, ExternalId="x"), minimax_caller.entry("1720", 0, 1)]
    number = minimax_caller.add("journals", minimax_caller.journal(*lines, VatEntries=[vat]))

    journal = minimax_caller.get(f"journals/{number}").json()
    assert journal["VatEntries"][0]["JournalEntry"]["ID"] == journal["JournalEntries"][0]["JournalEntryId"]
    vat["JournalEntryExternalId"] = "y"
    refused = minimax_caller.post("journals", minimax_caller.journal(*lines, VatEntries=[vat]))
    assert wrong(refused) == ["VatEntries[0].JournalEntryExternalId"]


def test_vat_entries_are_added_changed_and_deleted_one_by_one(minimax_caller: "MinimaxCaller") -> None:
    number = minimax_caller.add("journals", minimax_caller.journal())
    path, version = f"journals/{number}", minimax_caller.get(f"journals/{number}").json()["RowVersion"]
    row = {"VatRate": minimax_caller.id("VatRate", "S"), "VatBase": 100, "Vat": 22}

    entry = minimax_caller.add(f"{path}/vat", {"VatBook": "PR", "Document": "V-2", "VatEntryRows": [row]})
    held = minimax_caller.get(f"{path}/vat/{entry}").json()
    assert minimax_caller.get(path).json()["RowVersion"] != version
    assert minimax_caller.put(f"{path}/vat/{entry}", {**held, "Document": "V-3"}).status_code == 200
    assert minimax_caller.put(f"{path}/vat/{entry}", held).status_code == 409
    assert minimax_caller.get(path).json()["VatEntries"][0]["Document"] == "V-3"
    assert wrong(minimax_caller.post(f"{path}/vat", {"VatBook": "PR"})) == ["VatEntryRows"]
    assert minimax_caller.delete(f"{path}/vat/{entry}").status_code == 200
    assert minimax_caller.get(f"{path}/vat/{entry}").status_code == 404


def test_automatic_journals_and_closed_months_do_not_change(minimax_caller: "MinimaxCaller") -> None:
    portal, number = minimax_caller.simulator.portal, minimax_caller.number
    journal = minimax_caller.add("journals", minimax_caller.journal())
    portal.close_period(number, 2026, 10)

    assert wrong(minimax_caller.post("journals", minimax_caller.journal())) == ["JournalDate"]
    assert wrong(minimax_caller.delete(f"journals/{journal}")) == ["JournalDate"]
    portal.reopen_period(number, 2026, 10)
    portal.edit_record(number, "Journal", journal, {"Status": "A"})
    body = minimax_caller.get(f"journals/{journal}").json()
    assert wrong(minimax_caller.put(f"journals/{journal}", body)) == ["Status"]
    assert wrong(minimax_caller.delete(f"journals/{journal}")) == ["Status"]
    portal.confirm_journal(number, journal)
    assert minimax_caller.delete(f"journals/{journal}").status_code == 200


def test_a_line_may_have_its_amount_at_home_only(minimax_caller: "MinimaxCaller") -> None:
    debit = {"Account": minimax_caller.id("Account", "4000"), "DebitInDomesticCurrency": "12.34"}
    credit = minimax_caller.entry("1720", 0, "12.34", CreditInDomesticCurrency="12.34")

    number = minimax_caller.add("journals", minimax_caller.journal(debit, credit))

    assert minimax_caller.get(f"journals/{number}").json()["JournalEntries"][0]["Debit"] == 12.34
    assert minimax_caller.books.balance("4000") == Decimal("12.34")
