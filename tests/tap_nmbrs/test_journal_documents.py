"""Journal documents in all the forms that have been seen or must be expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_nmbrs.journals import JournalDocument, JournalLine, Split, Transaction
from tap_nmbrs.xml_documents import DocumentError

LINE = (
    "<line><dim1>4000</dim1><dim2>KP10</dim2><value>{value}</value><debitcredit>{side}</debitcredit>"
    "<description>Brutoloon</description></line>"
)


def transaction(*lines: str, day: str = "<date>20260131</date>") -> str:
    return f"<transaction><header>{day}</header><lines>{''.join(lines)}</lines></transaction>"


def line(value: str = "10.00", side: str = "debit") -> str:
    return LINE.format(value=value, side=side)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A transaction with its lines."""

    head: Transaction
    lines: tuple[JournalLine, ...]


def read(document: str | bytes, split: Split = Split.COST_CENTER) -> list[Entry]:
    journal = JournalDocument(BytesIO(document.encode() if isinstance(document, str) else document), split=split)
    lines = {head.transaction_no: found for head, found in journal.entries()}
    return [Entry(head=head, lines=lines.get(head.transaction_no, ())) for head in journal.transactions]


def one(document: str | bytes, split: Split = Split.COST_CENTER) -> Entry:
    (found,) = read(document, split)
    return found


def test_a_journal_is_read_by_name() -> None:
    found = one(f"<?xml version='1.0'?><root>{transaction(line('1234.50'), line('1234.50', 'credit'))}</root>")
    assert found.head.date == date(2026, 1, 31)
    assert found.head.is_balanced
    assert [(item.line_no, item.debit, item.credit) for item in found.lines] == [
        (1, Decimal("1234.50"), Decimal(0)),
        (2, Decimal(0), Decimal("1234.50")),
    ]
    assert found.lines[0].codes == {"gl_account": "4000", "cost_center": "KP10"}
    assert found.lines[0].description == "Brutoloon"


def test_names_count_at_any_depth_in_any_namespace_and_case() -> None:
    inner = transaction(line()).replace("<line>", "<extra><line>").replace("</line>", "</line></extra>")
    found = one(
        f"<x:a xmlns:x='urn:x'><b>{inner.replace('dim1', 'Dim1').replace('debitcredit', 'DebitCredit')}</b></x:a>"
    )
    assert found.lines[0].codes["gl_account"] == "4000"


def test_transactions_are_counted() -> None:
    found = read(f"<root>{transaction(line('1'))}{transaction(line('2'))}</root>")
    assert [(item.head.transaction_no, item.lines[0].amount) for item in found] == [(1, Decimal(1)), (2, Decimal(2))]


def test_what_has_no_field_of_its_own_is_kept_in_raw() -> None:
    document = transaction(line().replace("<value>", "<dim3>P1</dim3><employee>7</employee><value>"))
    document = document.replace("<date>", "<code>SALARIS</code><date>")
    assert one(document).lines[0].raw == {"dim3": "P1", "employee": "7"}
    assert one(document).head.raw == {"code": "SALARIS"}
    assert one(document, Split.COST_CENTER_UNIT).lines[0].codes["cost_unit"] == "P1"
    assert one(document, Split.DEPARTMENT).lines[0].raw == {"dim2": "KP10", "dim3": "P1", "employee": "7"}


@pytest.mark.parametrize(
    ("value", "side", "debit", "credit"),
    [
        ("10.00", "debit", "10.00", "0"),
        ("-10.00", "debit", "0", "10.00"),
        ("10.00", "CREDIT", "0", "10.00"),
        ("10.00", "D", "10.00", "0"),
        ("10.00", "c", "0", "10.00"),
        ("10.00", "Debet", "10.00", "0"),
        ("-", "debit", "0", "0"),
        ("", "credit", "0", "0"),
        ("0.00", "", "0", "0"),
    ],
)
def test_a_negative_amount_belongs_on_the_other_side(value: str, side: str, debit: str, credit: str) -> None:
    found = one(transaction(line(value, side))).lines[0]
    assert (found.debit, found.credit) == (Decimal(debit), Decimal(credit))


def test_credits_that_are_negative_and_say_credit_are_credits_if_only_that_balances() -> None:
    found = one(transaction(line("10.00"), line("2.50"), line("-12.50", "credit")))
    assert found.head.is_balanced
    assert [(item.debit, item.credit) for item in found.lines][2] == (Decimal(0), Decimal("12.50"))
    turned = one(transaction(line("-10.00"), line("-10.00", "credit")))
    assert [(item.debit, item.credit) for item in turned.lines] == [(0, Decimal("10.00")), (Decimal("10.00"), 0)]


def test_an_amount_that_may_be_two_is_explained_by_the_others_of_the_document_or_refused() -> None:
    assert one(transaction(line("1.234"), line("0,50"))).lines[0].amount == 1234
    assert one(transaction(line("1.234"), line("0.50"))).lines[0].amount == Decimal("1.234")
    for others in ("", line("10"), line("0.50") + line("0,50")):
        with pytest.raises(DocumentError, match="line 1: value is not clear: its separator may be that of thousands"):
            read(transaction(line("1.234"), others))


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=1, max_size=5))
def test_every_amount_is_exact_and_balance_is_seen(amounts: list[Decimal]) -> None:
    both = [line(str(amount), side) for amount in amounts for side in ("debit", "credit")]
    found = one(transaction(*both))
    assert found.head.is_balanced
    assert [item.amount for item in found.lines[::2]] == amounts
    assert one(transaction(*both, line("0.01"))).head.is_balanced is False


def test_a_line_without_account_or_description_is_kept() -> None:
    found = one(transaction(line().replace("4000", "").replace("Brutoloon", " "))).lines[0]
    assert found.codes["gl_account"] is None
    assert found.description is None


@pytest.mark.parametrize(
    "document",
    [
        b"\xef\xbb\xbf" + transaction(line()).encode(),
        f'<?xml version="1.0" encoding="utf-16"?>\n{transaction(line())}'.encode(),
        f'\n<?xml version="1.0" encoding="utf-16"?>{transaction(line())}'.encode("utf-16"),
        f'<?xml version="1.0" encoding="utf-16"?>{transaction(line())}'.encode("utf-16-le"),
        f'<?xml version="1.0" encoding="utf-16"?>{transaction(line())}'.encode("utf-16-be"),
        f'<?xml version="1.0" encoding="iso-8859-1"?>{transaction(line())}'.encode("latin-1"),
    ],
)
def test_byte_order_marks_and_wrong_declarations_do_no_harm(document: bytes) -> None:
    document = document.replace(b"Brutoloon", b"Brutoloon")
    assert one(document).lines[0].amount == Decimal("10.00")


def test_text_is_read_in_its_encoding() -> None:
    wage = "Loon Réunion"
    for encoding in ("utf-8", "iso-8859-1"):
        document = f'<?xml version="1.0" encoding="{encoding}"?>{transaction(line().replace("Brutoloon", wage))}'
        assert one(document.encode(encoding)).lines[0].description == wage


@pytest.mark.parametrize(
    "document",
    ["<root/>", "<?xml version='1.0'?><root>  </root>", "<r v='1'/>", "<r><Transactions/></r>", "<!-- x --><r/>"],
)
def test_a_document_without_anything_has_no_transactions(document: str) -> None:
    assert read(document) == []


FIELDS = "dim1='4000' dim2='KP10' value='10.00' debitcredit='debit' description='Brutoloon'"


@pytest.mark.parametrize(
    "document",
    [
        f"<r><transaction><header date='20260131'/><lines><line {FIELDS}/></lines></transaction></r>",
        f"<r><transaction date='20260131'><line {FIELDS}/></transaction></r>",
        f"<r><transaction><lines>{line()}</lines><header><date>2026-01-31</date></header></transaction></r>",
        f"<r><transaction><header/><header><date>31-01-2026</date></header>{line()}</transaction></r>",
        transaction(line().replace("Brutoloon", "<![CDATA[Bruto]]><!-- x -->loon<?x y?>")),
        transaction(line().replace("<value>10.00", "<value> 10.<!-- x -->00 ")),
        transaction(line().replace("<dim1>", "<dim1 name='Lonen' shortname=''>")),
        transaction(line().replace("<description>", "<vat><value>9</value></vat><description>")),
        transaction(line(), day="<date>2026-01-31T00:00:00</date>"),
        transaction(line(), day="<date>2026-01-31T00:00:00+01:00</date><date>2026-01-31T00:00:00+01:00</date>"),
        transaction(line()).upper().replace("BRUTOLOON", "Brutoloon").replace("/", "/"),
        f"<string>{escape(transaction(line()))}</string>",
        f"<string><![CDATA[<?xml version='1.0' encoding='utf-16'?>{transaction(line())}]]></string>",
        transaction(line()).replace("><", ">\n\t <"),
    ],
)
def test_what_is_said_otherwise_is_read_the_same(document: str) -> None:
    found = one(document)
    assert found.head.date == date(2026, 1, 31)
    (item,) = found.lines
    assert (item.codes, item.amount, item.debit_credit, item.description) == (
        {"gl_account": "4000", "cost_center": "KP10"},
        Decimal("10.00"),
        "debit",
        "Brutoloon",
    )


def test_what_explains_an_element_and_what_comes_twice_is_kept() -> None:
    document = transaction(line().replace("<dim1>", "<x a='1'><y>2</y><y>3</y></x><dim1 name='Lonen'>"))
    found = one(f"<r><office>001</office>{document}<total>1</total></r>")
    assert found.lines[0].raw == {"x/y": ["2", "3"], "x/a": "1", "dim1@name": "Lonen"}
    assert found.head.raw == {"office": "001", "total": "1"}


def test_the_currency_of_the_header_is_read() -> None:
    for text, code in (("EUR", "EUR"), ("sek", "SEK"), ("€", "EUR"), ("", None)):
        assert one(transaction(line(), day=f"<currency>{text}</currency>")).head.currency == code


def test_department_and_employee_are_the_one_further_dimension() -> None:
    document = transaction(line(), line().replace("KP10", ""))
    found = one(document, Split.EMPLOYEE)
    assert [item.codes["employee_number"] for item in found.lines] == ["KP10", None]
    assert found.lines[0].raw == {"dim2": "KP10"}
    two = one(document.replace("</dim2>", "</dim2><dim3>A</dim3>", 1), Split.DEPARTMENT)
    assert [item.codes["department"] for item in two.lines] == [None, None]


def test_a_transaction_without_lines_is_empty_and_one_without_date_has_none() -> None:
    assert one("<r><transaction><header/><lines/></transaction></r>").lines == ()
    assert one(transaction(line(), day="")).head.date is None


SECRET = "Jansen-12345"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (f"<root><posting>{SECRET}</posting></root>", "no transaction: a layout that is not known yet"),
        (f"<root>{SECRET}</root>", "no transaction: a layout that is not known yet"),
        (f"<r><transaction><{SECRET[:6]}/></transaction></r>", "transaction 1 has no lines: a layout that"),
        (transaction(line().replace("value>", "amount>")), "transaction 1, line 1 has no value or no debitcredit"),
        (f"<r><error>{SECRET}</error></r>", "no transaction: a layout that is not known yet"),
        ("<error code='5'/>", "no transaction: a layout that is not known yet"),
        (f"<r><lines>{line()}</lines></r>", "a line stands where none belongs: a layout"),
        (f"<r>{line()}{transaction(line())}</r>", "a line stands where none belongs: a layout"),
        (transaction(transaction(line())), "a transaction stands where none belongs|a line stands where none belongs"),
        (transaction(line().replace("</dim1>", "</dim1><dim1>4001</dim1>")), "line 1 has more than one dim1: a layout"),
        (transaction(line().replace("<dim1>4000", "<dim1 code='4000'>")), "line 1: dim1 is not a plain element"),
        (transaction(line("<a>10.00</a>")), "line 1: value is not a plain element"),
        (transaction(line().replace("dim1", "glaccount")), "no dim1 but another account: a layout"),
        (transaction(line(), day="<date>20260131</date><date>20260228</date>"), "has more than one date: a layout"),
        (transaction(line(), day="<currency>Kronen</currency>"), "currency of the header is no code of three letters"),
        (transaction(line(), day="<date>2026-01-30T23:00:00Z</date>"), "is not a day like yyyymmdd"),
        (transaction(line(), day="<date>20260231</date>"), "is not a day like yyyymmdd"),
        (transaction(line(), day="<date>01/02/2026</date>"), "is not a day like yyyymmdd"),
        ("<a>" * 70 + "</a>" * 70, "too deep in each other"),
        ("<html><body/></html>", "no transaction: a layout"),
        (f'"{SECRET}"', r"is not XML \(line 1, column 0\)"),
        (transaction(line(side=SECRET)), "transaction 1, line 1: debitcredit is neither debit nor credit"),
        (transaction(line(), line(SECRET)), "transaction 1, line 2: value is not an amount"),
        (transaction(line("1.2.3")), "value is not an amount"),
        (transaction(line("٣")), "value is not an amount"),
        (
            transaction(line(), day=f"<date>{SECRET}</date>"),
            "transaction 1: the date of the header is not a day like yyyymmdd",
        ),
        (transaction(line())[:-20], r"is not XML \(line 1, column \d+\)"),
        (SECRET, r"is not XML \(line 1, column 0\)"),
        (b"\xff\xfe\x00\xd8", "is not utf-16 text"),
        (b"<r>\xff</r>", "is not utf-8 text"),
    ],
)
def test_a_layout_that_is_not_known_is_a_clear_error_without_content(document: str | bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as failure:
        read(document)
    assert SECRET not in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>',
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>',
    ],
)
def test_entities_and_document_types_are_refused(document: str) -> None:
    with pytest.raises(DocumentError, match="document type definition or entities, which are refused"):
        read(document)
