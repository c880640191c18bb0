"""The session against a real server that answers what a test tells it to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests
from connector_kit.errors import LoginRequiredError, SettingError, UnreachableError
from connector_kit.extract import (
    Action,
    ApiSession,
    ErrorRule,
    ErrorTable,
    Limits,
    Problem,
    QuotaExhaustedError,
    UnreadableAnswerError,
    decoded_json,
    problem_of,
)
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError
from werkzeug import Request, Response
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "Marker-999900018"
Answer = Response | Callable[[Request], Response]


class Server:
    """Answers with the given answers, one after the other; the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._server = make_server("127.0.0.1", 0, self._application, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @Request.application
    def _application(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Response) else answer(request)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def answering() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def read_problem(response: requests.Response) -> Problem:
    body = decoded_json(response) if response.content.startswith(b"{") else {}
    return Problem(status=response.status_code, code=body.get("code"), title=body.get("title"))


RULES = ErrorTable([
    ErrorRule(status=401, action=Action.RENEW, advice="log in again"),
    ErrorRule(status=401, code="5", action=Action.RENEW, advice="check the setting key", final=Action.SETTING),
    ErrorRule(status=402, action=Action.LOGIN, advice="give consent"),
    ErrorRule(status=403, code="7", action=Action.SKIP, advice="not for us"),
    ErrorRule(status=403, action=Action.FATAL, advice="consent lacks {needs}"),
    ErrorRule(status=429, code="9", action=Action.QUOTA, advice="used up"),
])  # fmt: skip


class Auth:
    def __init__(self) -> None:
        self.token = 1

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def renew(self, response: requests.Response) -> None:  # noqa: ARG002  # the protocol's signature
        self.token += 1


def session(**limits: Any) -> ApiSession:
    return ApiSession(
        user_agent="tap-test/1",
        limits=Limits(**{"requests_per_second": 1000, "attempts": 3, **limits}),
        errors=RULES,
        read_problem=read_problem,
        auth=Auth(),
    )


def call(server_url: str, api: ApiSession) -> Any:
    api.http.auth = Auth()
    request = api.http.prepare_request(requests.Request("GET", f"{server_url}/things"))
    return api.call(request, what="things of company 12", needs="scope things.read", read=decoded_json)


def problem(status: int, code: str | None = None, **headers: str) -> Response:
    body = {"code": code, "title": "Some_Title", "detail": MARKER}
    return Response(json.dumps(body), status=status, headers=headers, mimetype="application/json")


OK = Response('{"amount": 0.10}', mimetype="application/json")


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (problem(400), FatalAPIError, "HTTP 400 (Some_Title): the provider refuses the request"),
        (problem(402), LoginRequiredError, "HTTP 402 (Some_Title): give consent"),
        (problem(403, "7"), SkippableAPIError, "HTTP 403 code 7 (Some_Title): not for us"),
        (problem(403, "8"), FatalAPIError, "HTTP 403 code 8 (Some_Title): consent lacks scope things.read"),
        (problem(429, "9"), QuotaExhaustedError, "HTTP 429 code 9 (Some_Title): used up"),
        (problem(501), FatalAPIError, "HTTP 501 (Some_Title): the provider does not have this call"),
        (Response(status=302, headers={"Location": "/x"}), FatalAPIError, "HTTP 302: the provider refuses the request"),
    ],
)
def test_an_error_answer_is_one_line_by_the_table_and_asked_once(
    answering: Server, answer: Response, error: type[Exception], message: str
) -> None:
    answering.answers = [answer]
    with pytest.raises(error) as failure:
        call(answering.url, session())
    assert str(failure.value) == f"things of company 12: {message}"
    assert len(answering.requests) == 1


@pytest.mark.parametrize(
    "bad",
    [
        problem(503, **{"Retry-After": "0"}),
        Response("<html>Bad gateway</html>", status=502, headers={"Retry-After": "0"}),
        Response("<html>no JSON</html>", headers={"Retry-After": "0"}),
        Response("", headers={"Retry-After": "0"}),
        Response('{"amount": NaN}', headers={"Retry-After": "0"}),
        problem(429, **{"Retry-After": "0"}),
    ],
)
def test_a_passing_failure_is_asked_again_and_a_lasting_one_is_given_up(answering: Server, bad: Response) -> None:
    answering.answers = [bad, bad, OK]
    assert str(call(answering.url, session())["amount"]) == "0.10"
    answering.answers = [bad]
    with pytest.raises(RetriableAPIError, match=r"^things of company 12: ") as failure:
        call(answering.url, session())
    assert len(answering.requests) == 3 + 3
    assert MARKER not in str(failure.value)


def test_a_failure_that_the_caller_can_do_something_about_is_told_at_once(answering: Server) -> None:
    answering.answers = [problem(504)]
    api = session()
    request = api.http.prepare_request(requests.Request("GET", f"{answering.url}/things"))
    with pytest.raises(RetriableAPIError) as failure:
        api.call(request, what="things", read=decoded_json, decisive={504})
    found = problem_of(failure.value)
    assert found is not None
    assert found.status == 504
    assert len(answering.requests) == 1


def test_an_unreadable_answer_is_asked_again_and_then_described(answering: Server) -> None:
    def read(response: requests.Response) -> None:
        raise UnreadableAnswerError(f"the answer is {response.headers['Content-Type']}")

    answering.answers = [Response(MARKER, mimetype="text/html", headers={"Retry-After": "0"})]
    api = session()
    request = api.http.prepare_request(requests.Request("GET", f"{answering.url}/things"))
    with pytest.raises(RetriableAPIError) as failure:
        api.call(request, what="things", read=read)
    assert str(failure.value) == "things: the answer is text/html; charset=utf-8"
    assert len(answering.requests) == 3


def test_retry_after_holds_everybody(answering: Server) -> None:
    answering.answers = [problem(429, **{"Retry-After": "1"}), OK]
    api = session()
    started = time.monotonic()
    threads = [threading.Thread(target=call, args=(answering.url, api)) for _ in range(2)]
    threads[0].start()
    while not answering.requests:
        time.sleep(0.01)
    time.sleep(0.1)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started >= 0.9
    assert len(answering.requests) == 3


def test_a_refused_token_is_renewed_once(answering: Server) -> None:
    answering.answers = [problem(401), OK]
    call(answering.url, session())
    assert [request.headers["Authorization"] for request in answering.requests] == ["Bearer 1", "Bearer 2"]
    answering.answers = [problem(401)]
    with pytest.raises(LoginRequiredError, match=r"things of company 12: HTTP 401 .* log in again"):
        call(answering.url, session())
    assert len(answering.requests) == 4


def test_two_kinds_of_refused_credentials_are_renewed_once_each(answering: Server) -> None:
    answering.answers = [problem(401), problem(401, "5"), OK]
    call(answering.url, session())
    assert len(answering.requests) == 3
    answering.answers = [problem(401, "5")]
    with pytest.raises(SettingError, match=r"things of company 12: HTTP 401 code 5 .* check the setting key") as raised:
        call(answering.url, session())
    assert len(answering.requests) == 5
    assert problem_of(raised.value) == Problem(status=401, code="5", title="Some_Title")


def test_an_exception_that_no_error_answer_caused_has_no_problem() -> None:
    assert problem_of(FatalAPIError("x")) is None


def test_we_say_who_we_are(answering: Server) -> None:
    answering.answers = [OK]
    call(answering.url, session())
    assert answering.requests[0].headers["User-Agent"] == "tap-test/1"


def test_no_login_is_taken_from_a_file_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "netrc"
    file.write_text("default login somebody password something\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(file))
    request = requests.Request("GET", "https://host.invalid/things")
    assert "Authorization" in requests.Session().prepare_request(request).headers
    assert "Authorization" not in session().http.prepare_request(request).headers


def test_an_answer_that_is_too_large_is_refused(answering: Server) -> None:
    answering.answers = [Response("x" * 300_000)]
    with pytest.raises(FatalAPIError, match="things of company 12: the answer is larger than 0 MiB"):
        call(answering.url, session(answer_bytes_max=200_000))


def test_a_host_that_is_not_there_is_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match=r"cannot reach 127\.0\.0\.1:\d+ \(.*\), after 1 attempts$"):
        call(url, session(attempts=1))


def test_a_connection_that_is_cut_is_asked_again(answering: Server) -> None:
    def cut(request: Request) -> Response:
        return Response("x", headers={"Content-Length": "1000"})

    answering.answers = [cut, OK]
    assert call(answering.url, session()) == {"amount": Decimal("0.10")}


def test_no_more_requests_are_under_way_than_allowed(answering: Server) -> None:
    under_way: list[int] = []
    count = 0
    lock = threading.Lock()

    def slow(request: Request) -> Response:
        nonlocal count
        with lock:
            count += 1
            under_way.append(count)
        time.sleep(0.05)
        with lock:
            count -= 1
        return Response("{}")

    answering.answers = [slow]
    api = session(concurrent_requests=2)
    threads = [threading.Thread(target=call, args=(answering.url, api)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(under_way) == 2


def test_two_rules_for_one_answer_are_a_mistake() -> None:
    rule = ErrorRule(status=400, action=Action.FATAL, advice="x")
    with pytest.raises(ValueError, match="two rules"):
        ErrorTable([rule, rule])


@pytest.mark.parametrize("title", ["a\nb", "x" * 200, "Jan & Piet <999900018>"])
def test_a_title_that_is_no_title_is_not_shown(title: str) -> None:
    assert str(Problem(status=400, title=title)) == "HTTP 400"
