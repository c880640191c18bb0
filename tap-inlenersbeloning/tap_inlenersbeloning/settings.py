"""The settings of the tap."""

from typing import Any, Final

from singer_sdk import typing as th

from tap_inlenersbeloning.operations import OPERATIONS
from tap_inlenersbeloning.webhook_settings import WEBHOOK_SETTINGS

__all__ = ["SETTINGS"]

_OPERATIONS: Final = ", ".join(operation.name for operation in OPERATIONS)
_COMPANY: Final = th.ObjectType(
    th.Property("company_id", th.StringType, required=True, title="Company id", description="As the portal shows it."),
    th.Property("token", th.StringType, secret=True, title="Token", description="Its own; default: the setting token."),
    th.Property("name", th.StringType, title="Name", description="How you call it, for the stream companies."),
    th.Property(
        "webhook_secret",
        th.StringType,
        secret=True,
        title="Webhook secret",
        description="The Secret beside this token.",
    ),
)


def _text(name: str, title: str, description: str, **options: Any) -> th.Property[str]:
    return th.Property(name, th.StringType, title=title, description=description, **options)


def _texts(name: str, title: str, description: str) -> th.Property[list[str]]:
    return th.Property(name, th.ArrayType(th.StringType), title=title, description=description)


def _flag(name: str, title: str, description: str) -> th.Property[bool]:
    return th.Property(name, th.BooleanType, default=False, title=title, description=description)


_ACCESS: Final = (
    _text(
        "token",
        "Token",
        "API token from the portal: cmp_ (of a company) or org_ (of an organisation) and 64 hexadecimal digits. Good "
        "until it is revoked there.",
        secret=True,
    ),
    _texts(
        "company_ids",
        "Company ids",
        "The agency's own companies to read for with that token, by the id that the portal shows; a cmp_ token is for "
        "one. Default, for an org_ token only: those that the provider lists, if it does.",
    ),
    th.Property(
        "companies",
        th.ArrayType(_COMPANY),
        title="Companies",
        description="Companies with a token of their own: a list of company_id, token and, if wanted, name and "
        "webhook_secret. Adds up with company_ids.",
    ),
)
_EXTENT: Final = (
    _texts("partner_ids", "Partner ids", "Only these partners (hirers). Default: all."),
    _texts("exclude_partner_ids", "Excluded partner ids", "Not these partners (hirers)."),
    _flag(
        "force",
        "Force",
        "Read and write every document again, whatever is known of it; for one sync.",
    ),
    _text(
        "pdf_folder",
        "PDF folder",
        "Folder in which remuneration_pdfs are kept as files, too; they name contact persons. Default: records only.",
    ),
    _flag(
        "strip_control_chars",
        "Strip control characters",
        "Leave U+0000 to U+001F, but for tab and line breaks, out of all texts; PostgreSQL cannot hold U+0000.",
    ),
    _text(
        "drift_report",
        "Drift report",
        "File (JSON) for the fields and codes of this sync that no version of the tap knows; names only, no values of "
        "free text. The log has one line of it.",
    ),
    _flag("fail_on_drift", "Fail on drift", "End with an error when there are any, after everything has been written."),
    _flag(
        "fail_on_forbidden",
        "Fail on forbidden",
        "Stop at the first right that is not ticked for a token, instead of reporting it and going on with what it may "
        "read.",
    ),
)
_PROVIDER: Final = (
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        default=2,
        title="Requests per second",
        description="Pace over all streams together. The provider does not publish its limits.",
    ),
    th.Property(
        "concurrent_requests",
        th.IntegerType(minimum=1, maximum=16),
        default=4,
        title="Concurrent requests",
        description="Requests under way at the same moment.",
    ),
    th.Property(
        "attempts",
        th.IntegerType(minimum=1, maximum=20),
        default=5,
        title="Attempts",
        description="How often a request is sent before the sync gives up.",
    ),
    th.Property(
        "read_timeout_seconds",
        th.NumberType(exclusive_minimum=0),
        default=60,
        title="Read time-out",
        description="How long to wait for the next piece of an answer.",
    ),
    th.Property(
        "paths",
        th.ObjectType(additional_properties=th.StringType),
        title="Paths",
        description=f'Other paths than the tap\'s, by operation, such as {{"list_functions": '
        f'"/functions/{{companyId}}/{{partnerId}}"}}. Operations: {_OPERATIONS}.',
    ),
    th.Property(
        "records_paths",
        th.ObjectType(additional_properties=th.StringType),
        title="Paths of records",
        description='Where the records are in an answer, as JSONPath, by operation, such as {"list_partners": '
        '"$.data.records[*]"}. Default: in any likely place.',
    ),
    _text(
        "api_url",
        "API URL",
        "Base URL of the API, with its version; a simulator has another.",
        default="https://mijn.inlenersbeloning.com/api/v6",
    ),
)
SETTINGS: Final[dict[str, Any]] = th.PropertiesList(*_ACCESS, *_EXTENT, *WEBHOOK_SETTINGS, *_PROVIDER).to_dict()
