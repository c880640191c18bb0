"""Which partners (hirers) and remunerations there are: every list is asked for once, whichever streams need it."""

import logging
from collections.abc import Mapping

from singer_sdk.exceptions import FatalAPIError, SkippableAPIError

from tap_inlenersbeloning.answers import Row
from tap_inlenersbeloning.client import InlenersbeloningApi
from tap_inlenersbeloning.documents import DOCUMENT_BLOCKS
from tap_inlenersbeloning.operations import GET_REMUNERATION, LIST_PARTNERS, LIST_REMUNERATIONS

__all__ = ["Directory"]

logger = logging.getLogger(__name__)


class Directory:
    """What one sync has seen: 1 call per company, 1 per partner, and 1 per remuneration document."""

    def __init__(self, api: InlenersbeloningApi) -> None:
        self._api = api
        self._partners: dict[str, Mapping[str, Row]] = {}
        self._remunerations: dict[tuple[str, str], Mapping[str, Row]] = {}

    def partners(self, company_id: str) -> Mapping[str, Row]:
        """Give the partners of a company, by id.

        Raises:
            FatalAPIError: The company is unknown; or as `InlenersbeloningApi.list`.
        """
        if company_id not in self._partners:
            try:
                self._partners[company_id] = self._api.list(LIST_PARTNERS, company_id=company_id)
            except SkippableAPIError as error:
                raise FatalAPIError(f"{error}; check the settings company_ids and api_url") from None
            logger.info("Company %s has %d partners", company_id, len(self._partners[company_id]))
        return self._partners[company_id]

    def remunerations(self, company_id: str, partner_id: str) -> Mapping[str, Row]:
        """Give the headers of what a partner shares now, by id; a list of whole documents is reduced to headers.

        Raises:
            FatalAPIError: As `InlenersbeloningApi.list`.
        """
        key = (company_id, partner_id)
        if key not in self._remunerations:
            try:
                found = self._api.list(LIST_REMUNERATIONS, company_id=company_id, partner_id=partner_id)
            except SkippableAPIError:  # "no remuneration available" (seen in a working client)
                found = {}
            self._remunerations[key] = {
                identifier: {name: value for name, value in row.items() if name not in DOCUMENT_BLOCKS}
                for identifier, row in found.items()
            }
        return self._remunerations[key]

    def document(self, company_id: str, partner_id: str, remuneration_id: str) -> Row | None:
        """Read a remuneration, newest version; None if it was withdrawn after it had been listed.

        Raises:
            FatalAPIError: As `InlenersbeloningApi.document`.
        """
        ids = {"company_id": company_id, "partner_id": partner_id, "remuneration_id": remuneration_id}
        try:
            return self._api.document(GET_REMUNERATION, **ids)
        except SkippableAPIError as error:
            logger.warning("Left out, withdrawn since it was listed: %s", error)
            return None
