"""PDFs in every wrapping that they may come in."""

from __future__ import annotations

import base64
import json
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import SettingError
from connector_kit.extract import UnreadableAnswerError
from hypothesis import given
from hypothesis import strategies as st
from tap_inlenersbeloning.pdfs import PdfFolder, pdf_of

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"%PDF-1.4 \xfb\xff\xfe invented"
TEXT = base64.b64encode(CONTENT).decode()


@pytest.mark.parametrize(
    "answer",
    [
        CONTENT,
        TEXT,
        f"\r\n{TEXT}\n",
        TEXT.rstrip("="),
        base64.urlsafe_b64encode(CONTENT).decode(),
        "\r\n".join(textwrap.wrap(TEXT, 8)),
        json.dumps(TEXT),
        json.dumps("\n".join(textwrap.wrap(TEXT, 8))),
        json.dumps(f"data:application/pdf;base64,{TEXT}"),
        json.dumps({"pdf": TEXT}),
        json.dumps({"data": {"file": TEXT, "name": "a.pdf"}}),
        json.dumps([{"content": TEXT}]),
    ],
)
def test_a_file_is_found_in_every_wrapping(answer: str | bytes) -> None:
    assert pdf_of(answer if isinstance(answer, bytes) else answer.encode()) == CONTENT


@pytest.mark.parametrize("answer", ["", " ", "null", '""', '{"pdf": null}', "[]", '{"data": ""}'])
def test_nothing_is_no_file(answer: str) -> None:
    assert pdf_of(answer.encode()) is None


@pytest.mark.parametrize(
    "answer", ["<html>Log in</html>", "{", '{"message": "Jansen"}', "[1, 2]", "abcde", '{"pdf": {"x": 1}}', "\x00"]
)
def test_anything_else_is_damaged_and_told_without_its_content(answer: str) -> None:
    with pytest.raises(ValueError, match=r".*") as failure:
        pdf_of(answer.encode())
    assert "Jansen" not in str(failure.value)


@given(st.binary(max_size=60))
def test_whatever_comes_is_read_or_refused(answer: bytes) -> None:
    try:
        pdf_of(answer)
    except ValueError as error:
        assert isinstance(error, (UnreadableAnswerError, ValueError))  # noqa: PT017  # any ValueError is asked again


def test_files_of_odd_ids_stay_in_the_folder_and_apart(tmp_path: Path) -> None:
    folder = PdfFolder(str(tmp_path / "pdfs"))
    ids: list[Any] = ["../../x", "..", "a/b", "a-b", "a b", "x" * 300, ".hidden", "é", "normal-1"]
    names = [folder.keep(b"x", names=("c", each, "1")) for each in ids]
    assert len(set(names)) == len(names)
    assert {path.name for path in (tmp_path / "pdfs").iterdir()} == set(names)
    assert names[-1] == "c_normal-1_1.pdf"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="setting pdf_folder: cannot write there"):
        PdfFolder(str(tmp_path / "file" / "pdfs")).keep(b"x", names=("a",))
