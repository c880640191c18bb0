"""Inlenersbeloning.com without HTTP: which hirers share what with which company of the agency."""

from collections import deque
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider_simulators.inlenersbeloning.documents import Document, header, remuneration
from provider_simulators.inlenersbeloning.hirers import AMSTERDAM, Hirer, Publication, base36, hirers, uuid4_of
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches, Right
from provider_simulators.inlenersbeloning.tokens import Token, company_token, organisation_token
from provider_simulators.world import World

COMPANIES = (base36(1_640_995_200), uuid4_of("agency", "second company"))
"""The agency's companies (werkmaatschappijen): an older one, and one with a UUID. The second has one hirer."""

LIST_MEMBERS = ("id", "title", "startDate", "publishDate", "lenderVersion", "totalVersions")
ONE_SECOND = timedelta(seconds=1)


class RefusedError(Exception):
    """The request is refused.

    Attributes:
        status: HTTP status.
        headers: Headers of the answer.
    """

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(kw_only=True)
class Share:
    """What a hirer shares with one company: its remunerations by id, newest version only."""

    hirer: Hirer
    remunerations: dict[str, Document]


class InlenersbeloningBackend:
    """State and rules of one agency.

    Attributes:
        tokens: By value; a test may revoke one by removing it.
        shares: Per company of the agency, per partner.
        switches: The readings of what is not documented.
    """

    def __init__(
        self,
        world: World,
        *,
        switches: InlenersbeloningSwitches,
        now: Callable[[], datetime],
        effect: Callable[..., None],
    ) -> None:
        self.switches = switches
        self._now = now
        self._effect = effect
        every = tuple(hirers(world))
        self.shares = {
            company: {hirer.id: _share(hirer, company) for hirer in shared}
            for company, shared in zip(COMPANIES, (every, every[:1]), strict=True)
        }
        self.organisation_token = organisation_token(COMPANIES, switches.rights)
        self.company_token = company_token(COMPANIES[0], switches.rights)
        self.tokens = {token.value: token for token in (self.organisation_token, self.company_token)}
        self._calls: deque[datetime] = deque()
        self._changed: set[str] = set()

    # Reading

    def count_call(self) -> None:
        """Count a call.

        Raises:
            RefusedError: 429, by switch: limits are not public.
        """
        limit, now = self.switches.requests_per_second, self._now()
        while self._calls and self._calls[0] <= now - ONE_SECOND:
            self._calls.popleft()
        if limit is not None and len(self._calls) >= limit:
            seconds = self.switches.retry_after
            raise RefusedError(429, "Too many requests", {} if seconds is None else {"Retry-After": str(seconds)})
        self._calls.append(now)

    def token(self, value: str | None) -> Token:
        """The token in a request.

        Raises:
            RefusedError: 401 when there is none, or it is unknown or revoked (inferred).
        """
        token = self.tokens.get(value or "")
        if token is None:
            raise RefusedError(401, "Unauthenticated")
        return token

    def partners(self, token: Token, company: str) -> list[Document]:
        """The hirers of a company.

        Raises:
            RefusedError: 403 for another's company, or without the right (inferred).
        """
        shares = self._shares(token, company, Right.PARTNERS)
        self._effect("partners_read", company=company, partners=len(shares))
        return [header(share.hirer) for share in shares.values()]

    def remunerations(self, token: Token, company: str, partner: str) -> list[Document]:
        """Headers of what a partner shares, perhaps none.

        Raises:
            RefusedError: 403 as for partners; 404 for an unknown partner (inferred).
        """
        share = self._share(token, company, partner)
        headers = [{name: each[name] for name in LIST_MEMBERS} for each in share.remunerations.values()]
        self._effect("remunerations_listed", company=company, partner=partner, remunerations=len(headers))
        self._change_after_list(company, partner)
        return headers

    def remuneration(self, token: Token, company: str, partner: str, identifier: str) -> Document:
        """The newest version of a remuneration.

        Raises:
            RefusedError: 404 when there is none of that id, or no longer (inferred).
        """
        document = self._share(token, company, partner).remunerations.get(identifier)
        if document is None:
            raise RefusedError(404, "Remuneration not found")
        self._effect(
            "remuneration_read",
            company=company,
            partner=partner,
            remuneration=identifier,
            version=document["lenderVersion"],
        )
        return document

    # What hirers do

    def publish(self, company: str, partner: str, publication: Publication) -> str:
        """A hirer shares one more remuneration, perhaps one that was published years ago; gives its id."""
        share = self.shares[company][partner]
        document = remuneration(share.hirer, publication, company)
        share.remunerations[document["id"]] = document
        self._effect("published", company=company, partner=partner, remuneration=document["id"])
        return str(document["id"])

    def republish(self, company: str, partner: str, identifier: str) -> int:
        """A hirer publishes a new version, with a higher wage increase; gives its number."""
        document = deepcopy(self.shares[company][partner].remunerations[identifier])
        version = int(document["totalVersions"]) + 1
        document |= {
            "publishDate": self._now().astimezone(AMSTERDAM).isoformat(timespec="seconds"),
            "lenderVersion": version,
            "totalVersions": version,
        }
        document["wageIncrements"]["incrementData"][0]["percentage"] += 1
        self.shares[company][partner].remunerations[identifier] = document
        self._effect("published", company=company, partner=partner, remuneration=identifier, version=version)
        return version

    def withdraw(self, company: str, partner: str, identifier: str) -> None:
        """A hirer takes a remuneration back: it leaves the list, and nothing else tells so (inferred)."""
        del self.shares[company][partner].remunerations[identifier]
        self._effect("withdrawn", company=company, partner=partner, remuneration=identifier)

    def _change_after_list(self, company: str, partner: str) -> None:
        for identifier in list(self.shares[company][partner].remunerations):
            if identifier in self._changed or self.switches.after_list == "nothing":
                continue
            self._changed.add(identifier)
            if self.switches.after_list == "withdrawn":
                self.withdraw(company, partner, identifier)
            else:
                self.republish(company, partner, identifier)

    def _share(self, token: Token, company: str, partner: str) -> Share:
        share = self._shares(token, company, Right.REMUNERATION).get(partner)
        if share is None:
            raise RefusedError(404, "Partner not found")
        return share

    def _shares(self, token: Token, company: str, right: Right) -> dict[str, Share]:
        if company not in token.companies:
            raise RefusedError(403, "The token does not belong to this company")
        if right not in token.rights:
            raise RefusedError(403, "The token does not have this right")
        return self.shares[company]


def _share(hirer: Hirer, company: str) -> Share:
    documents = [remuneration(hirer, publication, company) for publication in hirer.publications]
    return Share(hirer=hirer, remunerations={document["id"]: document for document in documents})
