"""The settings of the tap."""

from collections.abc import Sequence
from typing import Any, Final

from singer_sdk import typing as th

from tap_nmbrs.journals import Split

__all__ = ["SETTINGS"]

EMPLOYEE_TYPES: Final = ("payroll", "formerPayroll", "external", "formerExternal")
RUN_TYPES: Final = ("none", "normal", "normal_twk", "twk", "partial")


def _strings(
    name: str, title: str, description: str, *, allowed: Sequence[str] = (), **options: Any
) -> th.Property[list[str]]:
    item = th.StringType(allowed_values=list(allowed)) if allowed else th.StringType()
    return th.Property(name, th.ArrayType(item), title=title, description=description, **options)


SETTINGS: Final[dict[str, Any]] = th.PropertiesList(
    th.Property(
        "api",
        th.StringType(allowed_values=["rest", "soap"]),
        default="rest",
        title="API",
        description="Which API of Nmbrs is read: rest, or soap with user name and token, which ends on 1 March 2027.",
    ),
    th.Property(
        "start_date",
        th.StringType(pattern=r"^\d{4}-\d{2}-\d{2}(T.*)?$"),
        required=True,
        title="Start date",
        description="First day of interest. Payroll runs and journals whose last period ended before it are left "
        "out; lists by year or by period are read from its year or period on. Other streams are always complete.",
    ),
    th.Property(
        "lookback_days",
        th.IntegerType(minimum=1, maximum=366),
        default=1,
        title="Look-back in days",
        description="How far before the newest record that is known new ones are asked for: the clock of Nmbrs does "
        "not say in which zone it runs.",
    ),
    th.Property(
        "lookback_periods",
        th.IntegerType(minimum=0, maximum=53),
        default=2,
        title="Look-back in periods",
        description="How many payroll periods are read again when a company has moved on to its next one, and at a "
        "refresh.",
    ),
    th.Property(
        "periods_ahead",
        th.IntegerType(minimum=0, maximum=53),
        default=0,
        title="Periods ahead",
        description="How many payroll periods after a company's current one are read.",
    ),
    th.Property(
        "full_refresh_days",
        th.IntegerType(minimum=0, maximum=366),
        default=7,
        title="Days between full refreshes",
        description="Nmbrs can tell what is new, and of a few lists what has changed, but never what was deleted. So "
        "everything is read again after so many days; 0 is at every sync.",
    ),
    th.Property(
        "subscription_key",
        th.StringType,
        secret=True,
        title="Subscription key",
        description="Key of the application's product in the Nmbrs developer portal; sent with every call.",
    ),
    th.Property(
        "subscription_key_secondary",
        th.StringType,
        secret=True,
        title="Secondary subscription key",
        description="The second key of the same product: used from the moment on at which Nmbrs refuses the first, so "
        "that keys can be changed without a failed run.",
    ),
    th.Property(
        "client_id",
        th.StringType,
        title="Client id",
        description="Of the integration in the Nmbrs partner portal.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        secret=True,
        title="Client secret",
        description="Of the integration in the Nmbrs partner portal; shown there once.",
    ),
    th.Property(
        "token_store",
        th.StringType,
        title="Token store",
        description="File that keeps the refresh token. Nmbrs replaces that token at every use, so the file must "
        "be writable and belong to one set of credentials. `tap-nmbrs login` writes it.",
    ),
    th.Property(
        "refresh_token",
        th.StringType,
        secret=True,
        title="Refresh token",
        description="First refresh token, if consent was given elsewhere; the token store wins once it holds a "
        "newer one.",
    ),
    th.Property(
        "access_token",
        th.StringType,
        secret=True,
        title="Access token",
        description="Bearer token handed in by an orchestrator instead of everything above; lives one hour and "
        "is not renewed.",
    ),
    th.Property(
        "redirect_uri",
        th.StringType,
        default="http://localhost:8765/callback",
        title="Redirect URI",
        description="Registered with the integration; `tap-nmbrs login` listens there.",
    ),
    _strings(
        "scopes",
        "Scopes",
        "What `tap-nmbrs login` asks consent for. Default: what the streams selected by default and the documents of "
        "payroll runs need, and offline_access, which is always asked for.",
    ),
    _strings(
        "debtor_ids",
        "Debtor ids",
        "Only these debtors (clients of the payroll office) and their companies. Default: all that the consent covers.",
    ),
    _strings("company_ids", "Company ids", "Only these companies, by id. Default: all. Adds up with company_numbers."),
    _strings(
        "company_numbers",
        "Company numbers",
        "Only these companies, by number; a number may occur under several debtors. Adds up with company_ids.",
    ),
    _strings(
        "employee_types",
        "Employee types",
        "Types of employee to read; applicants are left out by default.",
        allowed=("applicant", "newHire", *EMPLOYEE_TYPES, "rejectedApplicant"),
        default=list(EMPLOYEE_TYPES),
    ),
    th.Property(
        "journal_split",
        th.StringType(allowed_values=[split.value for split in Split]),
        default=Split.COST_CENTER.value,
        title="Journal split",
        description="How the lines of run journals are divided. Part of the keys: entries already booked in one "
        "split would be booked again in another, so choose once.",
    ),
    _strings(
        "journal_splits",
        "Journal splits",
        "Splits of the stream payroll_run_journals; each takes a document of its own. Default: that of journal_split, "
        "which alone counts for journal_entries.",
        allowed=[split.value for split in Split],
    ),
    th.Property(
        "journals_only_locked",
        th.BooleanType,
        default=True,
        title="Only journals of locked runs",
        description="Wait with the journal of a run until the run is locked. Without it, journals of open runs "
        "are sent at every sync until they are locked.",
    ),
    _strings(
        "run_types",
        "Run types",
        "Only journals of these types of run. Default: all. Widening it reads all journals again.",
        allowed=RUN_TYPES,
    ),
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        default=5,
        title="Requests per second",
        description="Pace over all streams together. Nmbrs does not publish its limits.",
    ),
    th.Property(
        "concurrent_requests",
        th.IntegerType(minimum=1, maximum=16),
        default=4,
        title="Concurrent requests",
        description="Requests under way at the same moment.",
    ),
    th.Property(
        "page_size",
        th.IntegerType(minimum=1, maximum=100),
        default=100,
        title="Page size",
        description="Rows per page; Nmbrs allows at most 100.",
    ),
    th.Property(
        "document_timeout_seconds",
        th.NumberType(exclusive_minimum=0),
        default=900,
        title="Document time-out",
        description="How long to wait for the documents of a payroll run, which Nmbrs makes in the background.",
    ),
    th.Property(
        "rejected_documents",
        th.StringType,
        title="Rejected documents",
        description="Folder for documents that could not be read, for a person to look at; they hold pay. Default: "
        "rejected-documents beside the token store, or in the working directory.",
    ),
    th.Property(
        "skip_forbidden",
        th.BooleanType,
        default=False,
        title="Skip forbidden companies",
        description="Leave out companies that the consenting login may not see, with a warning, instead of stopping.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        default="https://api.nmbrsapp.com",
        title="API URL",
        description="Base URL of the REST API; a simulator has another.",
    ),
    th.Property(
        "username",
        th.StringType,
        title="User name",
        description="For api soap: the e-mail address of the user whose API token is used.",
    ),
    th.Property(
        "token",
        th.StringType,
        secret=True,
        title="API token",
        description="For api soap: from the tab API Token of the user's profile in Nmbrs.",
    ),
    th.Property(
        "domain",
        th.StringType,
        title="Domain",
        description="For api soap: first part of the environment's address, acme of acme.nmbrs.nl. Default: asked for.",
    ),
    th.Property(
        "soap_url",
        th.StringType,
        default="https://api.nmbrs.nl/soap/v3",
        title="SOAP URL",
        description="Base URL of the SOAP API. Swedish environments: https://api.nmbrs.se/soap/v3, sandbox: "
        "https://api-sandbox.nmbrs.nl/soap/v3.",
    ),
    th.Property(
        "identity_url",
        th.StringType,
        default="https://identityservice.nmbrs.com",
        title="Identity URL",
        description="Base URL of the identity server; a simulator has another.",
    ),
).to_dict()
