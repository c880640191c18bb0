"""The documents beside journals, and journals in their odder forms."""

import re
import tracemalloc
import xml.etree.ElementTree as ET
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from provider_simulators.nmbrs import JournalVariant, NmbrsSwitches
from provider_simulators.nmbrs.journals import journal_document
from provider_simulators.nmbrs.wage_codes import wage_codes_document
from provider_simulators.world import Run, Split, World

PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.03}"


def a_run(world: World) -> Run:
    return next(run for run in world.companies[0].runs if (run.year, run.period_start) == (2026, 3))


def of_company(world: World, rest: str) -> str:
    return f"/api/companies/{world.companies[0].id}/{rest}"


def fetched(caller: Any, path: str, **query: Any) -> bytes:
    answer = caller.get(path, **query)
    assert answer.status_code == 200, answer.text
    task = f"/api/documents/{answer.json()['taskId']}"
    statuses = [caller.get(task).status_code for _ in range(2)]
    assert statuses == [202, 202]
    document = caller.get(task)
    assert (document.status_code, document.headers["Content-Type"]) == (200, "application/octet-stream")
    return bytes(document.content)


def wage_codes(caller: Any, world: World, **query: Any) -> ET.Element:
    return ET.fromstring(fetched(caller, of_company(world, f"runs/{a_run(world).id}/wagecodes/xml"), **query))


def test_wage_codes_tell_what_a_run_worked_out_for_everybody(nmbrs_caller: Any, simulated_world: World) -> None:
    root, run = wage_codes(nmbrs_caller, simulated_world, year=2026), a_run(simulated_world)
    assert [report.findtext("employeeid") for report in root] == [str(employee.id) for employee in run.employees]
    report = root[0]
    assert [child.tag for child in report] == ["employeeid", "period", "year", "runnumber", "lines"]
    assert {tuple(child.tag for child in line) for line in root.iter("line")} == {("code", "description", "value")}
    values = [Decimal((line.findtext("value") or "").replace(",", ".")) for line in report.iter("line")]
    assert values == [line.value for line in run.output(run.employees[0])]


def test_wage_codes_can_be_filtered_by_a_repeated_parameter(nmbrs_caller: Any, simulated_world: World) -> None:
    root = wage_codes(nmbrs_caller, simulated_world, year=2026, wageCodes=[1000, 2290])
    assert {line.findtext("code") for line in root.iter("line")} == {"1000", "2290"}
    only = wage_codes(nmbrs_caller, simulated_world, wageCodes=2290)
    assert 0 < len(only) < len(root)
    path = of_company(simulated_world, f"runs/{a_run(simulated_world).id}/wagecodes/xml")
    for wrong in (["1000", "1000"], ["salary"], ["1000,2290"]):
        answer = nmbrs_caller.get(path, wageCodes=wrong)
        assert [each["name"] for each in answer.json()["invalid-params"]] == ["wageCodes"]


def test_wage_codes_have_a_comma_and_ids_unless_switched(start_nmbrs: Any, simulated_world: World) -> None:
    root = wage_codes(start_nmbrs(), simulated_world)
    assert all("," in (line.findtext("value") or "") for line in root.iter("line"))
    other = wage_codes(start_nmbrs(wage_codes_decimal="point", wage_codes_employee="number"), simulated_world)
    assert all("." in (line.findtext("value") or "") for line in other.iter("line"))
    assert other[0].findtext("employeeid") == str(a_run(simulated_world).employees[0].number)


def test_a_payment_file_pays_the_net_wages_of_a_run(nmbrs_caller: Any, simulated_world: World) -> None:
    run, path = a_run(simulated_world), of_company(simulated_world, f"runs/{a_run(simulated_world).id}/sepa")
    root = ET.fromstring(fetched(nmbrs_caller, path, year=2026, paymentDate="2026-03-25T00:00:00Z"))
    assert root.tag == f"{PAIN}Document"
    assert root.findtext(f".//{PAIN}ReqdExctnDt") == "2026-03-25"
    amounts = [Decimal(amount.text or "") for amount in root.iter(f"{PAIN}InstdAmt")]
    assert sum(amounts) == Decimal(root.findtext(f".//{PAIN}CtrlSum") or "") == sum(map(run.net, run.employees))
    for account in root.iter(f"{PAIN}IBAN"):
        text = account.text or ""
        assert int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
    assert nmbrs_caller.get(path).json()["invalid-params"] == [{"name": "year", "reason": "required"}]


def test_a_wage_tax_return_and_its_payment_agree(nmbrs_caller: Any, simulated_world: World) -> None:
    (first, *_) = nmbrs_caller.rows(of_company(simulated_world, "wagetaxes"), year=2026)
    path = of_company(simulated_world, f"wagetaxes/{first['wageTaxId']}")
    declared = ET.fromstring(fetched(nmbrs_caller, f"{path}/xml"))
    assert declared.findtext("TotaalAlgemeen") == str(first["totalGeneral"])
    payment = ET.fromstring(fetched(nmbrs_caller, f"{path}/sepa", year=2026))
    assert payment.findtext(f".//{PAIN}InstdAmt") == str(first["totalGeneral"])
    assert payment.findtext(f".//{PAIN}Ustrd") == first["paymentReference"]
    for wrong, query in (
        (f"{path}/sepa", {"year": 2025}),
        (of_company(simulated_world, f"wagetaxes/{uuid4()}/xml"), {}),
    ):
        assert nmbrs_caller.get(wrong, **query).json()["code"] == 40401


def test_payslip_and_annual_statement_are_pages(nmbrs_caller: Any, simulated_world: World) -> None:
    employee = simulated_world.companies[0].employees[0]
    slip = fetched(nmbrs_caller, f"/api/employees/{employee.id}/payslipperperiod", year=2026, period=3)
    statement = fetched(nmbrs_caller, f"/api/employees/{employee.id}/annualstatement", year=2025)
    assert (b"Loonstrook 2026-03" in slip, b"Jaaropgaaf 2025" in statement) == (True, True)
    for document in (slip, statement):
        assert document.startswith(b"%PDF-1.4\n")
        table = int(document.rpartition(b"startxref\n")[2].split()[0])
        assert document[table:].startswith(b"xref\n")
        for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", document), 1):
            assert document[int(offset) :].startswith(b"%d 0 obj" % number)


def journal(caller: Any, world: World, segment: str = "journalscostcenter") -> bytes:
    return fetched(caller, of_company(world, f"runs/{a_run(world).id}/{segment}"), year=2026)


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def by_local_name(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if local(element) == name]


def test_a_journal_may_be_nested_deeper_and_in_a_namespace(start_nmbrs: Any, simulated_world: World) -> None:
    plain = ET.fromstring(journal(start_nmbrs(), simulated_world))
    variants = frozenset({JournalVariant.NESTED, JournalVariant.NAMESPACE})
    root = ET.fromstring(journal(start_nmbrs(journal_variants=variants), simulated_world))
    assert root.findall("transaction") == plain.findall("nothing") == []
    assert all(element.tag.startswith("{urn:") for element in root.iter())
    (transaction,) = by_local_name(root, "transaction")
    assert [local(child) for child in transaction] == ["body"]
    assert len(by_local_name(root, "line")) == len(by_local_name(plain, "line"))


def test_header_and_lines_may_have_children_that_nobody_knows(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(journal_variants=frozenset({JournalVariant.UNKNOWN_CHILDREN}))
    root = ET.fromstring(journal(caller, simulated_world))
    assert root.findtext("transaction/header/office") == "NL01"
    assert {line.findtext("matching/status") for line in root.iter("line")} == {"available"}


def test_values_may_have_a_decimal_comma(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(journal_variants=frozenset({JournalVariant.DECIMAL_COMMA}))
    values = [value.text or "" for value in ET.fromstring(journal(caller, simulated_world)).iter("value")]
    assert values
    assert all(re.fullmatch(r"\d+,\d\d", value) for value in values)


def test_optional_elements_may_be_empty(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(journal_variants=frozenset({JournalVariant.EMPTY_ELEMENTS}))
    root = ET.fromstring(journal(caller, simulated_world, "journalscostcenterunit"))
    assert root.findtext("transaction/header/period") == ""
    assert {line.findtext(name) for line in root.iter("line") for name in ("dim2", "dim3", "description")} == {""}


def test_a_journal_may_really_be_utf_16(start_nmbrs: Any, simulated_world: World) -> None:
    body = journal(start_nmbrs(journal_variants=frozenset({JournalVariant.UTF16})), simulated_world)
    assert body.startswith(b"\xff\xfe<\x00?\x00")
    assert 'encoding="utf-16"' in body.decode("utf-16")
    assert len(list(ET.fromstring(body).iter("line"))) > 10


def test_several_transactions_may_have_negative_values_and_balance_each(
    start_nmbrs: Any, simulated_world: World
) -> None:
    variants = frozenset({JournalVariant.SEVERAL_TRANSACTIONS, JournalVariant.NEGATIVE_VALUE})
    root = ET.fromstring(journal(start_nmbrs(journal_variants=variants), simulated_world))
    sums = [sum(Decimal(value.text or "") for value in each.iter("value")) for each in root.findall("transaction")]
    assert sums == [0, 0]


@pytest.mark.parametrize("variants", [set(), {JournalVariant.UTF16, JournalVariant.NESTED}])
def test_a_document_may_really_be_large_and_still_balances(
    start_nmbrs: Any, simulated_world: World, variants: set[JournalVariant]
) -> None:
    body = journal(start_nmbrs(document_megabytes=2, journal_variants=frozenset(variants)), simulated_world)
    assert 2_000_000 <= len(body) < 2_001_000
    sides = {"debit": 1, "credit": -1}
    lines = list(ET.fromstring(body).iter("line"))
    assert len(lines) > 5_000
    assert sum(Decimal(line.findtext("value") or "") * sides[line.findtext("debitcredit") or ""] for line in lines) == 0


def test_a_large_document_is_held_once(simulated_world: World) -> None:
    switches, run = NmbrsSwitches(document_megabytes=40), a_run(simulated_world)
    makers = (partial(journal_document, run, Split.COMPANY), partial(wage_codes_document, run, None))
    for make in makers:
        tracemalloc.start()
        size = len(make(switches))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size >= 40_000_000
        assert peak < 1.5 * size
