"""The settings of target-minimax, declared once and read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from connector_kit.service_url import service_url
from singer_sdk import typing as th

from target_minimax.localisation import LOCALISATIONS, Localisation

__all__ = ["DECLARATION", "Settings"]

_LOGIN_MEMORY: Final = "minimax-rejected-logins.json"
"""In the folder of the ledger, not one per ledger: one log-in serves many organisations."""
_ISSUING: Final = {"issue": "issue", "issue_and_pdf": "issue_and_generate_pdf"}
"""The action behind each value of `issue_invoices`."""

DECLARATION: Final = th.PropertiesList(
    th.Property(
        "localisation",
        th.StringType,
        required=True,
        allowed_values=list(LOCALISATIONS),
        title="Localisation",
        description="Country of the Minimax installation: SI, HR or RS.",
    ),
    th.Property(
        "organisation_id",
        th.IntegerType(minimum=1),
        required=True,
        title="Organisation",
        description="Number of the organisation that is written to. There is no default: a log-in may reach many. "
        "`target-minimax preflight` lists those that it reaches.",
    ),
    th.Property(
        "client_id",
        th.StringType,
        required=True,
        title="Client id",
        description="Sent by Minimax' support on request, one per integration.",
    ),
    th.Property(
        "client_secret",
        th.StringType,
        required=True,
        secret=True,
        title="Client secret",
        description="Sent by Minimax' support together with the client id.",
    ),
    th.Property(
        "username",
        th.StringType,
        required=True,
        title="User name",
        description="Of the application password that the user makes in the Minimax profile; not the one of the web "
        "log-in.",
    ),
    th.Property(
        "password",
        th.StringType,
        required=True,
        secret=True,
        title="Password",
        description="The application password from the Minimax profile; not the one of the web log-in.",
    ),
    th.Property(
        "login_memory",
        th.StringType,
        title="Memory of refused log-ins",
        description="File that remembers which credentials Minimax has refused (as a salted hash), so that they are "
        "not tried again: after a few wrong tries Minimax locks them for good. Let all organisations of a log-in "
        f"share it. By default {_LOGIN_MEMORY} in the folder of the ledger.",
    ),
    th.Property(
        "requests_per_second",
        th.NumberType(exclusive_minimum=0),
        default=5,
        title="Requests per second",
        description="Our own ceiling; Minimax publishes none. It allows 1,000 calls per organisation in 24 hours.",
    ),
    th.Property(
        "request_timeout_seconds",
        th.IntegerType(minimum=1),
        default=60,
        title="Request time-out",
        description="Seconds for one whole request.",
    ),
    th.Property(
        "default_journal_type",
        th.StringType,
        title="Journal type",
        description="Code of the journal type for entries that name none, such as that of payroll. Codes differ from "
        "country to country; the list stands in Minimax.",
    ),
    th.Property(
        "default_item",
        th.StringType,
        title="Item",
        description="Code of the item for invoice lines that name none: Minimax wants one on each row.",
    ),
    th.Property(
        "default_vat_code",
        th.StringType,
        title="VAT code",
        description="Code of the VAT rate for invoice lines and items that name none, such as S.",
    ),
    th.Property(
        "default_employee",
        th.StringType,
        title="Employee on invoices",
        description="Who issues invoices whose record does not say it (minimax.employee): tax number, or key of a "
        "record of employees. Mandatory in Croatia.",
    ),
    th.Property(
        "issue_invoices",
        th.StringType,
        default="draft",
        allowed_values=["draft", "issue", "issue_and_pdf"],
        title="Issue sales invoices",
        description="draft: they stay drafts, unless a record of actions issues them. issue: each is issued as soon as "
        "it is in Minimax, which gives it its number and books it. issue_and_pdf: and Minimax makes its PDF.",
    ),
    th.Property(
        "pdf_folder",
        th.StringType,
        title="PDFs of issued invoices",
        description="Folder into which the PDFs are saved that Minimax makes when it issues invoices "
        "(issue_and_generate_pdf). Without it they stay in Minimax.",
    ),
    th.Property(
        "journal_rows_month",
        th.IntegerType(minimum=1),
        default=50_000,
        title="Most journal rows in a calendar month",
        description="Minimax reckons with some 50,000. Rows that this target has written are counted in the ledger; "
        "entries that do not fit are deferred to the next month.",
    ),
    th.Property(
        "attachment_bytes_max",
        th.IntegerType(minimum=1),
        default=1_000_000,
        title="Largest attachment",
        description="Bytes. Minimax takes 1 MB of attachments to an e-invoice; other limits are not published.",
    ),
    th.Property(
        "code_list_hours",
        th.NumberType(minimum=0),
        default=12,
        title="Age of code lists",
        description="Hours for which accounts, currencies, VAT rates and other code lists are kept in a file beside "
        "the ledger, because each call counts. 0 reads them in every run.",
    ),
    th.Property(
        "budget_day",
        th.IntegerType(minimum=1),
        default=1000,
        title="Most calls in 24 hours",
        description="Calls of this organisation, those of earlier runs included; Minimax allows 1,000 to each "
        "integration. A tenth is kept for looking up what is in doubt. What does not fit is deferred to a later run.",
    ),
    th.Property(
        "budget_month",
        th.IntegerType(minimum=1),
        default=20_000,
        title="Most calls in a calendar month",
        description="As budget_day; Minimax allows 20,000.",
    ),
    th.Property(
        "api_url",
        th.StringType,
        title="API URL",
        description="Base URL of the API, up to and with the first api of /API/api/; by default that of the "
        "localisation. That of the simulator in tests.",
    ),
    th.Property(
        "token_url",
        th.StringType,
        title="Token URL",
        description="Where tokens are given; by default that of the localisation.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in the types that the code works with; secrets stay in `auth`."""

    localisation: Localisation
    organisation_id: int
    api_url: str
    token_url: str
    login_memory: Path
    code_lists: Path
    code_list_hours: float
    default_journal_type: str | None
    default_item: str | None
    default_vat_code: str | None
    default_employee: str | None
    issue_action: str | None
    pdf_folder: Path | None
    journal_rows_month: int | None
    attachment_bytes_max: int
    requests_per_second: float
    request_timeout_seconds: int
    user_agent: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Settings":
        """Read settings that have been validated against their declaration.

        Raises:
            SettingError: Names the setting whose value means nothing.
        """
        localisation = LOCALISATIONS[config["localisation"]]
        return cls(
            localisation=localisation,
            organisation_id=config["organisation_id"],
            api_url=service_url(config.get("api_url") or localisation.api_url, setting="api_url"),
            token_url=service_url(config.get("token_url") or localisation.token_url, setting="token_url"),
            login_memory=_login_memory(config),
            code_lists=_folder(config) / f"minimax-{localisation.code}-{config['organisation_id']}-code-lists.json",
            code_list_hours=float(config["code_list_hours"]),
            default_journal_type=config.get("default_journal_type") or None,
            default_item=config.get("default_item") or None,
            default_vat_code=config.get("default_vat_code") or None,
            default_employee=config.get("default_employee") or None,
            issue_action=_ISSUING.get(config["issue_invoices"]),
            pdf_folder=Path(config["pdf_folder"]).expanduser() if config.get("pdf_folder") else None,
            journal_rows_month=config.get("journal_rows_month"),
            attachment_bytes_max=config["attachment_bytes_max"],
            requests_per_second=config["requests_per_second"],
            request_timeout_seconds=config["request_timeout_seconds"],
            user_agent=config.get("user_agent") or f"target-minimax/{version('target-minimax')}",
        )


def _login_memory(config: Mapping[str, Any]) -> Path:
    if configured := config.get("login_memory"):
        return Path(configured).expanduser()
    return _folder(config) / _LOGIN_MEMORY


def _folder(config: Mapping[str, Any]) -> Path:
    """That of the ledger, where it is a file."""
    ledger = str(config.get("ledger") or "")
    return Path(ledger).expanduser().parent if ledger and "://" not in ledger else Path("var") / "ledgers"
