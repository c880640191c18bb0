"""The operations of the API, with the paths that they are known or guessed to have."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """Boxes that are ticked for a token in the portal (vendor's manual)."""

    PARTNERS = "partners"
    """All partners (hirers) of a company."""
    PARTNER = "partner"
    """One partner."""
    REMUNERATION = "remuneration"
    """A remuneration, or a version of it."""
    PDF = "pdf"
    """The PDF of a remuneration."""
    FUNCTIONS = "functions"
    """All functions that a hirer shares in remunerations."""
    FUNCTION = "function"
    """One such function."""
    COMPANIES = "companies"
    """Companies (a manual of 2024 has this group)."""
    INVITATION = "invitation"
    """Send an invitation."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation.

    Attributes:
        name: As in the routes and the log.
        right: What must be ticked.
        paths: Below the API's base: where it is or may be; the first is the likeliest.
        switch: Switch that says which of the paths it is, or that there is no such operation; None: a working client
            calls it there.
    """

    name: str
    right: Right
    paths: tuple[str, ...]
    switch: str | None = None


REMUNERATIONS = "/remuneration/<company>/<partner>"
REMUNERATION = f"{REMUNERATIONS}/<remuneration>"
AS_QUERY = f"{REMUNERATION}?version=<version>"
"""Where a version is asked for on the path of the newest one."""

OPERATIONS = (
    Operation(name="list_partners", right=Right.PARTNERS, paths=("/partner/<company>",)),
    Operation(
        name="get_partner", right=Right.PARTNER, paths=("/partner/<company>/<partner>",), switch="partner_path"
    ),
    Operation(name="list_remunerations", right=Right.REMUNERATION, paths=(REMUNERATIONS,)),
    Operation(name="get_remuneration", right=Right.REMUNERATION, paths=(REMUNERATION,)),
    Operation(
        name="get_remuneration_version",
        right=Right.REMUNERATION,
        paths=(f"{REMUNERATION}/<version>", AS_QUERY, f"{REMUNERATION}/version/<version>"),
        switch="version_path",
    ),
    Operation(
        name="get_remuneration_pdf",
        right=Right.PDF,
        paths=(
            f"{REMUNERATION}/pdf",
            "/remuneration/pdf/<company>/<partner>/<remuneration>",
            "/pdf/<company>/<partner>/<remuneration>",
        ),
        switch="pdf_path",
    ),
    Operation(
        name="list_functions",
        right=Right.FUNCTIONS,
        paths=("/function/<company>/<partner>", "/functions/<company>/<partner>"),
        switch="functions_path",
    ),
    Operation(
        name="get_function",
        right=Right.FUNCTION,
        paths=("/function/<company>/<partner>/<function>", "/functions/<company>/<partner>/<function>"),
        switch="function_path",
    ),
    Operation(name="list_companies", right=Right.COMPANIES, paths=("/company", "/companies"), switch="companies_path"),
)  # fmt: skip

INVITATION_PATHS = ("/invitation/<company>", "/invite/<company>")
"""Where invitations might be sent: an e-mail goes out, so nobody may ever call these."""


def placed(operation: Operation, switches: object) -> Iterator[tuple[str, bool]]:
    """Paths of an operation that can be routed, and whether it is there; elsewhere the provider knows no such path."""
    chosen = 0 if operation.switch is None else getattr(switches, operation.switch)
    for place, path in enumerate(operation.paths):
        if path != AS_QUERY:
            yield path, place == chosen
