"""What the error answers of the Nmbrs REST API mean."""

from typing import Final

import requests
from connector_kit.extract import Action, ErrorRule, ErrorTable, Problem, decoded_json

__all__ = ["error_table", "read_problem"]

_HIDDEN: Final = (
    "the login that gave consent may not see this company or debtor (tags and filters of the login); "
    "leave it out by company_ids or debtor_ids, or set skip_forbidden"
)
_SCOPE: Final = (
    "the consent lacks {needs}: run tap-nmbrs login to consent again, with --streams for a stream that is not "
    "selected by default, or name the scope in the setting scopes"
)


def error_table(*, skip_forbidden: bool, has_secondary_key: bool = False) -> ErrorTable:
    """What the error answers mean (vendor OpenAPI; codes seen in working clients)."""
    hidden = Action.SKIP if skip_forbidden else Action.FATAL
    rows: tuple[tuple[int, str | None, Action, str], ...] = (
        (400, None, Action.FATAL, "Nmbrs refuses a parameter of the request"),
        (401, "40101", Action.FATAL, "no access token was sent, please report it"),
        (401, "40102", Action.RENEW, "Nmbrs refuses a token that was just renewed: run tap-nmbrs login"),
        (403, "40303", hidden, _HIDDEN),
        (403, "40304", Action.FATAL, "the environment is disabled or has no valid subscription; ask Nmbrs"),
        (403, "40305", hidden, _HIDDEN),
        (403, "40306", Action.SKIP, "the consent spans several debtors, companies are listed per debtor"),
        (403, None, Action.LOGIN, _SCOPE),
        (404, "40401", Action.SKIP, "it does not exist (any more)"),
        (404, "40404", Action.FATAL, "Nmbrs does not know this company"),
        (404, None, Action.SETTING, "there is no such address: check the setting api_url"),
        (429, "42908", Action.RETRY, "too many calls: lower requests_per_second"),
        (429, "42909", Action.QUOTA, "the call volume of the plan is used up; the state is kept, run again later"),
    )
    return ErrorTable(
        [
            ErrorRule(
                status=401,  # of the gateway, without a code of the API
                action=Action.RENEW if has_secondary_key else Action.SETTING,
                final=Action.SETTING,
                advice="the subscription key is missing or wrong: check the setting subscription_key"
                + (" and subscription_key_secondary" if has_secondary_key else ""),
            ),
            *(ErrorRule(status=s, code=c, action=action, advice=advice) for s, c, action, advice in rows),
        ]
    )


def read_problem(response: requests.Response) -> Problem:
    """Read the problem object of an error answer; the gateway's own errors (HTML, other JSON) have only a status."""
    try:
        body = decoded_json(response)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return Problem(status=response.status_code)
    refused = body.get("invalid-params")
    return Problem(
        status=response.status_code,
        code=str(body["code"]) if body.get("code") is not None else None,
        title=body.get("title") if isinstance(body.get("title"), str) else None,
        parameters=tuple(str(item.get("name"))[:40] for item in refused if isinstance(item, dict))
        if isinstance(refused, list)
        else (),
    )
