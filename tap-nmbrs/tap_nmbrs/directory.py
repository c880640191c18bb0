"""Which debtors and companies there are, and which of them the settings ask for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector_kit.errors import SettingError
from singer_sdk.exceptions import FatalAPIError, SkippableAPIError

__all__ = ["Directory"]

Record = dict[str, Any]


class Directory:
    """The debtors and companies of one sync, asked for once.

    Args:
        settings: `debtor_ids`, `company_ids` and `company_numbers`; without them everything that the consent covers.
        list_debtors: Reads all debtors.
        list_companies: Reads all companies, or those of the debtor that the keys name.
        on_skipped: Is told of a debtor whose companies the login may not see.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        list_debtors: Callable[[], Iterable[Record]],
        list_companies: Callable[[dict[str, str]], Iterable[Record]],
        on_skipped: Callable[[SkippableAPIError], None],
    ) -> None:
        self._settings = settings
        self._list_debtors = list_debtors
        self._list_companies = list_companies
        self._on_skipped = on_skipped
        self._debtors: tuple[Record, ...] | None = None
        self._companies: dict[str, Record] | None = None
        self._hidden: set[str] = set()

    @property
    def debtors(self) -> tuple[Record, ...]:
        """Debtors, limited by `debtor_ids`.

        Raises:
            SettingError: The setting names a debtor that is not there.
        """
        if self._debtors is None:
            wanted = self._wanted("debtor_ids")
            debtors = tuple(self._list_debtors())
            _check("debtor_ids", "debtor", wanted, {debtor["debtor_id"] for debtor in debtors})
            self._debtors = tuple(debtor for debtor in debtors if not wanted or debtor["debtor_id"] in wanted)
        return self._debtors

    @property
    def companies(self) -> Mapping[str, Record]:
        """Companies in the order of their ids, limited by the settings.

        They are named by id or by number, and are of the debtors that are asked for.

        Raises:
            FatalAPIError: The login may see no list of companies at all.
            SettingError: A setting names a company or debtor that is not there.
        """
        if self._companies is None:
            selected = sorted(self._selected(self._all_companies()), key=lambda company: str(company["company_id"]))
            self._companies = {company["company_id"]: company for company in selected}
        return self._companies

    def hide(self, company_id: str) -> None:
        """Leave a company out of the rest of the sync."""
        self._hidden.add(company_id)

    def is_hidden(self, company_id: str) -> bool:
        """Tell whether a company is left out."""
        return company_id in self._hidden

    def records(self, stream: str) -> Iterable[Record]:
        """The records of the stream `debtors` or `companies`."""
        return self.debtors if stream == "debtors" else self.companies.values()

    def _all_companies(self) -> Iterable[Record]:
        """List the companies; a consent over several debtors may only ask debtor by debtor (code 40306)."""
        try:
            return list(self._list_companies({}))
        except SkippableAPIError:
            return self._companies_by_debtor()

    def _companies_by_debtor(self) -> Iterable[Record]:
        try:
            debtors = self.debtors
        except SkippableAPIError as error:
            raise FatalAPIError(str(error)) from None
        companies: list[Record] = []
        for debtor in debtors:
            try:
                companies += self._list_companies({"debtor_id": debtor["debtor_id"]})
            except SkippableAPIError as error:
                self._on_skipped(error)
        return companies

    def _selected(self, companies: Iterable[Record]) -> Sequence[Record]:
        ids, numbers = self._wanted("company_ids"), self._wanted("company_numbers")
        selected = list(companies)
        if self._wanted("debtor_ids"):
            debtors = {debtor["debtor_id"] for debtor in self.debtors}
            selected = [company for company in selected if company["debtor_id"] in debtors]
        _check("company_ids", "company", ids, {company["company_id"] for company in selected})
        _check("company_numbers", "company", numbers, {company["number"] for company in selected})
        if ids or numbers:
            selected = [c for c in selected if c["company_id"] in ids or c["number"] in numbers]
        return selected

    def _wanted(self, setting: str) -> frozenset[str]:
        return frozenset(str(value) for value in self._settings.get(setting) or ())


def _check(setting: str, kind: str, wanted: frozenset[str], there: set[str]) -> None:
    missing = sorted(wanted - there)
    if missing:
        raise SettingError(
            f"setting {setting}: the consent (with the other settings) shows no {kind} {', '.join(missing)}; "
            f"it shows {len(there)}"
        )
