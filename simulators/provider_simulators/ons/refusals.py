"""Refusals, and the bodies in which Ons words them."""

from typing import Literal

from werkzeug.wrappers import Response

from provider_simulators.documents import json_response

Words = Literal["entries", "problem", "empty"]
PLANNING = "/v0/plannen_roosteren/"
TOO_MANY = 429
GATEWAY = (502, 503, 504)
CODES = {400: "INVALID_FORMAT", 404: "NOT_FOUND"}


class RefusedError(Exception):
    """The request is refused.

    Attributes:
        status: HTTP status; 495 is nginx's for a certificate that does not do.
        field: The parameter that does not do.
    """

    def __init__(self, status: int, why: str, field: str | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.field = field


def error_response(status: int, message: str, *, field: str | None = None, words: Words = "entries") -> Response:
    """A refusal in one of the vendor's envelopes, or without a body."""
    if words == "empty":
        return Response(b"", status, content_type="application/json; charset=utf-8")
    if words == "problem":
        reasons = [{"code": CODES.get(status, "INVALID_STATE"), "detail": message, "pointer": f"#/{field or ''}"}]
        problem = {"type": "about:blank", "title": message, "status": status, "detail": message}
        return json_response({**problem, "provider": "ons-administration", "reasons": reasons}, status)
    return json_response({"errorResponseEntries": [{"field": field, "value": None, "message": message}]}, status)


def too_many(path: str, *, retry_after: int | None, words: Words) -> Response:
    """429; planning words it its own way (vendor OpenAPI, MovesRatelimitError)."""
    message = "Too many requests"
    if path.startswith(PLANNING):
        response = json_response({"type": "about:blank", "title": message, "status": TOO_MANY}, TOO_MANY)
    else:
        response = error_response(TOO_MANY, message, words=words)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
