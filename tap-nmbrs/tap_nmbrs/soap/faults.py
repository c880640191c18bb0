"""What the faults of the SOAP API mean: by the code in their text, `---> 1001: ...` (seen in working clients)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

import requests
from connector_kit.extract import Action, ErrorRule, ErrorTable, Problem, UnreadableAnswerError
from typing_extensions import override

from tap_nmbrs.soap.answers import FaultError, read_answer

__all__ = [
    "FORBIDDEN",
    "HIDDEN",
    "INVALID_PERIOD",
    "RETIRED",
    "RETIRED_ON",
    "TASK_BROKEN",
    "TASK_MISSING",
    "UNKNOWN",
    "FaultTable",
    "problem_of_fault",
    "read_problem",
]

RETIRED_ON: Final = date(2027, 3, 1)
"""From this day on Nmbrs does not support the SOAP API (vendor documentation)."""
RETIRED: Final = (
    "the SOAP API of Nmbrs is retired since 1 March 2027: set api to rest and give consent with tap-nmbrs login"
)
FORBIDDEN: Final = "1002"
HIDDEN: Final = ("1003", "2004", "2009")
INVALID_PERIOD: Final = "2006"
TASK_MISSING: Final = ("2019", "2020")
TASK_BROKEN: Final = "2021"
UNKNOWN: Final = "9999"
_CODE: Final = re.compile(r"--->\s*(\d{4})\b")
_UNCODED: Final = "none"
_HTTP: Final = 0
"""Stands for any HTTP status: faults come with 500, and the code says it all."""


class FaultTable(ErrorTable):
    """Looks up faults by their code alone; a fault with a code that nobody knows is never sent again blindly."""

    def __init__(self, *, skip_forbidden: bool) -> None:
        hidden = Action.SKIP if skip_forbidden else Action.FATAL
        self._faults = {
            code: ErrorRule(status=_HTTP, code=code, action=hidden if action is None else action, advice=advice)
            for code, (action, advice) in _FAULTS.items()
        }
        super().__init__(_ANSWERS)

    @override
    def rule(self, problem: Problem) -> ErrorRule:
        if problem.code is None:
            return super().rule(problem)
        return self._faults.get(problem.code, _OTHER)


_HIDDEN: Final = (
    "the user may not see this debtor or company (tags and filters of the login), or it does not exist; leave it "
    "out by company_ids or debtor_ids, or set skip_forbidden"
)
_FAULTS: Final[Mapping[str, tuple[Action | None, str]]] = {
    "1001": (
        Action.LOGIN,
        "user name, token or domain is wrong, or the token was reset: check the settings username, token and domain",
    ),
    FORBIDDEN: (Action.FATAL, "the user template does not allow {needs}: allow it in Nmbrs, or deselect the stream"),
    **dict.fromkeys(HIDDEN, (None, _HIDDEN)),
    "2003": (Action.SKIP, "the employee does not exist (any more), or the user may not see it"),
    "1004": (Action.FATAL, "the environment is disabled or has no valid subscription; ask Nmbrs"),
    "1006": (Action.RETRY, "Nmbrs could not log the user in"),
    INVALID_PERIOD: (Action.FATAL, "the company has no such period"),
    "2013": (Action.FATAL, "Nmbrs does not give this during a free trial"),
    **dict.fromkeys(TASK_MISSING, (Action.FATAL, "Nmbrs has no report of this task")),
    TASK_BROKEN: (Action.FATAL, "Nmbrs could not make the report"),
    "2042": (Action.LOGIN, "the user belongs to several environments: set domain, the first part of its address"),
    "2043": (Action.LOGIN, "the domain is wrong: set domain, the first part of the environment's address"),
    "3001": (Action.SKIP, "Nmbrs does not offer this in the country of the environment"),
    UNKNOWN: (Action.FATAL, "Nmbrs failed and does not say why"),
    _UNCODED: (Action.FATAL, "Nmbrs does not know {needs}, or refuses it without a code"),
}
"""Code: what next (None: as skip_forbidden says), and what the user is told."""
_OTHER: Final = ErrorRule(status=_HTTP, action=Action.FATAL, advice="Nmbrs refuses {needs}")
_ANSWERS: Final = (
    ErrorRule(status=404, action=Action.FATAL, advice="there is no such address: check the setting soap_url"),
    ErrorRule(status=403, action=Action.FATAL, advice="the address refuses us: check the setting soap_url"),
)


def read_problem(response: requests.Response) -> Problem:
    """Read an error answer; one that is no fault (of a proxy, HTML) has only a status."""
    try:
        read_answer([response.content], method="")
    except FaultError as fault:
        return problem_of_fault(fault, response.status_code)
    except UnreadableAnswerError:
        pass
    return Problem(status=response.status_code)


def problem_of_fault(fault: FaultError, status: int) -> Problem:
    """Give the code of a fault, and nothing else of it."""
    code = _CODE.search(fault.text)
    return Problem(status=status, code=code[1] if code else _UNCODED)
