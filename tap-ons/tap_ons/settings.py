"""The settings of the tap."""

from typing import Any, Final

from singer_sdk import typing as th

from tap_ons.client import ENVIRONMENTS

__all__ = ["SETTINGS"]


def _text(name: str, title: str, description: str, **options: Any) -> th.Property[str]:
    return th.Property(name, th.StringType, title=title, description=description, **options)


def _whole(
    name: str, title: str, description: str, *, minimum: int, maximum: int, default: int | None = None
) -> th.Property[int]:
    number = th.IntegerType(minimum=minimum, maximum=maximum)
    return th.Property(name, number, title=title, description=description, default=default)


_CONNECTION: Final = (
    th.Property(
        "environment",
        th.StringType(allowed_values=list(ENVIRONMENTS)),
        default="production",
        title="Environment",
        description="Which of the three environments of Ons is asked; the certificate must be of the same one.",
    ),
    _text(
        "client_certificate",
        "Client certificate",
        "File with the certificate that Ons signed, in PEM form, or that text itself. May hold authorities, and "
        "the private key, too.",
    ),
    _text(
        "client_key",
        "Private key",
        "File with the private key that the certificate's request was made with, in PEM form, or that text itself.",
        secret=True,
    ),
    _text("client_key_password", "Password of the private key", "Needed if the private key is encrypted.", secret=True),
    _text(
        "client_pkcs12",
        "PKCS#12 file",
        "File (.pfx, .p12) with certificate and private key, or its content in base64; instead of "
        "client_certificate and client_key.",
        secret=True,
    ),
    _text("client_pkcs12_password", "Password of the PKCS#12 file", "Of client_pkcs12.", secret=True),
    _text(
        "ca_bundle",
        "Authorities",
        "File with the authorities that may sign the server's certificate, in PEM form, or that text itself; only "
        "these are trusted. Default: those of this machine.",
    ),
    _text("api_url", "API URL", "Base URL instead of that of the environment; a simulator has another."),
    _text(
        "user_name",
        "User name",
        "Ons user in whose name is read, for the audit trail of Ons; sent as X-Cupido-User-Name. Not needed.",
    ),
    _text(
        "active_identity",
        "Active identity",
        "Identity of that user; sent as X-Cupido-Active-Identity. Not needed.",
    ),
)
_BULK: Final = (
    _whole(
        "overlap_minutes",
        "Overlap in minutes",
        "How far before the start of the last sync changes of the bulk tables are asked for: clocks differ, and a "
        "change may be committed late.",
        minimum=0,
        maximum=10_080,
        default=10,
    ),
    _whole(
        "full_refresh_days",
        "Full refresh in days",
        "After how many days a bulk table is read whole again; 0 is at every sync. Default: 30, and 7 for tables of "
        "which Ons does not tell what was deleted.",
        minimum=0,
        maximum=3_660,
    ),
    th.Property(
        "fail_on_forbidden",
        th.BooleanType,
        default=False,
        title="Fail on forbidden",
        description="Stop at the first selected stream that the connector's Technical Design does not grant, instead "
        "of reporting it and going on with the others.",
    ),
)
_WINDOWS: Final = (
    th.Property(
        "start_date",
        th.StringType(pattern=r"^\d{4}-\d{2}-\d{2}(T.*)?$"),
        title="Start date",
        description="First day of interest of streams that are read by windows of time (hours, expenses, leave, "
        "rosters), which need it. Bulk tables are always complete.",
    ),
    _whole(
        "lookback_days",
        "Look-back in days",
        "How far before the end of the last sync windows are read again: hours are corrected afterwards.",
        minimum=0,
        maximum=3_660,
        default=62,
    ),
    _whole(
        "window_days",
        "Window in days",
        "How many days one request asks for, where Ons does not demand fewer.",
        minimum=1,
        maximum=366,
        default=31,
    ),
    _whole(
        "days_ahead",
        "Days ahead",
        "How many days to come are asked for, of rosters and other lists that reach into the future.",
        minimum=0,
        maximum=366,
        default=28,
    ),
    th.Property(
        "presence_logs_extended",
        th.BooleanType,
        default=False,
        title="Extended presence logs",
        description="Have Ons work out the allowances for irregular hours of each presence log; slower.",
    ),
    th.Property(
        "presence_logs_by",
        th.StringType(allowed_values=["employee", "export"]),
        default="employee",
        title="Presence logs by",
        description="Whether hours are read from each employee (presence_logs), or from the exports that Ons makes of "
        "all employees at once (exported_presence_logs): a few requests, but fewer fields, no key, and only what "
        "presence_logs_filter lets through.",
    ),
    _text(
        "presence_logs_filter",
        "Filter of presence logs",
        "Name of the export filter in Ons; needed for presence_logs_by: export.",
    ),
)
_PATIENCE: Final = (
    _whole(
        "outage_minutes",
        "Outage in minutes",
        "How long the tap asks again when Ons answers that it is being updated (502, 503), before the sync fails.",
        minimum=0,
        maximum=720,
        default=20,
    ),
    _whole(
        "export_minutes",
        "Export in minutes",
        "How long the tap waits for an export of presence logs to be made; for another one to end it waits 10 at most.",
        minimum=0,
        maximum=720,
        default=30,
    ),
)
_ONSDB: Final = (
    th.Property(
        "onsdb_tables",
        th.ArrayType(th.StringType),
        title="OnsDB tables",
        description="Tables of the reporting database that the connector version may read; each becomes a stream "
        "onsdb_<table>.",
    ),
    _whole(
        "onsdb_schema_version",
        "OnsDB data-model version",
        "Version of the reporting database's data model, as the Ons API Dashboard lists it; needed for onsdb_tables.",
        minimum=1,
        maximum=1_000_000_000,
    ),
    _text(
        "onsdb_path",
        "OnsDB path",
        "Path of the tables, with {table} in the place of the name; the dashboard shows it.",
        default="/t/{table}",
    ),
)
SETTINGS: Final[dict[str, Any]] = th.PropertiesList(*_CONNECTION, *_BULK, *_WINDOWS, *_PATIENCE, *_ONSDB).to_dict()
