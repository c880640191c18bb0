"""What must be right before the first booking: asked at every start, and by `target-minox preflight`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from connector_kit.errors import ConnectorError, ExitCode, SettingError
from connector_kit.posting.preflight import Check, Verdict

from target_minox.client import ForbiddenError, MinoxClient, MinoxError, NotFoundError
from target_minox.masterdata import (
    KINDS_WITHOUT_ENTRIES,
    AdministrationInfo,
    Journal,
    JournalKind,
    MasterData,
    is_on,
    number,
)
from target_minox.operations import (
    ADMINISTRATIONS,
    COST_CENTERS,
    JOURNALS,
    LEDGER_ACCOUNTS,
    LOKET_LINK,
    NMBRS_LINK,
    PAYMENT_TERMS,
    VAT_CODES,
    Operation,
)

__all__ = ["NativeLinkError", "Preflight"]


class NativeLinkError(ConnectorError):
    """Minox fetches payroll by itself, so what we book would be there twice."""

    exit_code = ExitCode.SETTINGS


_Finding = tuple[Verdict, str]
_LOOK: Final = "Look in Minox whether its own {name} link is off, else payroll is booked twice"


class Preflight:
    """The checks of one administration, in the order in which a person would make them.

    Args:
        client: The administration.
        access_token: Gives a usable token or raises.
        tenant_id: From the settings.
        administration_id: From the settings; never a default, a token may reach many administrations.
        journal: Journal of entries that name none.
        default_cost_center: Cost center of lines that need one and have none.
        invoice_journals: Journals that the settings name for invoices, by their kind.
        rounding_account: Ledger account for small differences.
        allow_native_payroll_link: Book although Minox fetches payroll by itself.
    """

    def __init__(
        self,
        client: MinoxClient,
        *,
        access_token: Callable[[], str],
        tenant_id: int,
        administration_id: int,
        journal: str | None,
        default_cost_center: int | None,
        invoice_journals: Mapping[JournalKind, str | None],
        rounding_account: str | None,
        allow_native_payroll_link: bool,
    ) -> None:
        self._client = client
        self._access_token = access_token
        self._tenant_id = tenant_id
        self._administration_id = administration_id
        self._journal = journal
        self._default_cost_center = default_cost_center
        self._invoice_journals = {kind: code for kind, code in invoice_journals.items() if code}
        self._rounding_account = rounding_account
        self._allow_native_payroll_link = allow_native_payroll_link
        self._administration: AdministrationInfo | None = None
        self._journals: list[Any] = []
        self._ledger_accounts: list[Any] = []
        self._cost_centers: list[Any] = []

    def checks(self) -> Iterator[Check]:
        """Make the checks one by one; what cannot be asked after a failure is left out."""
        for subject, check in (
            ("token", self._check_token),
            ("tenant", self._check_tenant),
            ("administration", self._check_administration),
        ):
            result = _made(subject, check)
            yield result
            if result.verdict is Verdict.FAIL:
                return
        yield _made("fiscal years", self._check_fiscal_years)
        yield _made("journal", self._check_journal)
        for kind, code in self._invoice_journals.items():
            yield _made(f"{kind} journal", partial(self._check_invoice_journal, kind, code))
        yield _made("ledger accounts", self._check_ledger_accounts)
        yield _made("cost centers", self._check_cost_centers)
        yield _made("Nmbrs link", lambda: self._check_link("Nmbrs", NMBRS_LINK, _nmbrs_is_active))
        yield _made("Loket link", lambda: self._check_link("Loket", LOKET_LINK, _loket_is_active))

    def master_data(self) -> MasterData:
        """What the checks have read; only after all of them."""
        if self._administration is None:
            raise MinoxError("the administration has not been read")
        return MasterData.from_records(
            self._administration,
            journals=self._journals,
            ledger_accounts=self._ledger_accounts,
            cost_centers=self._cost_centers,
            read_vat_codes=lambda: self._client.rows(VAT_CODES),
            read_payment_terms=lambda: self._client.rows(PAYMENT_TERMS),
        )

    @property
    def place(self) -> str:
        """How messages name the administration."""
        name = self._administration.name if self._administration else ""
        return f"administration {self._administration_id}" + (f" ({name})" if name else "")

    def _check_token(self) -> _Finding:
        self._access_token()
        return Verdict.OK, "Minox gives us a token"

    def _check_tenant(self) -> _Finding:
        reachable = self._client.linked_tenants()
        if reachable is None:
            return Verdict.WARN, f"Minox does not say which tenants the token reaches; going on with {self._tenant_id}"
        if self._tenant_id not in reachable:
            # A token that ended early reaches nothing. Only a 401 renews it, and an inspection answers none.
            with suppress(ForbiddenError, NotFoundError):
                self._client.read(ADMINISTRATIONS)
            reachable = self._client.linked_tenants() or frozenset()
        if self._tenant_id not in reachable:
            raise SettingError(f"setting tenant_id: the token does not reach tenant {self._tenant_id}")
        return Verdict.OK, f"the token reaches tenant {self._tenant_id}"

    def _check_administration(self) -> _Finding:
        try:
            rows = self._client.rows(ADMINISTRATIONS)
        except NotFoundError:
            raise SettingError(f"setting tenant_id: Minox knows no tenant {self._tenant_id}") from None
        row = next((row for row in rows if number(row.get("id")) == self._administration_id), None)
        if row is None:
            raise SettingError(
                f"setting administration_id: tenant {self._tenant_id} has no administration {self._administration_id}"
            )
        self._administration = AdministrationInfo.from_record(row)
        return Verdict.OK, f"{self.place}, books in {self._administration.currency}"

    def _check_fiscal_years(self) -> _Finding:
        years = self._administration.fiscal_years if self._administration else ()
        if not years:
            raise SettingError(f"{self.place} has no fiscal year; make one in Minox")
        return Verdict.OK, ", ".join(f"{year.year} ({year.number_of_periods} periods)" for year in years)

    def _check_journal(self) -> _Finding:
        self._journals = self._client.rows(JOURNALS)
        if self._journal is None:
            return Verdict.WARN, "setting journal is empty: entries that name no journal will be rejected"
        journals = (Journal.from_record(row) for row in self._journals)
        journal = next((journal for journal in journals if journal.code == self._journal), None)
        if journal is None:
            raise SettingError(f"setting journal: {self.place} has no journal {self._journal}")
        if journal.kind in KINDS_WITHOUT_ENTRIES:
            raise SettingError(
                f"setting journal: {journal.code} is of kind {journal.kind}, it takes no journal entries"
            )
        if journal.kind is not JournalKind.MEMORIAL:
            return Verdict.WARN, f"{journal.code} is of kind {journal.kind}; journal entries belong in a memorial"
        return Verdict.OK, f"{journal.code} is of kind {journal.kind}"

    def _check_invoice_journal(self, kind: JournalKind, code: str) -> _Finding:
        journals = (Journal.from_record(row) for row in self._journals)
        journal = next((journal for journal in journals if journal.code == code), None)
        if journal is None:
            raise SettingError(f"setting {kind}_journal: {self.place} has no journal {code}")
        if journal.kind not in {kind, JournalKind.UNKNOWN}:
            raise SettingError(f"setting {kind}_journal: {code} is of kind {journal.kind}")
        return Verdict.OK, f"{code} is of kind {journal.kind}"

    def _check_ledger_accounts(self) -> _Finding:
        self._ledger_accounts = self._client.rows(LEDGER_ACCOUNTS)
        if not self._ledger_accounts:
            raise SettingError(f"{self.place} has no ledger accounts; nothing can be booked")
        numbers = {str(number(row.get("id"))) for row in self._ledger_accounts}
        if self._rounding_account is not None and self._rounding_account not in numbers:
            raise SettingError(f"setting rounding_account: there is no ledger account {self._rounding_account}")
        return Verdict.OK, f"{len(self._ledger_accounts)} in the chart of accounts"

    def _check_cost_centers(self) -> _Finding:
        self._cost_centers = self._client.rows(COST_CENTERS)
        default = self._default_cost_center
        if default is not None and default not in {number(row.get("id")) for row in self._cost_centers}:
            raise SettingError(f"setting default_cost_center: {self.place} has no cost center {default}")
        return Verdict.OK, f"{len(self._cost_centers)} cost centers"

    def _check_link(self, name: str, operation: Operation, is_active: Callable[[Any], bool | None]) -> _Finding:
        """Whether Minox fetches the payroll of that system every night and books it by itself.

        A link that may be on counts as on. Without any settings (404) it was never set up (inferred).
        """
        try:
            active = is_active(self._client.read(operation))
        except ForbiddenError as error:
            return self._link_in_the_way(
                f"whether Minox' own {name} link is off cannot be checked: the token has no scope {error.scope}. "
                "Let the main user approve it with `target-minox login`"
            )
        except NotFoundError:
            return Verdict.WARN, f"Minox has no settings of this link (404), taken as off. {_LOOK.format(name=name)}"
        if active is None:
            return self._link_in_the_way(
                f"whether Minox' own {name} link is off cannot be checked: the answer is not understood. Look in Minox"
            )
        if not active:
            return Verdict.OK, "off"
        return self._link_in_the_way(
            f"Minox' own {name} link is on for {self.place}, so payroll would be booked twice: switch it off in Minox "
            f"(settings of the {name} link)"
        )

    def _link_in_the_way(self, finding: str) -> _Finding:
        if self._allow_native_payroll_link:
            return Verdict.WARN, f"allowed by the setting allow_native_payroll_link: {finding}"
        raise NativeLinkError(
            f"{finding}, or set allow_native_payroll_link if you know that it does not fetch this company"
        )


def _made(subject: str, check: Callable[[], _Finding]) -> Check:
    try:
        verdict, finding = check()
    except ConnectorError as error:
        return Check(subject=subject, verdict=Verdict.FAIL, finding=str(error), error=error)
    return Check(subject=subject, verdict=verdict, finding=finding)


def _nmbrs_is_active(body: Any) -> bool | None:
    return is_on(body.get("connection_active")) if isinstance(body, Mapping) else None


def _loket_is_active(body: Any) -> bool | None:
    if not isinstance(body, Mapping):
        return None
    connection = body.get("connection")
    return is_on(body.get("active")) or (isinstance(connection, Mapping) and is_on(connection.get("active")))
