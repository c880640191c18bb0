"""Answers: JSON or XML, messages in their several forms, addresses of new records."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minimax.refusals import RefusedError
from provider_simulators.minimax.switches import MinimaxSwitches

NOT_FOUND_PAGE = (
    "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head>"
    "<body><h2>404 - File or directory not found.</h2></body></html>"
)
PUBLIC_HOSTS = {"SI": "https://moj.minimax.si", "HR": "https://moj.minimax.hr", "RS": "https://moj.minimax.rs"}


def answered(request: Request, document: Any, switches: MinimaxSwitches, status: int = 200) -> Response:
    """A document in JSON, or in XML for who asks for it, or does not ask for JSON (a switch)."""
    accept = request.headers.get("Accept", "")
    wants_xml = "json" not in accept and ("xml" in accept or switches.accept_absent == "xml")
    if not wants_xml:
        return json_response(document, status)
    body = f'<?xml version="1.0" encoding="utf-8"?>{_xml("Result", document)}'
    return Response(body, status, content_type="application/xml; charset=utf-8")


def created(request: Request, switches: MinimaxSwitches, place: str, key: int) -> Response:
    """201 with an empty body; the new address has the id twice (seen).

    Args:
        request: What was asked.
        switches: How the address is written.
        place: Path of the list in which the record is.
        key: Its id.
    """
    host, query = request.host_url.rstrip("/"), f"?id={key}"
    name = "Location"
    match switches.location:
        case "no_query":
            query = ""
        case "relative":
            host = ""
        case "public":
            host = PUBLIC_HOSTS[switches.localisation]
        case "small":
            name = "location"
    response = Response(status=201, headers={name: f"{host}{place}/{key}{query}"})
    response.autocorrect_location_header = False
    return response


def refused(error: RefusedError, switches: MinimaxSwitches) -> Response:
    """Messages as a list, in an object, or as ASP.NET tells them (all inferred); other refusals are ASP.NET's."""
    text = " ".join(each.text for each in error.messages)
    if error.status in (401, 403, 404, 429, 500, 503):
        return json_response({"Message": text or "The requested resource was not found."}, error.status, error.headers)
    messages = [{"Message": each.text, "PropertyName": _shown(each.property_name, switches)} for each in error.messages]
    forms: Mapping[str, Any] = {
        "list": messages,
        "object": {"ValidationMessages": messages},
        "data": {"Data": None, "ValidationMessages": messages},
        "aspnet": {
            "Message": "The request is invalid.",
            "ModelState": {each["PropertyName"] or "": [each["Message"]] for each in messages},
        },
    }
    if switches.messages == "aspnet" and len(messages) == 1 and error.messages[0].property_name is None:
        return json_response({"Message": text}, error.status, error.headers)
    return json_response(forms[switches.messages], error.status, error.headers)


def no_such_path(_request: Request, **_path: Any) -> Response:
    """The web server's own 404."""
    return Response(NOT_FOUND_PAGE, 404, content_type="text/html")


def _shown(name: str | None, switches: MinimaxSwitches) -> str | None:
    if name is None or switches.property_names == "empty":
        return None
    return name.rpartition(".")[2] if switches.property_names == "leaf" else name


def _xml(name: str, value: Any) -> str:
    if value is None:
        return f"<{name}/>"
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_xml(key, inner) for key, inner in value.items())}</{name}>"
    if isinstance(value, list):
        return f"<{name}>{''.join(_xml('Row', each) for each in value)}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"
