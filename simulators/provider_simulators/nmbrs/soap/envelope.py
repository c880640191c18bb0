"""The envelope in and out, in SOAP 1.1 and 1.2, with .NET's way of taking and refusing messages."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request, Response

from provider_simulators.nmbrs.soap.faults import SoapFaultError
from provider_simulators.nmbrs.soap.switches import EmptyResult
from provider_simulators.nmbrs.soap.values import Items, Nil, add

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
AUTH_HEADERS = ("AuthHeader", "AuthHeaderWithDomain")
NO_ACTION = "Unable to handle request without a valid action parameter. Please supply a valid soap action."
NOT_READ = "Server was unable to read request."
TOO_BAD = f"{NOT_READ} ---> There is an error in XML document."


class Version(Enum):
    """SOAP's two versions by namespace of the envelope; the 1.2 one needs no SOAPAction (seen in a working client)."""

    V1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
    V1_2 = "http://www.w3.org/2003/05/soap-envelope"

    @property
    def content_type(self) -> str:
        """Media type of its messages."""
        return "text/xml" if self is Version.V1_1 else "application/soap+xml"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A message that was read.

    Attributes:
        credentials: Name of the authentication header and its texts, as far as the service knows the header: one in
            another namespace is not seen.
        parameters: Texts by name, to the letter, `Scale.Step` for one in an object; those of another namespace are not
            seen.
    """

    operation: str
    credentials: Mapping[str, Mapping[str, str]]
    parameters: Mapping[str, str]


def version_of(request: Request) -> Version | None:
    """The version that the content type tells."""
    media_type = parse_options_header(request.headers.get("Content-Type", ""))[0]
    return next((version for version in Version if version.content_type == media_type), None)


def read_call(request: Request, version: Version, namespace: str) -> Call:
    """Read the message.

    Raises:
        SoapFaultError: It has no valid action, is no envelope of the version, or its body is of another service.
    """
    action = _action(request, version)
    if version is Version.V1_1 and not action:
        raise SoapFaultError(NO_ACTION, is_clients=True)
    try:
        root = fromstring(request.get_data(), forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError) as error:
        raise SoapFaultError(TOO_BAD, is_clients=True) from error
    body = root.find(f"{{{version.value}}}Body")
    if root.tag != f"{{{version.value}}}Envelope" or body is None or len(body) != 1:
        raise SoapFaultError(f"{NOT_READ} ---> Possible SOAP version mismatch.", is_clients=True)
    space, _, operation = body[0].tag.rpartition("}")
    if action and action != f"{namespace}/{operation}":
        text = f"Server did not recognize the value of HTTP Header SOAPAction: {action}."
        raise SoapFaultError(text, is_clients=True)
    if space != f"{{{namespace}":
        raise SoapFaultError(f"{TOO_BAD} ---> <{operation}> was not expected.", is_clients=True)
    headers = (root.find(f"{{{version.value}}}Header/{{{namespace}}}{name}") for name in AUTH_HEADERS)
    return Call(
        operation=operation,
        credentials={
            header.tag.rpartition("}")[2]: _texts(header, namespace) for header in headers if header is not None
        },
        parameters=_texts(body[0], namespace),
    )


def _action(request: Request, version: Version) -> str:
    """The action, quoted or not (both seen in working clients)."""
    if version is Version.V1_2:
        return parse_options_header(request.headers.get("Content-Type", ""))[1].get("action", "")
    return request.headers.get("SOAPAction", "").strip().strip('"')


def _texts(parent: ET.Element, namespace: str) -> dict[str, str]:
    """Texts of the children by name; those of a child's children by both names: `Scale.Step`."""
    prefix, texts = f"{{{namespace}}}", dict[str, str]()
    for each in parent:
        if each.tag.startswith(prefix):
            name = each.tag.removeprefix(prefix)
            inner = {f"{name}.{key}": text for key, text in _texts(each, namespace).items()}
            texts |= inner or {name: each.text or ""}
    return texts


def result_response(
    version: Version, namespace: str, operation: str, result: Any, *, empty: EmptyResult, padding_bytes: int
) -> Response:
    """The operation's answer.

    Args:
        version: Version of the question.
        namespace: The service's.
        operation: Its name.
        result: A text, a row or a list; None or an empty list comes as `empty` says.
        empty: How nothing comes.
        padding_bytes: So many blanks are added to the result.
    """
    response = ET.Element(f"{operation}Response", {"xmlns": namespace})
    if result is None or result == Items(name=result.name if isinstance(result, Items) else "", rows=()):
        result = {EmptyResult.MISSING: None, EmptyResult.NIL: Nil.NIL, EmptyResult.ELEMENT: {}}[empty]
    add(response, f"{operation}Result", result)
    if padding_bytes and len(response):
        _pad(response[0], " " * padding_bytes)
    return _message(version, response, 200)


def _pad(element: ET.Element, blanks: str) -> None:
    """Blanks after the last of an element's children, or after its text."""
    if len(element):
        element[-1].tail = blanks
    else:
        element.text = (element.text or "") + blanks


def fault_response(version: Version, fault: SoapFaultError) -> Response:
    """The fault as .NET sends it, with status 500 (inferred)."""
    element = ET.Element("soap:Fault")
    if version is Version.V1_1:
        add(element, "faultcode", "soap:Client" if fault.is_clients else "soap:Server")
        add(element, "faultstring", str(fault))
        add(element, "detail", {})
    else:
        add(element, "soap:Code", {"soap:Value": "soap:Sender" if fault.is_clients else "soap:Receiver"})
        add(element, "soap:Reason", {"soap:Text": str(fault)})
        element[-1][0].set("xml:lang", "en")
        add(element, "soap:Detail", {})
    return _message(version, element, 500)


def _message(version: Version, content: ET.Element, status: int) -> Response:
    envelope = ET.Element("soap:Envelope", {"xmlns:soap": version.value, "xmlns:xsi": XSI, "xmlns:xsd": XSD})
    ET.SubElement(envelope, "soap:Body").append(content)
    text = '<?xml version="1.0" encoding="utf-8"?>' + ET.tostring(envelope, encoding="unicode")
    return Response(text, status, content_type=f"{version.content_type}; charset=utf-8")
