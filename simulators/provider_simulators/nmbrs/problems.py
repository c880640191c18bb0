"""Nmbrs' errors: the problem object, its documented codes, and the gateway's answer that looks different."""

from dataclasses import dataclass
from typing import Any

DOC_URL = "https://developer.nmbrs.com/api/docs/errors"


@dataclass(frozen=True, kw_only=True)
class InvalidParameter:
    """A parameter and what is wrong with it."""

    name: str
    reason: str


class ProblemError(Exception):
    """The API refuses with a problem object.

    Attributes:
        status: HTTP status.
        document: The body.
        headers: Headers that go with it.
    """

    def __init__(
        self, code: int, *, invalid: tuple[InvalidParameter, ...] = (), retry_after: int | None = None
    ) -> None:
        kind, title, detail = PROBLEMS[code]
        super().__init__(f"{code} {title}")
        self.status = code // 100
        self.document: dict[str, Any] = {
            "type": kind,
            "httpStatus": self.status,
            "code": code,
            "title": title,
            "detail": detail,
            # With a hyphen (vendor OpenAPI).
            **({"invalid-params": [{"name": each.name, "reason": each.reason} for each in invalid]} if invalid else {}),
            "docUrl": DOC_URL,
        }
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


class GatewayRefusalError(Exception):
    """The gateway in front of the API refuses the subscription key; the body is not the problem object.

    Inferred: the API stands behind Azure API Management, whose body and texts these are.
    """

    def __init__(self, *, missing: bool) -> None:
        what = (
            "missing subscription key. Make sure to include subscription key when making requests to an API."
            if missing
            else "invalid subscription key. Make sure to provide a valid key for an active subscription."
        )
        super().__init__(what)
        self.document = {"statusCode": 401, "message": f"Access denied due to {what}"}


PROBLEMS: dict[int, tuple[str, str, str]] = {
    40033: ("validationError", "Parameter_Invalid", "Invalid parameter."),
    40101: ("authenticationError", "Missing_Token", "Token is missing on the authentication"),
    40102: ("authenticationError", "Invalid_Token", "Token is invalid."),
    # Inferred: a missing scope gives a 403 of its own; number and title follow SOAP's 1002 (1003 became 40303).
    40302: ("authenticationError", "Unauthorized_Access", "The token does not have the scope that this call needs."),
    40303: (
        "authenticationError",
        "Unauthorized_AccessData",
        (
            "You do not have access for the debtor or company you are trying to reach. Contact the administrator of "
            "the environment and review access rights by tags/filters for your login on Template User."
        ),
    ),
    40304: (
        "authenticationError",
        "Invalid_Subscription",
        "This environment is disabled, there is no valid subscription.",
    ),
    # In a working client beside 40303, with the same meaning; title and text invented. For planned faults only.
    40305: ("authenticationError", "Unauthorized_AccessData", "You do not have access to this data."),
    # Seen live by a working client; title invented, the text is said to point to the call per debtor.
    40306: (
        "authenticationError",
        "Multiple_Debtors",
        "The consent covers several debtors. Use /api/debtors/{debtorId}/companies instead.",
    ),
    40401: ("invalidRequestError", "Not_Found", "The requested resource could not be found."),
    40404: ("invalidRequestError", "Invalid_Company", "Company not found. Check if the company Id is correct."),
    42908: (
        "throttlingError",
        "Too_Many_Calls",
        "The amount of calls is above the threshold for your subscription plan.",
    ),
    42909: ("throttlingError", "Quota_Exceeded", "Out of call volume quota."),
    50001: ("apiError", "Unkown", "An unexpected error has occurred."),
}
"""Code to type, title and detail; from the vendor's OpenAPI unless a comment says otherwise."""

USUAL_CODES = {400: 40033, 401: 40102, 403: 40303, 404: 40401, 429: 42908, 500: 50001}
"""The code that a planned fault gets for its status when it names none."""
