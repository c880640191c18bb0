"""What is not known about Minimax, as switches: each default is what clients have seen, or the safest reading."""

from dataclasses import dataclass
from typing import Literal

from provider_simulators.minimax.localisation import Country


@dataclass(frozen=True, kw_only=True)
class MinimaxSwitches:
    """Switches of the Minimax simulator.

    Attributes:
        localisation: Which country's installation this is.
        rejection: Body of a refused log-in: the bare ``text`` that the vendor's sample looks for, or OAuth's ``json``.
        lock_after: So many wrong passwords in a row lock the user's access for applications (the number is not
            published, the lock-out is).
        token_seconds: Life of an access token (an hour, measured by a client).
        refresh: Whether the refresh grant works (nobody has seen it).
        api_right: Whether the user has the API right; without it log-in works and there are no organisations (seen).
        foreign_status: Answer to an organisation that the user does not reach (inferred).
        calls_per_day: Calls per organisation in 24 hours, rolling (published).
        limit_answer: What the call after that gets: 429 ``bare`` or with ``retry_after``, or a 403 ``text`` (nothing
            of it is published).
        validation_status: Status of refused content (inferred; 409 and 422 are possible).
        duplicate_status: Status for a code that exists (409 is seen).
        concurrency_status: Status for a stale or missing RowVersion (inferred; its text is documented).
        messages: Validation messages come as a ``list``, or in an ``object`` (inferred).
        code_length: Longest customer code; the model's comment says 10, the vendor's samples send 30.
        page_size_max: Larger pages are cut to it; None is no limit, 300 was honoured (measured by a client).
        put_answer: Body of an accepted PUT: the vendor's sample is ready for ``empty``, an ``array`` and an
            ``object``; ``rotate`` gives one after the other.
    """

    localisation: Country = Country.SI
    rejection: Literal["text", "json"] = "text"
    lock_after: int = 3
    token_seconds: int = 3600
    refresh: bool = False
    api_right: bool = True
    foreign_status: Literal[403, 404] = 403
    calls_per_day: int = 1000
    limit_answer: Literal["bare", "retry_after", "text"] = "bare"
    validation_status: Literal[400, 409, 422] = 400
    duplicate_status: Literal[409, 400] = 409
    concurrency_status: Literal[409, 400] = 409
    messages: Literal["list", "object"] = "list"
    code_length: int = 10
    page_size_max: int | None = None
    put_answer: Literal["rotate", "empty", "array", "object"] = "rotate"
