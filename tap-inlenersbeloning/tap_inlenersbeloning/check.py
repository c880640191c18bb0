"""`tap-inlenersbeloning check`: what the tokens of the settings may read, and which unconfirmed paths there are."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import Any, Final, TypeAlias

import click
import requests
from connector_kit.console import settings_option
from connector_kit.errors import ConnectorError, LoginRequiredError, UnreachableError
from connector_kit.extract import Finding, Verdict
from connector_kit.oauth import BearerAuth
from singer_sdk.exceptions import SingerSDKError, SkippableAPIError

from tap_inlenersbeloning.answers import Row
from tap_inlenersbeloning.check_report import CompanyReport, Report
from tap_inlenersbeloning.client import ForbiddenError, InlenersbeloningApi, NotThereError
from tap_inlenersbeloning.companies import Company, Credential, companies_of, credentials_of
from tap_inlenersbeloning.operations import (
    GET_PDF,
    GET_REMUNERATION,
    GET_VERSION,
    LIST_COMPANIES,
    LIST_FUNCTIONS,
    LIST_PARTNERS,
    LIST_REMUNERATIONS,
    Operation,
)
from tap_inlenersbeloning.pdfs import pdf_of

__all__ = ["OTHER_PATHS", "check"]

OTHER_PATHS: Final[Mapping[str, Sequence[str]]] = {
    GET_VERSION.name: (
        "/remuneration/{company_id}/{partner_id}/{remuneration_id}?version={version}",
        "/remuneration/{company_id}/{partner_id}/{remuneration_id}/version/{version}",
    ),
    GET_PDF.name: (
        "/remuneration/pdf/{company_id}/{partner_id}/{remuneration_id}",
        "/pdf/{company_id}/{partner_id}/{remuneration_id}",
    ),
    LIST_FUNCTIONS.name: ("/functions/{company_id}/{partner_id}",),
    LIST_COMPANIES.name: ("/companies",),
}
"""Where else an operation may be whose path no public documentation names (inferred, by analogy)."""
_PARTNERS_MAX: Final = 10
"""So many partners are asked for a remuneration that the other questions can be asked about."""
_TOKEN: Final = re.compile(r"Bearer (?P<kind>cmp|org)_[0-9a-f]{64}")
_KINDS: Final = {"cmp": "company", "org": "organisation"}
_FAILURES: Final = (SingerSDKError, ConnectorError)

Question: TypeAlias = Callable[[InlenersbeloningApi], Row]


@click.command("check", short_help="Ask the provider what the tokens may read, and what is to be ticked for them.")
@settings_option
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object instead of a table.")
def check(settings: dict[str, Any], *, as_json: bool) -> int:
    """Ask the provider what the tokens may read, company by company, and what is to be ticked for them in the portal.

    Makes some ten calls per company and writes nothing. Ends with 0 if everything that is selected by default can be
    read.
    """
    report = _report(settings)
    click.echo(report.json() if as_json else report.table())
    return report.exit_code


def _report(settings: Mapping[str, Any]) -> Report:
    paths = _Paths(settings)
    companies: list[CompanyReport] = []
    try:
        for credential in credentials_of(settings, api_url=paths.api.api_url):
            companies += _reports(paths, credential)
    except UnreachableError as error:
        return Report(companies=companies, over=error)
    return Report(companies=companies)


def _reports(paths: "_Paths", credential: Credential) -> Iterator[CompanyReport]:
    """Ask for everything that a token may do; once it is refused, only once."""
    kind = _kind(credential.auth, paths.api.api_url)

    def report(company_id: str | None, name: str, questions: "_Questions") -> CompanyReport:
        return CompanyReport(
            company_id=company_id,
            name=name,
            setting=credential.setting,
            token=kind,
            findings=questions.findings,
            rights=tuple(dict.fromkeys(questions.rights)),
        )

    questions = _Questions(paths, credential.auth)
    if credential.of_organisation:
        questions.ask(LIST_COMPANIES, lambda api: {"count": len(api.list(credential.auth, LIST_COMPANIES))})
    try:
        companies = companies_of([credential], paths.api)
    except UnreachableError:
        raise
    except _FAILURES as error:
        questions.findings[LIST_COMPANIES.name] = _finding(LIST_COMPANIES, Verdict.FAIL, str(error), error)
        yield report(None, "", questions)
        return
    for company in companies:
        questions.ask_about(company)
        yield report(company.id, company.name, questions)
        questions = _Questions(paths, credential.auth, refused=questions.refused)


def _kind(auth: BearerAuth, api_url: str) -> str:
    """Tell the kind of a token by its form."""
    header = auth(requests.Request("GET", api_url).prepare()).headers["Authorization"]
    match = _TOKEN.fullmatch(header)
    return _KINDS[match["kind"]] if match else "unknown"


class _Paths:
    """The API as the settings have it, and as it might be."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self.api = self._api({}, attempts=3)

    @cached_property
    def others(self) -> Sequence[tuple[Mapping[str, str], InlenersbeloningApi]]:
        """Other paths of operations, and the API with them: first choices, then second ones."""
        rounds = range(max(map(len, OTHER_PATHS.values())))
        choices = [{name: paths[i] for name, paths in OTHER_PATHS.items() if i < len(paths)} for i in rounds]
        return [(choice, self._api(choice, attempts=1)) for choice in choices]

    def _api(self, paths: Mapping[str, str], *, attempts: int) -> InlenersbeloningApi:
        """Build it; who waits for an answer at a terminal does not wait for as many attempts as a sync."""
        settings = {
            **self._settings,
            "attempts": min(attempts, self._settings["attempts"]),
            "paths": {**(self._settings.get("paths") or {}), **paths},
        }
        return InlenersbeloningApi.from_settings(settings, version=version("tap-inlenersbeloning"))


class _OtherAnswerError(SkippableAPIError):
    """A path answers, but not to the question; the message says how."""


class _Questions:
    """What is asked with one token about one company.

    Attributes:
        findings: By operation.
        rights: What was found not to be ticked.
        refused: The refusal of the token itself.
    """

    def __init__(self, paths: _Paths, auth: BearerAuth, *, refused: Exception | None = None) -> None:
        self._paths = paths
        self._auth = auth
        self.findings: dict[str, Finding] = {}
        self.rights: list[str] = []
        self.refused = refused

    def ask_about(self, company: Company) -> None:
        """Ask from the list of partners down to a document, and for what may be beside them."""
        partner_ids = self._partners(company.id)
        remuneration = self._remuneration(company.id, partner_ids)
        document = self._document(remuneration)
        self._versions(remuneration, document)
        unless = "" if remuneration else "there is no remuneration to ask about"
        self.ask(GET_PDF, lambda api: self._pdf(api, remuneration), unless=unless)
        keys = {"company_id": company.id, "partner_id": next(iter(partner_ids), "")}
        unless = "" if partner_ids else "there is no partner to ask about"
        self.ask(
            LIST_FUNCTIONS, lambda api: {"count": len(api.list(self._auth, LIST_FUNCTIONS, **keys))}, unless=unless
        )

    def ask(self, operation: Operation, question: Question, *, unless: str = "") -> None:
        """Ask, and note how it went.

        Raises:
            UnreachableError: Nothing can be asked.
        """
        if self.refused is not None or unless:
            reason = "" if self.refused is not None else f"{operation.name} was not asked: {unless}"
            self.findings[operation.name] = _finding(operation, Verdict.UNKNOWN, reason)
            return
        try:
            found = _finding(operation, Verdict.OK, place=question(self._paths.api))
        except UnreachableError:
            raise
        except _FAILURES as error:
            found = self._refusal(operation, question, error)
        self.findings[operation.name] = found

    def _refusal(self, operation: Operation, question: Question, error: Exception) -> Finding:
        if isinstance(error, LoginRequiredError):
            self.refused = error
            return _finding(operation, Verdict.FAIL, str(error), error)
        if isinstance(error, ForbiddenError):
            self.rights.append(operation.right)
        if operation.confirmed:
            return _finding(operation, Verdict.FAIL, str(error), error)
        if isinstance(error, ForbiddenError):
            return _finding(operation, Verdict.WARN, str(error), error)
        if path := self._other_path(operation, question):
            advice = f"{operation.name} answers at {path}: put that in the setting paths.{operation.name}"
            return _finding(operation, Verdict.WARN, advice, place={"path": path})
        advice = f"{error}; take the path of your API documentation for the setting paths.{operation.name}"
        return _finding(operation, Verdict.WARN, advice, error)

    def _other_path(self, operation: Operation, question: Question) -> str | None:
        for choice, api in self._paths.others:
            if path := choice.get(operation.name):
                try:
                    question(api)
                except _FAILURES:  # also 403, which another operation may have answered
                    continue
                return path
        return None

    def _partners(self, company_id: str) -> Sequence[str]:
        partner_ids: list[str] = []

        def question(api: InlenersbeloningApi) -> Row:
            items = api.list(self._auth, LIST_PARTNERS, company_id=company_id)
            partner_ids.extend(dict.fromkeys(id_ for id_, _ in items))
            return {"count": len(partner_ids)}

        self.ask(LIST_PARTNERS, question)
        return partner_ids

    def _remuneration(self, company_id: str, partner_ids: Sequence[str]) -> dict[str, str]:
        """Find a remuneration; its ids, or none."""
        found: dict[str, str] = {}

        def question(api: InlenersbeloningApi) -> Row:
            for partner_id in partner_ids[:_PARTNERS_MAX]:
                try:
                    items = api.list(self._auth, LIST_REMUNERATIONS, company_id=company_id, partner_id=partner_id)
                except NotThereError:  # it shares nothing
                    continue
                if items:
                    found.update(company_id=company_id, partner_id=partner_id, remuneration_id=items[0][0])
                    break
            return {}

        self.ask(LIST_REMUNERATIONS, question, unless="" if partner_ids else "there is no partner to ask about")
        return found

    def _document(self, ids: Mapping[str, str]) -> Row:
        found: dict[str, Any] = {}

        def question(api: InlenersbeloningApi) -> Row:
            found.update(api.document(self._auth, GET_REMUNERATION, **ids))
            return {}

        unless = "" if ids else f"none of the first {_PARTNERS_MAX} partners shares a remuneration"
        self.ask(GET_REMUNERATION, question, unless=unless)
        return found

    def _versions(self, ids: Mapping[str, str], document: Row) -> None:
        has_one = str(document.get("lenderVersion")) == "1"

        def question(api: InlenersbeloningApi) -> Row:
            if has_one and "?" in api.operation(GET_VERSION).path:
                raise _OtherAnswerError("the answer would be the same if the provider took no notice of the version")
            first = api.document(self._auth, GET_VERSION, **ids, version="1")
            if str(first.get("lenderVersion")) != "1":
                raise _OtherAnswerError(
                    f"{api.operation(GET_VERSION).path} gives another version than the one asked for"
                )
            return {}

        self.ask(GET_VERSION, question, unless="" if document else "there is no document to ask about")

    def _functions(self, company_id: str, partner_ids: Sequence[str]) -> None:
        def question(api: InlenersbeloningApi) -> Row:
            api.list(self._auth, LIST_FUNCTIONS, company_id=company_id, partner_id=partner_ids[0])
            return {}

        self.ask(LIST_FUNCTIONS, question, unless="" if partner_ids else "there is no partner to ask about")

    def _pdf(self, api: InlenersbeloningApi, ids: Mapping[str, str]) -> Row:
        content = api.content(self._auth, GET_PDF, pdf_of, **ids)
        if not (content or b"").startswith(b"%PDF"):
            raise _OtherAnswerError(f"{api.operation(GET_PDF).path} gives no PDF")
        return {"size_bytes": len(content or b"")}


def _finding(
    operation: Operation, verdict: Verdict, text: str = "", error: Exception | None = None, *, place: Row | None = None
) -> Finding:
    return Finding(subject=operation.name, verdict=verdict, finding=text, error=error, place=place or {})
