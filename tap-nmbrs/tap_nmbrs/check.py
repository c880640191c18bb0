"""`tap-nmbrs check`: which scopes, debtors, companies and streams a login really gives."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import click
from connector_kit.console import settings_option
from connector_kit.errors import ConnectorError, LoginRequiredError
from connector_kit.extract import Finding, Verdict, ordered_prefetch, problem_of, snake_case
from singer_sdk.exceptions import FatalAPIError, SingerSDKError, SkippableAPIError

from tap_nmbrs.check_report import Report
from tap_nmbrs.choice import STREAM_OPTIONS, chosen_streams, tap_of
from tap_nmbrs.operation import Operation, Per, Window
from tap_nmbrs.reading import records_of
from tap_nmbrs.rest.scopes import is_granted, scopes_of
from tap_nmbrs.schemas import SCHEMAS

if TYPE_CHECKING:
    from tap_nmbrs.shared import Shared

__all__ = ["check"]

Row: TypeAlias = Mapping[str, Any]
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_FAILURES: Final = (SingerSDKError, ConnectorError)
_DIRECTORY: Final = ("debtors", "companies")


@click.command("check", short_help="Ask Nmbrs which scopes, companies and streams the login really gives.")
@settings_option
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object instead of a table.")
def check(
    settings: dict[str, Any], *, streams: tuple[str, ...], catalog: Path | None, everything: bool, as_json: bool
) -> int:
    """Ask Nmbrs which scopes, debtors, companies and streams the login really gives.

    Makes one call per company and one per stream, and writes nothing. Ends with 0 if all streams can be read.
    """
    tap = tap_of(settings, catalog=catalog)
    names = chosen_streams(tap, named=streams, everything=everything)
    report = _Check(tap.shared, settings).report(names)
    click.echo(report.json() if as_json else report.table())
    return report.exit_code


check.params.extend(STREAM_OPTIONS)


class _Check:
    """One check.

    Args:
        shared: Source and directory of a tap.
        settings: Of the tap.
    """

    def __init__(self, shared: "Shared", settings: Mapping[str, Any]) -> None:
        self._source = shared.source
        self._operations = shared.operations
        self._settings_parameters = shared.parameters
        self._directory = shared.directory
        self._settings = settings
        self._answers: dict[str, list[dict[str, Any]]] = {}
        self._company: Row = {}
        self._over: Exception | None = None

    def report(self, streams: Sequence[str]) -> Report:
        """Ask for everything that there is to know."""
        debtors = self._list("debtors")
        companies = self._visible(self._list("companies"))
        self._company = next((each.place for each in companies if each.verdict is Verdict.OK), {})
        consent = self._source.consent()
        return Report(
            consent=consent,
            missing=_missing(streams, consent.scopes),
            debtors=tuple(debtors),
            companies=tuple(companies),
            company=self._company,
            streams=tuple(self._stream(name, consent.scopes) for name in streams),
            over=self._over,
        )

    def _list(self, name: str) -> list[Finding]:
        """List debtors or companies, as the settings limit them."""
        if self._over is not None:
            return []
        try:
            records = list(self._directory.records(name))
        except _FAILURES as error:
            self._over = error
            return []
        return [Finding(subject=f"{record['number']} {record['name']}", place=record) for record in records]

    def _visible(self, companies: Sequence[Finding]) -> list[Finding]:
        """Ask each company for its current period: some are listed that the login may not see."""
        operation = self._operations.get("company_periods")
        if operation is None or self._over is not None:
            return list(companies)

        def ask(company: Finding) -> Finding:
            def period() -> Row:
                rows = self._source.first_rows(operation, {"company_id": str(company.place["company_id"])}, {})
                return {"current": rows[0].get("period") if rows else None}

            return _asked(company.subject, period, place=company.place)

        jobs = (partial(ask, company) for company in companies)
        asked = list(ordered_prefetch(jobs, workers=self._settings["concurrent_requests"]))
        self._over = next((each.error for each in asked if _ends_everything(each.error)), None)
        return asked

    def _stream(self, name: str, granted: frozenset[str] | None) -> Finding:
        operation = self._operations.get(name)
        if self._over is not None:
            return Finding(subject=name, verdict=Verdict.UNKNOWN, finding="not asked")
        if name in _DIRECTORY:
            return Finding(subject=name)
        if operation is not None and operation.per is not Per.ACCOUNT and not self._company:
            return Finding(subject=name, verdict=Verdict.FAIL, finding="there is no company to ask")
        if operation is None:
            return _by_scopes(name, granted)
        finding = _asked(name, partial(self._ask, operation))
        self._over = finding.error if _ends_everything(finding.error) else None
        return finding

    def _ask(self, operation: Operation) -> Row:
        self._first(operation)
        return {}

    def _first(self, operation: Operation) -> Row | None:
        """Ask for the beginning of a list, once for all streams that come of it; give its first record."""
        if operation.call not in self._answers:
            keys, parameters = self._keys(operation), self._parameters(operation)
            self._answers[operation.call] = self._source.first_rows(operation, keys, parameters)
        rows = self._answers[operation.call]
        return next((r for row in rows for r in records_of(row, operation.inner, what=operation.stream)), None)

    def _keys(self, operation: Operation) -> dict[str, str]:
        if operation.per is Per.ACCOUNT:
            return {}
        key = "debtor_id" if operation.per is Per.DEBTOR else "company_id"
        keys = {key: str(self._company[key])}
        if operation.parent is not None:
            stream = operation.parent.stream
            parent = self._first(self._operations[stream])
            if parent is None:
                raise _UnaskedError(f"{stream} of this company is empty")
            keys[operation.parent.key] = _value(parent, stream, operation.parent.key)
        return keys

    def _parameters(self, operation: Operation) -> dict[str, Any]:
        parameters: dict[str, Any] = dict(self._settings_parameters(operation))
        parent = self._operations[operation.parent.stream] if operation.parent else None
        window = parent.window if operation.window is Window.NONE and parent else operation.window
        if window is not Window.NONE:
            today = datetime.now(_AMSTERDAM).date()
            current = self._company.get("current") or {"year": today.year, "period": today.month}
            parameters |= {"year": current["year"]}
            parameters |= {"period": current["period"]} if window is Window.PERIOD else {}
        return parameters


def _value(row: Row, stream: str, key: str) -> str:
    """Give the value of a field of our spelling in a row of the provider's."""
    source = SCHEMAS.get_schema(stream)["properties"][key].get("x-source-name")
    value = next((value for name, value in row.items() if name == source or snake_case(name) == key), None)
    if value is None:
        raise FatalAPIError(f"{stream}: a row has no {key}; Nmbrs has changed its answer")
    return str(value)


class _UnaskedError(Exception):
    """There is nothing that could be asked for; the message says why."""


def _asked(subject: str, ask: Callable[[], Row], *, place: Row | None = None) -> Finding:
    """Ask, and say how it went; what is found out of a place is kept with it."""
    place = place or {}
    try:
        return Finding(subject=subject, place={**place, **ask()})
    except _UnaskedError as reason:
        return Finding(subject=subject, place=place, verdict=Verdict.UNKNOWN, finding=f"not asked: {reason}")
    except SkippableAPIError as error:
        return Finding(subject=subject, place=place, verdict=Verdict.WARN, finding=str(error), error=error)
    except _FAILURES as error:
        return Finding(subject=subject, place=place, verdict=Verdict.FAIL, finding=str(error), error=error)


def _ends_everything(error: Exception | None) -> bool:
    """Whether every further question would end in the same way; a missing scope concerns one stream."""
    problem = problem_of(error) if error else None
    return isinstance(error, ConnectorError) and (problem is None or problem.status != HTTPStatus.FORBIDDEN)


def _missing(streams: Sequence[str], granted: frozenset[str] | None) -> tuple[str, ...]:
    if granted is None:
        return ()
    needed = {scope for name in streams for scope in scopes_of(name)}
    return tuple(sorted(scope for scope in needed if not is_granted(scope, granted)))


def _by_scopes(stream: str, granted: frozenset[str] | None) -> Finding:
    """Judge a stream of documents, which are made when they are asked for, by its scopes alone."""
    missing = _missing([stream], granted)
    if missing:
        error = LoginRequiredError(
            f"{stream}: the consent lacks scope {', '.join(missing)}: run tap-nmbrs login to consent again"
        )
        return Finding(subject=stream, verdict=Verdict.FAIL, finding=str(error), error=error)
    if granted is None:
        return Finding(subject=stream, verdict=Verdict.UNKNOWN, finding="not asked: it would make a document")
    return Finding(subject=stream, finding="by its scopes; no document was made")
