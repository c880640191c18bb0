"""The operations of the API that the tap uses, as data: all of them read, sending invitations is not among them."""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from connector_kit.errors import SettingError
from connector_kit.extract import snake_case

from tap_inlenersbeloning.record_paths import RecordsPath

__all__ = [
    "GET_PDF",
    "GET_REMUNERATION",
    "GET_VERSION",
    "LIST_COMPANIES",
    "LIST_FUNCTIONS",
    "LIST_PARTNERS",
    "LIST_REMUNERATIONS",
    "OPERATIONS",
    "Operation",
    "operations_of",
]

_PATH: Final = re.compile(r"/[\w./{}-]*(\?[\w.={}&-]*)?", re.ASCII)
_INVITATIONS: Final = re.compile(r"/(invit|uitnodig)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A GET request.

    Attributes:
        name: In the settings `paths` and `records_paths`.
        path: Template below the API's base URL.
        right: What must be ticked for the token in the portal: group and right (portal's manual).
        envelope: Member of an object that may hold the list, beside the usual ones.
        confirmed: Whether the path was seen in a working client, or is a guess by analogy.
        needs_ids: Whether an item without an id is an error; else its place in the list stands for it, as `#3`.
        records_path: Where the records of an answer are; None: in any likely place.
    """

    name: str
    path: str
    right: str
    envelope: str
    confirmed: bool = True
    needs_ids: bool = True
    records_path: RecordsPath | None = None

    def url(self, api_url: str, ids: Mapping[str, str]) -> str:
        """Give the address for these ids."""
        return api_url + self.path.format_map({name: quote(value, safe="") for name, value in ids.items()})

    def what(self, ids: Mapping[str, str]) -> str:
        """Name the request in messages: path template and ids."""
        named = ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in ids.items())
        return f"GET {self.path} of {named}" if named else f"GET {self.path}"


_READ: Final = '"Inlenersbeloning (data)", get a remuneration (or a version of it)'
LIST_PARTNERS: Final = Operation(
    name="list_partners",
    path="/partner/{company_id}",
    right='"Partners (inleners)", all partners of one company',
    envelope="partners",
)
LIST_REMUNERATIONS: Final = Operation(
    name="list_remunerations",
    path="/remuneration/{company_id}/{partner_id}",
    right=_READ,
    envelope="remunerations",
)
GET_REMUNERATION: Final = Operation(
    name="get_remuneration",
    path="/remuneration/{company_id}/{partner_id}/{remuneration_id}",
    right=_READ,
    envelope="remuneration",
)
GET_VERSION: Final = Operation(
    name="get_remuneration_version",
    path="/remuneration/{company_id}/{partner_id}/{remuneration_id}/{version}",
    right=_READ,
    envelope="remuneration",
    confirmed=False,
)
GET_PDF: Final = Operation(
    name="get_remuneration_pdf",
    path="/remuneration/{company_id}/{partner_id}/{remuneration_id}/pdf",
    right='"Inlenersbeloning ophalen", get a PDF of a remuneration',
    envelope="pdf",
    confirmed=False,
)
LIST_FUNCTIONS: Final = Operation(
    name="list_functions",
    path="/function/{company_id}/{partner_id}",
    right='"Functies" (under "Uitvragen"), all functions of one partner',
    envelope="functions",
    confirmed=False,
    needs_ids=False,
)
LIST_COMPANIES: Final = Operation(
    name="list_companies", path="/company", right='"Bedrijven"', envelope="companies", confirmed=False
)
OPERATIONS: Final = (
    LIST_COMPANIES,
    LIST_PARTNERS,
    LIST_REMUNERATIONS,
    GET_REMUNERATION,
    GET_VERSION,
    GET_PDF,
    LIST_FUNCTIONS,
)


def operations_of(settings: Mapping[str, Any]) -> Mapping[str, Operation]:
    """Give every operation by name, with the paths of the settings `paths` and `records_paths`.

    Raises:
        SettingError: A setting names an operation that there is not, or a path that cannot work.
    """
    operations = {operation.name: operation for operation in OPERATIONS}
    for setting in ("paths", "records_paths"):
        for name, path in (settings.get(setting) or {}).items():
            if name not in operations:
                raise SettingError(f"setting {setting}: no operation {name}; there are {', '.join(operations)}")
            if setting == "paths":
                operations[name] = replace(operations[name], path=_template(operations[name], path))
            else:
                operations[name] = replace(operations[name], records_path=RecordsPath.of_setting(name, path))
    return operations


def _template(operation: Operation, path: Any) -> str:
    """Check a path; its placeholders may be written as the tap writes them or as the provider does (companyId)."""
    setting = f"setting paths.{operation.name}"
    if not isinstance(path, str) or not _PATH.fullmatch(path) or ".." in path:
        raise SettingError(f"{setting}: expected a path below api_url such as {operation.path}")
    if _INVITATIONS.search(path):
        raise SettingError(f"{setting}: the tap only reads and does not call the invitation endpoint")
    try:
        parts = list(string.Formatter().parse(path))
    except ValueError:
        raise SettingError(f"{setting}: its braces do not match") from None
    known = {name for _, name, _, _ in string.Formatter().parse(operation.path) if name}
    given = {snake_case(name or "?") for _, name, _, _ in parts if name is not None}
    if given != known:
        raise SettingError(f"{setting}: expected the placeholders {', '.join(sorted(known)) or '(none)'}")
    return "".join(text + (f"{{{snake_case(name)}}}" if name else "") for text, name, _, _ in parts)
