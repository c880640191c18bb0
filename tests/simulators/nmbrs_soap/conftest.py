"""SOAP messages written by hand, and answers as plain elements; a client that knows nothing but HTTP."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import pytest
import requests
from defusedxml.ElementTree import fromstring
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.world import World

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"

MESSAGE = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="{envelope}">
  <soap:Header><{header} xmlns="{header_namespace}">{login}</{header}></soap:Header>
  <soap:Body><{operation} xmlns="{namespace}">{parameters}</{operation}></soap:Body>
</soap:Envelope>"""


class SoapCaller:
    """Calls the services of a simulator."""

    def __init__(self, simulator: NmbrsSimulator) -> None:
        self.simulator = simulator
        self.settings = simulator.soap_settings()
        self.session = requests.Session()

    def post(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Any] | None = None,
        *,
        login: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        **parts: str,
    ) -> requests.Response:
        """Send a message; `parts` replace those of MESSAGE, `headers` the HTTP headers."""
        namespace = f"https://api.nmbrs.nl/soap/v3/{service}"
        given = {
            "Username": self.settings["username"],
            "Token": self.settings["token"],
            "Domain": self.settings["domain"],
        }
        message = MESSAGE.format(
            **{
                "envelope": SOAP_11,
                "header": "AuthHeaderWithDomain",
                "header_namespace": namespace,
                "namespace": namespace,
                "operation": operation,
                "login": elements(given if login is None else login),
                "parameters": elements(parameters or {}),
                **parts,
            }
        )
        action = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{namespace}/{operation}"'}
        return self.session.post(
            f"{self.settings['soap_url']}/{service}.asmx",
            data=message.encode(),
            headers=action if headers is None else headers,
            timeout=20,
        )

    def result(self, service: str, operation: str, **parameters: Any) -> Element | None:
        """The result element of a call that goes well, without namespaces."""
        answer = self.post(service, operation, parameters)
        assert answer.status_code == 200, answer.text
        return content_of(answer).find(f"{operation}Result")

    def rows(self, service: str, operation: str, **parameters: Any) -> list[dict[str, str]]:
        """Texts of the elements of a list; none when there is no result."""
        result = self.result(service, operation, **parameters)
        return [] if result is None else [{each.tag: each.text or "" for each in row} for row in result]

    def text(self, service: str, operation: str, **parameters: Any) -> str:
        """A result that is a text."""
        result = self.result(service, operation, **parameters)
        assert result is not None
        return result.text or ""

    def fault(self, service: str, operation: str, **parameters: Any) -> str:
        """Number of the fault of a call that goes wrong."""
        return fault_number(self.post(service, operation, parameters))

    def company(self, number: str = "1") -> int:
        """Id of the company with this number."""
        companies = self.rows("CompanyService", "List_GetAll")
        return next(int(each["ID"]) for each in companies if each["Number"] == number)

    def run(self, company: int, year: int = 2026) -> dict[str, str]:
        """The newest run of a year."""
        return self.rows("CompanyService", "Run_GetList", CompanyId=company, Year=year)[0]

    def employees(self, company: int, kind: str = "Payroll") -> list[dict[str, str]]:
        """The employees of a type."""
        types = self.rows("EmployeeService", "EmployeeType_GetList")
        number = next(each["Id"] for each in types if each["Description"] == kind)
        return self.rows("EmployeeService", "List_GetByCompany", CompanyId=company, EmployeeType=number)


def elements(texts: dict[str, Any]) -> str:
    """The texts as elements; a mapping becomes an element with elements in it."""
    return "".join(
        f"<{name}>{elements(text) if isinstance(text, dict) else escape(str(text))}</{name}>"
        for name, text in texts.items()
    )


def content_of(answer: requests.Response) -> Element:
    """What is in the body, without namespaces."""
    root: Element = fromstring(answer.content)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    body = root.find("Body")
    assert body is not None
    assert len(body) == 1
    return body[0]


def fault_number(answer: requests.Response) -> str:
    """The number in a fault's text, as clients look for it."""
    assert answer.status_code == 500, answer.text
    text = content_of(answer).findtext("faultstring") or ""
    found = re.search(r"---> (\d{4}): ", text)
    assert found, text
    return found[1]


StartSoap = Callable[..., SoapCaller]


@pytest.fixture
def start_soap(simulated_world: World) -> Iterator[StartSoap]:
    """Starts a Nmbrs simulator with the given switches and gives a caller of its services."""
    with ExitStack() as running:

        def start(world: World = simulated_world, **switches: Any) -> SoapCaller:
            caller = SoapCaller(running.enter_context(NmbrsSimulator(world, switches=NmbrsSwitches(**switches))))
            running.enter_context(caller.session)
            return caller

        yield start


@pytest.fixture
def soap_caller(start_soap: StartSoap) -> SoapCaller:
    return start_soap()
