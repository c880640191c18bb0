"""What `tap-inlenersbeloning check` has found, as a table for people and as JSON for machines."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from connector_kit.errors import ExitCode
from connector_kit.extract import Finding, exit_code_of

from tap_inlenersbeloning.operations import (
    GET_PDF,
    GET_REMUNERATION,
    GET_VERSION,
    LIST_COMPANIES,
    LIST_FUNCTIONS,
    LIST_PARTNERS,
    LIST_REMUNERATIONS,
)

__all__ = ["CompanyReport", "Report"]

_COLUMNS: Final = {
    LIST_PARTNERS.name: "partners",
    LIST_REMUNERATIONS.name: "remunerations",
    GET_REMUNERATION.name: "document",
    GET_VERSION.name: "versions*",
    GET_PDF.name: "PDF*",
    LIST_FUNCTIONS.name: "functions*",
    LIST_COMPANIES.name: "companies*",
}
"""Operations in the order in which they are asked; those with a star stand on paths that nobody has confirmed."""


@dataclass(frozen=True, kw_only=True)
class CompanyReport:
    """What a token may do for a company.

    Attributes:
        company_id: As in the settings, or as the provider lists it; None: it does not say, and the settings neither.
        name: As the settings call it.
        setting: Where the token stands.
        token: Its kind by its form: `company`, `organisation`, or `unknown`.
        findings: By operation.
        rights: What is to be ticked for the token.
    """

    company_id: str | None
    name: str
    setting: str
    token: str
    findings: Mapping[str, Finding]
    rights: Sequence[str] = field(default=())

    @property
    def exit_code(self) -> ExitCode:
        """0 if what is selected by default can be read, else how a sync would end."""
        return next((each.exit_code for each in self.findings.values() if each.exit_code), ExitCode.OK)

    def as_json(self) -> dict[str, Any]:
        """Give it as an object."""
        return {
            "company_id": self.company_id,
            "name": self.name or None,
            "token": {"setting": self.setting, "kind": self.token},
            "can_be_read": not self.exit_code,
            "rights_to_tick": list(self.rights),
            "operations": {name: finding.as_json(**finding.place) for name, finding in self.findings.items()},
        }

    def cells(self) -> list[str]:
        """Give its row."""
        found = (self.findings.get(operation) for operation in _COLUMNS)
        return [self.company_id or "?", self.name, self.token, *map(_cell, found)]

    def advice(self) -> Iterator[str]:
        """Say what is to be done, or to be known."""
        for finding in self.findings.values():
            if finding.finding:
                yield f"  {finding.verdict:<5} {self.company_id or '?'}: {finding.finding}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """All of it.

    Attributes:
        companies: A row each.
        over: What ended the questions early.
    """

    companies: Sequence[CompanyReport]
    over: Exception | None = None

    @property
    def exit_code(self) -> ExitCode:
        """0 if everything that is selected by default can be read, else how a sync would end."""
        if self.over is not None:
            return exit_code_of(self.over)
        return next((each.exit_code for each in self.companies if each.exit_code), ExitCode.OK)

    def json(self) -> str:
        """Write it for machines."""
        content = {
            "exit_code": int(self.exit_code),
            "problem": str(self.over) if self.over else None,
            "companies": [company.as_json() for company in self.companies],
        }
        return json.dumps(content, indent=2, ensure_ascii=False)

    def table(self) -> str:
        """Write it for people."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        rows = [["company", "name", "token", *_COLUMNS.values()], *(each.cells() for each in self.companies)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True) if width).rstrip()
        yield "* off by default: no public documentation names the path"
        if advice := [line for company in self.companies for line in company.advice()]:
            yield "\nNotes"
            yield from advice
        yield f"\nResult: {self._result()}"

    def _result(self) -> str:
        if self.over is not None:
            return f"stopped: {self.over}"
        failed = sum(bool(each.exit_code) for each in self.companies)
        if failed:
            return f"{failed} of {len(self.companies)} companies cannot be read"
        return "everything that is selected by default can be read"


def _cell(finding: Finding | None) -> str:
    if finding is None:
        return ""
    count = finding.place.get("count")
    return f"{finding.verdict} {count}" if count is not None else str(finding.verdict)
