"""Answers that are read while they arrive."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import requests
from connector_kit.extract import Action, ApiSession, ErrorRule, ErrorTable, Limits, Problem
from singer_sdk.exceptions import FatalAPIError
from werkzeug import Request, Response
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = b"0123456789" * 100_000


class LargeAnswers:
    """Answers with these statuses, one after the other, then with a large body; remembers the paths."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.paths: list[str] = []
        self.server = make_server("127.0.0.1", 0, self._application, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @Request.application
    def _application(self, request: Request) -> Response:
        self.paths.append(request.path)
        if self.statuses:
            return Response("no", status=self.statuses.pop(0), headers={"Retry-After": "0"})
        return Response(LARGE)


@pytest.fixture
def large_answers() -> Iterator[LargeAnswers]:
    answers = LargeAnswers()
    thread = threading.Thread(target=answers.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield answers
    answers.server.shutdown()
    answers.server.server_close()
    thread.join()


def session(**limits: int) -> ApiSession:
    return ApiSession(
        user_agent="test/1",
        limits=Limits(requests_per_second=1000, answer_bytes_max=1000, **limits),
        errors=ErrorTable([ErrorRule(status=403, action=Action.FATAL, advice="lacks {needs}")]),
        read_problem=lambda response: Problem(status=response.status_code),
    )


def get(api: ApiSession, url: str) -> requests.PreparedRequest:
    return api.http.prepare_request(requests.Request("GET", url))


def test_a_streamed_answer_may_have_any_size(large_answers: LargeAnswers) -> None:
    api = session()
    with pytest.raises(FatalAPIError, match="larger than"):
        api.call(get(api, large_answers.url), what="whole", read=lambda response: response)
    with api.stream(get(api, large_answers.url), what="streamed") as response:
        assert b"".join(response.iter_content(1000)) == LARGE


def test_a_stream_is_asked_for_until_it_is_answered(large_answers: LargeAnswers) -> None:
    large_answers.statuses = [429, 503]
    api = session()
    with api.stream(get(api, large_answers.url), what="streamed") as response:
        assert next(response.iter_content(10)) == LARGE[:10]
    assert len(large_answers.paths) == 3


def test_a_refused_stream_is_an_error_by_the_table(large_answers: LargeAnswers) -> None:
    large_answers.statuses = [403]
    api = session()
    with (
        pytest.raises(FatalAPIError, match="streamed: HTTP 403: lacks the right"),
        api.stream(get(api, large_answers.url), what="streamed", needs="the right"),
    ):
        pytest.fail("there is no answer to read")


def test_a_stream_is_under_way_until_its_reader_is_done(large_answers: LargeAnswers) -> None:
    api = session(concurrent_requests=1)

    def read_second() -> None:
        with api.stream(get(api, f"{large_answers.url}/second"), what="second"):
            pass

    second = threading.Thread(target=read_second)
    with api.stream(get(api, f"{large_answers.url}/first"), what="first"):
        second.start()
        second.join(timeout=0.2)
        assert large_answers.paths == ["/first"]
    second.join(timeout=10)
    assert large_answers.paths == ["/first", "/second"]
