"""How the simulated Ons behaves where its documentation is silent, and what a connector is granted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Environment(StrEnum):
    """Ons' environments (vendor's documentation). Each has a host, a certificate authority and customers of its own."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


CUSTOMERS: Mapping[Environment, str] = {
    Environment.DEVELOPMENT: "TE1002",
    Environment.STAGING: "TE4021",
    Environment.PRODUCTION: "CF7304",
}
"""Customer codes. TE1002 is the vendor's only one on development; the others are invented after the vendor's rule."""


@dataclass(frozen=True, kw_only=True)
class OnsSwitches:
    """Switches of the Ons simulator.

    Attributes:
        environment: Which of the three hosts this is.
        certificate_refused: Where a certificate that does not do is refused: by an ``answer`` with a status (400 when
            there is none: inferred; 403 and 495: vendor's documentation), or by aborting the TLS ``handshake``
            (undocumented, a strict proxy would).
        revoked_status: Answer to a certificate that was disabled in the dashboard (495 or 403: undocumented).
        accept_absent: A request without ``Accept`` gets 406, or JSON ("required in practice": seen in clients).
        granted: Resources in the connector's Technical Design; None is all (as development can be opened fully).
        not_granted_status: Answer to the others (403 inferred, 404 possible).
        hidden_fields: Fields that are not selected in the Technical Design, and so missing from every answer, in
            nested models too (vendor's documentation): ``Employee.dateOfBirth``.
        lists: JSON lists come in the ``wrapper`` object (vendor OpenAPI), or as a ``bare`` array (a note in the
            harvest of the documentation claims it).
        null_arrays: An empty list is ``null`` (two vendor schemas say nullable).
        sparse: Members that are null, false or 0 are left out (the vendor's list samples do so); else null stands.
        blank_line: x-ndjson ends with an empty line, and has one in the middle (inferred).
        retry_after: Seconds in a ``Retry-After`` header of 429; None is no such header, as documented.
    """

    environment: Environment = Environment.DEVELOPMENT
    certificate_refused: Literal["answer", "handshake"] = "answer"
    revoked_status: Literal[495, 403] = 495
    accept_absent: Literal["refuse", "json"] = "refuse"
    granted: frozenset[str] | None = None
    not_granted_status: Literal[403, 404] = 403
    hidden_fields: frozenset[str] = frozenset()
    lists: Literal["wrapper", "bare"] = "wrapper"
    null_arrays: bool = False
    sparse: bool = True
    blank_line: bool = False
    retry_after: int | None = None
