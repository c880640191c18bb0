"""The SOAP API: simulated, or a small server that answers what a test has written by hand."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.world import World
from tap_nmbrs.soap.connection import Connection
from tap_nmbrs.soap.source import SoapSource
from werkzeug import Request, Response
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Settings = dict[str, Any]
TOKEN = "kluis-sleutel-7c0d5f1e9b3a"


def enveloped(body: str) -> str:
    """Put a body into an envelope."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>{body}</soap:Body></soap:Envelope>'
    )


def answer(method: str, result: str | None) -> str:
    """The answer to a method; None: without a result."""
    inner = "" if result is None else f"<{method}Result>{result}</{method}Result>"
    return enveloped(f'<{method}Response xmlns="https://api.nmbrs.nl/soap/v3/X">{inner}</{method}Response>')


def fault(code: str, text: str = "Something about Jansen") -> Response:
    """A fault as Nmbrs sends it."""
    body = (
        "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Server was unable to process request. "
        f"---&gt; {code}: {text}</faultstring><detail/></soap:Fault>"
    )
    return Response(enveloped(body), status=500, mimetype="text/xml")


@dataclass
class Server:
    """Gives the answers of a test, method by method; the last of them again and again."""

    url: str = ""
    answers: dict[str, list[Response | str]] = field(default_factory=dict)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, SOAPAction and body of what was asked."""

    def says(self, method: str, *answers: Response | str) -> None:
        """Set the answers to a method; a text is the result of one that went well."""
        self.answers[method] = list(answers)

    @property
    def methods(self) -> list[str]:
        """What was asked, in order."""
        return [action.strip('"').rpartition("/")[2] for _, action, _ in self.requests]

    def settings(self, **settings: Any) -> Settings:
        """Settings of a tap that reads this server."""
        return {
            "api": "soap",
            "soap_url": self.url,
            "username": "loon@acme.example",
            "token": TOKEN,
            "domain": "acme",
            "start_date": "2026-01-01",
            "requests_per_second": 1000,
            "concurrent_requests": 2,
            "skip_forbidden": False,
            **settings,
        }

    def source(self, **settings: Any) -> SoapSource:
        """The API as the tap sees it."""
        return SoapSource(Connection.from_settings(self.settings(**settings), version="0"))

    def rows(self, stream: str, keys: dict[str, str], **parameters: Any) -> list[dict[str, Any]]:
        """Read a list."""
        source = self.source()
        return source.rows(source.operations[stream], keys, parameters)

    def _respond(self, request: Request) -> Response:
        action = request.headers.get("SOAPAction", "")
        self.requests.append((request.path, action, request.get_data(as_text=True)))
        method = action.strip('"').rpartition("/")[2]
        answers: Sequence[Response | str] = self.answers.get(method, [])
        if not answers:
            return fault("1002")
        one = answers[0]
        if len(self.answers[method]) > 1:
            self.answers[method].pop(0)
        return one if isinstance(one, Response) else Response(answer(method, one), mimetype="text/xml")


@pytest.fixture
def soap_server() -> Iterator[Server]:
    """A server that says what a test tells it to."""
    served = Server()

    @Request.application
    def application(request: Request) -> Response:
        return served._respond(request)

    server = make_server("127.0.0.1", 0, application, threaded=True)
    served.url = f"http://127.0.0.1:{server.server_port}/soap/v3"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def soap_nmbrs() -> Iterator[Callable[..., tuple[NmbrsSimulator, Settings]]]:
    """Start a simulator with these switches; gives it and the settings of a tap that reads its SOAP services."""
    with ExitStack() as running:

        def start(
            *, debtors: int = 1, companies: int = 2, employees: int = 5, **switches: Any
        ) -> tuple[NmbrsSimulator, Settings]:
            world = World.build(seed=1, debtors=debtors, companies=companies, employees=employees)
            simulator = NmbrsSimulator(world, switches=NmbrsSwitches(**{"soap_task_polls": 0, **switches}))
            running.enter_context(simulator)
            return simulator, soap_settings(simulator)

        yield start


def soap_settings(simulator: NmbrsSimulator) -> Settings:
    """Settings for the tap; the world's present is November 2026."""
    return {
        **simulator.soap_settings(),
        "start_date": "2026-01-01",
        "requests_per_second": 1000,
        "concurrent_requests": 4,
        "skip_forbidden": False,
    }
