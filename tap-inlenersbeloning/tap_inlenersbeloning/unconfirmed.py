"""Streams whose paths nobody has confirmed: not selected by default, and left out with one warning on 404."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from connector_kit.extract import ordered_prefetch
from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_inlenersbeloning.answers import Items, Row
from tap_inlenersbeloning.companies import listed_companies
from tap_inlenersbeloning.directory import Hirer, Listed
from tap_inlenersbeloning.operations import GET_PDF, LIST_COMPANIES, LIST_FUNCTIONS
from tap_inlenersbeloning.pdfs import PdfFolder, pdf_of
from tap_inlenersbeloning.streams import InlenersbeloningStream, ListStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

__all__ = ["Companies", "PartnerFunctions", "RemunerationPdfs"]

_CONTENT_CLASS: Final = "contact"


class Companies(ListStream):
    """The agency's own companies: those of the settings, and those that the provider lists for an organisation."""

    @override
    def records(self) -> Iterator["Record"]:
        read = {company.id: company for company in self.shared.companies}
        listed: dict[str, Row] = {}
        try:
            for _, items in listed_companies(self.shared.credentials, self.shared.api):
                listed |= dict(items)
        except SkippableAPIError as error:
            operation = self.shared.api.operation(LIST_COMPANIES)
            self.logger.warning(
                "Only the companies of the settings: %s. This path is a guess: put the one of your API documentation "
                "in the setting paths.%s",
                error,
                operation.name,
            )
        for company_id in {**read, **listed}:
            name = {"name": read[company_id].name} if company_id in read and read[company_id].name else {}
            yield self.record(listed.get(company_id, {}), company_id=company_id, is_read=company_id in read, **name)


class PartnerFunctions(ListStream):
    """Functions that a partner has shared in remunerations."""

    @override
    def records(self) -> Iterator["Record"]:
        jobs = [partial(self._ask, hirer) for hirer in self.shared.directory.hirers]
        answers = ordered_prefetch(jobs, workers=self.shared.workers)
        for hirer, items in self.each_of(answers, len(jobs), "partners"):
            for function_id, function in items:
                keys = {"company_id": hirer.company.id, "partner_id": hirer.partner_id}
                yield self.record(function, **keys, id=function_id)
        self.shared.access.finish(LIST_FUNCTIONS)

    def _ask(self, hirer: Hirer) -> tuple[Hirer, Items]:
        ids = {"company_id": hirer.company.id, "partner_id": hirer.partner_id}
        try:
            return hirer, self.shared.access.ask(
                hirer.company,
                LIST_FUNCTIONS,
                lambda: self.shared.api.list(hirer.company.auth, LIST_FUNCTIONS, **ids),
            )
        except SkippableAPIError:  # reported, if none has an answer
            return hirer, []


class RemunerationPdfs(InlenersbeloningStream):
    """The PDF of every version, once."""

    @override
    def records(self) -> Iterator["Record"]:
        folder = self._folder()
        for (hirer, listed, version), content in ordered_prefetch(
            self._jobs(), workers=self.shared.workers, ahead=self.shared.workers
        ):
            ids = _ids(hirer, listed)
            if content is not None:
                names = (*ids.values(), str(version))
                encoded: str | None = base64.b64encode(content).decode("ascii")
                if self.shared.policy.pseudonymises(_CONTENT_CLASS):
                    encoded = self.shared.policy.pseudonym(encoded, _CONTENT_CLASS)
                yield {
                    **ids,
                    "lender_version": version,
                    "content": encoded,
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "size_bytes": len(content),
                    "file_name": folder.keep(content, names=names) if folder else None,
                }
                sightings = self.shared.sightings
                sightings.note(**ids, mark=replace(sightings.mark(**ids), pdf=version))
        self.shared.access.finish(GET_PDF)

    def _folder(self) -> PdfFolder | None:
        """Give the folder for files; none are written of what is pseudonymised."""
        path = self.config.get("pdf_folder")
        return PdfFolder(path) if path and not self.shared.policy.pseudonymises(_CONTENT_CLASS) else None

    def _jobs(self) -> Iterator[Callable[[], tuple[tuple[Hirer, Listed, int], bytes | None]]]:
        directory = self.shared.directory
        for shares in self.each_of(directory.shares(), len(directory.hirers), "partners"):
            for listed in shares.listed or ():
                mark = self.shared.sightings.mark(**_ids(shares.hirer, listed))
                version = listed.version if mark.version is None else mark.version
                if self.shared.force or version is None or mark.pdf != version:
                    yield partial(self._ask, shares.hirer, listed, version or 0)

    def _ask(self, hirer: Hirer, listed: Listed, version: int) -> tuple[tuple[Hirer, Listed, int], bytes | None]:
        ids = _ids(hirer, listed)
        try:
            content = self.shared.access.ask(
                hirer.company,
                GET_PDF,
                lambda: self.shared.api.content(hirer.company.auth, GET_PDF, pdf_of, **ids),
            )
        except SkippableAPIError:  # reported, if none has an answer
            content = None
        return (hirer, listed, version), content


def _ids(hirer: Hirer, listed: Listed) -> dict[str, str]:
    return {"company_id": hirer.company.id, "partner_id": hirer.partner_id, "remuneration_id": listed.id}
