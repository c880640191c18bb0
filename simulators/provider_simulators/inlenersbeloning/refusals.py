"""Refusals; nothing is known of their bodies."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from provider_simulators.documents import json_response
from provider_simulators.inlenersbeloning.encoding import compact


class RefusedError(Exception):
    """The request is refused.

    Attributes:
        status: HTTP status.
        headers: Headers of the answer.
    """

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = dict(headers or {})


def wait(seconds: int | None, form: str) -> dict[str, str]:
    """Headers that tell when to come back, by the real clock: that is the one that a client has."""
    if seconds is None:
        return {}
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    match form:
        case "date":
            return {"Retry-After": format_datetime(moment, usegmt=True)}
        case "reset":
            return {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{moment:%s}"}
    return {"Retry-After": str(seconds)}


def refusal(status: int, why: str, body: str, headers: Mapping[str, str]) -> Response:
    """The answer, with a body of that form."""
    match body:
        case "problem":
            problem = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status, "detail": why}
            return Response(compact(problem), status, headers, content_type="application/problem+json")
        case "html":
            page = f"<!doctype html><html><title>{status}</title><h1>{HTTP_STATUS_CODES[status]}</h1></html>"
            return Response(page, status, headers, content_type="text/html; charset=utf-8")
        case "empty":
            return Response(None, status, headers)
    return json_response({"message": why}, status, dict(headers))
