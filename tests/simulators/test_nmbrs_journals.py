import xml.etree.ElementTree as ET
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from provider_simulators.nmbrs import Dimension, JournalVariant
from provider_simulators.world import Run, Split, World

SEGMENTS = {
    Split.COMPANY: "journals",
    Split.COST_CENTER: "journalscostcenter",
    Split.COST_CENTER_UNIT: "journalscostcenterunit",
    Split.DEPARTMENT: "journalsdepartment",
    Split.EMPLOYEE: "journalsemployee",
}


def quarter_run(world: World) -> Run:
    """A run with a wage component that has no ledger account."""
    return next(run for run in world.companies[0].runs if (run.year, run.period_start) == (2026, 3))


def start(caller: Any, world: World, split: Split = Split.COST_CENTER) -> str:
    run = quarter_run(world)
    path = f"/api/companies/{world.companies[0].id}/runs/{run.id}/{SEGMENTS[split]}"
    answer = caller.get(path, year=run.year)
    assert answer.status_code == 200, answer.text
    return f"/api/documents/{answer.json()['taskId']}"


def document(caller: Any, world: World, split: Split = Split.COST_CENTER) -> bytes:
    path = start(caller, world, split)
    while (answer := caller.get(path)).status_code == 202:
        assert answer.json() == "Document is being processed"
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    return bytes(answer.content)


def balance(lines: list[ET.Element]) -> Decimal:
    sides = {"debit": 1, "credit": -1}
    return sum(
        (Decimal(line.findtext("value") or "") * sides[line.findtext("debitcredit") or ""] for line in lines),
        Decimal(0),
    )


def test_a_document_is_accepted_some_times_before_it_is_there(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(document_polls=3)
    path = start(caller, simulated_world)
    assert [caller.get(path).status_code for _ in range(5)] == [202, 202, 202, 200, 200]


def test_a_document_may_never_be_ready(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(document_never_ready=True)
    path = start(caller, simulated_world)
    assert {caller.get(path).status_code for _ in range(5)} == {202}


def test_unknown_lost_and_old_tasks_are_not_found(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(lost_tasks=1, document_seconds=60)
    assert caller.get(f"/api/documents/{uuid4()}").json()["code"] == 40401
    assert caller.get(start(caller, simulated_world)).status_code == 404
    path = start(caller, simulated_world)
    assert caller.get(path).status_code == 202
    caller.simulator.clock.advance(60)
    assert caller.get(path).status_code == 404


def test_the_year_is_required(nmbrs_caller: Any, simulated_world: World) -> None:
    run = quarter_run(simulated_world)
    answer = nmbrs_caller.get(f"/api/companies/{simulated_world.companies[0].id}/runs/{run.id}/journals")
    assert answer.json()["invalid-params"] == [{"name": "year", "reason": "required"}]


@pytest.mark.parametrize("split", list(Split))
def test_every_split_carries_the_runs_lines_and_balances(
    nmbrs_caller: Any, simulated_world: World, split: Split
) -> None:
    run = quarter_run(simulated_world)
    root = ET.fromstring(document(nmbrs_caller, simulated_world, split))
    (transaction,) = root.findall("transaction")
    assert [child.tag for child in transaction] == ["header", "lines"]
    assert transaction.findtext("header/date") == "20260331"
    lines = transaction.findall("lines/line")
    assert len(lines) == len(run.journal_lines(split))
    assert balance(lines) == 0
    assert all(Decimal(line.findtext("value") or "") > 0 for line in lines)
    debit = sum(Decimal(line.findtext("value") or "") for line in lines if line.findtext("debitcredit") == "debit")
    assert debit == run.total


def test_the_cost_center_split_can_be_read_by_position(nmbrs_caller: Any, simulated_world: World) -> None:
    lines = ET.fromstring(document(nmbrs_caller, simulated_world)).findall(".//line")
    assert {tuple(child.tag for child in line) for line in lines} == {
        ("dim1", "dim2", "value", "debitcredit", "description")
    }
    assert {line.findtext("dim2") for line in lines} == {"", "030", "KP10", "KP20", "KP40"}


def test_an_account_and_a_description_may_be_empty_and_texts_are_not_ascii(
    nmbrs_caller: Any, simulated_world: World
) -> None:
    lines = ET.fromstring(document(nmbrs_caller, simulated_world, Split.COMPANY)).findall(".//line")
    without_account = [line.findtext("description") for line in lines if line.findtext("dim1") == ""]
    assert without_account == ["Coöperatieve kostenvergoeding (onbelast)"]
    assert "" in [line.findtext("description") for line in lines]


def test_cost_unit_department_and_employee_have_their_dimension(start_nmbrs: Any, simulated_world: World) -> None:
    def codes(caller: Any, split: Split, dimension: str) -> set[str | None]:
        root = ET.fromstring(document(caller, simulated_world, split))
        return {line.findtext(dimension) for line in root.findall(".//line")}

    caller, other = start_nmbrs(), start_nmbrs(split_dimension=Dimension.DIM3)
    assert {"P100", "P200"} <= codes(caller, Split.COST_CENTER_UNIT, "dim3")
    assert codes(caller, Split.DEPARTMENT, "dim2") == codes(other, Split.DEPARTMENT, "dim3") == {"1", "2", "3"}
    assert "101" in codes(caller, Split.EMPLOYEE, "dim2")
    assert codes(other, Split.EMPLOYEE, "dim2") == {None}


def with_variant(start_nmbrs: Any, world: World, *variants: JournalVariant) -> bytes:
    caller = start_nmbrs(journal_variants=frozenset(variants))
    return document(caller, world)


def test_a_document_may_start_with_a_byte_order_mark(start_nmbrs: Any, simulated_world: World) -> None:
    assert with_variant(start_nmbrs, simulated_world, JournalVariant.BOM).startswith(b"\xef\xbb\xbf<?xml")


def test_a_document_may_declare_an_encoding_it_does_not_have(start_nmbrs: Any, simulated_world: World) -> None:
    body = with_variant(start_nmbrs, simulated_world, JournalVariant.UTF16_DECLARATION)
    assert b'encoding="utf-16"' in body
    assert "à €".encode() in body


def test_an_unbalanced_transaction_is_one_cent_off(start_nmbrs: Any, simulated_world: World) -> None:
    body = with_variant(start_nmbrs, simulated_world, JournalVariant.UNBALANCED)
    assert abs(balance(ET.fromstring(body).findall(".//line"))) == Decimal("0.01")


def test_several_transactions_balance_each(start_nmbrs: Any, simulated_world: World) -> None:
    body = with_variant(start_nmbrs, simulated_world, JournalVariant.SEVERAL_TRANSACTIONS)
    transactions = ET.fromstring(body).findall("transaction")
    assert len(transactions) == 2
    assert [balance(transaction.findall("lines/line")) for transaction in transactions] == [0, 0]


def test_negative_values_stand_on_the_debit_side(start_nmbrs: Any, simulated_world: World) -> None:
    lines = ET.fromstring(with_variant(start_nmbrs, simulated_world, JournalVariant.NEGATIVE_VALUE)).findall(".//line")
    assert {line.findtext("debitcredit") for line in lines} == {"debit"}
    assert any((line.findtext("value") or "").startswith("-") for line in lines)
    assert balance(lines) == 0


def test_documents_may_be_empty_foreign_or_cut_off(start_nmbrs: Any, simulated_world: World) -> None:
    def root(variant: JournalVariant) -> ET.Element:
        return ET.fromstring(with_variant(start_nmbrs, simulated_world, variant))

    assert list(root(JournalVariant.NO_TRANSACTIONS)) == []
    assert root(JournalVariant.NO_LINES).findall("transaction/lines/line") == []
    assert {line.findtext("dim1") for line in root(JournalVariant.NO_LEDGER_SCHEME).findall(".//line")} == {""}
    assert root(JournalVariant.UNKNOWN_LAYOUT).findall(".//transaction") == []
    with pytest.raises(ET.ParseError):
        root(JournalVariant.TRUNCATED)
