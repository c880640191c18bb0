"""What must be right before the first write: asked at every start, and by `target-minimax preflight`."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from connector_kit.errors import ConnectorError, SettingError
from connector_kit.posting.preflight import Check, Verdict

from target_minimax.client import ForbiddenError, MinimaxClient, MinimaxError
from target_minimax.localisation import Localisation
from target_minimax.masterdata import MasterData
from target_minimax.operations import ORGANISATIONS
from target_minimax.references import References

__all__ = ["Preflight"]

_NAMED_MAX: Final = 5


class Preflight:
    """The checks of one organisation, in the order in which a person would make them.

    Args:
        client: The organisation.
        access_token: Gives a usable token or raises.
        references: Its code lists.
        home: The localisation of the settings.
        organisation_id: From the settings; never a default, a log-in may reach many organisations.
    """

    def __init__(
        self,
        client: MinimaxClient,
        *,
        references: References,
        access_token: Callable[[], str],
        home: Localisation,
        organisation_id: int,
    ) -> None:
        self._client = client
        self._references = references
        self._access_token = access_token
        self._home = home
        self._organisation_id = organisation_id
        self._organisation_name = ""
        self._countries: list[Any] = []
        self._currencies: list[Any] = []

    def checks(self) -> Iterator[Check]:
        """Make the checks one by one; what cannot be asked after a failure is left out."""
        for subject, check in (("login", self._check_login), ("organisation", self._check_organisation)):
            result = _made(subject, check)
            yield result
            if result.verdict is Verdict.FAIL:
                return
        yield _made("countries", self._check_countries)
        yield _made("currencies", self._check_currencies)

    def master_data(self) -> MasterData:
        """What the checks have read; only after all of them."""
        return MasterData.from_records(self._home, countries=self._countries, currencies=self._currencies)

    @property
    def place(self) -> str:
        """How messages name the organisation."""
        name = f" ({self._organisation_name})" if self._organisation_name else ""
        return f"organisation {self._organisation_id}{name}"

    def _check_login(self) -> str:
        self._access_token()
        return "Minimax gives us a token"

    def _check_organisation(self) -> str:
        """Find the organisation among those of the user.

        Without the API right or licence the log-in works and the list is empty (seen by a working client).
        """
        reachable = {_organisation_id(row): row for row in self._client.rows(ORGANISATIONS)}
        if not reachable:
            raise ForbiddenError(
                "the log-in works but reaches no organisation: let the administrator give the user the API right in "
                "Minimax, and look whether the organisation has an API licence"
            )
        row = reachable.get(self._organisation_id)
        if row is None:
            raise SettingError(
                f"setting organisation_id: the log-in does not reach organisation {self._organisation_id}, only "
                f"{_listed(reachable)}"
            )
        self._organisation_name = str(row["Organisation"].get("Name") or "")
        if row.get("APIAccess") == "N":
            raise ForbiddenError(f"the user has no API right on {self.place}: let its administrator give it in Minimax")
        return self.place

    def _check_countries(self) -> str:
        self._countries = self._references.rows("Country")
        if self._home.code not in self.master_data().countries:
            raise self._foreign("country", self._home.code)
        return f"{len(self._countries)} countries"

    def _check_currencies(self) -> str:
        self._currencies = self._references.rows("Currency")
        if self._home.currency not in self.master_data().currencies:
            raise self._foreign("currency", self._home.currency)
        return f"{len(self._currencies)} currencies, at home {self._home.currency}"

    def _foreign(self, kind: str, code: str) -> SettingError:
        return SettingError(f"setting localisation: {self.place} has no {kind} {code}; is it in another country?")


def _organisation_id(row: Any) -> int:
    organisation = row.get("Organisation")
    number = organisation.get("ID") if isinstance(organisation, dict) else None
    if not isinstance(number, int):
        raise MinimaxError("Minimax' list of organisations has one without an ID")
    return number


def _listed(reachable: Any) -> str:
    numbers = [str(number) for number in sorted(reachable)]
    more = len(numbers) - _NAMED_MAX
    return ", ".join(numbers[:_NAMED_MAX]) + (f" and {more} more" if more > 0 else "")


def _made(subject: str, check: Callable[[], str]) -> Check:
    try:
        finding = check()
    except ConnectorError as error:
        return Check(subject=subject, verdict=Verdict.FAIL, finding=str(error), error=error)
    return Check(subject=subject, verdict=Verdict.OK, finding=finding)
