"""What `tap-nmbrs check` has found, as a table for people and as JSON for machines."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector_kit.errors import ExitCode
from connector_kit.extract import Finding, Verdict, exit_code_of

from tap_nmbrs.source import Consent

__all__ = ["Report"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All of it.

    Attributes:
        consent: What the login may do, as far as the API tells.
        missing: Scopes that the streams need and the consent lacks.
        debtors: Those that the settings ask for.
        companies: The same.
        company: The company that the streams were asked of.
        streams: In the order of the tap.
        over: What ended the questions early.
    """

    consent: Consent
    missing: Sequence[str]
    debtors: Sequence[Finding]
    companies: Sequence[Finding]
    company: Mapping[str, Any]
    streams: Sequence[Finding]
    over: Exception | None

    @property
    def exit_code(self) -> ExitCode:
        """0 if everything can be read, else how a sync would end."""
        if self.over is not None:
            return exit_code_of(self.over)
        return next((each.exit_code for each in (*self.companies, *self.streams) if each.exit_code), ExitCode.OK)

    def json(self) -> str:
        """Write it for machines."""
        scopes, ends_at = self.consent.scopes, self.consent.ends_at
        content = {
            "exit_code": int(self.exit_code),
            "problem": str(self.over) if self.over else None,
            "scopes": {"granted": sorted(scopes) if scopes is not None else None, "missing": list(self.missing)},
            "consent_ends_at": ends_at.isoformat() if ends_at else None,
            "debtors": [each.as_json(**_named(each.place, "debtor_id")) for each in self.debtors],
            "companies": [each.as_json(**_named(each.place, "company_id")) for each in self.companies],
            "asked_company_id": self.company.get("company_id"),
            "streams": [each.as_json(stream=each.subject) for each in self.streams],
        }
        return json.dumps(content, indent=2, ensure_ascii=False)

    def table(self) -> str:
        """Write it for people."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield from self._consent()
        yield f"\nDebtors ({len(self.debtors)})"
        if len(self.debtors) > 1:
            yield "  The consent spans several debtors, so companies are listed per debtor (40306 is no error)."
        yield from map(str, self.debtors)
        yield f"\nCompanies ({len(self.companies)})"
        yield from map(str, self.companies)
        asked_of = f", asked of company {self.company['number']} {self.company['name']}" if self.company else ""
        yield f"\nStreams ({len(self.streams)}){asked_of}"
        yield from map(str, self.streams)
        yield f"\nResult: {self._result()}"

    def _result(self) -> str:
        if self.over is not None:
            return f"stopped: {self.over}"
        counts = Counter(each.verdict for each in (*self.companies, *self.streams))
        unknown = f", {counts[Verdict.UNKNOWN]} not asked" if counts[Verdict.UNKNOWN] else ""
        if counts[Verdict.FAIL]:
            return f"{counts[Verdict.FAIL]} cannot be read{unknown}"
        return f"all that was asked can be read{unknown}"

    def _consent(self) -> Iterator[str]:
        scopes = self.consent.scopes
        yield "Consent"
        yield f"  granted: {', '.join(sorted(scopes)) if scopes is not None else 'not told by this kind of login'}"
        if self.missing:
            yield f"  missing: {', '.join(self.missing)}"
        if self.consent.ends_at is not None:
            yield f"  ends on {self.consent.ends_at:%Y-%m-%d} unless a run renews it before"


def _named(place: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: place.get(name) for name in (key, "number", "name")}
