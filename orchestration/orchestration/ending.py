"""How a run ended: the exit codes of the connectors in words, which is graver, and when another try is worth it."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

__all__ = ["FAILED", "INTERRUPTED", "LOCKED", "OK", "SETTINGS", "described", "gravest", "known", "worth_another_try"]

OK: Final = 0
FAILED: Final = 1
REJECTED: Final = 10
IN_DOUBT: Final = 11
WAITING: Final = 12
LOGIN: Final = 13
DIFFERENCE: Final = 14
LOCKED: Final = 15
SETTINGS: Final = 16
KEYBOARD: Final = 130
INTERRUPTED: Final = 143


@dataclass(frozen=True, kw_only=True)
class _Ending:
    code: int
    words: str
    again: bool = False
    """The same run may succeed when it is tried again soon, without a person."""


# The gravest first: what needs a person, then what needs another run, then what needs time.
_ENDINGS: Final = (
    _Ending(code=SETTINGS, words="a setting is wrong"),
    _Ending(code=LOGIN, words="consent or credentials are gone"),
    _Ending(code=DIFFERENCE, words="ledger and books differ"),
    _Ending(code=REJECTED, words="entries were refused"),
    _Ending(code=IN_DOUBT, words="entries are in doubt", again=True),
    _Ending(code=FAILED, words="failed", again=True),
    _Ending(code=INTERRUPTED, words="stopped by a signal", again=True),
    _Ending(code=KEYBOARD, words="stopped by the keyboard"),
    _Ending(code=LOCKED, words="another run is at work", again=True),
    _Ending(code=WAITING, words="entries wait"),
    _Ending(code=OK, words="ok"),
)
_RANK: Final = {ending.code: rank for rank, ending in enumerate(_ENDINGS)}
_BY_CODE: Final = {ending.code: ending for ending in _ENDINGS}


def known(code: int) -> int:
    """The code of the table for what a process ended with: killed by SIGKILL is failed, and so is what no table has."""
    if code in (-signal.SIGTERM, -signal.SIGINT):
        return INTERRUPTED
    return code if code in _RANK else FAILED


def gravest(codes: Iterable[int]) -> int:
    """The one that decides the exit code of several; 0 for none."""
    return min(map(known, codes), key=_RANK.__getitem__, default=OK)


def described(code: int) -> str:
    """In words, for people."""
    return _BY_CODE[known(code)].words


def worth_another_try(code: int) -> bool:
    """Whether the same run may succeed when it is tried again soon, without a person."""
    return _BY_CODE[known(code)].again
