"""Documents of the SOAP API: journals in an answer, reports made in the background; kept as bytes of any size."""

from __future__ import annotations

import tracemalloc
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from tap_nmbrs.journals import Split
from tap_nmbrs.soap.documents import DOCUMENTS
from tap_nmbrs.soap.texts import DocumentText
from tap_nmbrs.source import DocumentRequest
from werkzeug import Response

from tests.tap_nmbrs_soap.conftest import answer, fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provider_simulators.nmbrs import NmbrsSimulator

    from tests.tap_nmbrs_soap.conftest import Server, Settings

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]

JOURNAL = "<r><transaction><line><description>Zorg &amp; één</description></line></transaction></r>"
START = "Reports_GetWageCodesByRunCompany_v2_Background"
RESULT = "Reports_BackgroundTask_Result"
TASK = "1f0c6c1e-0000-4000-8000-000000000001"


def request_of(document: str) -> DocumentRequest:
    return DocumentRequest(
        document=document,
        keys={"company_id": "12", "payroll_run_id": "34"},
        parameters={"year": 2025},
        what=f"{document} of company 12, run 34",
    )


def fetched(server: Server, *documents: str, timeout_seconds: float = 10) -> list[IO[bytes] | Exception]:
    return server.source().documents([request_of(one) for one in documents], timeout_seconds=timeout_seconds)


def text_of(outcome: IO[bytes] | Exception) -> str:
    assert not isinstance(outcome, Exception), outcome
    with outcome:
        return outcome.read().decode()


def status(name: str, content: str | None = None) -> str:
    inner = "" if content is None else f"<Content>{content}</Content>"
    return f"<TaskId>{TASK}</TaskId><Status>{name}</Status>{inner}"


@pytest.mark.parametrize("split", list(Split))
def test_every_split_is_asked_for_by_year(soap_server: Server, split: Split) -> None:
    document = DOCUMENTS[f"journals/{split}"]
    assert document.method.endswith(("_v2", "PerYear"))
    soap_server.says(document.method, escape(JOURNAL))
    (outcome,) = fetched(soap_server, f"journals/{split}")
    assert text_of(outcome) == JOURNAL
    body = soap_server.requests[0][2]
    year = "year" if split is Split.COST_CENTER_UNIT else "intYear"
    company = "companyId" if split is Split.COST_CENTER_UNIT else "CompanyId"
    assert f"<{company}>12</{company}>" in body
    assert f"<{year}>2025</{year}>" in body


@pytest.mark.parametrize(
    "content",
    [
        escape(JOURNAL),
        escape(escape(JOURNAL)),
        f"<![CDATA[{JOURNAL}]]>",
        escape(f'<?xml version="1.0" encoding="utf-16"?>\n{JOURNAL}'),
        escape(escape(f'<?xml version="1.0" encoding="utf-16"?>\n{JOURNAL}')),
        escape(f'\ufeff  <?xml version="1.0" encoding="iso-8859-1"?>{JOURNAL}'),
        escape(JOURNAL + " " * 5000),
        escape(escape(JOURNAL + " " * 5000)),
    ],
)
def test_a_document_comes_out_plain_however_it_is_wrapped(soap_server: Server, content: str) -> None:
    soap_server.says("Journals_GetByRunCompany_v2", content)
    (outcome,) = fetched(soap_server, "journals/company")
    assert text_of(outcome).rstrip() == JOURNAL


@pytest.mark.parametrize("result", ["", '<x xsi:nil="true"/>'])
def test_a_journal_without_anything_is_a_document_without_content(soap_server: Server, result: str) -> None:
    soap_server.says("Journals_GetByRunCompany_v2", result)
    (outcome,) = fetched(soap_server, "journals/company")
    assert text_of(outcome) == "<document/>"


def test_escapes_survive_any_cut() -> None:
    twice = escape(f'<?xml version="1.0" encoding="utf-16"?>{JOURNAL}')
    for size in (1, 2, 3, 5, 11):
        text = DocumentText()
        for start in range(0, len(twice), size):
            text.write(twice[start : start + size])
        assert text_of(text.finished()) == JOURNAL
    long = escape(JOURNAL + "<a>&lt;</a>" * 400)
    for size in (1, 7, 1000):
        text = DocumentText()
        for start in range(0, len(long), size):
            text.write(long[start : start + size])
        assert text_of(text.finished()) == JOURNAL + "<a>&lt;</a>" * 400


def test_a_report_is_waited_for(soap_server: Server) -> None:
    soap_server.says(START, TASK)
    soap_server.says(RESULT, status("Enqueued"), status("Executing"), status("Success", escape(escape(JOURNAL))))
    (outcome,) = fetched(soap_server, "wage_codes")
    assert text_of(outcome) == JOURNAL
    assert soap_server.methods == [START, RESULT, RESULT, RESULT]
    assert f"<TaskId>{TASK}</TaskId>" in soap_server.requests[1][2]


@pytest.mark.parametrize(
    "failures",
    [
        [status("Error")],
        [fault("2021")],
        [status("Unknown")] * 3,
        [fault("2019")] * 3,
        [fault("2020"), fault("2019"), status("Unknown")],
    ],
)
def test_a_report_that_fails_or_is_lost_is_started_once_more(soap_server: Server, failures: list[Any]) -> None:
    soap_server.says(START, TASK)
    soap_server.says(RESULT, *failures, status("Success", escape(JOURNAL)))
    (outcome,) = fetched(soap_server, "wage_codes")
    assert text_of(outcome) == JOURNAL
    assert soap_server.methods.count(START) == 2


def test_a_report_that_is_missing_for_a_moment_is_not_started_anew(soap_server: Server) -> None:
    soap_server.says(START, TASK)
    soap_server.says(RESULT, fault("2019"), fault("2020"), status("Success", escape(JOURNAL)))
    (outcome,) = fetched(soap_server, "wage_codes")
    assert text_of(outcome) == JOURNAL
    assert soap_server.methods.count(START) == 1


def test_a_report_that_fails_twice_is_an_error(soap_server: Server) -> None:
    soap_server.says(START, TASK)
    soap_server.says(RESULT, status("Error"))
    (outcome,) = fetched(soap_server, "wage_codes")
    assert isinstance(outcome, RetriableAPIError)
    assert str(outcome) == "wage_codes of company 12, run 34: Nmbrs could not make it, or has lost it, 2 times"


def test_a_report_that_takes_too_long_names_the_setting(soap_server: Server) -> None:
    soap_server.says(START, TASK)
    soap_server.says(RESULT, status("Executing"))
    (outcome,) = fetched(soap_server, "wage_codes", timeout_seconds=0.1)
    assert isinstance(outcome, RetriableAPIError)
    assert "document_timeout_seconds" in str(outcome)


def test_one_document_that_fails_leaves_the_others_alone(soap_server: Server) -> None:
    soap_server.says("Journals_GetByRunCompany_v2", escape(JOURNAL))
    soap_server.says("Journals_GetByRunDepartment_v2", fault("1002"))
    first, second = fetched(soap_server, "journals/company", "journals/department")
    assert text_of(first) == JOURNAL
    assert isinstance(second, FatalAPIError)
    assert "CompanyService.Journals_GetByRunDepartment_v2" in str(second)


def test_a_document_that_is_cut_is_asked_for_again(soap_server: Server) -> None:
    whole = answer("Journals_GetByRunCompany_v2", escape(JOURNAL))
    soap_server.says(
        "Journals_GetByRunCompany_v2",
        Response(whole[: whole.index("Zorg")], mimetype="text/xml"),
        Response(whole, mimetype="text/xml"),
    )
    (outcome,) = fetched(soap_server, "journals/company")
    assert text_of(outcome) == JOURNAL


@pytest.mark.parametrize("escapes", [1, 2])
def test_a_large_document_is_kept_in_flat_memory(soap_server: Server, escapes: int) -> None:
    line, count = "<line><dim1>4000</dim1><value>1.00</value></line>", 80_000
    head, tail = answer("Journals_GetByRunCompany_v2", "|").split("|")
    escaped = line
    for _ in range(escapes):
        escaped = escape(escaped)

    def pieces() -> Iterator[bytes]:
        opening, closing = "<r>", "</r>"
        for _ in range(escapes):
            opening, closing = escape(opening), escape(closing)
        yield (head + opening).encode()
        for _ in range(count // 100):
            yield (escaped * 100).encode()
        yield (closing + tail).encode()

    soap_server.says("Journals_GetByRunCompany_v2", Response(pieces(), mimetype="text/xml"))
    tracemalloc.start()
    (outcome,) = fetched(soap_server, "journals/company")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not isinstance(outcome, Exception), outcome
    with outcome:
        assert outcome.seek(0, 2) == len(line) * count + len("<r></r>")
    assert peak < 3_000_000


def test_the_simulated_reports_and_journals_are_read(soap_nmbrs: Start, soap_server: Server) -> None:
    for escapes in (1, 2):
        _, settings = soap_nmbrs(soap_report_escapes=escapes, soap_task_polls=1, soap_lost_tasks=1)
        source = soap_server.source(**settings)
        (company, *_) = source.rows(source.operations["companies"], {}, {})
        keys = {"company_id": company["companyId"]}
        run = next(one for one in source.rows(source.operations["payroll_runs"], keys, {"year": 2026}) if one["locked"])
        requests = [
            DocumentRequest(
                document=name,
                keys={**keys, "payroll_run_id": run["payrollRunId"]},
                parameters={"year": 2026},
                what=name,
            )
            for name in DOCUMENTS
        ]
        texts = [text_of(one) for one in source.documents(requests, timeout_seconds=20)]
        assert [text.count("<transaction>") > 0 for text in texts] == [True] * 5 + [False]
        assert texts[-1].startswith("<reports><report>")
