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
"""First customer's code. TE1002 is the vendor's only one on development; the others are invented by its rule."""

MORE_CUSTOMERS: Mapping[Environment, tuple[str, ...]] = {
    Environment.DEVELOPMENT: (),
    Environment.STAGING: ("TE4022",),
    Environment.PRODUCTION: ("DF7305",),
}
"""Other customers, each with data of its own: the next companies of the world."""


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
        granted: Endpoints in the connector's Technical Design, by resource, operation or path; None is all (as
            development can be opened fully).
        not_granted_status: Answer to the others (403 inferred, 404 possible).
        hidden_fields: Fields that are not selected in the Technical Design, and so missing from every answer, in
            nested models too (vendor's documentation): ``Employee.dateOfBirth``.
        nested_filter: A nested model with hidden fields loses those ``fields``, or is left out as a whole ``object``
            (undocumented).
        lists: JSON lists come in the ``wrapper`` object (vendor OpenAPI), or as a ``bare`` array (a note in the
            harvest of the documentation claims it).
        null_arrays: An empty list is ``null`` (two vendor schemas say nullable).
        sparse: Members that are null, false or 0 are left out (the vendor's list samples do so); else null stands.
        blank_line: x-ndjson ends with an empty line, and has one in the middle (inferred).
        retry_after: Seconds in a ``Retry-After`` header of 429; None is no such header, as documented.
        since_zone: How a ``since`` without offset is read (undocumented).
        since_bound: Whether changes of that very moment are among the answer (undocumented).
        updates_include_created: Whether records that were created stand in ``updates`` too (inferred: yes).
        feed_days: How far back the feeds reach; None is without end (undocumented).
        deletes: Deleted records come as their ``key`` only (inferred), or in ``full`` (as the vendor's schema).
        unknown_parameters: Parameters that the endpoint does not have are ignored, or refused with 400 (undocumented).
        undocumented_ends: Whether ``valid_to`` belongs to the window where the vendor does not say.
        window_days_max: Windows of more days get 504, as when the work takes too long; None is no such limit.
        errors: Bodies of refusals: ``entries`` (ErrorResponse), ``problem`` (ProblemResponse) or ``empty``.
        chunked: Lists are sent in chunks while they are made, without a length.
        gzip: Lists are compressed for who accepts that (undocumented).
        rows: So many records in every ``data`` answer, by repeating what there is under new ids, made while they are
            sent; None is what there is.
        duplicates: One record of a list comes twice.
        insurance_depth: How deep debtors and insurances stand in each other.
        job_polls: How often the status of an export job is asked before it is FINISHED: STARTED at first, then RUNNING.
        job_ends: How export jobs end.
        result_early: Answer to asking for a result too early (423 by the vendor's list of statuses, 400 declared).
        schema_versions: OnsDB data-model versions that there are (sample of the vendor: 4223).
        old_table_paths: OnsDB tables also answer under ``/t/``, as a page of the vendor still says.
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
    nested_filter: Literal["fields", "object"] = "fields"
    since_zone: Literal["utc", "amsterdam"] = "utc"
    since_bound: Literal["inclusive", "exclusive"] = "inclusive"
    updates_include_created: bool = True
    feed_days: int | None = None
    deletes: Literal["key", "full"] = "key"
    unknown_parameters: Literal["ignore", "refuse"] = "ignore"
    undocumented_ends: Literal["inclusive", "exclusive"] = "inclusive"
    window_days_max: int | None = None
    errors: Literal["entries", "problem", "empty"] = "entries"
    chunked: bool = False
    gzip: bool = False
    rows: int | None = None
    duplicates: bool = False
    insurance_depth: int = 2
    job_polls: int = 2
    job_ends: Literal["FINISHED", "ERROR", "UNKNOWN"] = "FINISHED"
    result_early: Literal[423, 400] = 423
    schema_versions: frozenset[int] = frozenset({4223})
    old_table_paths: bool = False
