"""Requests of the SOAP API: SOAP 1.1 envelopes, credentials in the header, names to the letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["NAMESPACE", "Call", "Credentials", "Service", "envelope"]

NAMESPACE: Final = "https://api.nmbrs.nl/soap/v3"
"""Of all services and environments, whatever the address (vendor documentation; seen in working clients)."""


class Service(StrEnum):
    """The services of the API; each has an address and a namespace of its own."""

    DEBTOR = "DebtorService"
    COMPANY = "CompanyService"
    EMPLOYEE = "EmployeeService"
    REPORT = "ReportService"

    @property
    def namespace(self) -> str:
        """Of its requests and answers."""
        return f"{NAMESPACE}/{self.value}"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who asks: user name, API token, and the sub-domain of the environment, which Nmbrs can do without."""

    username: str
    token: str = field(repr=False)
    domain: str | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a method.

    Attributes:
        service: Whose method it is.
        method: Its name.
        parameters: By their names in this method, in order; the spelling differs from method to method.
        header: Element that holds the credentials.
    """

    service: Service
    method: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    header: str = "AuthHeaderWithDomain"

    @property
    def name(self) -> str:
        """As the user template of Nmbrs lists it: `CompanyService.Run_GetList`."""
        return f"{self.service}.{self.method}"

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the HTTP request."""
        return {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{self.service.namespace}/{self.method}"',
            "Accept": "text/xml",
        }


def envelope(call: Call, credentials: Credentials) -> bytes:
    """Write the envelope; header and body are in the namespace of the called service."""
    who = {"Username": credentials.username, "Token": credentials.token}
    if credentials.domain:
        who["Domain"] = credentials.domain
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>'
        f"{_element(call.header, who, call.service)}</soap:Header><soap:Body>"
        f"{_element(call.method, call.parameters, call.service)}</soap:Body></soap:Envelope>"
    ).encode()


def _element(name: str, members: Mapping[str, str | int], service: Service) -> str:
    inner = "".join(f"<{member}>{escape(str(value))}</{member}>" for member, value in members.items())
    return f'<{name} xmlns="{service.namespace}">{inner}</{name}>'
