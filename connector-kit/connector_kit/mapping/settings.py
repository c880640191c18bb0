"""The settings of `map-books`, and the mapping that they describe."""

from collections.abc import Mapping
from typing import Any, Final

from singer_sdk import typing as th

from connector_kit.errors import SettingError
from connector_kit.mapping.entries import EntryMapping
from connector_kit.mapping.tables import account_table, cost_center_table
from connector_kit.mapping.templates import ENTRY_PLACEHOLDERS, LINE_PLACEHOLDERS, Template

__all__ = ["SETTINGS", "entry_mapping"]

SETTINGS: Final[dict[str, Any]] = th.PropertiesList(
    th.Property(
        "stream",
        th.StringType,
        default="journal_entries",
        title="Stream",
        description="Stream of the source that holds its journals; it goes out as journal_entries.",
    ),
    th.Property(
        "accounts",
        th.ObjectType(additional_properties=True),
        default={},
        title="Ledger accounts",
        description="Ledger account of the books by that of the source: text, or an object of account, cost_center "
        "(for lines that have none) and description (for lines that have none). Goes before accounts_file.",
    ),
    th.Property(
        "accounts_file",
        th.StringType,
        title="File of ledger accounts",
        description="CSV with the columns source_account and account, optionally cost_center and description.",
    ),
    th.Property(
        "cost_centers",
        th.ObjectType(additional_properties=True),
        default={},
        title="Cost centers",
        description="Cost center of the books by that of the source. Goes before cost_centers_file.",
    ),
    th.Property(
        "cost_centers_file",
        th.StringType,
        title="File of cost centers",
        description="CSV with the columns source_cost_center and cost_center.",
    ),
    th.Property(
        "unmapped_accounts",
        th.StringType,
        default="keep",
        allowed_values=["keep", "fallback"],
        title="Ledger accounts that are not in the table",
        description="keep: the source's code goes to the books; fallback: they are booked on fallback_account.",
    ),
    th.Property(
        "fallback_account",
        th.StringType,
        title="Fallback account",
        description="Ledger account for lines that have none. Without it such an entry is rejected by the target.",
    ),
    th.Property(
        "default_cost_center",
        th.StringType,
        title="Default cost center",
        description="Cost center for lines that have none, on the accounts of cost_center_accounts only.",
    ),
    th.Property(
        "cost_center_accounts",
        th.ArrayType(th.StringType),
        default=[],
        title="Accounts kept by cost center",
        description="Ledger accounts of the books that take default_cost_center; 4* means all that begin with 4. "
        "Accounts of the balance sheet, such as net wages to be paid, usually have no cost center.",
    ),
    th.Property(
        "journal",
        th.StringType,
        title="Journal",
        description="Code of the journal (book) on every entry. Without it the entry keeps its own, if it has one.",
    ),
    th.Property(
        "group_lines",
        th.StringType,
        default="none",
        allowed_values=["none", "account", "account_and_cost_center"],
        title="Grouping of lines",
        description="Sum the lines of an entry that are on the same side of the same account: account drops cost "
        "centers that differ, account_and_cost_center keeps cost centers and cost units apart.",
    ),
    th.Property(
        "description_template",
        th.StringType,
        title="Description of entries",
        description="Text with fields of the entry in braces, such as 'Run {reference} {description}'.",
    ),
    th.Property(
        "line_description_template",
        th.StringType,
        title="Description of lines",
        description="Text with fields of the line and of its entry in braces, such as 'Run {reference} {description}'; "
        "{entry_description} is that of the entry.",
    ),
    th.Property(
        "description_length_max",
        th.IntegerType(minimum=10),
        title="Longest description",
        description="Longer descriptions of entries and lines are cut, visibly.",
    ),
).to_dict()


def entry_mapping(config: Mapping[str, Any]) -> EntryMapping:
    """Build the mapping; reads the tables.

    Raises:
        SettingError: For a table that cannot be read, an unknown placeholder, or settings that need another one.
    """
    accounts = account_table(config.get("accounts") or {}, config.get("accounts_file"))
    to_fallback = config.get("unmapped_accounts") == "fallback"
    patterns = tuple(pattern.strip() for pattern in config.get("cost_center_accounts") or ())
    if to_fallback and not accounts:
        raise SettingError("unmapped_accounts: fallback needs a table, set accounts or accounts_file")
    if to_fallback and not _text(config, "fallback_account"):
        raise SettingError("unmapped_accounts: fallback needs fallback_account")
    if _text(config, "default_cost_center") and not patterns:
        raise SettingError('default_cost_center: set cost_center_accounts too, such as ["4*"]')
    return EntryMapping(
        accounts=accounts,
        cost_centers=cost_center_table(config.get("cost_centers") or {}, config.get("cost_centers_file")),
        fallback_account=_text(config, "fallback_account"),
        unmapped_to_fallback=to_fallback,
        default_cost_center=_text(config, "default_cost_center"),
        cost_center_accounts=patterns,
        journal=_text(config, "journal"),
        group_lines=config.get("group_lines") or "none",
        description=_template(config, "description_template", ENTRY_PLACEHOLDERS),
        line_description=_template(config, "line_description_template", LINE_PLACEHOLDERS),
        description_length_max=config.get("description_length_max"),
    )


def _text(config: Mapping[str, Any], name: str) -> str | None:
    return (config.get(name) or "").strip() or None


def _template(config: Mapping[str, Any], setting: str, placeholders: tuple[str, ...]) -> Template | None:
    text = _text(config, setting)
    return None if text is None else Template(text, placeholders=placeholders, setting=setting)
