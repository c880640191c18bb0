"""Older versions, PDFs, functions: their paths are guesses, so they are not selected, and their absence is no failure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, Right
from tap_inlenersbeloning.table import STREAMS

from tests.tap_inlenersbeloning.conftest import Settings, always, paths, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
VERSIONS, PDFS, FUNCTIONS = "remuneration_versions", "remuneration_pdfs", "partner_functions"
PATHS = {
    VERSIONS: (
        "version_path",
        "get_remuneration_version",
        [
            "/remuneration/{companyId}/{partnerId}/{remunerationId}?version={version}",
            "/remuneration/{companyId}/{partnerId}/{remunerationId}/version/{version}",
        ],
    ),
    PDFS: (
        "pdf_path",
        "get_remuneration_pdf",
        ["/remuneration/pdf/{companyId}/{partnerId}/{remunerationId}", "/pdf/{companyId}/{partnerId}/{remunerationId}"],
    ),
    FUNCTIONS: ("functions_path", "list_functions", ["/functions/{companyId}/{partnerId}"]),
}
PLACES = [(stream, place) for stream, (_, _, others) in PATHS.items() for place in range(len(others) + 1)]


def versions(rows: list[dict[str, Any]]) -> set[tuple[str, str, int]]:
    return {(row["company_id"], row["id"], row["lender_version"]) for row in rows}


def test_what_is_not_confirmed_is_not_selected() -> None:
    assert {row.name for row in STREAMS if not row.selected} == {"companies", VERSIONS, PDFS, FUNCTIONS}


def left_out(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings of what is left out."""
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    return [warning for warning in told if warning.startswith("Left out: ")]


@pytest.mark.parametrize(("stream", "place"), PLACES)
def test_a_path_that_is_elsewhere_can_be_set(hirers: Start, stream: str, place: int) -> None:
    switch, operation, others = PATHS[stream]
    _, settings = hirers(**{switch: place})
    if place:
        settings["paths"] = {operation: others[place - 1]}
    assert sync(settings, stream).some(stream)


@pytest.mark.parametrize("stream", PATHS)
@pytest.mark.parametrize("answer", [404, 405, 501])
def test_a_path_that_is_not_there_is_told_once_and_the_rest_goes_on(
    hirers: Start, caplog: pytest.LogCaptureFixture, stream: str, answer: int
) -> None:
    switch, operation, _ = PATHS[stream]
    simulator, settings = hirers(**{switch: None})
    if answer != 404:
        pattern = {VERSIONS: r"/remuneration/(?:[^/]*/){3}\d+$", PDFS: "/pdf$", FUNCTIONS: "/function/"}[stream]
        always(simulator, pattern, {}, status=answer)
    done = sync(settings, stream, "remunerations")
    assert done.records(stream) == []
    assert done.some("remunerations")
    (warning,) = left_out(caplog)
    assert f"HTTP {answer}" in warning
    assert warning.endswith(
        f"put the one of your API documentation in the setting paths.{operation}, or deselect the stream"
    )


def test_a_path_that_is_not_there_is_not_asked_for_again_and_again(hirers: Start) -> None:
    simulator, settings = hirers(functions_path=None, crowd=40)
    sync({**settings, "company_ids": settings["company_ids"][:1]}, FUNCTIONS)
    assert 3 <= sum(path.startswith("/function/") for path in paths(simulator)) <= 3 + 8


@pytest.mark.parametrize(
    ("stream", "right", "words"),
    [(PDFS, Right.PDF, "get a PDF of a remuneration"), (FUNCTIONS, Right.FUNCTIONS, "all functions of one partner")],
)
def test_a_missing_right_is_told_once_and_the_rest_goes_on(
    hirers: Start, caplog: pytest.LogCaptureFixture, stream: str, right: Right, words: str
) -> None:
    _, settings = hirers(rights=frozenset(Right) - {right})
    settings["company_ids"] = settings["company_ids"][:1]
    done = sync(settings, stream, "remunerations")
    assert done.records(stream) == []
    assert done.some("remunerations")
    (warning,) = left_out(caplog)
    assert words in warning


# Older versions


def test_older_versions_are_read_once_with_what_is_in_them(hirers: Start) -> None:
    simulator, settings = hirers()
    streams = (VERSIONS, "remunerations", "salary_steps")
    done = sync(settings, *streams)
    newest = versions(done.some("remunerations"))
    expected = {(c, i, n) for c, i, version in newest for n in range(1, version)}
    assert expected
    assert versions(done.records(VERSIONS)) == expected
    steps = {(row["company_id"], row["remuneration_id"], row["lender_version"]) for row in done.some("salary_steps")}
    assert steps & expected
    assert all(row["raw"]["lenderVersion"] == row["lender_version"] for row in done.records(VERSIONS))
    before = len(paths(simulator))
    again = sync(settings, *streams, state=done.state)
    assert again.records(VERSIONS) == []
    assert not [path for path in paths(simulator)[before:] if path.count("/") > 3]


def test_after_a_republication_only_the_version_that_has_become_older_is_read(hirers: Start) -> None:
    simulator, settings = hirers()
    done = sync(settings, VERSIONS, "remunerations")
    company, partner = settings["company_ids"][0], done.records("remunerations")[0]["partner_id"]
    identifier = done.records("remunerations")[0]["id"]
    version = simulator.backend.republish(company, partner, identifier)
    again = sync(settings, VERSIONS, "remunerations", state=done.state)
    assert versions(again.records(VERSIONS)) == {(company, identifier, version - 1)}
    assert versions(again.records("remunerations")) == {(company, identifier, version)}


def test_an_older_version_that_is_kept_no_longer_does_not_hide_the_others(hirers: Start) -> None:
    _, settings = hirers(versions_kept=1)
    done = sync(settings, VERSIONS, "remunerations")
    newest = versions(done.some("remunerations"))
    assert versions(done.some(VERSIONS)) == {(c, i, version - 1) for c, i, version in newest if version > 1}
    assert sync(settings, VERSIONS, "remunerations", state=done.state).records(VERSIONS) == []


def test_a_path_that_ignores_the_version_gives_no_second_copy_of_the_newest(
    hirers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = hirers(version_path=0)
    settings["paths"] = {"get_remuneration_version": PATHS[VERSIONS][2][0]}
    done = sync(settings, VERSIONS, "remunerations")
    assert done.records(VERSIONS) == []
    assert "answered with another version" in caplog.text
    right = {name: value for name, value in settings.items() if name != "paths"}
    assert sync(right, VERSIONS, "remunerations", state=done.state).some(VERSIONS)


# PDFs


@pytest.mark.parametrize("form", ["text", "string", "object"])
@pytest.mark.parametrize("line_breaks", [False, True])
def test_a_pdf_is_the_same_in_every_form(hirers: Start, form: str, line_breaks: bool) -> None:  # noqa: FBT001  # a parameter of the test
    _, settings = hirers(pdf=form, pdf_line_breaks=line_breaks)
    for row in sync(settings, PDFS).some(PDFS):
        content = base64.b64decode(row["content"], validate=True)
        assert content.startswith(b"%PDF-")
        assert content.endswith(b"%%EOF\n")
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["size_bytes"] == len(content)
        assert row["file_name"] is None


@pytest.mark.parametrize("member", ["pdf", "data", "file", "content", "base64"])
def test_a_pdf_may_stand_under_any_likely_name(hirers: Start, member: str) -> None:
    _, settings = hirers(pdf="object", pdf_member=member)
    assert sync(settings, PDFS).some(PDFS)


def test_a_pdf_is_read_once_per_version(hirers: Start) -> None:
    simulator, settings = hirers()
    done = sync(settings, PDFS, "remunerations")
    rows = done.some(PDFS)
    assert {(r["remuneration_id"], r["lender_version"]) for r in rows} == {
        (r["id"], r["lender_version"]) for r in done.records("remunerations")
    }
    again = sync(settings, PDFS, "remunerations", state=done.state)
    assert again.records(PDFS) == []
    first = rows[0]
    version = simulator.backend.republish(first["company_id"], first["partner_id"], first["remuneration_id"])
    (row,) = sync(settings, PDFS, "remunerations", state=again.state).records(PDFS)
    assert (row["remuneration_id"], row["lender_version"]) == (first["remuneration_id"], version)
    assert sync({**settings, "force": True}, PDFS, state=again.state).some(PDFS)


def test_pdfs_are_kept_as_files_where_a_folder_is_named(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(pdf_bytes=100_000)
    folder = tmp_path / "pdfs"
    rows = sync({**settings, "pdf_folder": str(folder)}, PDFS).some(PDFS)
    assert {path.name for path in folder.iterdir()} == {row["file_name"] for row in rows}
    for row in rows:
        file = folder / row["file_name"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == row["sha256"]
        assert file.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_pseudonymised_pdfs_are_neither_in_records_nor_in_files(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers()
    settings |= {"pseudonymise": ["contact"], "pseudonym_key": "pepper", "pdf_folder": str(tmp_path / "pdfs")}
    assert all(len(row["content"]) == 32 for row in sync(settings, PDFS).some(PDFS))
    assert not (tmp_path / "pdfs").exists()


# Functions


def test_functions_of_every_partner_come_with_all_that_they_have(hirers: Start) -> None:
    _, settings = hirers()
    done = sync(settings, FUNCTIONS, "functions")
    shared = {(r["company_id"], r["partner_id"], r["id"]) for r in done.some("functions")}
    assert {(r["company_id"], r["partner_id"], r["id"]) for r in done.some(FUNCTIONS)} == shared
    assert all(row["raw"]["id"] == row["id"] for row in done.records(FUNCTIONS))
