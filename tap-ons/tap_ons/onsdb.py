"""Tables of the reporting database (OnsDB) that a connector version may read beside the models of the API."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from connector_kit.errors import SettingError
from connector_kit.extract import problem_of
from singer_sdk.exceptions import FatalAPIError
from typing_extensions import override

from tap_ons.client import JSON, OnsStream
from tap_ons.reading import TableReader

if TYPE_CHECKING:
    from singer_sdk import Stream
    from singer_sdk.helpers.types import Record

    from tap_ons.tap import TapOns

__all__ = ["OnsDbTable", "onsdb_streams"]

_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A table of the reporting database, whose columns are those of its version.",
    "additionalProperties": True,
    "properties": {"raw": {"type": ["object", "null"], "description": "The row as Ons sends it."}},
}
_TABLE_NAME: Final = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_BAD_REQUEST: Final = 400


class OnsDbTable(OnsStream):
    """A table, read in full; Ons has no description of its columns and no key (vendor documentation)."""

    def __init__(self, tap: "TapOns", table: str) -> None:
        super().__init__(tap, f"onsdb_{table}", _SCHEMA, primary_keys=())
        self._path = str(self.config["onsdb_path"]).replace("{table}", table)

    @override
    def records(self) -> Iterator["Record"]:
        version = str(self.config["onsdb_schema_version"])
        reader = TableReader(self.shared.connection, self.name)
        headers = {"Accept": JSON, "X-Stream-SchemaVersion": version}
        try:
            for row in reader.answer(self._path, headers=headers):
                yield self.record({"raw": row}, synced_at=reader.began or self.shared.now)
        except FatalAPIError as error:
            problem = problem_of(error)
            if problem is None or problem.status != _BAD_REQUEST:
                raise
            raise SettingError(
                f"{self.name}: {problem}: setting onsdb_schema_version must be a data-model version that the Ons API "
                f"Dashboard lists, and that has this table; {version} is not"
            ) from None


def onsdb_streams(tap: "TapOns") -> list["Stream"]:
    """Build the streams of the tables that the settings name.

    Raises:
        SettingError: There is a table without version, or with an impossible name.
    """
    tables: list[str] = tap.config.get("onsdb_tables") or []
    if wrong := [table for table in tables if not _TABLE_NAME.fullmatch(table)]:
        raise SettingError(f"setting onsdb_tables: {wrong[0]!r} is no name of a table: only letters, digits and _")
    if tables and not tap.config.get("onsdb_schema_version"):
        raise SettingError("setting onsdb_schema_version is missing: onsdb_tables needs the version of the data model")
    return [OnsDbTable(tap, table) for table in dict.fromkeys(tables)]
