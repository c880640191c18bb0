"""JSON on the wire, with amounts as Decimal on our side and as exact JSON numbers on the provider's."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import simplejson  # type: ignore[import-untyped]  # it has no types of its own
from werkzeug.wrappers import Request, Response

from provider_simulators.log import plain


def json_response(
    document: Any,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    text: Callable[[object], str] = plain,
) -> Response:
    """An answer with a JSON body in UTF-8. A Decimal is written with exactly its digits.

    Args:
        document: The body.
        status: HTTP status.
        headers: Headers that go with it.
        text: Writes what JSON does not know: days, moments, ids.
    """
    body = simplejson.dumps(document, ensure_ascii=False, use_decimal=True, default=text)
    return Response(body, status, headers, content_type="application/json; charset=utf-8")


def json_body(request: Request) -> Any:
    """The request's body; numbers with a decimal point are Decimal.

    Raises:
        ValueError: It is no JSON in UTF-8.
    """
    return json.loads(request.get_data().decode("utf-8"), parse_float=Decimal)
