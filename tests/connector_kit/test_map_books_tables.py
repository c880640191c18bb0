"""Tables as controllers keep them: in settings, or in CSV from a spreadsheet."""

from pathlib import Path

import pytest
from connector_kit.errors import SettingError
from connector_kit.mapping.tables import AccountRow, account_table, cost_center_table


def written(folder: Path, content: str | bytes) -> str:
    file = folder / "table.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_may_come_from_any_spreadsheet(tmp_path: Path, separator: str, start: bytes, end: str) -> None:
    rows = [
        ["Source_Account", " account ", "cost_center", "description"],
        ["0400", " 04000 ", "", '"Lonen, bruto; alles"'],
        ["", "", "", ""],
        ["400", "4001", "KP10", ""],
    ]
    text = end.join(separator.join(row) for row in rows) + end
    assert account_table({}, written(tmp_path, start + text.encode())) == {
        "0400": AccountRow(account="04000", description="Lonen, bruto; alles"),
        "400": AccountRow(account="4001", cost_center="KP10"),
    }


def test_a_row_in_the_settings_goes_before_that_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "source_cost_center,cost_center\nKP10,110\nKP20,120\n")
    assert cost_center_table({"KP20": 999}, file) == {"KP10": "110", "KP20": "999"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: no column 'source_account' in the header"),
        ("source_account,konto\n1,2\n", "line 1: no column 'account' in the header"),
        ("source_account|account\n1|2\n", "line 1: no column 'source_account' in the header"),
        ("source_account,account\n1,2\n1,3\n", "line 3, column source_account: '1' is there since line 2"),
        ("source_account,account\n\n1, \n", "line 3, column account: empty"),
        ("source_account,account\n,2\n", "line 2, column source_account: empty"),
        ("source_account,account\n1\n", "line 2, column account: empty"),
        ("source_account,account\n1,2,Lonen\n", "line 2: more cells than columns"),
        ('source_account,account\n"1,2\n', "line 2: unexpected end of data"),
        (b"source_account,account\n1,2\n3,Caf\xe9\n", "line 3: not UTF-8"),
    ],
)
def test_a_broken_table_is_one_message_with_file_and_place(tmp_path: Path, content: str | bytes, message: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(SettingError) as caught:
        account_table({}, file)
    assert str(caught.value).startswith(f"accounts_file: {file}, {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("inline", "message"),
    [
        ({"1": ""}, "accounts['1']: no account"),
        ({"1": {"cost_center": "2"}}, "accounts['1']: no account"),
        ({"1": {"account": "2", "costcenter": "3"}}, "accounts['1']: unknown 'costcenter'"),
        ({"1": 2.5}, "accounts['1'].account: must be text"),
        ({"1": "2", " 1": "3"}, "accounts[' 1']: the code is there twice"),
        ({" ": "3"}, "accounts[' ']: the code is empty"),
    ],
)
def test_a_broken_row_in_the_settings_is_named(inline: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError) as caught:
        account_table(inline, None)
    assert str(caught.value).startswith(message)
