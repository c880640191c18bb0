"""Lists in Minox's envelope, a page at a time: `{"links": {...}, "collection": [...]}`."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from provider_simulators.documents import json_response
from provider_simulators.minox.messages import Code, refusal
from provider_simulators.minox.switches import MinoxSwitches


def list_response(request: Request, records: Sequence[Any], switches: MinoxSwitches) -> Response:
    """A page of records. What stands in `links` is unknown but for its `next`, which is assumed (switches).

    Raises:
        RefusedError: 400 for a `next` that this list did not give.
    """
    if switches.lists == "bare":
        return json_response(records)
    if switches.list_links == "absent":
        return json_response({"links": {}, "collection": records})
    start = _start(request, len(records), switches.page_size)
    end = start + switches.page_size
    links = {"next": _next(request, end, switches)} if end < len(records) else {}
    return json_response({"links": links, "collection": records[start:end]})


def _next(request: Request, start: int, switches: MinoxSwitches) -> str:
    token = base64.urlsafe_b64encode(f"from {start}".encode()).decode()
    if switches.list_links == "token":
        return token
    others = [(name, value) for name, value in request.args.items() if name != "next"]
    return f"{request.base_url}?{urlencode([*others, ('next', token)])}"


def _start(request: Request, length: int, page_size: int) -> int:
    """By `next`, or by `currentpage`, which two clients have and never set: here it counts from 1."""
    token = request.args.get("next")
    if token is None:
        page = request.args.get("currentpage", "1")
        if not page.isdecimal() or page == "0":
            raise refusal(400, Code.PARAMETER, "currentpage is geen bladzijde")
        return (int(page) - 1) * page_size
    try:
        start = int(base64.urlsafe_b64decode(token).decode().removeprefix("from "))
    except (binascii.Error, ValueError):
        start = -1
    if not 0 < start < length:
        raise refusal(400, Code.PARAMETER, "next is onbekend")
    return start
