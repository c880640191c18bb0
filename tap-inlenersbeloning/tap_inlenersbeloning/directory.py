"""Which partners (hirers) and remunerations there are: every list is asked for once, whichever streams need it."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

from connector_kit.extract import ordered_prefetch
from singer_sdk.exceptions import FatalAPIError

from tap_inlenersbeloning.access import Access
from tap_inlenersbeloning.answers import Items, Row, version_of
from tap_inlenersbeloning.blocks import DOCUMENT_BLOCKS
from tap_inlenersbeloning.changes import has_version, listing_hash
from tap_inlenersbeloning.client import ForbiddenError, InlenersbeloningApi, NotThereError
from tap_inlenersbeloning.companies import Company
from tap_inlenersbeloning.memory import Memory
from tap_inlenersbeloning.operations import LIST_PARTNERS, LIST_REMUNERATIONS

__all__ = ["Directory", "Hirer", "Listed", "Shares", "Wanted"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A remuneration in a partner's list.

    Attributes:
        id: Of the remuneration.
        headers: Its entries, mostly one, without the blocks of a document should they be there, too.
        hash: Another one when an entry is.
        has_version: Whether the entries show a version or a date.
        version: The newest that they show.
    """

    id: str
    headers: tuple[Row, ...]
    hash: str
    has_version: bool
    version: int | None

    @classmethod
    def of(cls, identifier: str, entries: Sequence[Row]) -> Self:
        """Reduce entries of a list."""
        headers = tuple({name: value for name, value in row.items() if name not in DOCUMENT_BLOCKS} for row in entries)
        return cls(
            id=identifier,
            headers=headers,
            hash=listing_hash(entries),
            has_version=any(map(has_version, entries)),
            version=max((version_of(row) for row in entries), default=0) or None,
        )


@dataclass(frozen=True, kw_only=True)
class Hirer:
    """A partner of a company."""

    company: Company
    partner_id: str


@dataclass(frozen=True, kw_only=True)
class Shares:
    """What a partner shares with a company now.

    Attributes:
        hirer: Who shares it.
        listed: Its remunerations; None: the token may not list them.
    """

    hirer: Hirer
    listed: tuple[Listed, ...] | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which partners are read, and which first.

    Attributes:
        only: Ids; empty: all.
        without: Ids that are not.
        named: Ids of partners and remunerations that a webhook has named.
    """

    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    named: AbstractSet[str] = frozenset()

    @classmethod
    def of(cls, settings: Mapping[str, Any], named: AbstractSet[str]) -> Self:
        """Read the settings."""
        return cls(
            only=frozenset(settings.get("partner_ids") or ()),
            without=frozenset(settings.get("exclude_partner_ids") or ()),
            named=named,
        )

    def includes(self, partner_id: str) -> bool:
        """Tell whether a partner is read."""
        return partner_id not in self.without and (not self.only or partner_id in self.only)

    def names(self, *identifiers: str) -> bool:
        """Tell whether a webhook has named one of these."""
        return any(identifier in self.named or identifier.lower() in self.named for identifier in identifiers)


class Directory:
    """What one sync has seen: 1 call per company, and 1 per partner.

    Args:
        api: The API.
        access: Asks for what may be refused.
        companies: Gives the companies to read for.
        wanted: Which partners.
        memory: What was known before.
        workers: Requests under way at the same moment.
    """

    def __init__(
        self,
        api: InlenersbeloningApi,
        access: Access,
        *,
        companies: Callable[[], Sequence[Company]],
        wanted: Wanted,
        memory: Memory,
        workers: int,
    ) -> None:
        self._api = api
        self._access = access
        self._companies = companies
        self._memory = memory
        self._workers = workers
        self._shares: dict[tuple[str, str], Shares] = {}
        self.wanted = wanted

    @cached_property
    def companies(self) -> Sequence[Company]:
        """The companies to read for."""
        return self._companies()

    @cached_property
    def all_partners(self) -> Mapping[str, Items]:
        """All partners of every company, also those that the settings leave out.

        Raises:
            FatalAPIError: A company is unknown, or the token may not list its partners; or as
                `InlenersbeloningApi.list`.
        """
        first, rest = self.companies[:1], self.companies[1:]  # a wrong address or token is noticed with one call
        found = {company.id: self._list_partners(company) for company in first}
        coming = ordered_prefetch((partial(self._list_partners, company) for company in rest), workers=self._workers)
        return found | {company.id: items for company, items in zip(rest, coming, strict=True)}

    def partners(self, company_id: str) -> Iterator[tuple[str, Row]]:
        """Give the partners of a company that are read, with their ids; one may have several entries."""
        return ((id_, row) for id_, row in self.all_partners[company_id] if self.wanted.includes(id_))

    @cached_property
    def hirers(self) -> Sequence[Hirer]:
        """All partners that are read; those that a webhook has named, or one of whose remunerations it has, first."""
        hirers = [
            Hirer(company=company, partner_id=partner_id)
            for company in self.companies
            for partner_id in dict.fromkeys(id_ for id_, _ in self.partners(company.id))
        ]
        named = [hirer for hirer in hirers if self._is_named(hirer)]
        if named:
            logger.info("The webhook has named %d partners, which are read first", len(named))
            first = set(map(id, named))
            return [*named, *(hirer for hirer in hirers if id(hirer) not in first)]
        return hirers

    def shares(self) -> Iterator[Shares]:
        """Give what each partner shares, in the order of `hirers`; lists come in while those before are used.

        Raises:
            FatalAPIError: As `InlenersbeloningApi.list`.
        """
        jobs = [partial(self._list_remunerations, hirer) for hirer in self.hirers if _key(hirer) not in self._shares]
        coming = ordered_prefetch(jobs, workers=self._workers)
        for hirer in self.hirers:
            if _key(hirer) not in self._shares:
                self._shares[_key(hirer)] = next(coming)
            yield self._shares[_key(hirer)]

    def is_named(self, hirer: Hirer, remuneration_id: str) -> bool:
        """Tell whether a webhook has named the partner or the remuneration."""
        return self.wanted.names(hirer.partner_id, remuneration_id)

    def _is_named(self, hirer: Hirer) -> bool:
        known = self._memory.partners(hirer.company.id).get(hirer.partner_id, {})
        return self.wanted.names(hirer.partner_id, *known)

    def _list_partners(self, company: Company) -> Items:
        try:
            items = self._api.list(company.auth, LIST_PARTNERS, company_id=company.id)
        except ForbiddenError as error:
            raise FatalAPIError(str(error)) from None
        except NotThereError as error:
            raise FatalAPIError(f"{error}; check the settings company_ids and api_url") from None
        logger.info("Company %s has %d partners", company.id, len({id_ for id_, _ in items}))
        return items

    def _list_remunerations(self, hirer: Hirer) -> Shares:
        company, ids = hirer.company, {"company_id": hirer.company.id, "partner_id": hirer.partner_id}
        try:
            items = self._access.ask(
                company, LIST_REMUNERATIONS, lambda: self._api.list(company.auth, LIST_REMUNERATIONS, **ids)
            )
        except NotThereError:  # "no remuneration available" (seen in a working client)
            return Shares(hirer=hirer, listed=())
        except ForbiddenError:
            return Shares(hirer=hirer, listed=None)
        entries: dict[str, list[Row]] = {}
        for identifier, row in items:
            entries.setdefault(identifier, []).append(row)
        return Shares(hirer=hirer, listed=tuple(Listed.of(id_, rows) for id_, rows in entries.items()))


def _key(hirer: Hirer) -> tuple[str, str]:
    return hirer.company.id, hirer.partner_id
