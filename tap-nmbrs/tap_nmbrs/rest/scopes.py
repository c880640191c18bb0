"""The scopes of the consent: what the streams need, and what is asked for."""

from collections.abc import Iterable, Sequence
from typing import Final

from tap_nmbrs.rest.documents import DOCUMENTS
from tap_nmbrs.rest.operations import OPERATIONS

__all__ = ["DEFAULT_SCOPES", "asked_scopes", "is_granted", "scopes_of"]

_FETCHING: Final = "document.read"
"""To fetch what another scope allows to have made (vendor OpenAPI)."""
OFFLINE_ACCESS: Final = "offline_access"
"""Without it there is no refresh token."""
_LISTS: Final = {operation.stream: operation for operation in OPERATIONS}
_DIRECTORY: Final = frozenset({_LISTS["debtors"].scope, _LISTS["companies"].scope})
_RUN_DOCUMENTS: Final = frozenset(
    {_LISTS["payroll_runs"].scope, _FETCHING, *(d.scope for name, d in DOCUMENTS.items() if "/" in name)}
)


def scopes_of(stream: str) -> frozenset[str]:
    """Which scopes a stream needs, with those of the lists that it is asked along."""
    if stream in _LISTS:
        row = _LISTS[stream]
        return _DIRECTORY | {row.scope} | (scopes_of(row.parent.stream) if row.parent else frozenset())
    if stream in DOCUMENTS:
        return _DIRECTORY | {DOCUMENTS[stream].scope, _FETCHING}
    return _DIRECTORY | _RUN_DOCUMENTS


DEFAULT_SCOPES: Final = frozenset(
    {
        OFFLINE_ACCESS,
        *_RUN_DOCUMENTS,
        *(scope for row in OPERATIONS if row.selected and row.personal_data is None for scope in scopes_of(row.stream)),
    }
)
"""Of the streams selected by default, and of the documents of payroll runs."""


def asked_scopes(setting: Sequence[str], streams: Iterable[str]) -> tuple[str, ...]:
    """What consent is asked for, in a stable order.

    Args:
        setting: The setting `scopes`; empty: the default.
        streams: Streams that the consent must be enough for, besides.
    """
    needed = {scope for stream in streams for scope in scopes_of(stream)}
    return tuple(sorted({OFFLINE_ACCESS, *(setting or DEFAULT_SCOPES), *needed}))


def is_granted(scope: str, granted: frozenset[str]) -> bool:
    """Whether a consent is enough; a scope that may write may also read (seen in a working client)."""
    return scope in granted or scope.removesuffix(".read") in granted
