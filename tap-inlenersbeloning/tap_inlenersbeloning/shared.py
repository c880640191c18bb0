"""What the streams of one tap share; made when it is first needed, discovery needs only the policy."""

from functools import cached_property
from typing import TYPE_CHECKING

from connector_kit.errors import SettingError
from connector_kit.extract import PersonalDataPolicy

from tap_inlenersbeloning.client import InlenersbeloningApi
from tap_inlenersbeloning.directory import Directory

if TYPE_CHECKING:
    from tap_inlenersbeloning.tap import TapInlenersbeloning

__all__ = ["Shared"]


class Shared:
    """Policy, companies and the lists of one sync."""

    def __init__(self, tap: "TapInlenersbeloning") -> None:
        self._settings = tap.config
        self._version = tap.plugin_version

    @cached_property
    def policy(self) -> PersonalDataPolicy:
        """What happens to personal data."""
        return PersonalDataPolicy(
            include=self._settings.get("include_personal_data") or (),
            pseudonymise=self._settings.get("pseudonymise") or (),
            key=self._settings.get("pseudonym_key"),
        )

    @cached_property
    def company_ids(self) -> tuple[str, ...]:
        """The companies of the setting, each once.

        Raises:
            SettingError: There is none.
        """
        company_ids = tuple(dict.fromkeys(id_.strip() for id_ in self._settings["company_ids"] if id_.strip()))
        if not company_ids:
            raise SettingError("setting company_ids is empty: name the companies that the portal shows for the token")
        return company_ids

    @cached_property
    def directory(self) -> Directory:
        """Partners and remunerations, over the one session of all streams."""
        return Directory(InlenersbeloningApi.from_settings(self._settings, version=self._version))
