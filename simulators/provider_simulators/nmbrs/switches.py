"""How the simulated Nmbrs behaves where its documentation is silent, and what can be wrong with an environment."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from provider_simulators.nmbrs.soap.switches import SoapSwitches


class JournalVariant(StrEnum):
    """Forms in which a journal document may come. Several may be combined."""

    BOM = "bom"
    """UTF-8 with a byte order mark."""
    UTF16_DECLARATION = "utf16_declaration"
    """Declares utf-16 although the bytes are UTF-8 (seen in a working client, SOAP reports)."""
    SEVERAL_TRANSACTIONS = "several_transactions"
    """Two transactions that balance each, instead of one (an importer loops over them)."""
    UNBALANCED = "unbalanced"
    """The first line is one cent too high."""
    NEGATIVE_VALUE = "negative_value"
    """Credit lines come as debit with a negative value (inferred: the sign of `value` is undocumented)."""
    NO_LEDGER_SCHEME = "no_ledger_scheme"
    """No line has an account (inferred: an environment without a ledger scheme)."""
    NO_LINES = "no_lines"
    """A transaction without lines (inferred, as above)."""
    NO_TRANSACTIONS = "no_transactions"
    """Nothing but the root element."""
    UNKNOWN_LAYOUT = "unknown_layout"
    """Other elements altogether: the layout is known from two importers only."""
    NESTED = "nested"
    """A wrapper more around transactions, header and lines, and every line: only local names are known."""
    NAMESPACE = "namespace"
    """All elements are in a namespace."""
    UNKNOWN_CHILDREN = "unknown_children"
    """Header and lines carry elements more, one of them with children (what is in them is not documented)."""
    DECIMAL_COMMA = "decimal_comma"
    """Values have a decimal comma (seen in a working client, SOAP reports)."""
    EMPTY_ELEMENTS = "empty_elements"
    """Optional elements of header and lines are empty: dimensions, description, period."""
    UTF16 = "utf16"
    """Really utf-16, with a byte order mark."""
    TRUNCATED = "truncated"
    """The document ends in the middle, with 200."""


class Dimension(StrEnum):
    """An element of a journal line that carries a code beside the account."""

    DIM2 = "dim2"
    DIM3 = "dim3"


@dataclass(frozen=True, kw_only=True)
class NmbrsSwitches(SoapSwitches):
    """Switches of the Nmbrs simulator; those of the SOAP services are inherited.

    Attributes:
        access_token_seconds: Life of an access token (an hour, seen in several working clients).
        refresh_token_seconds: Life of a refresh token from issue (30 days, seen in a working client).
        refresh_token_reuse: What happens when a refresh token comes a second time: it is refused, or the whole consent
            ends (undocumented; RFC 9700 recommends it).
        auto_approve: Whether the person approves at once on the consent screen, or declines.
        redirect_uris: Registered redirect URIs, at most five (seen in a working client); compared to the letter.
        granted_scopes: What the person grants of what is asked; None is all.
        consent_debtors: Numbers of the debtors that the consent covers; None is all.
        forbidden_companies: Numbers of companies that are listed but whose data the login may not see (40303).
        invalid_subscription: The environment is disabled (40304).
        employee_type_default: Which types come when `employeeType` is left out (undocumented).
        created_from_filters: Whether createdFrom and changedFrom filter the records of an employee, or whole employees
            (undocumented).
        created_from_keeps_empty: Whether an employee whose records are all filtered away comes with an empty list, or
            not at all (undocumented).
        missing_period: What a period answers that the year does not have, week 53 mostly (undocumented).
        empty_total_pages: `totalPages` of an empty list, 0 or 1 (undocumented).
        next_page_keeps_query: Whether `nextPage` keeps pageSize and filters; the vendor's examples do not.
        rows_shift_while_paging: Somebody is added in front while a client pages: a row comes twice.
        extra_fields: Objects carry fields that the specification does not know (seen in a working client).
        document_polls: How many times a document answers 202 before it is ready.
        document_never_ready: It answers 202 for ever.
        lost_tasks: So many documents are forgotten at once (404), from the first asked for.
        document_seconds: Life of a document (undocumented).
        document_megabytes: Journals and wage codes are filled up to so many millions of bytes; 0: not at all.
        wage_codes_decimal: The decimal sign in wage codes (a comma, seen in working clients in SOAP's reports).
        wage_codes_employee: What an employee is called there, by id or by number (undocumented).
        journal_variants: Forms of the journal documents.
        split_dimension: Where department and employee stand in their splits (undocumented).
        calls_per_second: Above it 429 with 42908; None is no limit (numbers are not published).
        rate_limit_retry_after: Seconds in a `Retry-After` header of that 429; None is no such header.
        call_quota: After so many calls 429 with 42909; None is no limit.
    """

    access_token_seconds: float = 3600
    refresh_token_seconds: float = 30 * 24 * 3600
    refresh_token_reuse: Literal["refused", "ends_consent"] = "refused"  # noqa: S105 (a rule, no secret)
    auto_approve: bool = True
    redirect_uris: tuple[str, ...] = ("http://localhost:8765/callback",)
    granted_scopes: frozenset[str] | None = None
    consent_debtors: tuple[str, ...] | None = None
    forbidden_companies: tuple[str, ...] = ()
    invalid_subscription: bool = False
    employee_type_default: tuple[str, ...] = ("payroll",)
    created_from_filters: Literal["records", "employees"] = "records"
    created_from_keeps_empty: bool = False
    missing_period: Literal["404", "400", "empty"] = "400"
    empty_total_pages: int = 0
    next_page_keeps_query: bool = False
    rows_shift_while_paging: bool = False
    extra_fields: bool = False
    document_polls: int = 2
    document_never_ready: bool = False
    lost_tasks: int = 0
    document_seconds: float = 900
    document_megabytes: int = 0
    wage_codes_decimal: Literal["comma", "point"] = "comma"
    wage_codes_employee: Literal["id", "number"] = "id"
    journal_variants: frozenset[JournalVariant] = frozenset()
    split_dimension: Dimension = Dimension.DIM2
    calls_per_second: int | None = None
    rate_limit_retry_after: int | None = None
    call_quota: int | None = None
