"""What the loaders write is what they were given: nothing rounded, shifted, shortened or taken for something else."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import simplejson

from tests.warehouses import DuckDB, Postgres

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.warehouses import Warehouse

TEXTS = [
    "",
    " ",
    "NULL",
    "null",
    "\\N",
    "\\",
    "\\x41",
    "a,b;c\td|e",
    '"',
    '""',
    '"a""b"',
    "'",
    "first\r\nsecond\nthird\rfourth\r\n",
    "trailing blanks  \t",
    "".join(map(chr, range(1, 32))),
    "\x7f\x80\x85\u2028\u202f\ufeff",
    "\U0001d5ef\U0001d5fc 😀 é e\u0301",
    '{"not": "a document"}',
    "{not,an,array}",
    "€ 1.234,56",
    "00123",
    "true",
    "2026-01-01",
    "x" * 7_400,
    'lange tekst, met "van alles" 😀\r\n' * 120_000,  # 4 MB
]  # fmt: skip
AMOUNTS = [
    "8.10",
    "16.99",
    "0.1",
    "0.607",
    "173.333",
    "-1234567890123.45",
    "12345678901234567890.12345678",
    "1E+3",
    "0",
]

INTEGER, NUMBER = {"type": ["integer", "null"]}, {"type": ["number", "null"]}
TEXT, FLAG, DOCUMENT = ({"type": [kind, "null"]} for kind in ("string", "boolean", "object"))
DAY, MOMENT = ({"type": ["string", "null"], "format": form} for form in ("date", "date-time"))
TYPE_CHANGES: dict[str, tuple[dict[str, Any], Any, dict[str, Any], Any]] = {
    "same": (TEXT, "a", TEXT, "b"),
    "amount": (INTEGER, 7, NUMBER, Decimal("7.25")),
    "fewer": (NUMBER, Decimal("7.25"), INTEGER, 8),
    "moment": (DAY, "2026-01-01", MOMENT, "2026-02-01T10:00:00Z"),
    "from_number": (NUMBER, Decimal("7.25"), TEXT, "seven"),
    "to_number": (TEXT, "seven", NUMBER, Decimal("7.25")),
    "from_day": (DAY, "2026-01-01", TEXT, "later"),
    "to_day": (TEXT, "later", DAY, "2026-01-01"),
    "from_flag": (FLAG, True, TEXT, "perhaps"),
    "to_document": (TEXT, "a", DOCUMENT, {"b": 1}),
}
"""By column: type and value of before, and of after."""

IN_TOKYO = """
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tokyo'); END $$
"""


def messages(records: Iterable[dict[str, Any]], *keys: str, **properties: Any) -> list[str]:
    schema = {"type": "object", "properties": {"id": {"type": "string"}, **properties}}
    return [
        json.dumps({"type": "SCHEMA", "stream": "things", "schema": schema, "key_properties": keys or ["id"]}),
        *(
            simplejson.dumps({"type": "RECORD", "stream": "things", "record": record}, use_decimal=True)
            for record in records
        ),
    ]


def by_id(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in warehouse.table("things")}


def test_texts_come_out_byte_by_byte(loading: Warehouse) -> None:
    records = [
        {"id": str(number), "own": text, "document": {text[:200]: [text]}, "list": [text, {"in": text}]}
        for number, text in enumerate(TEXTS)
    ]

    loading.load(
        messages(
            records,
            own={"type": ["string", "null"]},
            document={"type": ["object", "null"], "additionalProperties": True},
            list={"type": ["array", "null"]},
        )
    )

    rows = by_id(loading)
    for record in records:
        row = rows[record["id"]]
        assert row["own"].encode() == record["own"].encode()
        assert row["document"] == record["document"]
        assert row["list"] == record["list"]
    assert len(rows) == len(TEXTS)


def test_numbers_are_exact_in_columns_and_in_documents(loading: Warehouse) -> None:
    exact = Decimal("12345678901234567890.123456789012345678901234567890")
    records = [{"id": text, "amount": Decimal(text), "document": {"n": [Decimal(text), exact]}} for text in AMOUNTS]

    loading.load(messages(records, amount={"type": ["number", "null"]}, document={"type": ["object", "null"]}))

    rows = by_id(loading)
    assert {text: rows[text]["amount"] for text in AMOUNTS} == {text: Decimal(text) for text in AMOUNTS}
    assert {text: rows[text]["document"] for text in AMOUNTS} == {
        text: {"n": [Decimal(text), exact]} for text in AMOUNTS
    }


def test_what_is_not_there_is_null_and_what_is_empty_is_there(loading: Warehouse) -> None:
    nothing = {"id": "nothing", "text": None, "number": None, "document": None, "list": None, "flag": None}
    empty = {"id": "empty", "text": "", "number": 0, "document": {}, "list": [], "flag": False}

    loading.load(
        messages(
            [nothing, empty, {"id": "bare"}],
            text={"type": ["string", "null"]},
            number={"type": ["number", "null"]},
            document={"type": ["object", "null"]},
            list={"type": ["array", "null"], "items": {"type": ["object", "null"], "properties": {}}},
            flag={"type": ["boolean", "null"]},
        )
    )

    columns = ("text", "number", "document", "list", "flag")
    nulls = loading.rows(
        f"SELECT id FROM {loading.schema}.things WHERE coalesce({', '.join(f'CAST({c} AS text)' for c in columns)}) IS NULL"
    )
    assert sorted(row["id"] for row in nulls) == ["bare", "nothing"]
    row = by_id(loading)["empty"]
    assert {name: row[name] for name in empty} == empty


def test_moments_are_in_utc_whatever_the_zone_of_the_database(loading: Warehouse) -> None:
    if isinstance(loading, Postgres):
        loading.run(IN_TOKYO)
    moments = {
        "summer": "2025-10-26T02:30:00+02:00",
        "winter": "2025-10-26T02:15:00+01:00",
        "zulu": "2025-10-26T02:30:00Z",
        "as given": "2025-10-26T02:30:00",
    }

    loading.load(
        messages(
            ({"id": name, "at": moment} for name, moment in moments.items()),
            at={"type": ["string", "null"], "format": "date-time"},
        )
    )

    assert {name: row["at"] for name, row in by_id(loading).items()} == {
        "summer": datetime.fromisoformat("2025-10-26T00:30"),
        "winter": datetime.fromisoformat("2025-10-26T01:15"),
        "zulu": datetime.fromisoformat("2025-10-26T02:30"),
        "as given": datetime.fromisoformat("2025-10-26T02:30"),
    }


def test_dates_and_times_have_their_types(loading: Warehouse) -> None:
    loading.load(
        messages(
            [{"id": "1", "day": "2026-02-28", "clock": "20:00:00"}],
            day={"type": ["string", "null"], "format": "date"},
            clock={"type": ["string", "null"], "format": "time"},
        )
    )

    row = by_id(loading)["1"]
    assert (row["day"], row["clock"]) == (date(2026, 2, 28), time(20))


def test_keys_that_differ_in_where_a_comma_stands_are_two(warehouse: Warehouse) -> None:
    records = [{"id": "a,b", "part": "c"}, {"id": "a", "part": "b,c"}]

    warehouse.load(messages(records, "id", "part", part={"type": "string"}))

    assert {(row["id"], row["part"]) for row in warehouse.table("things")} == {("a,b", "c"), ("a", "b,c")}


def test_a_record_that_comes_again_takes_the_place_of_the_first(loading: Warehouse) -> None:
    number = {"type": ["number", "null"]}
    for amount in ("1.10", "2.20"):
        loading.load(messages([{"id": "1", "amount": Decimal(amount)}], amount=number))

    assert [(row["id"], row["amount"]) for row in loading.table("things")] == [("1", Decimal("2.20"))]


def test_u_0000_survives_where_the_database_can_hold_it(loading: Warehouse) -> None:
    loading.load(
        messages(
            [{"id": "1", "text": "a\0b", "document": {"k": ["a\0b"]}}],
            text={"type": ["string", "null"]},
            document={"type": ["object", "null"]},
        )
    )

    kept = "a\ufffdb" if isinstance(loading, Postgres) else "a\0b"
    row = by_id(loading)["1"]
    assert row["text"] == kept
    assert row["document"] == {"k": [kept]}


def test_a_state_is_acknowledged_when_the_records_before_it_are_written(warehouse: Warehouse) -> None:
    """One stream's batch is full, another's is not, and then the loader is stopped by a line that is none."""
    first = messages([{"id": "first"}])
    state = json.dumps({"type": "STATE", "value": {"bookmarks": {"things": {"at": 1}}}})
    others = [line.replace('"things"', '"others"') for line in messages([{"id": str(n)} for n in range(4)])]

    result = warehouse.offer([*first, state, *others, "stop"], batch_size_rows=2)

    assert result.returncode != 0
    if '"at"' in result.stdout:
        assert list(by_id(warehouse)) == ["first"]


def test_a_mark_of_deletion_leaves_what_is_known_of_the_row(loading: Warehouse) -> None:
    columns: dict[str, Any] = {
        "text": {"type": ["string", "null"]},
        "document": {"type": ["object", "null"]},
        "_sdc_deleted_at": {"type": ["string", "null"], "format": "date-time"},
    }
    live = [{"id": name, "text": "known", "document": {"n": 1}, "_sdc_deleted_at": None} for name in "abc"]
    mark = "2026-11-22T10:00:00+00:00"
    loading.load(messages(live, **columns))

    loading.load(
        messages(
            [
                {"id": "a", "_sdc_deleted_at": mark},
                {"id": "b", "_sdc_deleted_at": mark, "text": "last word"},
                {"id": "never seen", "_sdc_deleted_at": mark},
                {"id": "c", "text": "still here"},
            ],
            **columns,
        )
    )

    at = datetime.fromisoformat("2026-11-22T10:00")
    assert {name: (row["text"], row["document"], row["_sdc_deleted_at"]) for name, row in by_id(loading).items()} == {
        "a": ("known", {"n": 1}, at),
        "b": ("last word", {"n": 1}, at),
        "never seen": (None, None, at),
        "c": ("still here", None, None),
    }

    loading.load(messages(live, **columns))

    assert {row["_sdc_deleted_at"] for name, row in by_id(loading).items() if name in "abc"} == {None}


def test_a_column_that_is_new_or_gets_another_type_keeps_what_it_held(loading: Warehouse) -> None:
    before = {column: change[1] for column, change in TYPE_CHANGES.items()}
    after = {column: change[3] for column, change in TYPE_CHANGES.items()}
    types = {column: change[2] for column, change in TYPE_CHANGES.items()} | {"new": NUMBER}
    loading.load(
        messages(
            [{"id": "old", **before}, {"id": "changed", **before}],
            **{column: change[0] for column, change in TYPE_CHANGES.items()},
        )
    )

    first = messages([{"id": "changed", **after, "new": Decimal("0.10")}], **types)
    again = messages([{"id": "later", **after, "new": None}], **types)
    loading.load([*first, *again])

    rows = by_id(loading)
    assert rows.keys() == {"old", "changed", "later"}
    assert (rows["old"]["new"], rows["changed"]["new"]) == (None, Decimal("0.10"))
    assert rows["old"]["amount"] == 7
    assert rows["changed"]["amount"] == rows["later"]["amount"] == Decimal("7.25")
    assert (rows["old"]["fewer"], rows["changed"]["fewer"]) == (Decimal("7.25"), 8)
    moments = [rows[name]["moment"].isoformat() for name in ("old", "changed")]
    assert moments == ["2026-01-01T00:00:00", "2026-02-01T10:00:00"]
    for column in TYPE_CHANGES.keys() - {"amount", "fewer", "moment"}:
        assert as_written(rows["old"][column]) == as_written(before[column])
        assert as_written(rows["changed"][column]) == as_written(rows["later"][column]) == as_written(after[column])


def as_written(value: Any) -> str:
    """A value as a column of text holds it, in either database."""
    match value:
        case bool():
            return str(value).lower()
        case Decimal():
            return str(value.normalize())
        case dict():
            return json.dumps(value)
        case str() if value.startswith("7."):
            return value.rstrip("0")
        case str() if value.startswith("{"):
            return json.dumps(json.loads(value))
        case _:
            return str(value)


def test_the_folder_of_a_duckdb_file_is_made_and_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    warehouse = DuckDB(folder=tmp_path, schema="made")
    warehouse.load(messages([{"id": "1"}]), filepath=str(tmp_path / "new" / "deeper" / "warehouse.duckdb"))
    warehouse.path.write_text("no database")

    result = warehouse.offer(messages([{"id": "1"}]))

    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("target-duckdb: IO Error: ")
    assert str(warehouse.path) in line


def test_what_postgres_cannot_do_is_one_line_without_values(postgres_url: str, tmp_path: Path) -> None:
    warehouse = Postgres(folder=tmp_path, schema="refused", url=postgres_url, options={"use_copy": True})
    wrong = messages([{"id": "1", "number": "Marieke Verzonnen"}], number=INTEGER)
    nobody = f"postgresql+psycopg://user:verzonnen-geheim@/x?host={tmp_path}"

    for said, settings in (("InvalidTextRepresentation", {}), (" failed: ", {"sqlalchemy_url": nobody})):
        result = warehouse.offer(wrong, validate_records=False, **settings)

        assert result.returncode == 1
        (line,) = [line for line in result.stderr.splitlines() if "| ERROR " in line]
        assert said in line
        for kept in ("Traceback", "Inserting with SQL", "Marieke", "verzonnen-geheim"):
            assert kept not in result.stderr + result.stdout
